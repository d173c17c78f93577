package app_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

var errDisk = errors.New("the disk is full")

// dying gives a hook that lets n writes pass and none after that, as for a program
// that was killed there.
func dying(n int) func() error {
	return func() error {
		if n--; n < 0 {
			return errDisk
		}
		return nil
	}
}

// TestKilledWhilePairing kills one of the two devices before each write of a
// pairing. Afterwards either both agree that the new one belongs, or it is as new
// and a pairing works; never is there a device in the chain whose keys are lost.
func TestKilledWhilePairing(t *testing.T) {
	for _, side := range []string{"trusted", "new"} {
		for n := range 8 {
			t.Run(fmt.Sprintf("%s/%d", side, n), func(t *testing.T) {
				inHouse(t, func(h *house) { killWhilePairing(h, side, n) })
			})
		}
	}
}

func killWhilePairing(h *house, side string, n int) {
	g := h.guest()
	defer func() { g.d.Close() }()
	hook := func() error { return nil }
	o := &h.o
	if side == "new" {
		o = &g.o
	}
	o.OnSave(func() error { return hook() })
	if side == "new" {
		g.d.Close()
		g.open()
	} else {
		h.reopen(&between{})
	}
	m := h.meet(h.d, g, "Phone")
	if err := m.p.Check(m.digits); err != nil {
		h.t.Fatal(err)
	}
	hook = dying(n)
	ctx, cancel := context.WithTimeout(h.ctx, 20*time.Second)
	defer cancel()
	ends := make(chan error, 1)
	go func() { _, err := m.j.Finish(ctx); ends <- err }()
	m.p.Finish(ctx, h.password)
	if side == "trusted" {
		h.d.Close()
	} else {
		g.d.Close()
	}
	cancel()
	<-ends
	hook = func() error { return nil }
	if side == "trusted" {
		h.d = must(app.Open(h.ctx, h.o))
	} else {
		g.open()
	}
	h.pass(15 * time.Minute)
	h.agreeOn(g)
}

// agreeOn checks that the guest is a member by both sides' word or by none's, and
// in that case can become one.
func (h *house) agreeOn(g *guest) {
	h.t.Helper()
	v := g.d.View()
	belongs := v.Stage == app.StageOn
	if listed := slices.Contains(names(h.d.View()), "Phone"); belongs != listed || v.Joining {
		h.t.Fatalf("the list has it: %v; its view is %+v", listed, v)
	}
	if belongs {
		if v.Link.State != app.Online || v.This != member(h.d.View(), "Phone").ID {
			h.t.Errorf("view is %+v", v)
		}
		return
	}
	if _, err := g.o.Vault.Get(h.ctx, "device"); !errors.Is(err, vault.ErrNotFound) {
		h.t.Errorf("a device that does not belong keeps secrets: %v", err)
	}
	m := h.meet(h.d, g, "Phone")
	if err := m.p.Check(m.digits); err != nil {
		h.t.Fatal(err)
	}
	if _, _, err := m.finish(h.ctx, h.password); err != nil {
		h.t.Errorf("a new try: %v", err)
	}
}

// The new device is killed after it agreed, and the trusted one goes on without it.
func TestTheNewDeviceIsAwayWhenItIsLetIn(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		away := &between{box: func(b *api.Box) {
			if b.Messages[api.SlotConsent] != nil || b.State == api.BoxDone {
				b.State = api.BoxOpen
				b.Messages[api.SlotWelcome] = nil
			}
		}}
		g.d.Close()
		through(h, &g.o, away)
		g.open()
		m := h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		ends := make(chan error, 1)
		ctx, cancel := context.WithCancel(h.ctx)
		go func() { _, err := m.j.Finish(ctx); ends <- err }()
		if _, err := m.p.Finish(h.ctx, h.password); err != nil {
			t.Fatal(err)
		}
		g.d.Close()
		cancel()
		<-ends
		g.open()
		h.pass(2 * time.Second)
		h.agreeOn(g)
		if g.d.View().Stage != app.StageOn {
			t.Errorf("view is %+v", g.d.View())
		}
	})
}

// Two removals at once are both done, in some order.
func TestTwoChangesAtOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet, watch := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet"), h.pair(h.d, "Watch")
		defer func() { phone.d.Close(); tablet.d.Close(); watch.d.Close() }()
		h.growUp(phone, tablet, watch)
		ends := make(chan error, 2)
		remove := func(d *app.Device, id trust.DeviceID) { ends <- d.RemoveDevice(h.ctx, id, h.password) }
		go remove(h.d, tablet.d.View().This)
		go remove(phone.d, watch.d.View().This)
		if err := errors.Join(<-ends, <-ends); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * time.Second)
		for _, v := range []app.View{h.d.View(), phone.d.View()} {
			if !slices.Equal(names(v), []string{"Laptop", "Phone"}) || v.Fork != nil {
				t.Errorf("view is %+v", v)
			}
		}
	})
}
