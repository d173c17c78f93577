package app_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// posts lets the server send mail from now on.
func (h *house) posts(guests ...*guest) {
	h.t.Helper()
	h.d.Close()
	h.media = []api.Medium{api.MediumMail}
	h.restart()
	h.away(day, guests...)
}

// mailed gives the code that was sent last.
func (h *house) mailed() string {
	h.t.Helper()
	code := ""
	for _, m := range must(h.s.Messages(h.ctx, 20)) {
		if m.Code != "" {
			code = m.Code
		}
		done(h.t, h.s.Sent(h.ctx, m.ID))
	}
	return code
}

func wrongCode(code string) string {
	return string('0'+(code[0]-'0'+1)%10) + code[1:]
}

// An address is asked for where the server can write to it, is the account's once
// its code was typed, and is told on all devices.
func TestAddresses(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		if _, err := h.d.AddContact(h.ctx, api.MediumMail, "anna@example.org", "en", h.password); !errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
			t.Errorf("where no mail is sent: %v", err)
		}
		done(t, h.d.SayCopied(true))
		h.expect(true, app.AdviceNone, app.WayDevice, app.WayKey)
		h.posts(phone)
		h.expect(true, app.AdviceContact, app.WayDevice, app.WayKey)
		if m := h.d.View().Media; len(m) != 1 || m[0] != api.MediumMail {
			t.Errorf("media are %v", m)
		}
		if _, err := h.d.AddContact(h.ctx, api.MediumMail, "anna@example.org", "en", "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("with another password: %v", err)
		}
		if _, err := h.d.AddContact(h.ctx, api.MediumMail, "no address", "en", h.password); !errors.Is(err, &api.Error{Code: api.CodeMalformed}) {
			t.Errorf("what is no address: %v", err)
		}
		k := must(h.d.AddContact(h.ctx, api.MediumMail, "anna@example.org", "en", h.password))
		if v := h.d.View(); len(v.Contacts) != 1 || v.Contacts[0] != k || k.Confirmed || v.Light.Next != app.AdviceContact {
			t.Errorf("contacts are %+v, next is %q", v.Contacts, v.Light.Next)
		}
		code := h.mailed()
		if err := h.d.ConfirmContact(h.ctx, k.ID, wrongCode(code)); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("a wrong code: %v", err)
		}
		done(t, h.d.ConfirmContact(h.ctx, k.ID, code))
		h.pass(time.Second)
		h.expect(true, app.AdviceNone, app.WayDevice, app.WayKey)
		h.pass(time.Second)
		if v := phone.d.View(); len(v.Contacts) != 1 || !v.Contacts[0].Confirmed || v.Activity[0].Kind != string(api.EventContact) || v.Activity[0].Address != "anna@example.org" {
			t.Errorf("the phone shows %+v, newest %+v", v.Contacts, v.Activity[0])
		}
		if err := h.d.RemoveContact(h.ctx, k.ID, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("removing with another password: %v", err)
		}
		done(t, h.d.RemoveContact(h.ctx, k.ID, h.password))
		h.pass(time.Second)
		if v := phone.d.View(); len(v.Contacts) != 0 || v.Activity[0].By != "removed" {
			t.Errorf("the phone shows %+v, newest %+v", v.Contacts, v.Activity[0])
		}
	})
}

// A new browser is refused for a day where any device says so.
func TestPausingForADay(t *testing.T) {
	inHouse(t, func(h *house) {
		done(t, h.d.Pause(h.ctx))
		if left := time.Until(h.d.View().Paused); left < 23*time.Hour || left > day {
			t.Errorf("paused for %s", left)
		}
		if _, err := h.ask(); err == nil {
			t.Error("a new browser may ask")
		}
		done(t, h.d.Resume(h.ctx, h.password))
		h.signIn()
	})
}

// Switching off needs a password that can stand alone, is told everywhere, and
// waits in an account that is older than two weeks.
func TestLeaving(t *testing.T) {
	inHouse(t, func(h *house) {
		done(t, h.d.ChangePassword(h.ctx, h.password, "ten signs!"))
		if _, err := h.d.Leave(h.ctx, "ten signs!"); app.TroubleOf(err) != app.TroubleShort {
			t.Errorf("with a short password: %v", err)
		}
		done(t, h.d.ChangePassword(h.ctx, "ten signs!", h.password))
		h.away(15 * day)
		w := must(h.d.Leave(h.ctx, h.password))
		if w.Kind != api.WaitLeave || !w.This || w.Over || w.Until.Sub(w.Since) != day {
			t.Errorf("the wait is %+v", w)
		}
		if v := h.d.View(); v.Left || len(v.Waits) != 1 {
			t.Errorf("before its end: left %v, waits %+v", v.Left, v.Waits)
		}
		h.away(day + time.Minute)
		if v := h.d.View(); !v.Left || v.Stage != app.StageOn || v.Activity[0].Kind != string(api.EventLeft) {
			t.Errorf("after its end: left %v, stage %d, newest %+v", v.Left, v.Stage, v.Activity[0])
		}
	})
}

func TestLeavingANewAccount(t *testing.T) {
	inHouse(t, func(h *house) {
		if w := must(h.d.Leave(h.ctx, h.password)); !w.Over {
			t.Errorf("the wait is %+v", w)
		}
		if !h.d.View().Left {
			t.Error("it is not off")
		}
	})
}

// By which media the backend sends is known from its first word on, so that set-up can
// ask for an address; who the account is and where, before it is made.
func TestSetUpKnowsHowThePersonCanBeTold(t *testing.T) {
	inHouse(t, func(h *house) {
		h.posts()
		o := h.o
		o.Dir, o.Vault = t.TempDir(), vault.NewMemory()
		d := must(app.Open(h.ctx, o))
		defer d.Close()
		s := must(d.BeginSetup(h.ctx, app.SetupInput{Link: must(h.s.Invite(h.ctx, "bert")), Password: password, DeviceName: "Laptop", Kind: trust.Laptop}))
		if s.Server() != "https://id.example.org" || s.Name() != "bert" {
			t.Errorf("the account is %q on %q", s.Name(), s.Server())
		}
		done(t, s.Finish(h.ctx, s.Key().Text()))
		if v := d.View(); v.Stage != app.StageTrial || !slices.Equal(v.Media, []api.Medium{api.MediumMail}) {
			t.Errorf("at stage %d the media are %v", v.Stage, v.Media)
		}
		if made := trust.AccountID(trust.HashEntry(must(d.Export())[0])); made != s.Account() {
			t.Errorf("the account is %v, said to be %v", made, s.Account())
		}
	})
}
