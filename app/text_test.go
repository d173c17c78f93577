package app_test

import (
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/verify"
)

// texts gives the account a confirmed number, at a server that lets people sign in by
// text message.
func (h *house) texts() app.Contact {
	h.t.Helper()
	h.d.Close()
	h.media, h.text = []api.Medium{api.MediumText}, true
	h.restart()
	h.away(day)
	k := must(h.d.AddContact(h.ctx, api.MediumText, "+491711234542", "en", h.password))
	done(h.t, h.d.ConfirmContact(h.ctx, k.ID, h.mailed()))
	h.pass(time.Second)
	return k
}

// byText signs in with a code that is sent.
func (h *house) byText() {
	h.t.Helper()
	browser, err := h.ask()
	if err != nil {
		h.t.Fatal(err)
	}
	h.mailed() // what was told before
	done(h.t, h.s.SendText(h.ctx, browser))
	if typed, err := h.s.TypeText(h.ctx, browser, h.mailed(), false, "Firefox on Linux"); err != nil || typed.Outcome != verify.Right {
		h.t.Fatalf("the code gives %+v, %v", typed, err)
	}
	h.pass(time.Second)
}

// Nobody signs in by text message before it is switched on with the password, and the
// devices tell each time as what it is.
func TestTextMessagesLetIn(t *testing.T) {
	inHouse(t, func(h *house) {
		if h.d.View().Text {
			t.Error("a server offers it unasked")
		}
		k := h.texts()
		if v := h.d.View(); !v.Text || v.Contacts[0].SignIn {
			t.Errorf("the view says %v, contacts %+v", v.Text, v.Contacts)
		}
		if err := h.d.AllowText(h.ctx, k.ID, "not the password", true); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("with another password: %v", err)
		}
		done(t, h.d.AllowText(h.ctx, k.ID, h.password, true))
		h.pass(time.Second)
		if v := h.d.View(); !v.Contacts[0].SignIn || v.Activity[0].By != api.ContactSignIn {
			t.Errorf("contacts are %+v, newest %+v", v.Contacts, v.Activity[0])
		}
		h.byText()
		if a := h.d.View().Activity[0]; a.Kind != string(api.EventText) || a.Doubt || a.Agent != "Firefox on Linux" || a.Device != "" {
			t.Errorf("it is told as %+v", a)
		}
		if v := h.d.View(); len(v.Requests) != 0 || len(unaccounted(v)) != 0 {
			t.Errorf("the view has %+v", v.Requests)
		}
		done(t, h.d.AllowText(h.ctx, k.ID, h.password, false))
		h.pass(time.Second)
		if v := h.d.View(); v.Contacts[0].SignIn || v.Activity[0].By != api.ContactNoSignIn {
			t.Errorf("contacts are %+v, newest %+v", v.Contacts, v.Activity[0])
		}
	})
}

// A server cannot pass a sign-in that no device allowed off as one by text message,
// where nobody was told that those let in.
func TestATextMessageNobodySwitchedOnIsDoubted(t *testing.T) {
	for name, switched := range map[string]bool{"never on": false, "off again": true} {
		inHouse(t, func(h *house) {
			k := h.texts()
			if switched {
				done(t, h.d.AllowText(h.ctx, k.ID, h.password, true))
				done(t, h.d.AllowText(h.ctx, k.ID, h.password, false))
			}
			h.listen(func(e api.Event) api.Event {
				if e.Kind == api.EventStopped {
					e.Kind = api.EventText
				}
				return e
			})
			browser, err := h.ask()
			done(t, err)
			done(t, h.s.Stop(h.ctx, browser))
			h.pass(time.Second)
			if a := h.d.View().Activity[0]; a.Kind != string(api.EventText) || !a.Doubt {
				t.Errorf("%s: it is told as %+v", name, a)
			}
		})
	}
}
