package app_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func heard(all []app.Happening, kind api.EventKind) (app.Happening, bool) {
	i := slices.IndexFunc(all, func(h app.Happening) bool { return h.Kind == string(kind) })
	if i < 0 {
		return app.Happening{}, false
	}
	return all[i], true
}

// Start, half and end of a wait, and what it led to, are told on all devices as they
// happen.
func TestAWaitIsToldAsItHappens(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		phone.hears = nil
		g := h.regain()
		defer func() { g.d.Close() }()
		until := g.d.View().Regaining.Until
		if e, ok := heard(phone.hears, api.EventWait); !ok || e.Asked != api.WaitDevice || e.Device != "New phone" || !e.Until.Equal(until) {
			t.Errorf("the phone heard %+v of the start", e)
		}
		h.pass(theWait/2 + time.Minute)
		if e, ok := heard(phone.hears, api.EventHalf); !ok || e.Device != "New phone" {
			t.Errorf("it heard %+v of the half", e)
		}
		h.pass(theWait / 2)
		if e, ok := heard(phone.hears, api.EventReady); !ok || e.Device != "New phone" {
			t.Errorf("it heard %+v of the end", e)
		}
		if w := phone.d.View().Waits; len(w) != 1 || !w[0].Over {
			t.Errorf("its waits are %+v", w)
		}
		h.comeBack(g)
		if e, ok := heard(phone.hears, api.EventRegained); !ok || e.Device != "New phone" {
			t.Errorf("it heard %+v of the return", e)
		}
		if w := phone.d.View().Waits; len(w) != 0 {
			t.Errorf("its waits are %+v", w)
		}
	})
}

// A password that was set by who did not know the old one locks the copies of the
// recovery key on the other devices, too, and that is told.
func TestAResetElsewhere(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		must(phone.d.AskReset(h.ctx))
		h.pass(time.Second)
		if w := h.d.View().Waits; len(w) != 1 || w[0].This || w[0].Name != "Phone" || w[0].Kind != api.WaitPassword {
			t.Errorf("the laptop shows %+v", w)
		}
		h.away(alone, phone)
		done(t, phone.d.FinishReset(h.ctx, nextPassword))
		h.pass(time.Second)
		v := h.d.View()
		if v.Recovery.Kept || v.Activity[0].Kind != string(api.EventReset) || v.Activity[0].By != "wait" || v.Activity[0].Device != "Phone" {
			t.Errorf("recovery is %+v, newest %+v", v.Recovery, v.Activity[0])
		}
		h.d.Close()
		h.d = must(app.Open(h.ctx, h.o))
		if h.d.View().Recovery.Kept {
			t.Error("after a restart the copy is said to be kept")
		}
	})
}

// The next password is on the disk no longer than until it was answered.
func TestAResetLeavesNoPassword(t *testing.T) {
	inHouse(t, func(h *house) {
		r := must(h.d.BeginReset(h.ctx, h.key.Text()))
		done(t, r.Finish(h.ctx, nextPassword, r.Key().Text()))
		h.d.Close()
		dir, key, err := app.StateOf(h.ctx, h.o)
		done(t, err)
		read := 0
		for _, one := range must(filepath.Glob(dir + "/*")) {
			for _, plain := range generations(t, one, key) {
				read++
				if bytes.Contains(plain, []byte(nextPassword)) {
					t.Errorf("the password is still in %s", filepath.Base(one))
				}
			}
		}
		if read != 2 {
			t.Errorf("%d generations were read", read)
		}
		h.d = must(app.Open(h.ctx, h.o))
	})
}

// generations gives what a file of the state holds, if it is one.
func generations(t *testing.T, path string, key [32]byte) [][]byte {
	t.Helper()
	dir := t.TempDir()
	if info := must(os.Stat(path)); info.IsDir() {
		return nil
	}
	done(t, os.WriteFile(filepath.Join(dir, filepath.Base(path)), must(os.ReadFile(path)), 0o600))
	s, err := vault.OpenState(dir, key)
	if err != nil {
		return nil
	}
	defer s.Close()
	data, err := s.Recover()
	if err != nil {
		return nil
	}
	return [][]byte{data}
}

// A removal that has to wait, or any entry that the backend refuses for good, is in
// the way of no later change.
func TestARefusedEntryIsNotInTheWay(t *testing.T) {
	for _, code := range []api.Code{api.CodeYoung, api.CodeChain, api.CodeVersion, api.CodeWait} {
		inHouse(t, func(h *house) {
			phone := h.pair(h.d, "Phone")
			defer func() { phone.d.Close() }()
			h.reopen(&between{append: func([]byte, func() error) error { return &api.Error{Code: code, Message: "no"} }})
			if err := h.d.RemoveDevice(h.ctx, phone.d.View().This, h.password); !errors.Is(err, &api.Error{Code: code}) {
				t.Errorf("refused with %d: %v", code, err)
			}
			h.reopen(&between{})
			h.pass(time.Minute)
			if n := len(h.d.View().Devices); n != 2 {
				t.Errorf("what was refused came true later: %d devices", n)
			}
			k := must(h.d.BeginNewKey(h.ctx))
			done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
			h.key = k.Key()
			h.works(&guest{d: h.d})
		})
	}
}

// Lost answers while the key is replaced make one key, not two.
func TestLostAnswersWhileReplacingTheKey(t *testing.T) {
	inHouse(t, func(h *house) {
		h.reopenAt(&deaf{door: door{h}, left: 3})
		k := must(h.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		h.key = k.Key()
		h.works(&guest{d: h.d})
		if n := len(must(h.d.Export())); n != 3 {
			t.Errorf("the chain has %d entries", n)
		}
	})
}

// A backend that shows another account's chain at the end of a way back gets
// nothing signed.
func TestAWayBackIntoAnotherAccount(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		h.sleepOn(g, theWait)
		var sent int
		liar := &lying{door: door{h}, entries: h.anotherChain(), sent: &sent}
		g.d.Close()
		g.o.Dial = func(string) (api.Account, error) { return liar, nil }
		g.open()
		if _, err := g.d.OpenRegain(h.ctx, h.password); app.TroubleOf(err) != app.TroubleRefused {
			t.Errorf("opening: %v", err)
		}
		if sent != 0 {
			t.Errorf("%d messages were signed for another account", sent)
		}
	})
}

// anotherChain is of an account whose recovery key is not this one's.
func (h *house) anotherChain() [][]byte {
	h.t.Helper()
	o := h.guest()
	defer func() { o.d.Close() }()
	s := must(o.d.BeginSetup(h.ctx, app.SetupInput{Link: must(h.s.Invite(h.ctx, "bert")), Password: password, DeviceName: "Desktop", Kind: trust.Desktop}))
	done(h.t, s.Finish(h.ctx, s.Key().Text()))
	return must(o.d.Export())
}

// A program that is not connected sets password and key, and only then reads the log:
// the copy it sealed last is not the one that was locked.
func TestACopySealedAfterTheReset(t *testing.T) {
	inHouse(t, func(h *house) {
		h.o.OnDemand = true
		h.reopen(&between{})
		must(h.d.AskReset(h.ctx))
		h.away(alone + time.Minute)
		done(t, h.d.CheckNow(h.ctx))
		done(t, h.d.FinishReset(h.ctx, nextPassword))
		h.password = nextPassword
		h.pass(2 * time.Second)
		k := must(h.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		h.pass(2 * time.Second)
		done(t, h.d.CheckNow(h.ctx))
		if !slices.Contains(h.kinds(), string(api.EventReset)) || !h.d.View().Recovery.Kept {
			t.Errorf("activity is %s, recovery %+v", h.kinds(), h.d.View().Recovery)
		}
	})
}

// A second removal within a day waits, is told, and is signed anew after its wait.
func TestASecondRemovalWaits(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
		defer func() { phone.d.Close(); tablet.d.Close() }()
		h.growUp(phone, tablet)
		done(t, h.d.RemoveDevice(h.ctx, phone.d.View().This, h.password))
		id := tablet.d.View().This
		if err := h.d.RemoveDevice(h.ctx, id, h.password); app.TroubleOf(err) != app.TroubleWait || app.RetryOf(err) == 0 {
			t.Fatalf("the second removal: %v", err)
		}
		if w := h.d.View().Waits; len(w) != 1 || w[0].Kind != api.WaitRemove || w[0].Name != "Tablet" || !w[0].This || w[0].Over {
			t.Errorf("who asked shows %+v at once", w)
		}
		h.pass(2 * time.Second)
		if w := tablet.d.View().Waits; len(w) != 1 || w[0].Kind != api.WaitRemove || w[0].Name != "Tablet" || w[0].This {
			t.Errorf("the tablet shows %+v", w)
		}
		if a := tablet.d.View().Activity[0]; a.Kind != string(api.EventWait) || a.Device != "Tablet" || a.Who != "Laptop" {
			t.Errorf("its newest line is %+v", a)
		}
		h.away(theWait, tablet)
		if n := len(h.d.View().Devices); n != 2 {
			t.Errorf("after the wait, unasked, there are %d devices", n)
		}
		done(t, h.d.RemoveDevice(h.ctx, id, h.password))
		if n := len(h.d.View().Devices); n != 1 {
			t.Errorf("%d devices are left", n)
		}
	})
}

// A key that another device made counts at once where it is typed.
func TestAKeyThatIsNewHere(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		h.o.OnDemand = true
		h.reopen(&between{})
		k := must(phone.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, k.Key().Text()))
		r := must(h.d.BeginReset(h.ctx, k.Key().Text()))
		done(t, r.Finish(h.ctx, nextPassword, r.Key().Text()))
		if _, err := h.d.BeginReset(h.ctx, k.Key().Text()); !errors.Is(err, app.ErrOtherKey) {
			t.Errorf("the used key: %v", err)
		}
	})
}
