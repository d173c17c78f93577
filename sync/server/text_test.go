package server_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

const number = "+491711234542"

// reached is an account with a telephone number.
type reached struct {
	*home
	contact api.Contact
}

// reachable gives an account a confirmed number, on a server whose operator lets people
// sign in by it.
func reachable(t *testing.T) *reached {
	t.Helper()
	h := newHouse(t, origin)
	h.text = true
	h.reopen()
	return h.settle("anna").number(number)
}

// number adds a number and confirms it.
func (a *home) number(n string) *reached {
	a.t.Helper()
	ctx := context.Background()
	k := must(a.s.AddContact(ctx, a.token(), api.ContactCall{Medium: api.MediumText, Address: n, Language: "en", Password: password}))
	sent := a.posted()
	ok(a.t, a.s.ConfirmContact(ctx, a.token(), k.ID, sent[len(sent)-1].Code))
	a.posted()
	return &reached{a, k}
}

func (r *reached) switches(on bool) error {
	return r.s.AllowText(context.Background(), r.token(), r.contact.ID, password, on)
}

// texting is reachable with the switch on.
func texting(t *testing.T) *reached {
	t.Helper()
	r := reachable(t)
	ok(t, r.switches(true))
	r.posted()
	return r
}

func (r *reached) page() api.Secret {
	r.t.Helper()
	return must(r.begin(stranger, password))
}

// sent asks for a code and gives the one that arrives, "" if none does.
func (r *reached) sent(signIn api.Secret) (code string) {
	r.t.Helper()
	ok(r.t, r.s.SendText(context.Background(), signIn))
	for _, m := range r.posted() {
		if m.SignIn && m.Medium == api.MediumText && m.Address == number {
			code = m.Code
		}
	}
	return code
}

func (r *reached) types(signIn api.Secret, code string) (server.Typed, error) {
	return r.s.TypeText(context.Background(), signIn, code, true, "Firefox on Linux")
}

func (r *reached) outcome(signIn api.Secret, code string) verify.Outcome {
	r.t.Helper()
	return must(r.types(signIn, code)).Outcome
}

func TestACodeByTextMessageSignsIn(t *testing.T) {
	ctx := context.Background()
	r := texting(t)
	signIn, asked := r.ask(stranger)
	if p := must(r.s.Progress(ctx, signIn)); p.Text != "42" || p.Sent {
		t.Errorf("the page knows of a number that ends in %q, sent %v", p.Text, p.Sent)
	}
	code := r.sent(signIn)
	if p := must(r.s.Progress(ctx, signIn)); len(code) != 8 || !p.Sent {
		t.Fatalf("sent %q, and the page says %v", code, p.Sent)
	}
	if len(r.requests()) != 1 {
		t.Error("the devices ring no more")
	}
	r.reopen() // all of it is on the disk
	typed, err := r.types(signIn, code[:4]+" "+code[4:])
	if err != nil || typed.Outcome != verify.Right || typed.Session == nil || typed.Browser == nil {
		t.Fatalf("it gives %+v, %v", typed, err)
	}
	if h, err := r.s.Holder(ctx, typed.Session, typed.Browser); err != nil || h.Name != "anna" {
		t.Errorf("the account page gives %+v, %v", h, err)
	}
	events := must(r.s.Events(ctx, r.token(), 0, 500))
	last := events[len(events)-1]
	if last.Kind != api.EventText || last.Data.Agent != "Firefox on Linux" || !last.Data.Device.IsZero() || len(last.Data.Approval) != 0 {
		t.Errorf("devices are told %+v", last)
	}
	if must(r.s.Status(ctx, r.token())).TwoStep {
		t.Error("it was taken for the trial sign-in")
	}
	told := r.posted()
	if !slices.ContainsFunc(told, func(m notice.Message) bool { return m.Event.Kind == api.EventText }) {
		t.Errorf("messages tell of %+v", told)
	}
	approval, _, err := r.device.Allow(asked, r.clock.Now())
	ok(t, err)
	refused(t, r.deliver(approval), api.CodeLate, "an Allow after it")
	if got := r.outcome(signIn, code); got != verify.Over {
		t.Errorf("typed again it is %s", got)
	}
	r.grep(map[string][]byte{"code": []byte(code)})
}

// Nobody is let in this way who did not choose it, and none where the operator did not.
func TestTextMessagesLetNobodyInUnasked(t *testing.T) {
	ctx := context.Background()
	nothing := func(what string, r *reached) {
		t.Helper()
		signIn := r.page()
		if p := must(r.s.Progress(ctx, signIn)); p.Text != "" {
			t.Errorf("%s: the page offers it", what)
		}
		if err := r.s.SendText(ctx, signIn); !errors.Is(err, server.ErrNoText) {
			t.Errorf("%s: asking gives %v", what, err)
		}
		if _, err := r.types(signIn, "12345678"); !errors.Is(err, server.ErrNoText) {
			t.Errorf("%s: typing gives %v", what, err)
		}
		if sent := r.posted(); len(sent) != 0 {
			t.Errorf("%s: sent %+v", what, sent)
		}
		ok(t, r.s.Stop(ctx, signIn))
	}
	r := reachable(t)
	nothing("not switched on", r)
	ok(t, r.switches(true))
	signIn := r.page()
	code := r.sent(signIn)
	r.text = false
	r.reopen()
	if _, err := r.types(signIn, code); !errors.Is(err, server.ErrNoText) {
		t.Errorf("a code of before the operator ended it gives %v", err)
	}
	ok(t, r.s.Stop(ctx, signIn))
	nothing("ended by the operator", r)
	refused(t, r.switches(true), api.CodeNotFound, "switching it on there")
	ok(t, r.switches(false)) // ending it goes everywhere
	r.posted()
	r.clock.move(time.Hour)
	r.text = true
	r.reopen()
	nothing("switched off", r)
	ok(t, r.switches(true))
	ok(t, r.s.RemoveContact(ctx, r.token(), r.contact.ID, password))
	r.posted()
	nothing("the number removed", r)
}

func TestTheSwitchNeedsThePasswordAndADeviceOfAge(t *testing.T) {
	ctx := context.Background()
	r := reachable(t)
	refused(t, r.s.AllowText(ctx, r.token(), r.contact.ID, wrongWord, true), api.CodePassword, "another password")
	mail := r.confirmed("anna@example.org")
	refused(t, r.s.AllowText(ctx, r.token(), mail.ID, password, true), api.CodeNotFound, "a mail address")
	raw := must(r.s.AddContact(ctx, r.token(), api.ContactCall{Medium: api.MediumText, Address: "+491711234599", Password: password}))
	refused(t, r.s.AllowText(ctx, r.token(), raw.ID, password, true), api.CodeNotFound, "a number nobody confirmed")
	berta := r.settle("berta")
	refused(t, berta.s.AllowText(ctx, berta.token(), r.contact.ID, password, true), api.CodeNotFound, "somebody else's number")
	phone := r.join("Phone")
	refused(t, r.s.AllowText(ctx, phone.token(), r.contact.ID, password, true), api.CodeYoung, "a new device")
	ok(t, r.switches(true))
	refused(t, r.s.AllowText(ctx, phone.token(), r.contact.ID, password, false), api.CodeYoung, "ending it from a new device")
	all := must(r.s.Status(ctx, r.token())).Contacts
	if i := slices.IndexFunc(all, func(k api.Contact) bool { return k.SignIn }); i < 0 || all[i].ID != r.contact.ID {
		t.Errorf("the addresses are %+v", all)
	}
}

// Every switch is told, with what it is about; one number at most lets in.
func TestTheSwitchIsTold(t *testing.T) {
	r := reachable(t)
	r.confirmed("anna@example.org")
	other := r.home.number("+491711234599")
	for _, c := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return r.switches(true) }, []string{api.ContactSignIn}},
		{func() error { return r.switches(true) }, nil},
		{func() error { return other.switches(true) }, []string{api.ContactNoSignIn, api.ContactSignIn}},
		{func() error { return r.s.RemoveContact(context.Background(), r.token(), other.contact.ID, password) }, []string{api.ContactNoSignIn, api.ContactRemoved}},
	} {
		before := len(r.events())
		ok(t, c.do())
		var said []string
		for _, e := range r.events()[before:] {
			said = append(said, e.Data.By)
		}
		if !slices.Equal(said, c.want) {
			t.Errorf("devices heard %q, not %q", said, c.want)
		}
		mails := 0
		for _, m := range r.posted() {
			if m.Medium == api.MediumMail && m.Event.Kind == api.EventContact {
				mails++
			}
		}
		if mails != len(c.want) {
			t.Errorf("%d mails tell of %q", mails, c.want)
		}
	}
}

// Who came in by a number that somebody else may read is out with it.
func TestSwitchingOffEndsWhatItLetIn(t *testing.T) {
	ctx := context.Background()
	r := texting(t)
	signIn := r.page()
	typed, err := r.types(signIn, r.sent(signIn))
	ok(t, err)
	own, _ := r.enter(visitor{address: hostAt}, false)
	ok(t, r.switches(false))
	if _, err := r.s.Holder(ctx, typed.Session, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("still in: %v", err)
	}
	if _, err := r.s.Holder(ctx, own, nil); err != nil {
		t.Errorf("who was allowed by a device: %v", err)
	}
}

func TestTextCodesOfOtherSignIns(t *testing.T) {
	r := texting(t)
	mine, theirs := r.page(), must(r.begin(visitor{address: hostAt}, password))
	code := r.sent(mine)
	if got := r.outcome(theirs, code); got != verify.NotYet {
		t.Errorf("in another sign-in it is %s", got)
	}
	if r.sent(theirs); r.outcome(theirs, code) != verify.Wrong {
		t.Error("in another sign-in with a code of its own it counts")
	}
	if _, err := r.types(make(api.Secret, 32), code); !errors.Is(err, server.ErrNoSignIn) {
		t.Errorf("in a browser without sign-in: %v", err)
	}
	again := r.sent(mine)
	if r.outcome(mine, code) != verify.Wrong || r.outcome(mine, again) != verify.Right {
		t.Error("the newest code alone is to count")
	}
}

func TestNoTextCodeAfterNotMe(t *testing.T) {
	r := texting(t)
	other := must(r.begin(visitor{address: hostAt}, password))
	code := r.sent(other)
	signIn, asked := r.ask(stranger)
	r.notMe(asked)
	if got := r.outcome(signIn, code); got != verify.Over {
		t.Errorf("in the sign-in that was refused it is %s", got)
	}
	if _, err := r.types(other, code); reason(t, err) != verify.Paused {
		t.Errorf("in another one it gives %v", err)
	}
	if err := r.s.SendText(context.Background(), other); reason(t, err) != verify.Paused {
		t.Errorf("asking for one gives %v", err)
	}
	if p := must(r.s.Progress(context.Background(), other)); p.Text != "" {
		t.Error("the page still offers it")
	}
}

// A message that waits for its gateway longer than the sign-in lives is not sent.
func TestATextMessageOfBeforeIsNotSent(t *testing.T) {
	r := texting(t)
	signIn := r.page()
	ok(t, r.s.SendText(context.Background(), signIn))
	r.pass(verify.CodeFor + time.Second)
	if sent := r.posted(); slices.ContainsFunc(sent, func(m notice.Message) bool { return m.Code != "" }) {
		t.Errorf("sent %+v", sent)
	}
	left := 0
	ok(t, r.db.View(context.Background(), func(tx store.Tx) error {
		due, err := tx.DueNotices(r.clock.Now().Add(time.Hour), trust.AccountID{}, 9, string(api.MediumText))
		left = len(due)
		return err
	}))
	if left != 0 {
		t.Errorf("%d messages are kept", left)
	}
}

func TestTextMessagesAreFew(t *testing.T) {
	ctx := context.Background()
	r := texting(t)
	signIn := r.page()
	for range verify.TextsQuarter {
		if r.sent(signIn) == "" {
			t.Fatal("none was sent")
		}
	}
	if err := r.s.SendText(ctx, signIn); reason(t, err) != verify.TextsOften {
		t.Errorf("a fourth gives %v", err)
	}
	r.pass(15 * time.Minute)
	signIn = r.page()
	for range verify.TextsDay - verify.TextsQuarter {
		r.sent(signIn)
	}
	r.pass(15 * time.Minute)
	if err := r.s.SendText(ctx, r.page()); reason(t, err) != verify.TextsOften {
		t.Errorf("a sixth within a day gives %v", err)
	}
	if sent := r.posted(); len(sent) != 0 {
		t.Errorf("sent %+v", sent)
	}
}

func TestWrongTextCodesTurnThemOff(t *testing.T) {
	ctx := context.Background()
	r := texting(t)
	for i := range verify.TextOffAt {
		r.pass(day)
		signIn := r.page()
		typed, err := r.types(signIn, wrongDigits(r.sent(signIn)))
		if err != nil || typed.Outcome != verify.Wrong {
			t.Fatalf("the %dth wrong one gives %+v, %v", i+1, typed, err)
		}
		ok(t, r.s.Stop(ctx, signIn))
	}
	r.pass(day)
	signIn := r.page()
	if err := r.s.SendText(ctx, signIn); reason(t, err) != verify.TextOff {
		t.Errorf("asking after ten wrong ones gives %v", err)
	}
	last := must(r.s.Events(ctx, r.token(), 0, 500))
	if i := slices.IndexFunc(last, func(e api.Event) bool { return e.Kind == api.EventWrong }); i < 0 || last[i].Data.By != "text" {
		t.Error("the devices heard of no wrong code")
	}
	ok(t, r.s.Grant(ctx, r.token(), password, trust.Hash{1}))
	if r.outcome(signIn, r.sent(signIn)) != verify.Right {
		t.Error("after the password on a device it does not count")
	}
}
