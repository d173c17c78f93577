package server_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// enter signs a browser in and gives its cookies.
func (a *home) enter(v visitor, remember bool) (session, browser api.Secret) {
	a.t.Helper()
	signIn, r := a.ask(v)
	typed := must(a.s.Type(context.Background(), signIn, string(a.allow(r)), remember, "Firefox on Linux"))
	if typed.Outcome != verify.Right {
		a.t.Fatalf("signing in gives %+v", typed)
	}
	return typed.Session, typed.Browser
}

func TestTheAccountPageShowsWhatThereIs(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	ctx := context.Background()
	session, browser := a.enter(stranger, true)
	other, _ := a.enter(stranger, false)
	h := must(a.s.Holder(ctx, session, browser))
	if h.Name != "anna" || !h.TwoStep || len(h.Devices) != 1 || h.Devices[0].Name != "Laptop" {
		t.Errorf("it shows %+v", h)
	}
	if len(h.Sessions) != 2 || len(h.Browsers) != 1 || !h.Browsers[0].This {
		t.Errorf("sessions %+v, browsers %+v", h.Sessions, h.Browsers)
	}
	if len(h.Events) == 0 || h.Events[len(h.Events)-1].Seq >= h.Events[0].Seq && len(h.Events) > 1 {
		t.Errorf("activity is not newest first: %+v", h.Events)
	}
	for _, secret := range []api.Secret{nil, browser, make(api.Secret, 32), session[:31]} {
		if _, err := a.s.Holder(ctx, secret, nil); !errors.Is(err, server.ErrSignedOut) {
			t.Errorf("another secret gives %v", err)
		}
	}
	a.clock.move(25 * time.Hour)
	if _, err := a.s.Holder(ctx, other, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("a day later it gives %v", err)
	}
}

func TestSigningOut(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	ctx := context.Background()
	session, _ := a.enter(stranger, false)
	for range 2 {
		if err := a.s.SignOut(ctx, session); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.s.Holder(ctx, session, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("afterwards: %v", err)
	}
	n := 0
	for _, k := range a.kinds() {
		if k == api.EventSignOut {
			n++
		}
	}
	if n != 1 {
		t.Errorf("devices were told %d times", n)
	}
}

func TestForgetting(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	ctx := context.Background()
	mine, known := anna.enter(stranger, true)
	other, _ := anna.enter(stranger, false)
	foreign, _ := berta.enter(stranger, false)
	page := must(h.s.Holder(ctx, mine, known))
	theirs := must(h.s.Holder(ctx, foreign, nil))
	ids := []string{theirs.Sessions[0].ID, "", "zz", trust.Hash{}.String(), page.Browsers[0].ID}
	for _, s := range page.Sessions {
		ids = append(ids, s.ID)
	}
	for _, id := range ids {
		if err := h.s.Forget(ctx, mine, id); err != nil {
			t.Errorf("forgetting %q: %v", id, err)
		}
	}
	must(h.s.Holder(ctx, mine, nil))    // its own session stays
	must(h.s.Holder(ctx, foreign, nil)) // and another account's
	if _, err := h.s.Holder(ctx, other, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("the other session: %v", err)
	}
	if _, r := anna.ask(visitor{address: somewhere, cookie: known}); must(verify.Read(r.Challenge, anna.device.Chain)).Known {
		t.Error("the forgotten browser is known")
	}
	if err := h.s.Forget(ctx, other, page.Sessions[0].ID); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("forgetting without a session: %v", err)
	}
}

func TestChoosingADevice(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	ctx := context.Background()
	second := a.pair()
	signIn, _ := a.ask(stranger)
	before := len(a.kinds())
	for _, d := range []trust.DeviceID{second.ID, second.ID, {1}, {}} { // chosen, again, unknown, all
		if err := a.s.Choose(ctx, signIn, d); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.kinds()[before:]; !slices.Equal(got, []api.EventKind{api.EventTarget, api.EventTarget}) {
		t.Errorf("devices heard %v", got)
	}
	if err := a.s.Choose(ctx, signIn, second.ID); err != nil {
		t.Fatal(err)
	}
	p := must(a.s.Progress(ctx, signIn))
	if p.Target != second.ID || len(p.Devices) != 2 || p.Digits != 4 || p.Tries != 3 || p.Letters != a.requests()[0].Letters {
		t.Errorf("the page shows %+v", p)
	}
	code := a.allow(a.requests()[0]) // the one that was not chosen may still answer
	if p := must(a.s.Progress(ctx, signIn)); p.State != verify.Approved || p.By != "Laptop" {
		t.Errorf("after Allow the page shows %+v", p)
	}
	if got := a.typed(signIn, string(code)); got != verify.Right {
		t.Errorf("the code is %q", got)
	}
}

func TestStoppingASignIn(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	ctx := context.Background()
	signIn, r := a.ask(stranger)
	code := a.allow(r)
	for range 2 {
		if err := a.s.Stop(ctx, signIn); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code afterwards is %q", got)
	}
	if p := must(a.s.Progress(ctx, signIn)); p.State != verify.Stopped {
		t.Errorf("the page shows %+v", p)
	}
	if err := a.s.Stop(ctx, make(api.Secret, 32)); !errors.Is(err, server.ErrNoSignIn) {
		t.Errorf("stopping what never began: %v", err)
	}
}

// A page that waits is woken by each thing that happens, and by nothing of others.
func TestListening(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	signIn, r := anna.ask(stranger)
	woken := make(chan struct{}, 10)
	stop := must(h.s.Listen(context.Background(), signIn, func() { woken <- struct{}{} }))
	berta.ask(stranger)
	if len(woken) != 0 {
		t.Error("anna's page is woken by berta's sign-in")
	}
	anna.allow(r)
	if len(woken) != 1 {
		t.Errorf("Allow wakes it %d times", len(woken))
	}
	stop()
	anna.notMe(r)
	if len(woken) != 1 {
		t.Error("it is woken after it stopped")
	}
	if _, err := h.s.Listen(context.Background(), nil, func() {}); !errors.Is(err, server.ErrNoSignIn) {
		t.Errorf("listening without a sign-in: %v", err)
	}
}

// A changed password signs every browser out, and the old one is worth nothing.
func TestChangingThePassword(t *testing.T) {
	a := newHouse(t, origin).settle("Anna Lindqvist")
	ctx := context.Background()
	session, browser := a.enter(stranger, true)
	token := a.token()
	for what, next := range map[string]string{"a short one": "seven77", "the name": "anna LINDQVIST", "the present one": password} {
		if err := a.s.ChangePassword(ctx, token, password, next); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Errorf("%s gives %v", what, err)
		}
	}
	must(a.s.Holder(ctx, session, nil))
	if err := a.s.ChangePassword(ctx, token, password, "another passphrase"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.s.Holder(ctx, session, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("the session: %v", err)
	}
	if _, err := a.begin(stranger, password); reason(t, err) != "" {
		t.Errorf("the old password: %v", err)
	}
	must(a.begin(visitor{address: somewhere, cookie: browser}, "another passphrase"))
	if r := a.requests(); !must(verify.Read(r[0].Challenge, a.device.Chain)).Known {
		t.Error("the browser is not known any more")
	}
}
