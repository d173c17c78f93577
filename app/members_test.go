package app_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// grownUp is when a device that was paired may do everything.
const grownUp = 80 * time.Hour

// growUp lets that time pass, while all is switched off.
func (h *house) growUp(guests ...*guest) {
	h.t.Helper()
	h.away(grownUp, guests...)
}

// away lets time pass while all is switched off.
func (h *house) away(d time.Duration, guests ...*guest) {
	h.t.Helper()
	h.d.Close()
	for _, g := range guests {
		g.d.Close()
	}
	h.stop()
	h.pass(d)
	h.start()
	h.d = must(app.Open(h.ctx, h.o))
	for _, g := range guests {
		g.open()
	}
	h.pass(2 * time.Second)
}

func member(v app.View, name string) app.Member {
	i := slices.IndexFunc(v.Devices, func(m app.Member) bool { return m.Own == name })
	if i < 0 {
		return app.Member{}
	}
	return v.Devices[i]
}

func TestARemovedDeviceLearnsItAtOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		phone := g.d.View().This
		if err := h.d.RemoveDevice(h.ctx, phone, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Fatalf("with a wrong password: %v", err)
		}
		if err := h.d.RemoveDevice(h.ctx, phone, h.password); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		if v := h.d.View(); !slices.Equal(names(v), []string{"Laptop"}) || v.Activity[0].Kind != app.EntryRemoved || v.Activity[0].Device != "Phone" || v.Activity[0].By != "Laptop" {
			t.Errorf("view is %+v", v)
		}
		if v := g.d.View(); v.Notice != app.NoticeRemoved || v.Stage != app.StageOn {
			t.Errorf("the removed device's view is %+v", v)
		}
		if _, err := g.d.BeginPairing(h.ctx); !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
			t.Errorf("it pairs: %v", err)
		}
		if err := h.d.RemoveDevice(h.ctx, phone, h.password); !errors.Is(err, app.ErrNoDevice) {
			t.Errorf("removing it again: %v", err)
		}
		h.signIn()
		if err := g.d.Forget(h.ctx); err != nil {
			t.Fatal(err)
		}
		if v := g.d.View(); v.Stage != app.StageNew || v.Notice != app.NoticeNone {
			t.Errorf("after starting again the view is %+v", v)
		}
		m := h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		if _, v, err := m.finish(h.ctx, h.password); err != nil || v.This == phone {
			t.Errorf("pairing it anew: %v", err)
		}
		h.pass(time.Minute)
		if v := g.d.View(); v.Link.State != app.Online || v.Notice != app.NoticeNone {
			t.Errorf("anew the view is %+v", v)
		}
	})
}

func TestTheLastDeviceStays(t *testing.T) {
	inHouse(t, func(h *house) {
		if err := h.d.RemoveDevice(h.ctx, h.d.View().This, h.password); !errors.Is(err, app.ErrLast) {
			t.Errorf("removing the last: %v", err)
		}
		if err := h.d.RemoveDevice(h.ctx, trust.DeviceID{1}, h.password); !errors.Is(err, app.ErrNoDevice) {
			t.Errorf("removing none: %v", err)
		}
	})
}

// A new device may leave, and do nothing else to the account.
func TestAYoungDeviceMayOnlyLeave(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		laptop := h.d.View().This
		if m := member(g.d.View(), "Phone"); m.Young.IsZero() {
			t.Fatalf("a new device is %+v", m)
		}
		if err := g.d.RemoveDevice(h.ctx, laptop, h.password); !errors.Is(err, &api.Error{Code: api.CodeYoung}) || app.RetryOf(err) == 0 {
			t.Errorf("it removes the other: %v", err)
		}
		if _, err := g.d.BeginPairing(h.ctx); app.TroubleOf(err) != app.TroubleYoung {
			t.Errorf("it pairs: %v", err)
		}
		if err := g.d.RemoveDevice(h.ctx, g.d.View().This, h.password); err != nil {
			t.Fatalf("it leaves: %v", err)
		}
		if v := g.d.View(); v.Stage != app.StageNew {
			t.Errorf("after leaving the view is %+v", v)
		}
		if _, err := g.o.Vault.Get(h.ctx, "device"); !errors.Is(err, vault.ErrNotFound) {
			t.Errorf("its secrets: %v", err)
		}
		h.pass(time.Second)
		if v := h.d.View(); !slices.Equal(names(v), []string{"Laptop"}) || v.Activity[0].By != "Phone" {
			t.Errorf("the other's view is %+v", v)
		}
	})
}

func TestNicknamesStayHere(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		phone := g.d.View().This
		if err := h.d.Rename(h.ctx, phone, "Anna's"); err != nil {
			t.Fatal(err)
		}
		if m := member(h.d.View(), "Phone"); m.Name != "Anna's" {
			t.Errorf("here it is %+v", m)
		}
		if m := member(g.d.View(), "Phone"); m.Name != "Phone" {
			t.Errorf("there it is %+v", m)
		}
		if err := h.d.Rename(h.ctx, phone, "a\nb"); !errors.Is(err, &api.Error{Code: api.CodeName}) {
			t.Errorf("two lines: %v", err)
		}
		if err := h.d.Rename(h.ctx, phone, ""); err != nil || member(h.d.View(), "Phone").Name != "Phone" {
			t.Errorf("taken back: %v, %+v", err, h.d.View().Devices)
		}
	})
}

// Of three devices all ring; the first answer counts, and the others say whose it was.
func TestThreeDevicesRing(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
		defer func() { phone.d.Close(); tablet.d.Close() }()
		h.growUp(phone, tablet)
		browser := must(h.ask())
		id := h.d.View().Requests[0].ID
		for _, d := range []*app.Device{h.d, phone.d, tablet.d} {
			if v := d.View(); len(v.Requests) != 1 || v.Requests[0].ID != id {
				t.Fatalf("view is %+v", v)
			}
		}
		shown := must(phone.d.Allow(h.ctx, id))
		if _, err := tablet.d.Allow(h.ctx, id); app.TroubleOf(err) != app.TroubleAnswered && !errors.Is(err, app.ErrGone) {
			t.Errorf("the second answer: %v", err)
		}
		h.pass(time.Second)
		for _, d := range []*app.Device{h.d, tablet.d} {
			v := d.View()
			if a := v.Activity[0]; len(v.Requests) != 0 || v.Shown != nil || a.Kind != "answered" || a.Device != "Phone" || a.Answer != trust.Allow {
				t.Errorf("elsewhere the view is %+v", v)
			}
		}
		typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
		if err != nil || typed.Outcome != verify.Right {
			t.Errorf("the code is %s, %v", typed.Outcome, err)
		}
		h.pass(time.Second)
		if a := h.d.View().Activity[0]; a.Kind != "done" || a.Device != "Phone" || a.Doubt {
			t.Errorf("the end is %+v", a)
		}
	})
}

// The page may choose one device: the request says so everywhere, and all may still
// answer.
func TestAChosenDevice(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		browser := must(h.ask())
		chosen := phone.d.View().This
		if err := h.s.Choose(h.ctx, browser, chosen); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		for _, d := range []*app.Device{h.d, phone.d} {
			if v := d.View(); len(v.Requests) != 1 || v.Requests[0].Target != chosen {
				t.Errorf("view is %+v", v)
			}
		}
	})
}

func TestNotMeWinsOverAnothersAllow(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		browser := must(h.ask())
		id := h.d.View().Requests[0].ID
		shown := must(h.d.Allow(h.ctx, id))
		h.pass(time.Second)
		if _, err := phone.d.Allow(h.ctx, id); !errors.Is(err, app.ErrGone) {
			t.Errorf("the other allows it too: %v", err)
		}
		if err := phone.d.NotMe(h.ctx, id); err != nil {
			t.Fatalf("not me: %v", err)
		}
		h.pass(time.Second)
		typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
		if err == nil && typed.Outcome == verify.Right {
			t.Error("the code still opens")
		}
		if v := h.d.View(); v.Shown != nil {
			t.Errorf("the code is still shown: %+v", v.Shown)
		}
	})
}

// Another device's change comes between the welcome and the entry: the pairing
// goes on, with the same password and no second question.
func TestAChangeInTheMiddleOfAPairing(t *testing.T) {
	inHouse(t, func(h *house) {
		phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
		defer func() { phone.d.Close(); tablet.d.Close() }()
		h.growUp(phone, tablet)
		meddled := 0
		b := &between{append: func(_ []byte, do func() error) error {
			if meddled++; meddled == 1 {
				if err := phone.d.RemoveDevice(h.ctx, tablet.d.View().This, h.password); err != nil {
					t.Errorf("meanwhile: %v", err)
				}
			}
			return do()
		}}
		h.reopen(b)
		watch := h.pair(h.d, "Watch")
		defer func() { watch.d.Close() }()
		if want := []string{"Laptop", "Phone", "Watch"}; meddled != 2 || !slices.Equal(names(h.d.View()), want) || !slices.Equal(names(watch.d.View()), want) {
			t.Errorf("after %d tries the devices are %s and %s", meddled, names(h.d.View()), names(watch.d.View()))
		}
	})
}

// reopen starts the house's device again, talking through b.
func (h *house) reopen(b *between) {
	h.d.Close()
	through(h, &h.o, b)
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
}

// An entry or its answer that is lost does not make a second entry: the same bytes
// go again, also after a restart.
func TestALostEntry(t *testing.T)  { loseOnce(t, false) }
func TestALostAnswer(t *testing.T) { loseOnce(t, true) }

func loseOnce(t *testing.T, arrives bool) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		var sent [][]byte
		lost := 3
		b := &between{append: func(entry []byte, do func() error) error {
			sent = append(sent, entry)
			if lost--; lost < 0 {
				return do()
			}
			if arrives {
				return errors.Join(do(), errCut)
			}
			return errCut
		}}
		h.reopen(b)
		ctx, cancel := context.WithTimeout(h.ctx, 200*time.Millisecond)
		err := h.d.RemoveDevice(ctx, phone.d.View().This, h.password)
		cancel()
		if app.TroubleOf(err) != app.TroubleUnreachable {
			t.Fatalf("without an answer: %v", err)
		}
		h.reopen(b)
		h.pass(time.Minute)
		if len(sent) < 2 && !arrives || slices.ContainsFunc(sent, func(e []byte) bool { return string(e) != string(sent[0]) }) {
			t.Errorf("%d entries were sent, not all the same", len(sent))
		}
		if v := h.d.View(); !slices.Equal(names(v), []string{"Laptop"}) || v.Notice != app.NoticeNone {
			t.Errorf("view is %+v", v)
		}
	})
}
