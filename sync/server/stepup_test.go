package server_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/verify"
)

// stepping is a browser that is signed in and asks for a change of app passwords.
type stepping struct {
	*door
	session, step api.Secret
}

var thunderbird = server.AppChange{Service: "imap", Name: "Thunderbird on laptop"}

func (d *door) signedIn() *stepping {
	d.t.Helper()
	return &stepping{door: d, session: d.enters(visitor{address: somewhere}).Session}
}

func (s *stepping) asks(change server.AppChange) api.Request {
	s.t.Helper()
	var err error
	s.step, err = s.s.StepUp(context.Background(), s.session, change, server.Asking{Address: somewhere, Agent: "Firefox on Linux", Old: s.step})
	if err != nil {
		s.t.Fatal(err)
	}
	all := s.requests()
	if len(all) == 0 {
		s.t.Fatal("no device rings")
	}
	return all[len(all)-1]
}

func (s *stepping) types(code string) verify.Outcome {
	s.t.Helper()
	return must(s.s.TypeStep(context.Background(), s.session, s.step, code))
}

// permitted asks, allows and types the code.
func (s *stepping) permitted(change server.AppChange) {
	s.t.Helper()
	if outcome := s.types(string(s.allow(s.asks(change)))); outcome != verify.Right {
		s.t.Fatalf("the right code is %q", outcome)
	}
}

func (s *stepping) stands() server.Stepping {
	s.t.Helper()
	return must(s.s.StepProgress(context.Background(), s.session, s.step))
}

// entry is what the device of h signs: a new app password.
func (d *door) entry(h *home, service, label string, change ...func(*apppass.Spec)) []byte {
	d.t.Helper()
	spec := apppass.Spec{Account: h.device.Chain.Account(), Service: service, Label: label}
	must(rand.Read(spec.ID[:]))
	for _, c := range change {
		c(&spec)
	}
	c := must(apppass.Make(spec, must(apppass.New(rand.Reader)), h.device.Chain.Verifiers()[0]))
	return must(h.device.Chain.AddCredential(h.device.Author(), c, d.clock.Now()))
}

// hands appends an entry without the account's password.
func (h *home) hands(entry []byte) error {
	h.t.Helper()
	err := h.s.Append(context.Background(), h.token(), entry)
	if err == nil {
		h.device.Chain = must(h.device.Chain.Apply(entry))
	}
	return err
}

func noPassword(err error) bool { return errors.Is(err, &api.Error{Code: api.CodePassword}) }

func TestAnAppPasswordIsMadeByADeviceThatAPageAsked(t *testing.T) {
	s := newDoor(t).signedIn()
	r := s.asks(thunderbird)
	asked := must(trust.OpenChallenge(r.Challenge, s.device.Chain.Verifiers()[0].Sign))
	if asked.Kind != trust.StepUp || asked.Action != "Make an app password for Mail: Thunderbird on laptop" || !asked.Known {
		t.Errorf("devices are asked %+v", asked)
	}
	entry := s.entry(s.home, "imap", thunderbird.Name)
	if err := s.hands(entry); !noPassword(err) {
		t.Errorf("before it was allowed: %v", err)
	}
	code := s.allow(r)
	if err := s.hands(entry); !noPassword(err) {
		t.Errorf("before the code was typed: %v", err)
	}
	if got := s.types(string(code)); got != verify.Right {
		t.Fatalf("the code is %q", got)
	}
	if now := s.stands(); now.Made || now.Over || now.Action.Name != thunderbird.Name {
		t.Errorf("after the code the page shows %+v", now)
	}
	last := s.events()[len(s.events())-1]
	if last.Kind != api.EventPermit || last.Data.Device != s.device.ID || last.Data.Service != "imap" || last.Data.Name != thunderbird.Name || last.Data.Op != api.ChangeCredential {
		t.Errorf("the device is told %+v", last)
	}
	if err := s.hands(entry); err != nil {
		t.Fatalf("it may not make what was allowed: %v", err)
	}
	if now := s.stands(); !now.Made {
		t.Errorf("the page shows %+v", now)
	}
	if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
		t.Errorf("a second one by the same permit: %v", err)
	}
}

func (a *home) events() []api.Event {
	a.t.Helper()
	return must(a.s.Events(context.Background(), a.token(), 0, 500))
}

func TestAnAppPasswordIsRemovedByADeviceThatAPageAsked(t *testing.T) {
	s := newDoor(t).signedIn()
	p, other := s.make("imap", "Thunderbird"), s.make("imap", "Thunderbird")
	s.permitted(server.AppChange{ID: hex.EncodeToString(p.id[:])})
	revoke := func(id [16]byte) error {
		return s.hands(must(s.device.Chain.RevokeCredential(s.device.Author(), id, s.clock.Now())))
	}
	if err := revoke(other.id); !noPassword(err) {
		t.Errorf("another one of the same name: %v", err)
	}
	if err := revoke([16]byte{}); !noPassword(err) {
		t.Errorf("all of them: %v", err)
	}
	if err := revoke(p.id); err != nil {
		t.Fatal(err)
	}
	if s.opens("imap", "anna", p.text) || !s.opens("imap", "anna", other.text) {
		t.Error("not the one that was allowed was removed")
	}
	if !s.stands().Made {
		t.Error("the page does not know")
	}
}

// Nothing less than the device, the code and this browser makes one, and only what was
// said.
func TestAPermitAllowsNothingElse(t *testing.T) {
	s := newDoor(t).signedIn()
	phone, _ := s.takeIn("Phone", hostAt, hostAt)
	s.pass(73 * time.Hour)
	s.session = s.enters(visitor{address: somewhere}).Session
	s.permitted(thunderbird)
	s.hold(phone)
	for what, entry := range map[string]func() (*home, []byte){
		"another name":    func() (*home, []byte) { return s.home, s.entry(s.home, "imap", "thunderbird on laptop") },
		"another service": func() (*home, []byte) { return s.home, s.entry(s.home, "xmpp", thunderbird.Name) },
		"another device":  func() (*home, []byte) { return phone, s.entry(phone, "imap", thunderbird.Name) },
		"one with an end": func() (*home, []byte) {
			return s.home, s.entry(s.home, "imap", thunderbird.Name, func(p *apppass.Spec) { p.Expires = s.clock.Now().Add(time.Hour) })
		},
		"one with a digest": func() (*home, []byte) {
			return s.home, s.entry(s.home, "imap", thunderbird.Name, func(p *apppass.Spec) { p.Digest = &apppass.DigestUser{Name: "anna", Realm: "example.org"} })
		},
		"something else": func() (*home, []byte) {
			return s.home, s.policy(func(p *trust.Policy) { p.Digits = 6 })
		},
	} {
		by, raw := entry()
		if err := by.hands(raw); !noPassword(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.pass(5*time.Minute + time.Second)
	if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
		t.Errorf("after 5 minutes: %v", err)
	}
	if now := s.stands(); now.Made || !now.Over {
		t.Errorf("the page shows %+v", now)
	}
}

// hold brings another device's chain to what the first one has.
func (a *home) hold(b *home) { b.device.Chain = a.device.Chain }

func TestAStepUpBelongsToItsBrowser(t *testing.T) {
	ctx := context.Background()
	s := newDoor(t).signedIn()
	other := s.enters(visitor{address: somewhere}).Session
	code := string(s.allow(s.asks(thunderbird)))
	if _, err := s.s.TypeStep(ctx, other, s.step, code); !errors.Is(err, server.ErrNoSignIn) {
		t.Errorf("another session of the same account: %v", err)
	}
	if _, err := s.s.TypeStep(ctx, nil, s.step, code); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("a browser that is not signed in: %v", err)
	}
	for what, secret := range map[string]api.Secret{"its secret": s.step, "the session": s.session} {
		if _, err := s.s.Type(ctx, secret, code, true, "Firefox on Linux"); !errors.Is(err, server.ErrNoSignIn) {
			t.Errorf("%s signs in: %v", what, err)
		}
	}
	ok(t, s.s.SignOut(ctx, s.session))
	if _, err := s.s.TypeStep(ctx, s.session, s.step, code); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("after signing out: %v", err)
	}
	if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
		t.Errorf("it may be made: %v", err)
	}
}

// Of two tabs the later one counts.
func TestASecondTabEndsTheFirstOne(t *testing.T) {
	s := newDoor(t).signedIn()
	first := s.asks(thunderbird)
	code := s.allow(first)
	second := s.asks(server.AppChange{Service: "xmpp", Name: "Dino"})
	if outcome := s.types(string(code)); outcome != verify.NotYet {
		t.Errorf("the first one's code at the second is %q", outcome)
	}
	if outcome := s.types(string(s.allow(second))); outcome != verify.Right {
		t.Errorf("its own code is %q", outcome)
	}
	if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
		t.Errorf("what the first tab asked for: %v", err)
	}
	ok(t, s.hands(s.entry(s.home, "xmpp", "Dino")))
}

func TestANewDeviceAllowsNoAppPassword(t *testing.T) {
	s := newDoor(t).signedIn()
	phone, _ := s.takeIn("Phone", hostAt, hostAt)
	s.hold(phone)
	r := s.asks(thunderbird)
	approval, _, err := phone.device.Allow(r, s.clock.Now())
	ok(t, err)
	if err := s.s.Answer(context.Background(), phone.token(), approval); !errors.Is(err, &api.Error{Code: api.CodeYoung}) {
		t.Errorf("a device of today: %v", err)
	}
}

// Who says not me did not sign in there either.
func TestNotMeEndsTheBrowserThatAsked(t *testing.T) {
	s := newDoor(t).signedIn()
	s.notMe(s.asks(thunderbird))
	if _, err := s.s.StepProgress(context.Background(), s.session, s.step); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("the browser is still signed in: %v", err)
	}
}

func TestThreeWrongCodesEndAStepUp(t *testing.T) {
	s := newDoor(t).signedIn()
	code := string(s.allow(s.asks(thunderbird)))
	wrong := strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
	for range 2 {
		if got := s.types(wrong); got != verify.Wrong {
			t.Fatalf("a wrong code is %q", got)
		}
	}
	if got := s.types(wrong); got == verify.Wrong || got == verify.Right {
		t.Errorf("the third wrong code is %q", got)
	}
	if _, err := s.s.TypeStep(context.Background(), s.session, s.step, code); err == nil {
		if err := s.hands(s.entry(s.home, "imap", thunderbird.Name)); !noPassword(err) {
			t.Errorf("the right one afterwards makes one: %v", err)
		}
	}
}

func TestWhatNoPageMayAskFor(t *testing.T) {
	s := newDoor(t).signedIn()
	for what, c := range map[string]struct {
		change server.AppChange
		want   error
	}{
		"a service that is not there":     {server.AppChange{Service: "ftp", Name: "x"}, server.ErrNoApp},
		"one that only asks for codes":    {server.AppChange{Service: "pam:web2", Name: "x"}, server.ErrNoApp},
		"no name":                         {server.AppChange{Service: "imap"}, server.ErrAppName},
		"a name of several lines":         {server.AppChange{Service: "imap", Name: "a\nb"}, server.ErrAppName},
		"a long name":                     {server.AppChange{Service: "imap", Name: strings.Repeat("a", 65)}, server.ErrAppName},
		"the removal of what is not here": {server.AppChange{ID: strings.Repeat("0", 32)}, server.ErrNoApp},
	} {
		if _, err := s.s.StepUp(context.Background(), s.session, c.change, server.Asking{Address: somewhere, Agent: "Firefox"}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := len(s.requests()); n != 0 {
		t.Errorf("%d devices ring", n)
	}
}

// What a page says of app passwords is what the chain says.
func TestTheAccountPageListsAppPasswords(t *testing.T) {
	s := newDoor(t).signedIn()
	p := s.make("imap", "Thunderbird")
	s.make("sip", "Phone", func(p *apppass.Spec) { p.Digest = &apppass.DigestUser{Name: "anna", Realm: "example.org"} })
	s.opens("imap", "anna", p.text)
	ok(t, s.s.WriteUses(context.Background()))
	list := must(s.s.AppsOf(context.Background(), s.session))
	if len(list.List) != 2 || list.List[0].Name != "Phone" || list.List[1].Title != "Mail" || list.List[1].Last.IsZero() || list.List[1].Network == "" || list.List[1].ID != hex.EncodeToString(p.id[:]) {
		t.Errorf("listed are %+v", list.List)
	}
	if len(list.Services) != 4 || list.Full {
		t.Errorf("offered are %+v", list.Services)
	}
	if _, err := s.s.AppsOf(context.Background(), nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("to nobody: %v", err)
	}
}
