package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
	"github.com/countersign/countersign/trust/verify"
)

var errNoNetwork = errors.New("no network")

// turnOn turns the device's offline codes on.
func (h *house) turnOn() {
	h.t.Helper()
	if err := h.d.OfflineOn(h.ctx, h.password); err != nil {
		h.t.Fatal(err)
	}
	if !h.d.View().Offline {
		h.t.Fatal("the view does not say that they are on")
	}
}

// unplug starts the device again where it reaches nobody.
func (h *house) unplug() {
	h.t.Helper()
	dial := h.o.Dial
	h.o.Dial = func(string) (api.Account, error) { return nil, errNoNetwork }
	h.d.Close()
	h.d = must(app.Open(h.ctx, h.o))
	h.o.Dial = dial
	h.pass(time.Second)
}

// plug starts it again where it reaches the backend.
func (h *house) plug() {
	h.t.Helper()
	h.d.Close()
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
}

func (h *house) code() string {
	h.t.Helper()
	code, _, err := h.d.OfflineCode(h.ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// types types an offline code in a sign-in of its own, which is stopped unless it is
// done. Time goes by afterwards, so that prompts are not what refuses.
func (h *house) types(code string) (verify.Outcome, error) {
	h.t.Helper()
	browser, err := h.ask()
	if err != nil {
		h.t.Fatal(err)
	}
	typed, err := h.s.TypeOffline(h.ctx, browser, h.d.View().This, code, false, "Firefox on Linux")
	if stopped := h.s.Stop(h.ctx, browser); stopped != nil {
		h.t.Fatal(stopped)
	}
	h.pass(time.Second)
	return typed.Outcome, err
}

func TestOfflineCodeSignsIn(t *testing.T) {
	inHouse(t, func(h *house) {
		if _, _, err := h.d.OfflineCode(h.ctx); !errors.Is(err, app.ErrNoOffline) || h.d.View().Offline {
			t.Fatalf("before they are turned on: %v", err)
		}
		h.turnOn()
		h.unplug()
		before := time.Now()
		code, until, err := h.d.OfflineCode(h.ctx)
		if err != nil || len(code) != 8 || !until.After(before) || until.After(before.Add(offline.Period)) {
			t.Fatalf("without network it gives %d digits until %s, %v", len(code), until, err)
		}
		if got, err := h.types(code); err != nil || got != verify.Right {
			t.Fatalf("it is %s, %v", got, err)
		}
		h.plug()
		a := h.d.View().Activity[0]
		if a.Kind != string(api.EventOffline) || a.Device != "Laptop" || a.Doubt || len(h.d.View().Requests) != 0 {
			t.Errorf("the newest line is %+v", a)
		}
	})
}

func TestOfflineCodesAreGivenOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.unplug()
		h.pass(time.Until(offline.StepAt(time.Now()).Ends()) + time.Second)
		first, began := h.code(), time.Now()
		short, cancel := context.WithTimeout(h.ctx, 5*time.Second)
		defer cancel()
		if code, _, err := h.d.OfflineCode(short); !errors.Is(err, context.DeadlineExceeded) || code != "" {
			t.Errorf("within the same half minute it gives %q, %v", code, err)
		}
		second := h.code()
		if waited := time.Since(began); second == first || waited < 25*time.Second || waited > offline.Period {
			t.Errorf("after %s it gives the same: %t", waited, second == first)
		}
		h.unplug() // which starts the program again
		if third := h.code(); third == second {
			t.Error("after a restart it gives the same")
		}
		for _, used := range []string{second, first} {
			if got, _ := h.types(used); got != verify.Wrong && used == first {
				t.Errorf("one of a minute ago is %s", got)
			}
		}
	})
}

// A code typed at once works, and whoever saw it cannot type it again; the device
// gives another one.
func TestOfflineCodeTypedTwice(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.unplug()
		h.pass(20 * time.Minute)
		pages := []api.Secret{must(h.ask()), must(h.ask())}
		types := func(page int, code string) verify.Outcome {
			return must(h.s.TypeOffline(h.ctx, pages[page], h.d.View().This, code, false, "curl")).Outcome
		}
		code := h.code()
		if got := types(0, code); got != verify.Right {
			t.Fatalf("it is %s", got)
		}
		if got := types(1, code); got != verify.Wrong {
			t.Errorf("typed again it is %s", got)
		}
		if got := types(1, h.code()); got != verify.Right {
			t.Errorf("the next one is %s", got)
		}
	})
}

func TestOfflineCodesTurnedOff(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		code := h.code()
		if err := h.d.OfflineOff(h.ctx, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) || !h.d.View().Offline {
			t.Fatalf("with a wrong password: %v", err)
		}
		if err := h.d.OfflineOff(h.ctx, h.password); err != nil {
			t.Fatal(err)
		}
		if _, kept := app.OfflineSeedOf(h.ctx, h.o); kept || h.d.View().Offline {
			t.Error("the seed is kept")
		}
		if _, _, err := h.d.OfflineCode(h.ctx); !errors.Is(err, app.ErrNoOffline) {
			t.Errorf("it gives a code: %v", err)
		}
		if _, err := h.types(code); !errors.Is(err, server.ErrNoOffline) {
			t.Errorf("one given before: %v", err)
		}
		if err := h.d.OfflineOff(h.ctx, h.password); err != nil {
			t.Errorf("turning them off again: %v", err)
		}
		h.turnOn()
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("turned on again it is %s, %v", got, err)
		}
	})
}

func TestWrongPasswordLeavesOfflineCodesAsTheyWere(t *testing.T) {
	inHouse(t, func(h *house) {
		wrong := &api.Error{Code: api.CodePassword}
		if err := h.d.OfflineOn(h.ctx, "not the password"); !errors.Is(err, wrong) || h.d.View().Offline {
			t.Errorf("turning them on: %v", err)
		}
		if _, _, err := h.d.OfflineCode(h.ctx); !errors.Is(err, app.ErrNoOffline) {
			t.Errorf("then: %v", err)
		}
		h.turnOn()
		if err := h.d.OfflineOn(h.ctx, "not the password"); !errors.Is(err, wrong) || !h.d.View().Offline {
			t.Errorf("turning them on again: %v", err)
		}
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("then it is %s, %v", got, err)
		}
	})
}

func TestTenWrongOfflineCodes(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.pass(25 * time.Hour) // since the trial
		for range verify.OfflineOffAt {
			if got, err := h.types("00000000"); got != verify.Wrong {
				t.Fatalf("it is %s, %v", got, err)
			}
			h.pass(20 * time.Minute)
		}
		if v := h.d.View(); v.Offline {
			t.Error("the view says that they are accepted")
		}
		h.pass(24 * time.Hour)
		if _, err := h.types(h.code()); err == nil {
			t.Error("the right one is taken")
		}
		h.pass(30 * time.Minute)
		h.turnOn()
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("turned on again it is %s, %v", got, err)
		}
	})
}

// The device goes by the backend's clock, as it knew it when it last heard it.
func TestOfflineCodesByAWrongClock(t *testing.T) {
	for _, wrong := range []time.Duration{-24 * time.Hour, -40 * time.Second, 40 * time.Second, 24 * time.Hour, 10 * 365 * 24 * time.Hour} {
		inHouse(t, func(h *house) {
			h.o.Now = func() time.Time { return time.Now().Add(wrong) }
			h.plug()
			h.turnOn()
			h.unplug()
			code, until, err := h.d.OfflineCode(h.ctx)
			if got, typed := h.types(code); err != nil || got != verify.Right {
				t.Errorf("%s: it is %s, %v, %v", wrong, got, err, typed)
			}
			if left := until.Sub(time.Now().Add(wrong)); left > offline.Period {
				t.Errorf("%s: by this computer's clock it is shown for %s", wrong, left)
			}
		})
	}
}

// A clock that was wrong once makes nobody wait until its date has come.
func TestOfflineCodesAfterAClockWasSetBack(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.o.Now = func() time.Time { return time.Now().Add(365 * 24 * time.Hour) }
		h.unplug()
		h.code()
		h.o.Now = nil
		h.unplug()
		began := time.Now()
		if got, err := h.types(h.code()); got != verify.Right || time.Since(began) > 3*time.Minute {
			t.Errorf("after %s it is %s, %v", time.Since(began), got, err)
		}
	})
}

// Somebody with a copy of the seed signs in: the device gave no code for that time,
// and says so.
func TestOfflineCodeThatWasNotGivenHere(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.code()
		h.pass(10 * time.Minute)
		seed, _ := app.OfflineSeedOf(h.ctx, h.o)
		if got, err := h.types(string(seed.Code(offline.StepAt(time.Now())))); got != verify.Right {
			t.Fatalf("it is %s, %v", got, err)
		}
		if a := h.d.View().Activity[0]; a.Kind != string(api.EventOffline) || !a.Doubt {
			t.Errorf("the newest line is %+v", a)
		}
	})
}

func TestOfflineCodesOfARemovedDevice(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		h.growUp(g)
		if err := g.d.OfflineOn(h.ctx, h.password); err != nil {
			t.Fatal(err)
		}
		code, _, err := g.d.OfflineCode(h.ctx)
		if err != nil {
			t.Fatal(err)
		}
		phone := g.d.View().This
		browser := must(h.ask())
		if err := h.d.RemoveDevice(h.ctx, phone, h.password); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		if _, err := h.s.TypeOffline(h.ctx, browser, phone, code, false, "curl"); !errors.Is(err, server.ErrNoOffline) {
			t.Errorf("its code: %v", err)
		}
		if _, _, err := g.d.OfflineCode(h.ctx); !errors.Is(err, app.ErrNoOffline) || g.d.View().Offline {
			t.Errorf("it still gives codes: %v", err)
		}
		h.turnOn() // which clears what the removed device left
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("another device's is %s, %v", got, err)
		}
	})
}

func TestYoungDeviceTurnsNoOfflineCodesOn(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		if err := g.d.OfflineOn(h.ctx, h.password); !errors.Is(err, &api.Error{Code: api.CodeYoung}) {
			t.Errorf("it gives %v", err)
		}
	})
}

// Two programs of one device never give the same code, and one that was running
// while the other turned them on loses nothing of it.
func TestOfflineCodesInTwoPrograms(t *testing.T) {
	inHouse(t, func(h *house) {
		other := must(app.Open(h.ctx, h.o))
		defer func() { other.Close() }()
		h.pass(time.Second)
		h.turnOn()
		h.pass(time.Second)
		first := h.code()
		second, _, err := other.OfflineCode(h.ctx)
		if err != nil || second == first {
			t.Fatalf("the other program gives the same: %t, %v", second == first, err)
		}
		if got, err := h.types(second); got != verify.Right {
			t.Errorf("it is %s, %v", got, err)
		}
		if err := other.ChangePassword(h.ctx, h.password, nextPassword); err != nil {
			t.Fatal(err)
		}
		h.password = nextPassword
		h.plug()
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("after the other program wrote the vault it is %s, %v", got, err)
		}
	})
}

// TestKilledWhileTurningOfflineCodesOn kills the program before each write. Turned on
// once more, they work.
func TestKilledWhileTurningOfflineCodesOn(t *testing.T) {
	for n := range 6 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inHouse(t, func(h *house) {
				hook := func() error { return nil }
				h.o.OnSave(func() error { return hook() })
				h.plug()
				for _, again := range []bool{false, true} { // from off, and from on
					hook = dying(n)
					err := h.d.OfflineOn(h.ctx, h.password)
					hook = func() error { return nil }
					h.plug()
					if _, _, codeErr := h.d.OfflineCode(h.ctx); err == nil && codeErr != nil {
						t.Errorf("again %t: turned on, it gives %v", again, codeErr)
					}
					h.turnOn()
					if got, err := h.types(h.code()); got != verify.Right {
						t.Errorf("again %t: then it is %s, %v", again, got, err)
					}
					h.pass(20 * time.Minute)
				}
			})
		})
	}
}

// No answer, though the entry was taken: it is on all the same, or a second try does it.
func TestOfflineCodesTurnedOnWithoutAnAnswer(t *testing.T) {
	inHouse(t, func(h *house) {
		b := &between{}
		lost := true
		b.append = func(_ []byte, do func() error) error {
			err := do()
			if lost {
				return errNoNetwork
			}
			return err
		}
		h.reopen(b)
		ctx, cancel := context.WithTimeout(h.ctx, 10*time.Second)
		defer cancel()
		if err := h.d.OfflineOn(ctx, h.password); err == nil {
			t.Fatal("it says that it was done")
		}
		lost = false
		h.pass(2 * time.Minute)
		code, _, err := h.d.OfflineCode(h.ctx)
		if got, typed := h.types(code); err != nil || got != verify.Right {
			t.Errorf("it is %s, %v, %v", got, err, typed)
		}
		h.turnOn()
		if got, err := h.types(h.code()); got != verify.Right {
			t.Errorf("turned on again it is %s, %v", got, err)
		}
	})
}

// A device that has seen two histories shows no code: it lets nobody in, as with Allow.
func TestFrozenDeviceShowsNoOfflineCode(t *testing.T) {
	inHouse(t, func(h *house) {
		h.turnOn()
		h.pass(offline.Period)
		entries := must(h.d.Export())
		last := len(entries) - 1
		before, laptop := must(chain.Open(entries[:last])), chain.AsDevice(h.d.View().This, must(app.KeysOf(h.ctx, h.o)))
		other := must(before.SetPolicy(laptop, trust.DefaultPolicy(), time.Now()))
		h.reopen(&between{
			status: func(s *api.Status) {
				s.Head, s.Receipt = chain.Head{Seq: uint64(last), Hash: trust.HashEntry(other)}, nil
			},
			chain: func(from uint64, _ [][]byte) [][]byte { return append(entries[:last:last], other)[from:] },
		})
		if v := h.d.View(); v.Notice != app.NoticeFrozen {
			t.Fatalf("view is %+v", v)
		}
		if code, _, err := h.d.OfflineCode(h.ctx); !errors.Is(err, app.ErrFrozen) || code != "" {
			t.Errorf("it gives %q, %v", code, err)
		}
	})
}
