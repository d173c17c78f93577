package server_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust/apppass"
)

// door is an account in a house that opens services.
type door struct {
	*home
	cuts []string // "service user", as sessions were cut
}

func newDoor(t *testing.T) *door {
	t.Helper()
	h := newHouse(t, origin)
	d := &door{}
	h.services = []front.Service{
		{ID: "imap", Also: []string{"smtp"}, Kind: front.Mail, Title: "Mail", Open: true},
		{ID: "xmpp", Kind: front.Chat, Title: "Chat", Open: true},
		{ID: "sip", Kind: front.Calls, Title: "Calls", Realm: "example.org", Open: true},
		{ID: "pam:web1", Kind: front.Shell, Title: "SSH on web1", Open: true, Code: true},
		{ID: "pam:web2", Kind: front.Shell, Title: "SSH on web2", Code: true},
	}
	h.cut = func(_ context.Context, v front.Service, user string) { d.cuts = append(d.cuts, v.ID+" "+user) }
	h.reopen()
	d.home = h.settle("Anna")
	return d
}

// made is an app password that the chain holds.
type made struct {
	id   [16]byte
	text string
}

func (d *door) make(service, label string, change ...func(*apppass.Spec)) made {
	d.t.Helper()
	spec := apppass.Spec{Account: d.device.Chain.Account(), Service: service, Label: label}
	must(rand.Read(spec.ID[:]))
	for _, c := range change {
		c(&spec)
	}
	p := must(apppass.New(rand.Reader))
	c := must(apppass.Make(spec, p, d.device.Chain.Verifiers()[0]))
	d.change(must(d.device.Chain.AddCredential(d.device.Author(), c, d.clock.Now())))
	return made{id: spec.ID, text: p.Text()}
}

func (d *door) remove(id [16]byte) {
	d.t.Helper()
	d.change(must(d.device.Chain.RevokeCredential(d.device.Author(), id, d.clock.Now())))
}

func (d *door) opens(service, name, password string) bool {
	d.t.Helper()
	_, err := d.s.Check(context.Background(), front.Try{Service: service, Name: name, Password: password, From: somewhere, Protocol: "ldap"})
	if err != nil && !errors.Is(err, front.ErrRefused) {
		d.t.Fatal(err)
	}
	return err == nil
}

func TestAnAppPasswordOpensItsServiceAndNoOther(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	other := d.house.settle("bert")
	for _, c := range []struct {
		what, service, name, password string
		want                          bool
	}{
		{"as it was shown", "imap", "Anna", p.text, true},
		{"in capitals, with spaces", "imap", " ANNA ", strings.ToUpper(strings.ReplaceAll(p.text, "-", " ")), true},
		{"the service's further name", "smtp", "anna", p.text, true},
		{"another service", "xmpp", "anna", p.text, false},
		{"another account", "imap", other.name, p.text, false},
		{"nobody", "imap", "carl", p.text, false},
		{"the account's own password", "imap", "anna", password, false},
		{"nothing", "imap", "anna", "", false},
		{"one symbol less", "imap", "anna", p.text[:len(p.text)-1], false},
	} {
		if got := d.opens(c.service, c.name, c.password); got != c.want {
			t.Errorf("%s: opens is %t", c.what, got)
		}
	}
	if _, err := d.s.Check(context.Background(), front.Try{Service: "ftp", Name: "anna", Password: p.text}); !errors.Is(err, front.ErrService) {
		t.Errorf("a service that is not configured: %v", err)
	}
}

func TestAnAppPasswordEndsAtOnce(t *testing.T) {
	d := newDoor(t)
	p, q := d.make("imap", "Thunderbird"), d.make("xmpp", "Dino")
	if !d.opens("imap", "anna", p.text) {
		t.Fatal("it opens nothing")
	}
	d.remove(p.id)
	if d.opens("imap", "anna", p.text) {
		t.Error("a removed one opens in the same moment")
	}
	if !d.opens("xmpp", "anna", q.text) {
		t.Error("another one was ended with it")
	}
	if len(d.cuts) != 1 || d.cuts[0] != "imap anna" {
		t.Errorf("sessions were cut at %q", d.cuts)
	}
	short := d.make("imap", "Borrowed", func(s *apppass.Spec) { s.Expires = d.clock.Now().Add(time.Hour) })
	if !d.opens("imap", "anna", short.text) {
		t.Error("one that ends in an hour opens nothing now")
	}
	d.clock.move(time.Hour)
	if d.opens("imap", "anna", short.text) {
		t.Error("an expired one opens")
	}
}

func TestAResetEndsAllAppPasswords(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	d.resetWithKey("another word for it")
	if d.opens("imap", "anna", p.text) {
		t.Error("it opens although the password was reset")
	}
	if len(d.cuts) != 1 {
		t.Errorf("sessions were cut at %q", d.cuts)
	}
	d.reopen()
	if d.opens("imap", "anna", p.text) {
		t.Error("it opens again after a restart")
	}
}

func (d *door) use(id [16]byte) (u api.Use) {
	d.t.Helper()
	ok(d.t, d.s.WriteUses(context.Background()))
	for _, one := range must(d.s.Status(context.Background(), d.token())).Uses {
		if one.ID == hex.EncodeToString(id[:]) {
			return one
		}
	}
	return u
}

func (d *door) try(service, password, from string) {
	d.t.Helper()
	d.s.Check(context.Background(), front.Try{Service: service, Name: "anna", Password: password, From: netip.MustParseAddr(from), Protocol: "http"})
}

func (d *door) told(kind api.EventKind) (n int) {
	for _, k := range d.kinds() {
		if k == kind {
			n++
		}
	}
	return n
}

func TestTheLastUseIsShown(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	if u := d.use(p.id); u.Last != nil {
		t.Errorf("before any use it is %+v", u)
	}
	d.try("imap", p.text, "192.0.2.7")
	if u := d.use(p.id); u.Last == nil || u.Network != "192.0.2.0/24" || u.Protocol != "http" || u.Last.After(d.clock.Now()) {
		t.Errorf("it is %+v", u)
	}
	if d.told(api.EventUsed) != 0 {
		t.Error("its first network was told of")
	}
	d.try("imap", p.text, "192.0.2.99")
	d.use(p.id)
	d.clock.move(time.Minute)
	d.try("imap", p.text, "2001:db8:1:2::3")
	if u := d.use(p.id); u.Network != "2001:db8:1::/48" || d.told(api.EventUsed) != 1 {
		t.Errorf("from a new network it is %+v, told %d times", u, d.told(api.EventUsed))
	}
	d.clock.move(91 * 24 * time.Hour)
	if u := d.use(p.id); u.Last == nil || u.Network != "" {
		t.Errorf("after a quarter it is %+v", u)
	}
}

// An old one that keeps trying locks nobody out and is told of once a day.
func TestARemovedOneThatIsStillTried(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	d.remove(p.id)
	for range 200 {
		d.try("imap", p.text, "192.0.2.7")
		d.clock.move(time.Minute)
		d.use(p.id)
	}
	if u := d.use(p.id); u.Stale == nil || u.From != "192.0.2.0/24" || u.Last != nil {
		t.Errorf("it is %+v", u)
	}
	if n := d.told(api.EventStale); n != 1 {
		t.Errorf("the devices were told %d times in 200 minutes", n)
	}
	if _, err := d.begin(stranger, password); err != nil {
		t.Errorf("the owner cannot sign in: %v", err)
	}
}

func TestDigestsAreForTheirRealm(t *testing.T) {
	d := newDoor(t)
	p := d.make("sip", "Phone", func(s *apppass.Spec) { s.Digest = &apppass.DigestUser{Name: "anna", Realm: "example.org"} })
	d.make("imap", "Thunderbird")
	got, err := d.s.Digests(context.Background(), "sip", "ANNA", "example.org")
	if err != nil || len(got) != 1 || len(got[0].MD5) != 32 || len(got[0].SHA256) != 64 {
		t.Fatalf("digests are %v, %v", got, err)
	}
	for name, realm := range map[string]string{"anna": "example.net", "nobody": "example.org"} {
		if got, err := d.s.Digests(context.Background(), "sip", name, realm); err != nil || len(got) != 0 {
			t.Errorf("%s at %s: %v, %v", name, realm, got, err)
		}
	}
	d.remove(p.id)
	if got, _ := d.s.Digests(context.Background(), "sip", "anna", "example.org"); len(got) != 0 {
		t.Error("a removed one has digests")
	}
}

func trying(service, password string) front.Try {
	return front.Try{Service: service, Name: "anna", Password: password, From: somewhere, Protocol: "radius"}
}

func TestPasswordThenCode(t *testing.T) {
	d := newDoor(t)
	ctx := context.Background()
	asked := must(d.s.Ask(ctx, trying("pam:web1", password)))
	if _, err := d.s.Code(ctx, asked.State, trying("pam:web1", "1234")); !errors.Is(err, front.ErrAgain) {
		t.Errorf("a code before Allow: %v", err)
	}
	requests := d.requests()
	code := d.allow(requests[len(requests)-1])
	if _, err := d.s.Code(ctx, asked.State, trying("pam:web2", string(code))); !errors.Is(err, front.ErrRefused) {
		t.Errorf("at another service: %v", err)
	}
	if typed, err := d.s.Type(ctx, asked.State, string(code), true, "Firefox on Linux"); err == nil {
		t.Errorf("what the service was given opens a page: %+v", typed)
	}
	if got, err := d.s.Code(ctx, asked.State, trying("pam:web1", string(code))); err != nil || got.User != "anna" {
		t.Errorf("the right code: %+v, %v", got, err)
	}
	if _, err := d.s.Code(ctx, asked.State, trying("pam:web1", string(code))); !errors.Is(err, front.ErrRefused) {
		t.Errorf("the same code again: %v", err)
	}
}

func TestNothingLessThanPasswordAndCode(t *testing.T) {
	d := newDoor(t)
	ctx := context.Background()
	for what, try := range map[string]front.Try{
		"a wrong password": trying("pam:web1", "wrong"), "no password": trying("pam:web1", ""),
		"nobody": {Service: "pam:web1", Name: "carl", Password: password, From: somewhere},
	} {
		if _, err := d.s.Ask(ctx, try); !errors.Is(err, front.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := d.s.Ask(ctx, trying("imap", password)); !errors.Is(err, front.ErrService) {
		t.Errorf("a service that asks for no codes: %v", err)
	}
	if len(d.requests()) != 0 {
		t.Error("devices ring without the right password")
	}
	asked := must(d.s.Ask(ctx, trying("pam:web1", password)))
	d.notMe(d.requests()[0])
	if _, err := d.s.Code(ctx, asked.State, trying("pam:web1", "1234")); !errors.Is(err, front.ErrRefused) {
		t.Errorf("after Not me: %v", err)
	}
}

func TestThreeWrongCodesEndIt(t *testing.T) {
	d := newDoor(t)
	ctx := context.Background()
	asked := must(d.s.Ask(ctx, trying("pam:web1", password)))
	code := string(d.allow(d.requests()[0]))
	wrong := string('0'+(code[0]-'0'+1)%10) + code[1:]
	for i, want := range []error{front.ErrAgain, front.ErrAgain, front.ErrRefused} {
		if _, err := d.s.Code(ctx, asked.State, trying("pam:web1", wrong)); !errors.Is(err, want) {
			t.Errorf("wrong code %d: %v", i+1, err)
		}
	}
	if _, err := d.s.Code(ctx, asked.State, trying("pam:web1", code)); !errors.Is(err, front.ErrRefused) {
		t.Errorf("the right one after three wrong ones: %v", err)
	}
}

// A key was examined by the service: devices ring without a password.
func TestAfterAnotherFirstFactor(t *testing.T) {
	d := newDoor(t)
	try := trying("pam:web1", "")
	try.First = true
	asked := must(d.s.Ask(context.Background(), try))
	code := d.allow(d.requests()[0])
	if _, err := d.s.Code(context.Background(), asked.State, trying("pam:web1", string(code))); err != nil {
		t.Errorf("the right code: %v", err)
	}
	try.Name = "carl"
	if _, err := d.s.Ask(context.Background(), try); !errors.Is(err, front.ErrRefused) {
		t.Errorf("nobody: %v", err)
	}
}

func TestPasswordAndCodeInOneField(t *testing.T) {
	d := newDoor(t)
	ctx := context.Background()
	if _, err := d.s.Both(ctx, trying("pam:web1", password+"1234")); !errors.Is(err, front.ErrRefused) {
		t.Errorf("with nothing under way: %v", err)
	}
	must(d.s.Ask(ctx, trying("pam:web1", password)))
	code := string(d.allow(d.requests()[0]))
	for what, try := range map[string]front.Try{
		"the code alone": trying("pam:web1", code), "another service": trying("pam:web2", password+code), "a wrong password": trying("pam:web1", "wrong"+code),
	} {
		if _, err := d.s.Both(ctx, try); !errors.Is(err, front.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got, err := d.s.Both(ctx, trying("pam:web1", password+" "+code)); err != nil || got.User != "anna" {
		t.Errorf("both: %+v, %v", got, err)
	}
}

func TestAnOfflineCodeBehindThePassword(t *testing.T) {
	d := newDoor(t)
	l := d.home.offline()
	must(d.s.Ask(context.Background(), trying("pam:web1", password)))
	if _, err := d.s.Both(context.Background(), trying("pam:web1", password+l.not())); !errors.Is(err, front.ErrRefused) {
		t.Errorf("a wrong one: %v", err)
	}
	if _, err := d.s.Both(context.Background(), trying("pam:web1", password+l.shows(0))); err != nil {
		t.Errorf("the right one: %v", err)
	}
}

func TestServicesThatContradictEachOther(t *testing.T) {
	h := newHouse(t, origin)
	for what, list := range map[string][]front.Service{
		"twice the same":          {{ID: "imap", Title: "Mail"}, {ID: "imap", Title: "Post"}},
		"a further name taken":    {{ID: "imap", Title: "Mail"}, {ID: "pop", Title: "Post", Also: []string{"imap"}}},
		"no identifier":           {{Title: "Mail"}},
		"no title":                {{ID: "imap"}},
		"named as the server":     {{ID: "ssh", Title: "example", Code: true}},
		"two with codes, a title": {{ID: "a", Title: "SSH", Code: true}, {ID: "b", Title: "ssh", Code: true}},
		"calls without realm":     {{ID: "sip", Title: "Calls", Kind: front.Calls}},
	} {
		_, err := server.New(server.Options{Store: h.db, Keys: h.keys, Name: "Example", Services: list})
		if !errors.Is(err, server.ErrServices) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// resetWithKey sets another password by device and recovery key.
func (d *door) resetWithKey(next string) {
	d.t.Helper()
	ctx := context.Background()
	d.catchUp()
	entry := must(d.device.Replace(d.device.Paper, newKey(), d.clock.Now()))
	ok(d.t, d.s.ResetWithKey(ctx, d.token(), next, entry))
	ok(d.t, d.device.Learn(entry))
}

// What opened under the old name opens nothing from the moment the account was begun anew.
func TestBeginningAnewEndsThem(t *testing.T) {
	d := newDoor(t)
	p := d.make("imap", "Thunderbird")
	must(d.s.Renew(context.Background(), "anna"))
	d.pass(73 * time.Hour)
	link := must(d.s.Renew(context.Background(), "anna")).Link
	if !d.opens("imap", "anna", p.text) {
		t.Fatal("it ended before the account did")
	}
	must(apitest.Join(context.Background(), d.s, link, "Anna", "another word for it", d.clock.Now()))
	if d.opens("imap", "anna", p.text) {
		t.Error("it opens the account that was begun anew")
	}
}

// signsIn goes the whole way at a service, and says whether it was let in.
func (d *door) signsIn(service string, from netip.Addr) bool {
	d.t.Helper()
	try := trying(service, password)
	try.From = from
	asked, err := d.s.Ask(context.Background(), try)
	if errors.Is(err, front.ErrRefused) {
		return false
	}
	ok(d.t, err)
	all := d.requests()
	try.Password = string(d.allow(all[len(all)-1]))
	_, err = d.s.Code(context.Background(), asked.State, try)
	ok(d.t, err)
	return true
}

// Who works in a shell all day is not taken for strangers after the first time, and does
// not use up what the page lets strangers ask.
func TestAShellAllDay(t *testing.T) {
	d := newDoor(t)
	home, away := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("198.51.100.7")
	for i := range 9 {
		if !d.signsIn("pam:web1", home) {
			t.Fatalf("time %d within the hour is refused", i+1)
		}
		d.clock.move(5 * time.Minute)
	}
	if r := d.requests(); len(r) != 0 {
		t.Errorf("%d requests are left", len(r))
	}
	if !d.signsIn("pam:web2", home) || !d.signsIn("pam:web1", away) {
		t.Error("another service, or the same from elsewhere, is refused the first time")
	}
	if _, err := d.begin(stranger, password); err != nil {
		t.Errorf("the page refuses a new browser: %v", err)
	}
}

// Somebody who gives up and asks again has one request, and a flood from a known place
// ends with its first Not me.
func TestAKnownPlaceIsNoFreePass(t *testing.T) {
	d := newDoor(t)
	ctx := context.Background()
	if !d.signsIn("pam:web1", somewhere) {
		t.Fatal("the first time is refused")
	}
	first := must(d.s.Ask(ctx, trying("pam:web1", password)))
	must(d.s.Ask(ctx, trying("pam:web1", password)))
	if r := d.requests(); len(r) != 1 {
		t.Fatalf("%d requests wait", len(r))
	}
	if _, err := d.s.Code(ctx, first.State, trying("pam:web1", "1234")); !errors.Is(err, front.ErrRefused) {
		t.Errorf("a code for what was given up: %v", err)
	}
	d.notMe(d.requests()[0])
	d.clock.move(25 * time.Hour)
	for range 3 {
		d.s.Ask(ctx, trying("pam:web1", password))
	}
	if _, err := d.s.Ask(ctx, trying("pam:web1", password)); !errors.Is(err, front.ErrRefused) {
		t.Errorf("after Not me the place counts on: %v", err)
	}
}

// What is not said is nobody's place, but a computer's own shell.
func TestWherePlacesAreUnknown(t *testing.T) {
	d := newDoor(t)
	for range 9 {
		if !d.signsIn("pam:web1", netip.Addr{}) {
			t.Fatal("sudo on the computer itself is refused")
		}
		d.clock.move(5 * time.Minute)
	}
}
