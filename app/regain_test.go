package app_test

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

const (
	day     = 24 * time.Hour
	theWait = day // of a new account's policy
	alone   = 3 * day
)

// regainInput is what somebody types who has password and recovery key.
func (h *house) regainInput() app.RegainInput {
	return app.RegainInput{Server: "id.example.org", Name: "anna", Password: h.password, Key: h.key.Text(), DeviceName: "New phone", Kind: trust.Phone}
}

// regain lets a fresh device ask.
func (h *house) regain() *guest {
	h.t.Helper()
	g := h.guest()
	done(h.t, g.d.BeginRegain(h.ctx, h.regainInput()))
	h.pass(time.Second)
	return g
}

// sleepOn lets time pass while server and device are switched off.
func (h *house) sleepOn(g *guest, d time.Duration) {
	h.t.Helper()
	g.d.Close()
	h.stop()
	h.pass(d)
	h.start()
	g.open()
	h.pass(2 * time.Second)
}

// comeBack ends the way back that waits, without the devices named.
func (h *house) comeBack(g *guest, lost ...trust.DeviceID) {
	h.t.Helper()
	r, err := g.d.OpenRegain(h.ctx, h.password)
	done(h.t, err)
	v, err := r.Finish(h.ctx, r.Key().Text(), lost)
	done(h.t, err)
	if _, err := r.Finish(h.ctx, r.Key().Text(), lost); err != nil {
		h.t.Errorf("a second tap: %v", err)
	}
	h.key = r.Key()
	if v.Regaining != nil || v.Stage != app.StageOn || v.Name != "anna" {
		h.t.Fatalf("back, the view is %+v", v)
	}
	h.pass(2 * time.Second)
}

// works checks that the device holds the key that counts and lets somebody in.
func (h *house) works(g *guest) {
	h.t.Helper()
	key, err := g.d.ShowRecovery(h.ctx, h.password)
	if err != nil || key.Text() != h.key.Text() {
		h.t.Errorf("the kept copy is another key: %v", err)
	}
	done(h.t, g.d.CheckRecovery(h.key.Text()))
	done(h.t, g.d.Resume(h.ctx, h.password)) // whatever strangers did
	was := h.d
	h.d = g.d
	h.signIn()
	h.d = was
	if v := g.d.View(); v.Notice != app.NoticeNone && v.Notice != app.NoticeRestored || v.Link.State != app.Online || !v.Recovery.Kept {
		h.t.Errorf("view is %+v", v)
	}
}

// states are what may have become of an account.
func states() map[string]func(*house) {
	return map[string]func(*house){
		"normal": func(*house) {},
		"paused": func(h *house) {
			must(h.ask())
			done(h.t, h.d.NotMe(h.ctx, h.d.View().Requests[0].ID))
		},
		"password disabled by strangers": func(h *house) {
			h.d.Close()
			for i := range verify.DisableAfter + 1 {
				from := netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})
				_, err := h.s.Begin(h.ctx, server.Asking{Name: "anna", Password: "not the password", Address: from, Agent: "Firefox on Linux"})
				if err == nil {
					h.t.Fatal("a wrong password began a sign-in")
				}
				h.pass(verify.LongestWait)
			}
			var refused server.Refused
			if _, err := h.ask(); !errors.As(err, &refused) || refused.Reason != verify.Disabled {
				h.t.Fatalf("strangers brought about %v", err)
			}
			h.d = must(app.Open(h.ctx, h.o))
			h.pass(time.Second)
		},
		"restored from a copy": func(h *house) {
			old := h.copyOf()
			h.signIn()
			h.putBack(old)
		},
		"two devices": func(h *house) {
			g := h.pair(h.d, "Phone")
			h.t.Cleanup(func() { g.d.Close() })
			g.d.Close()
		},
	}
}

// rows are what each two of the three things bring, and what one does not; see
// docs/protocol.md §14.1.
func rows() map[string]func(*house) {
	return map[string]func(*house){
		"password and key bring a device": passwordAndKeyBringADevice,
		"device and key bring a password": deviceAndKeyBringAPassword,
		"a device brings the rest":        aDeviceBringsTheRest,
		"nothing less than two":           nothingLessThanTwo,
	}
}

// Each row holds in every state.
func TestAnyTwoOfThree(t *testing.T) {
	for name, become := range states() {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				become(h)
				all := h.keep()
				for row, try := range rows() {
					all.bring(h)
					try(h)
					if t.Failed() {
						t.Fatalf("in the row %q", row)
					}
				}
			})
		})
	}
}

// kept is how server and device were at one moment.
type kept struct {
	server, device string
	secrets        []byte
	key            trust.RecoveryKey
	password       string
}

func (h *house) keep() kept {
	h.t.Helper()
	h.d.Close()
	k := kept{server: h.copyOf(), device: h.t.TempDir() + "/copy", key: h.key, password: h.password}
	done(h.t, os.CopyFS(k.device, os.DirFS(h.o.Dir)))
	k.secrets = must(h.o.Vault.Get(h.ctx, "device"))
	return k
}

func (k kept) bring(h *house) {
	h.t.Helper()
	h.d.Close()
	done(h.t, os.RemoveAll(h.o.Dir))
	done(h.t, os.CopyFS(h.o.Dir, os.DirFS(k.device)))
	done(h.t, h.o.Vault.Put(h.ctx, "device", k.secrets))
	h.key, h.password = k.key, k.password
	h.putBack(k.server)
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(2 * time.Second)
}

// Password and recovery key bring a device back, after the wait, in every state; the
// key replaces itself; the devices that are lost are removed.
func passwordAndKeyBringADevice(h *house) {
	laptop := h.d.View().This
	h.d.Close()
	g := h.regain()
	defer func() { g.d.Close() }()
	v := g.d.View()
	if r := v.Regaining; r == nil || r.State != app.RegainWaits || r.Name != "anna" || r.Until.Sub(r.Since) != theWait || v.Stage != app.StageNew {
		h.t.Fatalf("asked, the view is %+v of %+v", v.Regaining, v)
	}
	if _, err := g.d.OpenRegain(h.ctx, h.password); !errors.Is(err, app.ErrGone) {
		h.t.Errorf("opening before the end: %v", err)
	}
	h.sleepOn(g, theWait/2)
	h.pass(theWait/2 + 3*time.Second)
	if r := g.d.View().Regaining; r == nil || r.State != app.RegainReady {
		h.t.Fatalf("after the wait it is %+v", r)
	}
	if _, err := g.d.OpenRegain(h.ctx, "not the password"); app.TroubleOf(err) != app.TroublePassword {
		h.t.Errorf("another password: %v", err)
	}
	r := must(g.d.OpenRegain(h.ctx, h.password))
	if got := r.Members(); len(got) == 0 || got[0].Own != "Laptop" || got[0].ID != laptop {
		h.t.Errorf("members are %+v", got)
	}
	if again := must(g.d.OpenRegain(h.ctx, h.password)); again.Key().Text() != r.Key().Text() {
		h.t.Error("opened again it shows another key than may be written down")
	}
	if _, err := r.Finish(h.ctx, h.key.Text(), nil); !errors.Is(err, app.ErrOtherKey) {
		h.t.Errorf("the old key typed back: %v", err)
	}
	if _, err := r.Finish(h.ctx, "0000", nil); !errors.Is(err, app.ErrKey) {
		h.t.Errorf("something typed back: %v", err)
	}
	old := h.key
	h.comeBack(g, laptop)
	if slices.Contains(names(g.d.View()), "Laptop") {
		h.t.Errorf("the lost device is still there: %s", names(g.d.View()))
	}
	h.works(g)
	in := h.regainInput()
	in.Key = old.Text()
	thief := h.guest()
	defer func() { thief.d.Close() }()
	if err := thief.d.BeginRegain(h.ctx, in); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		h.t.Errorf("the used key: %v", err)
	}
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
	if n := h.d.View().Notice; n != app.NoticeRemoved {
		h.t.Errorf("the lost device's notice is %q", n)
	}
}

// A device and the recovery key bring another password at once, in every state.
func deviceAndKeyBringAPassword(h *house) {
	other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
	if _, err := h.d.BeginReset(h.ctx, other.Text()); !errors.Is(err, app.ErrOtherKey) {
		h.t.Errorf("another key: %v", err)
	}
	if _, err := h.d.BeginReset(h.ctx, "0000"); !errors.Is(err, app.ErrKey) {
		h.t.Errorf("something: %v", err)
	}
	r := must(h.d.BeginReset(h.ctx, h.key.Text()))
	if err := r.Finish(h.ctx, "short", r.Key().Text()); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		h.t.Errorf("a short password: %v", err)
	}
	if err := r.Finish(h.ctx, nextPassword, h.key.Text()); !errors.Is(err, app.ErrOtherKey) {
		h.t.Errorf("the old key typed back: %v", err)
	}
	done(h.t, r.Finish(h.ctx, nextPassword, r.Key().Text()))
	done(h.t, r.Finish(h.ctx, nextPassword, r.Key().Text())) // a second tap
	was := h.password
	h.password, h.key = nextPassword, r.Key()
	h.pass(time.Second)
	if err := h.d.Resume(h.ctx, was); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		h.t.Errorf("the old password: %v", err)
	}
	h.works(&guest{d: h.d})
	if !slices.Contains(h.kinds(), string(api.EventReset)) || !slices.Contains(h.kinds(), app.EntryRecovery) {
		h.t.Errorf("activity is %s", h.kinds())
	}
}

// A device alone brings another password after its wait; then password and device
// bring another recovery key.
func aDeviceBringsTheRest(h *house) {
	w := must(h.d.AskReset(h.ctx))
	if again := must(h.d.AskReset(h.ctx)); again.ID != w.ID || w.Kind != api.WaitPassword || !w.This || w.Over || w.Until.Sub(w.Since) != alone {
		h.t.Errorf("the wait is %+v, then %+v", w, again)
	}
	if got := h.d.View().Waits; len(got) != 1 || got[0].ID != w.ID {
		h.t.Errorf("the waits are %+v", got)
	}
	if err := h.d.FinishReset(h.ctx, nextPassword); app.TroubleOf(err) != app.TroubleWait || app.RetryOf(err) == 0 {
		h.t.Errorf("at once: %v", err)
	}
	h.away(alone + time.Second)
	if got := h.d.View().Waits; len(got) != 1 || !got[0].Over {
		h.t.Errorf("after the wait they are %+v", got)
	}
	done(h.t, h.d.FinishReset(h.ctx, nextPassword))
	h.password = nextPassword
	h.pass(time.Second)
	v := h.d.View()
	if v.Recovery.Kept || !v.Recovery.Set || !v.Light.Yes || len(v.Waits) != 0 {
		h.t.Errorf("view is %+v", v)
	}
	if _, err := h.d.ShowRecovery(h.ctx, password); !errors.Is(err, app.ErrNoCopy) {
		h.t.Errorf("the copy: %v", err)
	}
	k := must(h.d.BeginNewKey(h.ctx))
	if err := k.Finish(h.ctx, password, k.Key().Text()); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		h.t.Errorf("with the old password: %v", err)
	}
	if err := k.Finish(h.ctx, h.password, h.key.Text()); !errors.Is(err, app.ErrOtherKey) {
		h.t.Errorf("the old key typed back: %v", err)
	}
	done(h.t, h.d.CheckRecovery(h.key.Text())) // it still counts
	done(h.t, k.Finish(h.ctx, h.password, k.Key().Text()))
	done(h.t, k.Finish(h.ctx, h.password, k.Key().Text())) // a second tap
	if err := h.d.CheckRecovery(h.key.Text()); !errors.Is(err, app.ErrOtherKey) {
		h.t.Errorf("the old key: %v", err)
	}
	h.key = k.Key()
	h.works(&guest{d: h.d})
}

// Nothing less than two brings anything.
func nothingLessThanTwo(h *house) {
	thief := h.guest()
	defer func() { thief.d.Close() }()
	try := func(change func(*app.RegainInput)) {
		h.t.Helper()
		in := h.regainInput()
		change(&in)
		if err := thief.d.BeginRegain(h.ctx, in); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			h.t.Errorf("%v", err)
		}
		if v := thief.d.View(); v.Regaining != nil || v.Stage != app.StageNew {
			h.t.Errorf("refused, the view is %+v", v)
		}
		if _, err := thief.o.Vault.Get(h.ctx, "device"); !errors.Is(err, vault.ErrNotFound) {
			h.t.Errorf("refused, the vault has something: %v", err)
		}
	}
	other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
	try(func(in *app.RegainInput) { in.Key = other.Text() })
	try(func(in *app.RegainInput) { in.Password = "not the password" })
	try(func(in *app.RegainInput) { in.Name = "nobody" })
	in := h.regainInput()
	in.Key = "0000"
	if err := thief.d.BeginRegain(h.ctx, in); !errors.Is(err, app.ErrKey) {
		h.t.Errorf("a mistyped key: %v", err)
	}
	if err := h.d.FinishReset(h.ctx, nextPassword); app.TroubleOf(err) != app.TroubleWaitStopped {
		h.t.Errorf("another password with the device alone: %v", err)
	}
	if _, err := h.d.Leave(h.ctx, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
		h.t.Errorf("leaving with the device alone: %v", err)
	}
}
