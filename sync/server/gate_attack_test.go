package server_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/trust/apppass"
)

// asRADIUS asks for what was typed as the front does: it may be an app password, the
// password of the account, or that with a code.
func (d *door) asRADIUS(service, typed string) {
	d.t.Helper()
	ctx, try := context.Background(), trying(service, typed)
	if _, err := d.s.Check(ctx, try); !errors.Is(err, front.ErrRefused) {
		d.t.Fatal(err)
	}
	if _, err := d.s.Ask(ctx, try); !errors.Is(err, front.ErrRefused) {
		d.t.Fatal(err)
	}
	if _, err := d.s.Both(ctx, try); !errors.Is(err, front.ErrRefused) {
		d.t.Fatal(err)
	}
}

// A program that keeps trying an app password which counts no more locks nobody out,
// also where the account's password would do as well: §11.2.
func TestAnOldAppPasswordIsNoWrongPassword(t *testing.T) {
	d := newDoor(t)
	removed, expired, foreign := d.make("pam:web1", "git"), d.make("pam:web1", "rsync", func(s *apppass.Spec) { s.Expires = d.clock.Now().Add(time.Minute) }), d.make("imap", "Thunderbird")
	d.remove(removed.id)
	d.clock.move(time.Hour)
	for what, p := range map[string]made{"removed": removed, "expired": expired, "of another service": foreign} {
		for range 20 {
			d.asRADIUS("pam:web1", p.text)
		}
		if _, err := d.begin(stranger, password); err != nil {
			t.Errorf("%s: the owner cannot sign in at the page: %v", what, err)
		}
		d.pass(time.Hour)
	}
}

// What was allowed under a password that was reset since is allowed no more.
func TestAPermitEndsWithThePassword(t *testing.T) {
	for what, another := range map[string]func(*door){
		"reset": func(d *door) { d.resetWithKey("another word for it") },
		"changed": func(d *door) {
			ok(d.t, d.s.ChangePassword(context.Background(), d.token(), password, "another word for it"))
		},
	} {
		s := newDoor(t).signedIn()
		s.permitted(thunderbird)
		another(s.door)
		if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
			t.Errorf("%s: an app password is made by what was allowed before: %v", what, err)
		}
	}
}

func TestAGrantEndsWithThePassword(t *testing.T) {
	d := newDoor(t)
	entry := d.entry(d.home, "imap", "Thunderbird")
	d.grant(entry)
	ok(t, d.s.ChangePassword(context.Background(), d.token(), password, "another word for it"))
	if err := d.hands(entry); !noPassword(err) {
		t.Errorf("an app password is made by a password that is none any more: %v", err)
	}
}

// Who was in under a name is out when the name goes to another.
func TestBeginningAnewEndsSessionsAtServices(t *testing.T) {
	d := newDoor(t)
	d.make("imap", "Thunderbird")
	must(d.s.Renew(context.Background(), "anna"))
	d.pass(73 * time.Hour)
	link := must(d.s.Renew(context.Background(), "anna")).Link
	must(apitest.Join(context.Background(), d.s, link, "Anna", "another word for it", d.clock.Now()))
	if len(d.cuts) != 1 || d.cuts[0] != "imap anna" {
		t.Errorf("sessions were ended at %q", d.cuts)
	}
}

// Sessions that a removed app password had after a backup was put back end when the
// entry that removed it is handed back.
func TestHealingEndsSessionsAtServices(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	old := d.backUp()
	d.remove(p.id)
	receipt, entries := d.receipt(), must(d.s.Chain(context.Background(), d.token(), 0))
	d.putBack(old)
	d.cuts = nil
	if !d.opens("imap", "anna", p.text) {
		t.Fatal("the backup does not know it")
	}
	ok(t, d.home.heal(entries, receipt))
	if d.opens("imap", "anna", p.text) {
		t.Error("it opens although its removal was handed back")
	}
	if len(d.cuts) != 1 || d.cuts[0] != "imap anna" {
		t.Errorf("sessions were ended at %q", d.cuts)
	}
}

// Who has an app password, and many addresses, does not fill the owner's letter box.
func TestNewNetworksAreToldOfSoOften(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	for day := range 2 {
		for i := range 200 {
			d.try("imap", p.text, fmt.Sprintf("10.%d.%d.1", day, i))
			if i%20 == 0 {
				ok(t, d.s.WriteUses(context.Background()))
			}
		}
		ok(t, d.s.WriteUses(context.Background()))
		if n := d.told(api.EventUsed); n == 0 || n > 16*(day+1) {
			t.Errorf("on day %d the owner was told %d times", day+1, n)
		}
		d.clock.move(25 * time.Hour)
	}
}

// However a text may be split into password and code, it is one try: a stranger's does
// not keep the owner from the page, nor does a slip of the owner's.
func TestWhatIsTypedInOneFieldIsOneTry(t *testing.T) {
	d := newDoor(t)
	l, ctx := d.home.offline(), context.Background()
	must(d.s.Ask(ctx, trying("pam:web1", password)))
	for range 2 {
		d.asRADIUS("pam:web1", "correct house battery "+l.not())
	}
	if _, err := d.begin(stranger, password); err != nil {
		t.Errorf("the owner cannot sign in at the page: %v", err)
	}
	d.asRADIUS("pam:web1", "correct house battery "+l.not())
	if _, err := d.s.Both(ctx, trying("pam:web1", password+" "+l.shows(0))); err != nil {
		t.Errorf("the right password and code after a slip: %v", err)
	}
}
