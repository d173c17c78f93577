package app_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// tab is a browser that is signed in.
type tab struct {
	*house
	session, step api.Secret
}

func (h *house) tab() *tab {
	h.t.Helper()
	browser := must(h.ask())
	shown := must(h.d.Allow(h.ctx, h.d.View().Requests[0].ID))
	typed := must(h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux"))
	h.pass(time.Second)
	return &tab{house: h, session: typed.Session}
}

// asks asks the devices and gives the request as d shows it.
func (b *tab) asks(d *app.Device, change server.AppChange) app.Request {
	b.t.Helper()
	b.step = must(b.s.StepUp(b.ctx, b.session, change, server.Asking{Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Linux"}))
	b.pass(time.Second)
	if n := len(d.View().Requests); n != 1 {
		b.t.Fatalf("%d requests wait", n)
	}
	return d.View().Requests[0]
}

// permitted lets d allow what a page asks for, types the code, and gives what may be made.
func (b *tab) permitted(d *app.Device, change server.AppChange) app.Permit {
	b.t.Helper()
	r := b.asks(d, change)
	shown := must(d.Allow(b.ctx, r.ID))
	if outcome := must(b.s.TypeStep(b.ctx, b.session, b.step, string(shown.Code))); outcome != verify.Right {
		b.t.Fatalf("the code is %q", outcome)
	}
	b.pass(time.Second)
	all := d.View().Permits
	if len(all) != 1 {
		b.t.Fatalf("permitted are %+v", all)
	}
	return all[0]
}

func TestADeviceMakesWhatWasAllowedOnAPage(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		b := h.tab()
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		r := b.asks(h.d, server.AppChange{Service: "imap", Name: "Thunderbird"})
		if r.Action != (api.Action{Op: api.ChangeCredential, Service: "Mail", Name: "Thunderbird"}) {
			t.Errorf("asked is %+v", r)
		}
		done(t, b.s.StopStep(b.ctx, b.session, b.step))
		p := b.permitted(h.d, server.AppChange{Service: "imap", Name: "Thunderbird"})
		if p.Remove || p.Title != "Mail" || p.Name != "Thunderbird" || len(phone.d.View().Permits) != 0 {
			t.Errorf("permitted is %+v, elsewhere %+v", p, phone.d.View().Permits)
		}
		made := must(h.d.MakePermitted(h.ctx, p.ID))
		if err := h.check("imap", made.Secret.Text()); err != nil {
			t.Errorf("it opens nothing: %v", err)
		}
		if _, err := h.d.MakePermitted(h.ctx, p.ID); !errors.Is(err, app.ErrPermit) {
			t.Errorf("a second time: %v", err)
		}
		if len(h.d.View().Permits) != 0 {
			t.Error("it is still to be made")
		}
		h.pass(time.Second)
		for _, d := range []*app.Device{h.d, phone.d} {
			for _, a := range d.View().Activity {
				if a.Doubt || a.Kind == string(api.EventDone) && a.Request == p.ID && a.Action != r.Action {
					t.Errorf("a device tells %+v", a)
				}
			}
		}
		removal := b.permitted(h.d, server.AppChange{ID: made.ID})
		if !removal.Remove || removal.Name != "Thunderbird" {
			t.Errorf("to be removed is %+v", removal)
		}
		done(t, h.d.RemovePermitted(h.ctx, removal.ID))
		if err := h.check("imap", made.Secret.Text()); !errors.Is(err, front.ErrRefused) {
			t.Errorf("it opens after its removal: %v", err)
		}
	})
}

func TestWhatWasAllowedOnAPageEndsByItself(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		b := h.tab()
		p := b.permitted(h.d, server.AppChange{Service: "imap", Name: "Thunderbird"})
		h.pass(5*time.Minute + 2*time.Second)
		if n := len(h.d.View().Permits); n != 0 {
			t.Errorf("%d are still to be made", n)
		}
		if _, err := h.d.MakePermitted(h.ctx, p.ID); !errors.Is(err, app.ErrPermit) {
			t.Errorf("after its time: %v", err)
		}
		h.make("imap", "Thunderbird") // nothing stands in the way
	})
}

// An approval of something else is none of a sign-in, whatever the backend says.
func TestAnAllowedActionIsNoSignIn(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		h.listen(func(e api.Event) api.Event {
			e.Data.Action = ""
			return e
		})
		b := h.tab()
		b.asks(h.d, server.AppChange{Service: "imap", Name: "Thunderbird"})
		shown := must(phone.d.Allow(h.ctx, phone.d.View().Requests[0].ID))
		must(h.s.TypeStep(h.ctx, b.session, b.step, string(shown.Code)))
		h.pass(time.Second)
		for d, doubt := range map[*app.Device]bool{h.d: true, phone.d: false} {
			line := d.View().Activity[0]
			if line.Kind != string(api.EventDone) || line.Doubt != doubt {
				t.Errorf("told is %+v", line)
			}
		}
	})
}

// The backend says what may be made; the device makes only what it signed.
func TestADeviceMakesNothingElse(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		other := h.make("imap", "Other")
		var lie func(*api.EventData)
		h.listen(func(e api.Event) api.Event {
			if e.Kind == api.EventPermit && lie != nil {
				lie(&e.Data)
			}
			return e
		})
		h.pass(time.Second)
		b := h.tab()
		for what, change := range map[string]func(*api.EventData){
			"another name":       func(d *api.EventData) { d.Name = "Mine" },
			"another service":    func(d *api.EventData) { d.Service = "sip" },
			"a removal":          func(d *api.EventData) { d.Op, d.Credential = api.ChangeRevoked, other.ID },
			"something unknown":  func(d *api.EventData) { d.Op = "everything" },
			"of another request": func(d *api.EventData) { d.Challenge = trust.ChallengeID{1} },
			"of another device":  func(d *api.EventData) { d.Device = trust.DeviceID{1} },
			"what is over":       func(d *api.EventData) { past := d.Until.Add(-time.Hour); d.Until = &past },
		} {
			lie = change
			r := b.asks(h.d, server.AppChange{Service: "imap", Name: "Thunderbird"})
			shown := must(h.d.Allow(h.ctx, r.ID))
			must(h.s.TypeStep(h.ctx, b.session, b.step, string(shown.Code)))
			h.pass(time.Second)
			lie = nil
			if all := h.d.View().Permits; len(all) != 0 {
				t.Errorf("%s: %+v", what, all)
			}
			h.pass(15 * time.Minute) // a browser may ask so often
		}
	})
}
