package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

func (h *house) dial(string) (api.Account, error) { return door{h}, nil }

// Any one thing stops a way back, and the device that waits learns it.
func TestAnyOneThingStopsAWayBack(t *testing.T) {
	stops := map[string]func(*house, trust.WaitID) error{
		"device": func(h *house, id trust.WaitID) error { return h.d.StopWait(h.ctx, id) },
		"password": func(h *house, id trust.WaitID) error {
			return app.StopBy(h.ctx, h.dial, "id.example.org", "anna", app.Factor{Password: h.password}, id)
		},
		"key": func(h *house, id trust.WaitID) error {
			f := app.Factor{Key: h.key.Text()}
			if seen := must(app.WaitsBy(h.ctx, h.dial, "id.example.org", "anna", f)); len(seen) != 1 || seen[0].ID != id || seen[0].Name != "New phone" {
				h.t.Errorf("who has the key sees %+v", seen)
			}
			return app.StopBy(h.ctx, h.dial, "id.example.org", "anna", f, id)
		},
	}
	for by, stop := range stops {
		t.Run(by, func(t *testing.T) {
			inHouse(t, func(h *house) {
				g := h.regain()
				defer func() { g.d.Close() }()
				waits := h.d.View().Waits
				if len(waits) != 1 || waits[0].Kind != api.WaitDevice || waits[0].Name != "New phone" || waits[0].This || waits[0].Over {
					t.Fatalf("the laptop shows %+v", waits)
				}
				if a := h.d.View().Activity[0]; a.Kind != string(api.EventWait) || a.Asked != api.WaitDevice || a.Device != "New phone" || !a.Until.Equal(waits[0].Until) {
					t.Errorf("its newest line is %+v", a)
				}
				done(t, stop(h, waits[0].ID))
				h.pass(11 * time.Minute)
				if r := g.d.View().Regaining; r == nil || r.State != app.RegainStopped || r.By != by {
					t.Errorf("who waits sees %+v", r)
				}
				v := h.d.View()
				if a := v.Activity[0]; len(v.Waits) != 0 || a.Kind != string(api.EventStop) || a.By != by || a.Device != "New phone" || (a.Who == "Laptop") != (by == "device") {
					t.Errorf("the laptop shows %+v, newest %+v", v.Waits, a)
				}
				if err := h.d.StopWait(h.ctx, waits[0].ID); app.TroubleOf(err) != app.TroubleWaitStopped {
					t.Errorf("stopping again: %v", err)
				}
				h.away(theWait, g)
				if _, err := g.d.OpenRegain(h.ctx, h.password); !errors.Is(err, app.ErrGone) {
					t.Errorf("what was stopped opens: %v", err)
				}
				if err := g.d.RegainAgain(h.ctx, "not the password"); !errors.Is(err, vault.ErrPassword) {
					t.Errorf("anew with another password: %v", err)
				}
				done(t, g.d.RegainAgain(h.ctx, h.password))
				h.away(theWait, g)
				h.comeBack(g)
				h.works(g)
			})
		})
	}
}

func TestStoppingNeedsOneThing(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		id := h.d.View().Waits[0].ID
		other := must(trust.RecoveryKeyFromSeed(make([]byte, 16)))
		for _, test := range []struct {
			server, name string
			f            app.Factor
			want         app.Trouble
		}{
			{"id.example.org", "anna", app.Factor{Password: "not the password"}, app.TroublePassword},
			{"id.example.org", "anna", app.Factor{Key: other.Text()}, app.TroublePassword},
			{"id.example.org", "anna", app.Factor{Key: "0000"}, app.TroubleKey},
			{"id.example.org", "nobody", app.Factor{Password: h.password}, app.TroublePassword},
			{"two words", "anna", app.Factor{Password: h.password}, app.TroubleAddress},
			{"other.example.org", "anna", app.Factor{Key: h.key.Text()}, app.TroubleOrigin},
		} {
			_, looked := app.WaitsBy(h.ctx, h.dial, test.server, test.name, test.f)
			stopped := app.StopBy(h.ctx, h.dial, test.server, test.name, test.f, id)
			if app.TroubleOf(looked) != test.want || app.TroubleOf(stopped) != test.want {
				t.Errorf("looking: %v; stopping: %v; want %s", looked, stopped, test.want)
			}
		}
		if n := len(h.d.View().Waits); n != 1 {
			t.Errorf("%d waits are left", n)
		}
	})
}

// Who gives a way back up stops it everywhere with the password, and forgets it in
// any case.
func TestGivingAWayBackUp(t *testing.T) {
	inHouse(t, func(h *house) {
		for _, word := range []string{h.password, ""} {
			g := h.regain()
			defer func() { g.d.Close() }()
			if err := g.d.CancelRegain(h.ctx, "not the password"); app.TroubleOf(err) != app.TroublePassword {
				t.Errorf("with another password: %v", err)
			}
			if g.d.View().Regaining == nil {
				t.Fatal("it forgot what it could not stop")
			}
			done(t, g.d.CancelRegain(h.ctx, word))
			h.pass(time.Second)
			if v := g.d.View(); v.Regaining != nil || v.Stage != app.StageNew || v.Notice != app.NoticeNone {
				t.Errorf("view is %+v", v)
			}
			if left := len(h.d.View().Waits); (left == 0) != (word != "") {
				t.Errorf("%d waits are left", left)
			}
			if err := g.d.CancelRegain(h.ctx, word); !errors.Is(err, app.ErrGone) {
				t.Errorf("again: %v", err)
			}
		}
	})
}

// What was signed and may have arrived is not forgotten before that is known: with it
// the old key is dead.
func TestGivingUpAtTheLastMoment(t *testing.T) {
	for _, arrived := range []bool{false, true} {
		inHouse(t, func(h *house) {
			g := h.regain()
			defer func() { g.d.Close() }()
			h.away(theWait, g)
			g.d.Close()
			cut := &deaf{door: door{h}, left: 1000, away: !arrived}
			g.o.Dial = func(string) (api.Account, error) { return cut, nil }
			g.open()
			h.pass(time.Second)
			r := must(g.d.OpenRegain(h.ctx, h.password))
			ctx, cancel := timeout(h.ctx, 5*time.Second)
			defer cancel()
			if _, err := r.Finish(ctx, r.Key().Text(), nil); app.TroubleOf(err) != app.TroubleUnreachable {
				t.Fatalf("without an answer: %v", err)
			}
			ctx, cancel = timeout(h.ctx, 5*time.Second)
			defer cancel()
			if err := g.d.CancelRegain(ctx, ""); app.TroubleOf(err) != app.TroubleUnreachable || g.d.View().Regaining == nil {
				t.Fatalf("giving up what may be done: %v", err)
			}
			if !arrived {
				done(t, h.d.StopWait(h.ctx, h.d.View().Waits[0].ID))
			}
			cut.left, cut.away = 0, false
			err := g.d.CancelRegain(h.ctx, "")
			if v := g.d.View(); arrived && (!errors.Is(err, app.ErrGone) || v.Stage != app.StageOn) || !arrived && (err != nil || v.Regaining != nil || v.Stage != app.StageNew) {
				t.Errorf("arrived: %v, given up: %v, view %+v", arrived, err, v)
			}
		})
	}
}

// While a device waits for its way back it takes no other account.
func TestAWayBackIsTheOnlyOne(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		if err := g.d.BeginRegain(h.ctx, h.regainInput()); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("a second way back: %v", err)
		}
		if _, err := g.d.BeginSetup(h.ctx, app.SetupInput{Link: must(h.s.Invite(h.ctx, "bert")), Password: password, DeviceName: "Phone", Kind: trust.Phone}); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("a new account: %v", err)
		}
		p := must(h.d.BeginPairing(h.ctx))
		defer p.Stop(h.ctx)
		if _, err := g.d.BeginJoining(h.ctx, app.JoinInput{Link: p.Invite().Link, DeviceName: "Phone", Kind: trust.Phone}); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("pairing: %v", err)
		}
		if err := h.d.BeginRegain(h.ctx, h.regainInput()); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("on a trusted device: %v", err)
		}
		if err := g.d.CheckRecovery(h.key.Text()); !errors.Is(err, app.ErrNoAccount) {
			t.Errorf("checking the key: %v", err)
		}
		if _, err := g.d.ShowRecovery(h.ctx, h.password); !errors.Is(err, app.ErrNoAccount) {
			t.Errorf("a device that does not belong shows the key: %v", err)
		}
		if _, err := g.d.BeginNewKey(h.ctx); !errors.Is(err, app.ErrNoAccount) {
			t.Errorf("a new key: %v", err)
		}
	})
}

// A backend that was set back to before the wait knows nothing of it: that is said,
// and it begins anew.
func TestABackendThatLostTheWait(t *testing.T) {
	inHouse(t, func(h *house) {
		h.d.Close()
		old := h.copyOf()
		g := h.regain()
		defer func() { g.d.Close() }()
		h.putBack(old)
		h.pass(10 * time.Minute)
		if r := g.d.View().Regaining; r == nil || r.State != app.RegainStopped || r.By != app.ByLost {
			t.Fatalf("it is %+v", r)
		}
		done(t, g.d.RegainAgain(h.ctx, h.password))
		r := g.d.View().Regaining
		if r == nil || r.State != app.RegainWaits || time.Until(r.Until) < theWait-time.Minute {
			t.Fatalf("anew it is %+v", r)
		}
		h.sleepOn(g, theWait)
		h.comeBack(g)
		h.works(g)
	})
}

// Set back after the wait was over, or after the device was let in, the backend gets
// to the same end.
func TestABackendSetBackAtTheEnd(t *testing.T) {
	for _, after := range []bool{false, true} {
		inHouse(t, func(h *house) {
			h.d.Close()
			old := h.copyOf()
			g := h.regain()
			defer func() { g.d.Close() }()
			h.sleepOn(g, theWait)
			r := must(g.d.OpenRegain(h.ctx, h.password))
			if after {
				must(r.Finish(h.ctx, r.Key().Text(), nil))
				h.pass(time.Minute)
				h.putBack(old)
				h.key = r.Key()
				h.pass(time.Minute)
				if v := g.d.View(); v.Link.State != app.Online || v.Notice != app.NoticeRestored {
					t.Fatalf("set back after all, the view is %+v", v)
				}
				h.works(g)
				return
			}
			h.putBack(old)
			if _, err := r.Finish(h.ctx, r.Key().Text(), nil); !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
				t.Errorf("finishing what is not known there: %v", err)
			}
			if r := g.d.View().Regaining; r == nil || r.By != app.ByLost {
				t.Fatalf("it is %+v", r)
			}
			done(t, g.d.RegainAgain(h.ctx, h.password))
			h.sleepOn(g, theWait)
			again := must(g.d.OpenRegain(h.ctx, h.password))
			if again.Key().Text() != r.Key().Text() {
				t.Error("the key that was written down is not the one shown")
			}
			h.comeBack(g)
			h.works(g)
		})
	}
}

// The account's rules may say that nothing waits.
func TestNoWait(t *testing.T) {
	inHouse(t, func(h *house) {
		h.policy(func(p *trust.Policy) { p.RecoveryWait = 0 })
		g := h.regain()
		defer func() { g.d.Close() }()
		if r := g.d.View().Regaining; r == nil || r.State != app.RegainReady {
			t.Fatalf("it is %+v", r)
		}
		h.comeBack(g)
		h.works(g)
	})
}

// Zero hours for a device alone is never.
func TestADeviceAloneNever(t *testing.T) {
	inHouse(t, func(h *house) {
		h.policy(func(p *trust.Policy) { p.DeviceAloneWait = 0 })
		if _, err := h.d.AskReset(h.ctx); !errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
			t.Errorf("asking: %v", err)
		}
	})
}

// policy sets other rules with the laptop's key.
func (h *house) policy(change func(*trust.Policy)) {
	h.t.Helper()
	st := must(chain.Open(must(h.d.Export())))
	p := st.Policy()
	change(&p)
	v := h.d.View()
	keys := must(app.KeysOf(h.ctx, h.o))
	entry := must(st.SetPolicy(chain.AsDevice(v.This, keys), p, time.Now()))
	nonce := must(h.s.Nonce(h.ctx, st.Account(), v.This))
	sig := must(trust.Proof{Account: st.Account(), Device: v.This, Nonce: [32]byte(nonce), Origin: "https://id.example.org"}.Sign(keys))
	s := must(h.s.Session(h.ctx, api.SessionProof{Account: st.Account(), Device: v.This, Nonce: nonce, Signature: sig[:]}))
	done(h.t, h.s.Grant(h.ctx, s.Token, h.password, trust.HashBody(must(chain.Body(entry)))))
	done(h.t, h.s.Append(h.ctx, s.Token, entry))
	h.pass(2 * time.Second)
}

// Somebody else changes the account while the way back is finished: it is signed
// anew on that.
func TestAnotherChangeIsFirst(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		h.sleepOn(g, theWait)
		r := must(g.d.OpenRegain(h.ctx, h.password))
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		v := must(r.Finish(h.ctx, r.Key().Text(), []trust.DeviceID{phone.d.View().This}))
		if got := names(v); len(got) != 2 || got[1] != "New phone" {
			t.Errorf("devices are %s", got)
		}
		h.key = r.Key()
		h.pass(time.Second)
		h.works(g)
	})
}

// The answer to each of the messages is lost once: the end is the same.
func TestLostAnswersOnTheWayBack(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		deaf := &deaf{door: door{h}, left: 3}
		g.d.Close()
		g.o.Dial = func(string) (api.Account, error) { return deaf, nil }
		g.open()
		done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
		if n := len(must(app.WaitsBy(h.ctx, h.dial, "id.example.org", "anna", app.Factor{Password: h.password}))); n != 1 {
			t.Errorf("%d waits", n)
		}
		h.sleepOn(g, theWait)
		deaf.left = 3
		h.comeBack(g)
		h.works(g)
	})
}

// deaf does what it is told, and loses so many of the answers; away loses what it is
// told at the end of a way back.
type deaf struct {
	door
	left int
	away bool
}

func (d *deaf) lose(err error) error {
	if d.left--; err == nil && d.left >= 0 {
		return errCut
	}
	return err
}

func (d *deaf) BeginRegain(ctx context.Context, r api.RegainCall) (api.Regaining, error) {
	out, err := d.door.BeginRegain(ctx, r)
	return out, d.lose(err)
}

func (d *deaf) FinishRegain(ctx context.Context, p api.SessionProof, entries [][]byte) error {
	if d.away {
		return errCut
	}
	return d.lose(d.door.FinishRegain(ctx, p, entries))
}

func (d *deaf) ResetWithKey(ctx context.Context, token api.Secret, next string, entry []byte) error {
	return d.lose(d.door.ResetWithKey(ctx, token, next, entry))
}

func (d *deaf) Append(ctx context.Context, token api.Secret, entry []byte) error {
	return d.lose(d.door.Append(ctx, token, entry))
}

// lying shows other entries than there are.
type lying struct {
	door
	entries [][]byte
	sent    *int
}

func (l *lying) Regaining(ctx context.Context, p api.SessionProof) (api.Regaining, error) {
	out, err := l.door.Regaining(ctx, p)
	out.Entries = l.entries
	return out, err
}

func (l *lying) FinishRegain(ctx context.Context, p api.SessionProof, entries [][]byte) error {
	*l.sent++
	return l.door.FinishRegain(ctx, p, entries)
}
