package app_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// another opens one more program of the device whose options these are.
func (h *house) another(o app.Options) *app.Device {
	h.t.Helper()
	o.Happened = nil
	return must(app.Open(h.ctx, o))
}

// Two programs of one device that end its wait at once show the same key: what either
// person writes down counts, whoever is first.
func TestTwoProgramsShowOneKey(t *testing.T) {
	for name, first := range map[string]int{"the first": 0, "the second": 1} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				g := h.regain()
				defer func() { g.d.Close() }()
				h.sleepOn(g, theWait)
				programs := []*app.Device{g.d, h.another(g.o)}
				defer programs[1].Close()
				h.pass(time.Second)
				opened := []*app.Regain{must(programs[0].OpenRegain(h.ctx, h.password)), must(programs[1].OpenRegain(h.ctx, h.password))}
				if opened[0].Key() != opened[1].Key() {
					t.Fatal("two programs give two keys to be written down")
				}
				key := opened[0].Key()
				must(opened[first].Finish(h.ctx, key.Text(), []trust.DeviceID{h.d.View().This}))
				if v, err := opened[1-first].Finish(h.ctx, key.Text(), nil); err != nil || v.Stage != app.StageOn {
					t.Errorf("the other one gets %v; its stage is %d", err, v.Stage)
				}
				h.key = key
				h.pass(2 * time.Second)
				if len(g.d.View().Devices) != 1 {
					t.Errorf("the devices are %+v", g.d.View().Devices)
				}
				h.works(g)
				if got, err := programs[1].ShowRecovery(h.ctx, h.password); err != nil || got != key {
					t.Errorf("the copy is %v, %v", got == key, err)
				}
			})
		})
	}
}

// Both at the same moment.
func TestTwoProgramsDrawAtOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.regain()
		defer func() { g.d.Close() }()
		h.sleepOn(g, theWait)
		other := h.another(g.o)
		defer other.Close()
		h.pass(time.Second)
		keys := make(chan trust.RecoveryKey, 2)
		for _, d := range []*app.Device{g.d, other} {
			go func() {
				r, err := d.OpenRegain(h.ctx, h.password)
				if err != nil {
					t.Error(err)
					keys <- trust.RecoveryKey{}
					return
				}
				keys <- r.Key()
			}()
		}
		if <-keys != <-keys {
			t.Error("two programs give two keys to be written down")
		}
	})
}

// A key that nobody typed back counts, but is not proved: it may be nowhere.
func TestAKeyThatWasOnlyShown(t *testing.T) {
	inHouse(t, func(h *house) {
		k := must(h.d.BeginNewKey(h.ctx))
		done(t, k.Finish(h.ctx, h.password, ""))
		h.onlyShown(k.Key())
		r := must(h.d.BeginReset(h.ctx, h.key.Text()))
		done(t, r.Finish(h.ctx, nextPassword, ""))
		h.password = nextPassword
		h.onlyShown(r.Key())
	})
}

func (h *house) onlyShown(key trust.RecoveryKey) {
	h.t.Helper()
	h.key = key
	h.pass(time.Second)
	h.expect(false, app.AdviceTypeKey)
	if r := h.d.View().Recovery; !r.Proved.IsZero() || !r.Kept || !r.Next.IsZero() {
		h.t.Errorf("recovery is %+v", r)
	}
	if a, b := h.d.AskGroups(); a != 0 || b != 0 {
		h.t.Errorf("groups %d and %d are asked for", a, b)
	}
	done(h.t, h.d.CheckRecovery(key.Text()))
	h.expect(true, app.AdvicePair, app.WayKey)
}

// A device whose state is from before copies were named comes back, killed at any
// moment: the key that counts is the one whose copy it keeps, and it was typed.
func TestComingBackWithAnOlderState(t *testing.T) {
	for n := 2; n < 6; n++ { // the writes around the moment from which the next key counts
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inHouse(t, func(h *house) {
				var k deadly
				g := h.guest()
				defer func() { g.d.Close() }()
				g.d.Close()
				k.into(&g.o)
				g.open()
				done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
				g.d.Close()
				h.withoutIn(g.o, []string{"copies"})
				h.sleepOn(g, theWait)
				r := must(g.d.OpenRegain(h.ctx, h.password))
				k.arm(n)
				r.Finish(h.ctx, r.Key().Text(), nil)
				g.d.Close()
				k.disarm()
				g.open()
				h.pass(time.Minute)
				if g.d.View().Regaining != nil {
					h.comeBack(g)
				}
				v := g.d.View()
				if !v.Recovery.Kept || v.Recovery.Proved.IsZero() {
					t.Errorf("recovery is %+v", v.Recovery)
				}
				// A next key that is refused takes no copy away.
				refuse := &between{append: func([]byte, func() error) error { return &api.Error{Code: api.CodeYoung} }}
				g.d.Close()
				o := g.o
				through(h, &o, refuse)
				d := h.another(o)
				defer d.Close()
				h.pass(time.Second)
				if k, err := d.BeginNewKey(h.ctx); err == nil {
					k.Finish(h.ctx, h.password, k.Key().Text())
				}
				if _, err := d.ShowRecovery(h.ctx, h.password); err != nil {
					t.Errorf("the copy: %v", err)
				}
			})
		})
	}
}

// Who does not belong any more gets nothing back with what is known here: the light of
// a removed device, and of one whose account was renewed, does not say yes.
func TestTheLightOfWhoIsOut(t *testing.T) {
	for name, out := range map[string]func(*house){
		"removed": func(h *house) {
			phone := h.pair(h.d, "Phone")
			defer func() { phone.d.Close() }()
			h.growUp(phone)
			done(h.t, phone.d.RemoveDevice(h.ctx, h.d.View().This, h.password))
		},
		"renewed": func(h *house) {
			must(h.s.Renew(h.ctx, "anna"))
			h.away(4 * day)
			in := app.SetupInput{Link: must(h.s.Renew(h.ctx, "anna")).Link, Password: nextPassword, DeviceName: "Tablet", Kind: trust.Tablet}
			g := h.guest()
			defer func() { g.d.Close() }()
			s := must(g.d.BeginSetup(h.ctx, in))
			done(h.t, s.Finish(h.ctx, s.Key().Text()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				out(h)
				h.pass(time.Minute)
				h.d.CheckNow(h.ctx) // a person looks
				if v := h.d.View(); v.Notice != app.NoticeRemoved {
					t.Errorf("its notice is %q", v.Notice)
				}
				h.expect(false, app.AdviceNone)
				if r := h.d.View().Recovery; !r.Next.IsZero() {
					t.Errorf("it asks for the key at %s", r.Next)
				}
			})
		})
	}
}

// Typing something else back is still found out.
func TestAnotherKeyTypedBack(t *testing.T) {
	inHouse(t, func(h *house) {
		k := must(h.d.BeginNewKey(h.ctx))
		if err := k.Finish(h.ctx, h.password, h.key.Text()); !errors.Is(err, app.ErrOtherKey) {
			t.Errorf("another key: %v", err)
		}
		if err := k.Finish(h.ctx, h.password, " "); !errors.Is(err, app.ErrKey) {
			t.Errorf("a blank: %v", err)
		}
	})
}
