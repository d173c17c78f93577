package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

const origin = "https://id.example.org"

func TestAHundredCodesAtOnceAreThreeTries(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	signIn, r := a.ask(stranger)
	right := string(a.allow(r))
	var mu sync.Mutex
	outcomes := make(map[verify.Outcome]int)
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			guess := fmt.Sprintf("%04d", i*97)
			if guess == right {
				guess = apitest.Wrong(trust.Code(right))
			}
			typed, err := a.s.Type(context.Background(), signIn, guess, false, "Firefox on Linux")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			outcomes[typed.Outcome]++
		})
	}
	all.Wait()
	if outcomes[verify.Wrong] != 2 || outcomes[verify.TooMany] != 1 || outcomes[verify.Over] != 97 {
		t.Errorf("100 codes at once gave %v", outcomes)
	}
	if got := a.typed(signIn, right); got != verify.Over {
		t.Errorf("the right code after three wrong ones is %q", got)
	}
	burned := 0
	for _, k := range a.kinds() {
		if k == api.EventBurned {
			burned++
		}
	}
	if burned != 1 {
		t.Errorf("the devices were told %d times", burned)
	}
}

// A code belongs to the browser whose password rang: neither another's cookie nor
// none opens anything with it.
func TestACodeOpensOnlyTheBrowserThatAsked(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	mine, r := a.ask(stranger)
	attacker, _ := a.ask(stranger)
	code := string(a.allow(r))
	if got := a.typed(attacker, code); got != verify.NotYet {
		t.Errorf("the code in a browser whose sign-in nobody allowed is %q", got)
	}
	for what, cookie := range map[string]api.Secret{"no cookie": nil, "an invented one": make(api.Secret, 32), "a part of it": mine[:31]} {
		if _, err := a.s.Type(context.Background(), cookie, code, false, "x"); !errors.Is(err, server.ErrNoSignIn) {
			t.Errorf("the code with %s gives %v", what, err)
		}
	}
	if got := a.typed(mine, code); got != verify.Right {
		t.Errorf("the code in its own browser is %q", got)
	}
}

func TestTextsThatAreNoCodeAreNotCounted(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	signIn, r := a.ask(stranger)
	code := string(a.allow(r))
	for _, text := range []string{"", "123", "12345", "123456", "abcd", "12a4", "１２３４", "0000\x00", strings.Repeat("1", 10000)} {
		if _, err := a.s.Type(context.Background(), signIn, text, false, "x"); !errors.Is(err, trust.ErrCode) {
			t.Errorf("%.20q gives %v", text, err)
		}
	}
	if got := a.typed(signIn, " "+code[:2]+" "+code[2:]+" "); got != verify.Right {
		t.Errorf("the code with spaces is %q", got)
	}
}

func TestARestartInTheMiddleLosesNothing(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	signIn := must(a.begin(stranger, password))
	a.reopen()
	r := a.requests()[0]
	approval, code, err := a.device.Allow(r, a.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	a.answer(approval)
	a.reopen()
	a.answer(approval) // the device did not hear the answer
	if got := a.typed(signIn, apitest.Wrong(code)); got != verify.Wrong {
		t.Errorf("a wrong code is %q", got)
	}
	a.reopen()
	if p := must(a.s.Progress(context.Background(), signIn)); p.Tries != 2 {
		t.Errorf("after a wrong code and a restart there are %d tries", p.Tries)
	}
	if got := a.typed(signIn, string(code)); got != verify.Right {
		t.Errorf("the right code is %q", got)
	}
	a.reopen()
	if got := a.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code again is %q", got)
	}
}

func TestTimePassesWhileTheBackendIsDown(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	signIn, r := a.ask(stranger)
	code := a.allow(r)
	a.clock.move(3 * time.Minute)
	a.reopen()
	if got := a.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code after three minutes is %q", got)
	}
	a.pass(0)
	if p := must(a.s.Progress(context.Background(), signIn)); p.State != verify.Expired {
		t.Errorf("the sign-in is %q", p.State)
	}
}

// The clock of the machine may be set back while somebody signs in.
func TestAClockSetBackOpensNothing(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	signIn, r := a.ask(stranger)
	code := a.allow(r)
	a.clock.move(-time.Hour)
	if got := a.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code an hour before it was asked for is %q", got)
	}
}

// A device removed after Allow takes its answer with it.
func TestADeviceRemovedAfterAllow(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	second := a.pair()
	signIn, r := a.ask(stranger)
	approval, code, err := second.Allow(r, a.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	token := must(second.Session(context.Background(), a.s))
	if err := a.s.Answer(context.Background(), token, approval); err != nil {
		t.Fatal(err)
	}
	a.change(must(a.device.Chain.RemoveDevice(a.device.Author(), second.ID, a.clock.Now())))
	if got := a.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code of a removed device is %q", got)
	}
	_, err = a.s.Status(context.Background(), token)
	if !errors.Is(err, &api.Error{Code: api.CodeSession}) {
		t.Errorf("the removed device's token gives %v", err)
	}
	if _, err := second.Session(context.Background(), a.s); !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		t.Errorf("the removed device opens a session: %v", err)
	}
}

// One device answers while another looks at the same request.
func TestTwoDevicesRace(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	second := a.pair()
	signIn, r := a.ask(stranger)
	one, first, err := a.device.Allow(r, a.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	two, other, err := second.Allow(r, a.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	a.answer(one)
	err = a.s.Answer(context.Background(), must(second.Session(context.Background(), a.s)), two)
	if !errors.Is(err, &api.Error{Code: api.CodeAnswered}) {
		t.Errorf("the slower device is told %v", err)
	}
	if first != other && a.typed(signIn, string(other)) != verify.Wrong {
		t.Error("the slower device's code was taken")
	}
	if got := a.typed(signIn, string(first)); got != verify.Right {
		t.Errorf("the faster device's code is %q", got)
	}
}

// A device may deliver only its own answers: a token of one with the approval of
// another is a relay.
func TestAnAnswerOfAnotherDeviceIsRefused(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	second := a.pair()
	_, r := a.ask(stranger)
	approval := must(second.Decline(r, trust.NotMe, a.clock.Now()))
	if err := a.s.Answer(context.Background(), a.token(), approval); !errors.Is(err, &api.Error{Code: api.CodeApproval}) {
		t.Errorf("it gives %v", err)
	}
}

// Two accounts on one server: nothing of one works on the other.
func TestAccountsDoNotReachEachOther(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	_, r := anna.ask(stranger)
	forged := must(trust.Approval{
		Version: 1, Challenge: trust.HashChallenge(r.Challenge), Answer: trust.NotMe, Device: berta.device.ID,
		Seq: 1, Head: berta.device.Chain.Head().Hash,
	}.Seal(berta.device.Keys))
	if err := h.s.Answer(context.Background(), berta.token(), forged); err == nil {
		t.Error("berta's device answered anna's request")
	}
	if got := berta.requests(); len(got) != 0 {
		t.Errorf("berta's device sees %+v", got)
	}
	for _, e := range must(h.s.Events(context.Background(), berta.token(), 0, 500)) {
		if e.Kind == api.EventRequest {
			t.Error("berta's device hears of anna's request")
		}
	}
	known := anna.known(somewhere)
	if _, r := berta.ask(known); must(verify.Read(r.Challenge, berta.device.Chain)).Known {
		t.Error("a browser known to anna counts as known to berta")
	}
}

// Who can write into the database, but has no key file, forges nothing.
func TestWritingIntoTheDatabaseForgesNothing(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	ctx := context.Background()
	secret := api.Secret(bytes.Repeat([]byte{7}, 32))
	hash := sha(secret)
	for _, kind := range []store.TicketKind{store.Session, store.Token, store.Browser, store.Invitation} {
		genuine := h.anyTicket(anna, kind)
		genuine.Hash = hash // grant the same to another secret
		if err := h.db.Update(ctx, func(tx store.Tx) error { return tx.PutTicket(genuine) }); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.s.Holder(ctx, secret, nil); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("a forged session gives %v", err)
	}
	if _, err := h.s.Status(ctx, secret); !errors.Is(err, &api.Error{Code: api.CodeSession}) {
		t.Errorf("a forged token gives %v", err)
	}
	if _, err := h.s.Invitation(ctx, secret); !errors.Is(err, &api.Error{Code: api.CodeInvitation}) {
		t.Errorf("a forged invitation gives %v", err)
	}
	signIn := must(berta.begin(visitor{address: somewhere, cookie: secret}, password))
	if r := berta.requests()[0]; must(verify.Read(r.Challenge, berta.device.Chain)).Known {
		t.Error("a forged browser counts as known")
	}
	h.swapPasswords(anna, berta)
	if _, err := anna.begin(stranger, password); err == nil {
		t.Error("berta's password row fits anna's account")
	}
	h.approveByHand(signIn)
	if _, err := h.s.Type(ctx, signIn, "0000", false, "x"); err == nil {
		t.Error("a row changed by hand is served")
	}
}

// anyTicket gives a genuine ticket of a kind.
func (h *house) anyTicket(a *home, kind store.TicketKind) (out store.Ticket) {
	h.t.Helper()
	ctx := context.Background()
	switch kind {
	case store.Session, store.Browser:
		a.known(somewhere)
	case store.Token:
		a.token()
	case store.Invitation:
		_, secret, err := api.ParseLink(must(h.s.Invite(ctx, "carla")))
		if err != nil {
			h.t.Fatal(err)
		}
		return h.ticketOf(kind, secret)
	}
	err := h.db.View(ctx, func(tx store.Tx) error {
		out = must(tx.TicketsOf(a.device.Chain.Account(), kind))[0]
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *house) ticketOf(kind store.TicketKind, secret api.Secret) (out store.Ticket) {
	h.t.Helper()
	err := h.db.View(context.Background(), func(tx store.Tx) (err error) {
		out, err = tx.Ticket(kind, sha(secret), h.clock.Now())
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *house) swapPasswords(a, b *home) {
	h.t.Helper()
	err := h.db.Update(context.Background(), func(tx store.Tx) error {
		one, two := must(tx.Account(a.device.Chain.Account())), must(tx.Account(b.device.Chain.Account()))
		one.Password = two.Password
		return tx.UpdateAccount(one)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// approveByHand flips one byte in the newest sign-in's row.
func (h *house) approveByHand(signIn api.Secret) {
	h.t.Helper()
	err := h.db.Update(context.Background(), func(tx store.Tx) error {
		row := must(tx.SignInBySession(trust.HashSession(signIn)))
		row.Row = bytes.Replace(row.Row, []byte("pending"), []byte("stopped"), 1)
		return tx.PutSignIn(row)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
