package app_test

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
)

// opening lets the server open services from now on.
func (h *house) opening() {
	h.t.Helper()
	h.d.Close()
	h.services = []front.Service{
		{ID: "imap", Kind: front.Mail, Title: "Mail", Open: true, Address: "imaps://mail.example.org", Send: "submission://mail.example.org", Realm: "example.org"},
		{ID: "sip", Kind: front.Calls, Title: "Calls", Realm: "example.org", Open: true, Address: "sips://calls.example.org"},
		{ID: "pam:web1", Kind: front.Shell, Title: "SSH on web1", Code: true},
	}
	h.restart()
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
}

func (h *house) check(service, password string) error {
	_, err := h.s.Check(h.ctx, front.Try{Service: service, Name: "anna", Password: password, From: netip.MustParseAddr("192.0.2.7"), Protocol: "http"})
	return err
}

func (h *house) make(service, name string) app.MadeAppPassword {
	h.t.Helper()
	return must(h.d.MakeAppPassword(h.ctx, app.NewAppPassword{Service: service, Name: name, Password: h.password}))
}

func (h *house) listed(id string) app.AppPassword {
	h.t.Helper()
	for _, a := range h.d.View().AppPasswords {
		if a.ID == id {
			return a
		}
	}
	h.t.Fatalf("there is no %s in %+v", id, h.d.View().AppPasswords)
	return app.AppPassword{}
}

func TestAnAppPasswordIsMadeOnTheDevice(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		made := h.make("imap", "Thunderbird on laptop")
		if len(made.Secret.Groups()) != 6 || made.Title != "Mail" || made.Setup.User != "anna" || made.Setup.In.Address() != "mail.example.org:993" ||
			made.Setup.Out.Address() != "mail.example.org:587" || made.Setup.Canonical {
			t.Errorf("made is %+v", made)
		}
		if err := h.check("imap", made.Secret.Text()); err != nil {
			t.Errorf("it opens nothing: %v", err)
		}
		if err := h.check("sip", made.Secret.Text()); !errors.Is(err, front.ErrRefused) {
			t.Errorf("at another service: %v", err)
		}
		if a := h.listed(made.ID); a.State != app.AppLive || a.Name != "Thunderbird on laptop" || a.By != "Laptop" {
			t.Errorf("listed is %+v", a)
		}
		if line := h.d.View().Activity[0]; line.Kind != app.EntryCred && h.d.View().Activity[1].Kind != app.EntryCred {
			t.Errorf("activity begins with %+v", line)
		}
	})
}

// What an app password is never leaves the device but to the person.
func TestAnAppPasswordIsKeptNowhere(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		made := h.make("sip", "Phone")
		for _, text := range []string{made.Secret.Text(), made.Secret.Canonical()} {
			if strings.Contains(string(h.everything()), text) {
				t.Error("it lies in the device's folder")
			}
		}
		if !made.Setup.Canonical {
			t.Error("a program that hashes is not told to take it as it is")
		}
		digests := must(h.s.Digests(h.ctx, "sip", "anna", "example.org"))
		if len(digests) != 1 {
			t.Errorf("digests are %v", digests)
		}
	})
}

func TestRemovingAnAppPassword(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		h.growUp(phone)
		made := h.make("imap", "Thunderbird")
		h.pass(time.Second)
		if err := phone.d.RemoveAppPassword(h.ctx, made.ID, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("with another password: %v", err)
		}
		done(t, phone.d.RemoveAppPassword(h.ctx, made.ID, h.password))
		if err := h.check("imap", made.Secret.Text()); !errors.Is(err, front.ErrRefused) {
			t.Errorf("it opens still: %v", err)
		}
		h.pass(3 * time.Second)
		if a := h.listed(made.ID); a.State != app.AppRemoved || a.Ended.IsZero() || a.Stale.IsZero() {
			t.Errorf("the other device shows %+v", a)
		}
		if err := h.d.RemoveAppPassword(h.ctx, made.ID, h.password); !errors.Is(err, app.ErrAppPassword) {
			t.Errorf("removing it again: %v", err)
		}
		h.away(31*day, phone)
		for _, a := range h.d.View().AppPasswords {
			t.Errorf("after a month the list has %+v", a)
		}
	})
}

func TestWhatNoAppPasswordIsMadeOf(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		for what, c := range map[string]struct {
			in   app.NewAppPassword
			want error
		}{
			"no such service":   {app.NewAppPassword{Service: "ftp", Name: "x", Password: h.password}, app.ErrService},
			"one for codes":     {app.NewAppPassword{Service: "pam:web1", Name: "x", Password: h.password}, app.ErrService},
			"no name":           {app.NewAppPassword{Service: "imap", Password: h.password}, app.ErrAppName},
			"a name that hides": {app.NewAppPassword{Service: "imap", Name: "a\u202eb", Password: h.password}, app.ErrAppName},
			"another password":  {app.NewAppPassword{Service: "imap", Name: "x", Password: "not the password"}, &api.Error{Code: api.CodePassword}},
		} {
			if _, err := h.d.MakeAppPassword(h.ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := len(h.d.View().AppPasswords); n != 0 {
			t.Errorf("there are %d", n)
		}
		for i := range app.MaxAppPasswords {
			h.make("imap", string(rune('a'+i)))
		}
		if _, err := h.d.MakeAppPassword(h.ctx, app.NewAppPassword{Service: "imap", Name: "z", Password: h.password}); !errors.Is(err, app.ErrAppMany) {
			t.Errorf("one too many: %v", err)
		}
	})
}

// Whoever reset the password may not know who made which app password.
func TestAResetEndsThem(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		made := h.make("imap", "Thunderbird")
		r := must(h.d.BeginReset(h.ctx, h.key.Text()))
		done(t, r.Finish(h.ctx, "another password", r.Key().Text()))
		if err := h.check("imap", made.Secret.Text()); !errors.Is(err, front.ErrRefused) {
			t.Errorf("it opens still: %v", err)
		}
		h.pass(time.Second)
		if a := h.listed(made.ID); a.State != app.AppCut {
			t.Errorf("listed is %+v", a)
		}
		h.password = "another password"
		again := h.make("imap", "Thunderbird")
		if err := h.check("imap", again.Secret.Text()); err != nil {
			t.Errorf("a new one opens nothing: %v", err)
		}
	})
}

// A changed password ends none by itself; who says so ends all.
func TestAChangeKeepsThem(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		made := h.make("imap", "Thunderbird")
		done(t, h.d.ChangePassword(h.ctx, h.password, "another password"))
		if err := h.check("imap", made.Secret.Text()); err != nil {
			t.Errorf("the change ended it: %v", err)
		}
		done(t, h.d.RemoveAllAppPasswords(h.ctx, "another password"))
		if err := h.check("imap", made.Secret.Text()); !errors.Is(err, front.ErrRefused) {
			t.Errorf("it opens still: %v", err)
		}
		done(t, h.d.RemoveAllAppPasswords(h.ctx, "another password"))
	})
}

func TestAnAppPasswordThatLiesIdle(t *testing.T) {
	inHouse(t, func(h *house) {
		h.opening()
		idle, used := h.make("imap", "Old phone"), h.make("imap", "Thunderbird")
		short := must(h.d.MakeAppPassword(h.ctx, app.NewAppPassword{Service: "imap", Name: "Guest", Lasts: 90 * day, Password: h.password}))
		h.away(100 * day)
		done(t, h.check("imap", used.Secret.Text()))
		h.pass(5 * time.Second)
		h.away(85 * day)
		if a, b := h.listed(idle.ID), h.listed(used.ID); !a.Idle || b.Idle || b.Last.IsZero() || b.Network != "192.0.2.0/24" {
			t.Errorf("idle is %+v, used %+v", a, b)
		}
		if a := h.listed(short.ID); a.State != app.AppExpired || a.Idle {
			t.Errorf("the short one is %+v", a)
		}
	})
}

// everything gives all that lies in the device's folder and the backend's.
func (h *house) everything() (all []byte) {
	h.t.Helper()
	for _, dir := range []string{h.o.Dir, h.dir} {
		done(h.t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			raw, err := os.ReadFile(path)
			all = append(all, raw...)
			return err
		}))
	}
	return all
}
