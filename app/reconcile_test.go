package app_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// liar stands between one device and the real backend and tells another list.
type liar struct {
	door
	tell func(api.Event) api.Event
}

func (l liar) Events(ctx context.Context, token api.Secret, after uint64, limit int) ([]api.Event, error) {
	events, err := l.door.Events(ctx, token, after, limit)
	for i := range events {
		events[i] = l.tell(events[i])
	}
	return events, err
}

func (l liar) Watch(ctx context.Context, token api.Secret, after uint64, alive func(), each func(api.Event) error) error {
	return l.door.Watch(ctx, token, after, alive, func(e api.Event) error { return each(l.tell(e)) })
}

// listen starts the house's device again where tell changes what it is told.
func (h *house) listen(tell func(api.Event) api.Event) {
	h.t.Helper()
	h.d.Close()
	h.o.Dial = func(string) (api.Account, error) { return liar{door{h}, tell}, nil }
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
}

// signInBy lets somebody in whom another device than the house's allows.
func (h *house) signInBy(g *guest) {
	h.t.Helper()
	browser, err := h.ask()
	if err != nil {
		h.t.Fatal(err)
	}
	shown, err := g.d.Allow(h.ctx, g.d.View().Requests[0].ID)
	if err != nil {
		h.t.Fatal(err)
	}
	typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
	if err != nil || typed.Outcome != verify.Right {
		h.t.Fatalf("the code is %s, %v", typed.Outcome, err)
	}
	h.pass(2 * time.Second)
}

// entered gives the lines of who is in, newest first.
func entered(v app.View) (all []app.Activity) {
	for _, a := range v.Activity {
		if a.Kind == string(api.EventDone) {
			all = append(all, a)
		}
	}
	return all
}

func unaccounted(v app.View) (all []app.Activity) {
	for _, a := range v.Activity {
		if a.Kind == app.EntryUnaccounted {
			all = append(all, a)
		}
	}
	return all
}

func TestAnotherDevicesApprovalIsEnough(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.signInBy(phone)
		h.signIn()
		for _, v := range []app.View{h.d.View(), phone.d.View()} {
			lines := entered(v)
			if len(lines) < 2 || lines[0].Device != "Laptop" || lines[1].Device != "Phone" || lines[0].Doubt || lines[1].Doubt {
				t.Errorf("lines are %+v", lines)
			}
		}
	})
}

// Each lie is told to the laptop about a sign-in that the phone allowed. first is the
// honest event of an earlier one.
func TestLiesAboutAnotherDevicesApproval(t *testing.T) {
	for name, lie := range map[string]func(e, first *api.Event, laptop trust.DeviceID){
		"the approval is stripped":  func(e, _ *api.Event, _ trust.DeviceID) { e.Data.Approval = nil },
		"the request is stripped":   func(e, _ *api.Event, _ trust.DeviceID) { e.Data.Request = nil },
		"the approval is of nobody": func(e, _ *api.Event, _ trust.DeviceID) { e.Data.Approval[len(e.Data.Approval)-1] ^= 1 },
		"another device is named":   func(e, _ *api.Event, laptop trust.DeviceID) { e.Data.Device = laptop },
		"a stranger is named":       func(e, _ *api.Event, _ trust.DeviceID) { e.Data.Device = trust.DeviceID{7} },
		"an old approval":           func(e, first *api.Event, _ trust.DeviceID) { e.Data.Approval = first.Data.Approval },
		"an old approval with its challenge": func(e, first *api.Event, _ trust.DeviceID) {
			e.Data.Approval, e.Data.Request = first.Data.Approval, first.Data.Request
		},
		"an old sign-in again":              func(e, first *api.Event, _ trust.DeviceID) { e.Data = first.Data },
		"an old sign-in again, at its time": func(e, first *api.Event, _ trust.DeviceID) { e.Data, e.At = first.Data, first.At },
		"another time":                      func(e, _ *api.Event, _ trust.DeviceID) { e.At = e.At.Add(time.Hour) },
		"said to be by the password alone":  func(e, _ *api.Event, _ trust.DeviceID) { e.Data = api.EventData{By: "password"} },
		"said to be by an offline code":     func(e, _ *api.Event, _ trust.DeviceID) { e.Kind = api.EventOffline },
	} {
		t.Run(name, func(t *testing.T) { lieOnce(t, lie) })
	}
}

func lieOnce(t *testing.T, lie func(e, first *api.Event, laptop trust.DeviceID)) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		laptop := h.d.View().This
		var first *api.Event
		h.listen(func(e api.Event) api.Event {
			switch {
			case e.Kind != api.EventDone:
			case first == nil:
				honest := e
				first = &honest
			case e.Seq > first.Seq:
				e.Data.Approval = slices.Clone(e.Data.Approval)
				lie(&e, first, laptop)
			}
			return e
		})
		h.signInBy(phone)
		if v := h.d.View(); v.Activity[0].Kind != string(api.EventDone) || v.Activity[0].Doubt {
			t.Fatalf("the honest line is %+v", v.Activity[0])
		}
		h.signInBy(phone)
		if a := h.d.View().Activity[0]; !a.Doubt {
			t.Errorf("the line is %+v", a)
		}
		if v := phone.d.View(); v.Activity[0].Doubt {
			t.Errorf("who is told the truth has the line %+v", v.Activity[0])
		}
	})
}

// What a device signed that is no Allow lets nobody in, whatever the list says.
func TestANotMeIsNoAllow(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		said := &hearing{door: door{h}}
		phone.d.Close()
		phone.o.Dial = func(string) (api.Account, error) { return said, nil }
		phone.open()
		h.pass(time.Second)
		var asked *api.Request
		h.listen(func(e api.Event) api.Event {
			if e.Kind == api.EventRequest {
				asked = e.Data.Request
			}
			if e.Kind == api.EventDenied {
				e.Kind, e.Data.Request, e.Data.Approval = api.EventDone, asked, said.last
			}
			return e
		})
		must(h.ask())
		if err := phone.d.NotMe(h.ctx, phone.d.View().Requests[0].ID); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		if lines := entered(h.d.View()); !lines[0].Doubt || said.last == nil {
			t.Errorf("lines are %+v", lines)
		}
	})
}

// hearing keeps the approval that went through it last.
type hearing struct {
	door
	last []byte
}

func (s *hearing) Answer(ctx context.Context, token api.Secret, approval []byte) error {
	s.last = approval
	return s.door.Answer(ctx, token, approval)
}

// Who was away while a device allowed something and was removed afterwards, reads
// that in this order, and doubts nothing; but a removed device's approval counts no
// more in a list that tells of the removal first.
func TestARemovedDevicesApproval(t *testing.T) {
	for name, removedFirst := range map[string]bool{"given before": false, "given after": true} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(h *house) {
				phone, tablet := h.pair(h.d, "Phone"), h.pair(h.d, "Tablet")
				defer func() { phone.d.Close(); tablet.d.Close() }()
				var heard []api.Event
				tablet.o.Dial = func(string) (api.Account, error) {
					return liar{door{h}, func(e api.Event) api.Event { heard = append(heard, e); return e }}, nil
				}
				h.growUp(phone, tablet)
				h.d.Close()
				h.signInBy(phone)
				done(t, tablet.d.RemoveDevice(h.ctx, phone.d.View().This, h.password))
				done(t, tablet.d.OfflineOn(h.ctx, h.password)) // an entry after the removal
				h.pass(time.Second)
				tell := func(e api.Event) api.Event { return e }
				if removedFirst {
					tell = swapped(heard)
				}
				h.listen(tell)
				lines := entered(h.d.View())
				if len(names(h.d.View())) != 2 || lines[0].Agent != "Firefox on Linux" || lines[0].Doubt != removedFirst {
					t.Errorf("the line is %+v", lines[0])
				}
			})
		})
	}
}

// swapped tells the newest sign-in and the newest removal in each other's place.
func swapped(heard []api.Event) func(api.Event) api.Event {
	newest := func(k api.EventKind, op api.Change) (out api.Event) {
		for _, e := range heard {
			if e.Kind == k && e.Data.Op == op {
				out = e
			}
		}
		return out
	}
	done, removal := newest(api.EventDone, ""), newest(api.EventChain, api.ChangeRemoved)
	return func(e api.Event) api.Event {
		told := e
		switch e.Seq {
		case done.Seq:
			told = removal
		case removal.Seq:
			told = done
		}
		told.Seq = e.Seq
		return told
	}
}

// An answer of this device must have an end in the list.
func TestAnAnswerWithoutAnEnd(t *testing.T) {
	inHouse(t, func(h *house) {
		hidden := true
		h.listen(func(e api.Event) api.Event {
			if e.Kind == api.EventDone && hidden {
				return api.Event{Seq: e.Seq, Kind: api.EventTarget, At: e.At}
			}
			return e
		})
		h.signIn()
		asked := time.Now()
		h.pass(9 * time.Minute)
		if lines := unaccounted(h.d.View()); len(lines) != 0 {
			t.Errorf("after 9 minutes: %+v", lines)
		}
		h.pass(50 * time.Minute)
		lines := unaccounted(h.d.View())
		if len(lines) != 1 || !lines[0].Doubt || lines[0].Answer != trust.Allow || lines[0].Agent != "Firefox on Linux" || asked.Sub(lines[0].Asking) > time.Minute {
			t.Fatalf("after an hour: %+v", lines)
		}
		h.restart()
		h.pass(time.Hour)
		if lines := unaccounted(h.d.View()); len(lines) != 1 {
			t.Errorf("it is said again: %+v", lines)
		}
	})
}

// The honest backend leaves nothing unaccounted for: however a sign-in ends, and
// where it was down while it should have ended.
func TestAnHonestListIsAccountedFor(t *testing.T) {
	inHouse(t, func(h *house) {
		allow := func() api.Secret {
			browser := must(h.ask())
			if _, err := h.d.Allow(h.ctx, h.d.View().Requests[0].ID); err != nil {
				t.Fatal(err)
			}
			return browser
		}
		h.signIn()
		allow() // nobody types the code
		h.pass(30 * time.Minute)
		if err := h.s.Stop(h.ctx, allow()); err != nil {
			t.Fatal(err)
		}
		h.pass(30 * time.Minute)
		allow()
		h.stop()
		h.pass(time.Hour)
		h.start()
		h.pass(30 * time.Minute)
		must(h.ask())
		if err := h.d.NotMe(h.ctx, h.d.View().Requests[0].ID); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Hour)
		for _, a := range h.d.View().Activity {
			if a.Doubt {
				t.Errorf("a line is %+v", a)
			}
		}
	})
}

// An end that is told late takes the line back.
func TestALateEndIsTakenOver(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.allow(r)
		w.pass(time.Hour)
		if lines := unaccounted(w.d.View()); len(lines) != 1 {
			t.Fatalf("lines are %+v", lines)
		}
		w.b.set(func() { w.b.event(api.EventExpired, api.EventData{Challenge: r.ID}) })
		w.settle()
		if lines := unaccounted(w.d.View()); len(lines) != 0 {
			t.Errorf("lines are %+v", lines)
		}
	})
}

// After two-step verification was switched off the password alone lets in: that is
// what its people asked for.
func TestThePasswordAloneAfterLeaving(t *testing.T) {
	inHouse(t, func(h *house) {
		must(h.d.Leave(h.ctx, h.password))
		h.pass(25 * time.Hour)
		if !h.d.View().Left {
			t.Fatalf("view is %+v", h.d.View())
		}
		in, err := h.s.Enter(h.ctx, server.Asking{Name: "anna", Password: h.password, Address: netip.MustParseAddr("192.0.2.8"), Agent: "Chrome on Windows"})
		if err != nil || in.Outcome != verify.Right {
			t.Fatalf("the password alone is %s, %v", in.Outcome, err)
		}
		h.pass(time.Second)
		if a := h.d.View().Activity[0]; a.Kind != string(api.EventDone) || a.By != "password" || a.Doubt {
			t.Errorf("the line is %+v", a)
		}
	})
}
