package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

// A wait is told at its start, half and end, also after a restart between.
func TestAWaitIsTold(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	must(a.fresh("New phone").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	said := func(want ...api.EventKind) {
		t.Helper()
		kinds := a.kinds()
		if got := kinds[len(kinds)-len(want):]; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q at the end", kinds, want)
		}
	}
	said(api.EventWait)
	a.pass(12*time.Hour - time.Second)
	said(api.EventWait)
	a.reopen()
	a.pass(time.Second)
	said(api.EventWait, api.EventHalf)
	a.pass(12 * time.Hour)
	said(api.EventWait, api.EventHalf, api.EventReady)
	a.pass(time.Hour)
	said(api.EventHalf, api.EventReady)
	waits := must(a.s.Status(ctx, a.token())).Waits
	if len(waits) != 1 || waits[0].Kind != api.WaitDevice || waits[0].Name != "New phone" {
		t.Errorf("the status shows %+v", waits)
	}
}

// A policy without wait lets the device in at once; the forced change of the key
// stays.
func TestNoWait(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	a.change(a.policy(func(p *trust.Policy) { p.RecoveryWait, p.DeviceAloneWait = 0, 0 }))
	b := a.fresh("New phone")
	began := must(b.device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	if began.State != api.RegainReady {
		t.Fatalf("it began as %+v", began)
	}
	entries := must(b.device.Return(began.Entries, a.device.Paper, newKey(), nil, a.clock.Now()))
	refused(t, b.device.FinishRegain(ctx, a.s, a.account(), entries[:1]), api.CodeChain, "a device without another key")
	refused(t, b.device.FinishRegain(ctx, a.s, a.account(), nil), api.CodeChain, "nothing")
	ok(t, b.device.FinishRegain(ctx, a.s, a.account(), entries))
	b.lets(password)
	refused(t, second(a.s.BeginReset(ctx, a.token())), api.CodeNotFound, "a reset that the rules never allow")
}

// What was asked for with a thing ends when the thing is replaced.
func TestWaitsEndWithWhatBeganThem(t *testing.T) {
	ctx := context.Background()
	for name, replace := range map[string]func(a *home){
		"another password": func(a *home) { ok(a.t, a.s.ChangePassword(ctx, a.token(), password, nextWord)) },
		"another key": func(a *home) {
			a.change(must(a.device.Chain.SetRecovery(a.device.Author(), newKey(), a.clock.Now())))
		},
	} {
		a := newHouse(t, origin).settle("anna").grownUp()
		b := a.fresh("Thief")
		must(b.device.Regain(ctx, a.s, a.name, password, a.device.Paper))
		replace(a)
		a.pass(2 * day)
		if now := must(b.device.Regaining(ctx, a.s, a.account())); now.State != api.RegainStopped {
			t.Errorf("after %s the thief's wait is %q", name, now.State)
		}
	}
	a := newHouse(t, origin).settle("anna").grownUp()
	phone := a.join("Phone")
	a.pass(4 * day) // no longer young
	must(a.s.BeginReset(ctx, phone.token()))
	a.change(a.removal(phone))
	if waits := must(a.s.Status(ctx, a.token())).Waits; len(waits) != 0 {
		t.Errorf("a removed device still waits: %+v", waits)
	}
}

// A new device may not begin what changes the account, and one account has only so
// many waits.
func TestWhoMayBegin(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	phone := a.join("Phone")
	refused(t, second(a.s.BeginReset(ctx, phone.token())), api.CodeYoung, "a reset by a new device")
	refused(t, second(a.s.Leave(ctx, phone.token(), password)), api.CodeYoung, "leaving by a new device")
	for range 3 {
		must(a.fresh("New").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	}
	refused(t, second(a.fresh("New").device.Regain(ctx, a.s, a.name, password, a.device.Paper)), api.CodeSlow, "a fourth")
}

// Strangers who type passwords at the stopping page slow down their own network only.
func TestStrangersCannotKeepTheOwnerFromStopping(t *testing.T) {
	a := newHouse(t, origin).settle("anna").grownUp()
	w := must(a.fresh("Thief").device.Regain(context.Background(), a.s, a.name, password, a.device.Paper)).Wait
	at := func(address string) context.Context {
		return server.WithAddress(context.Background(), netip.MustParseAddr(address))
	}
	slowed := false
	for range 50 {
		_, err := a.s.WaitsBy(at("203.0.113.9"), api.Factor{Name: "anna", Password: wrongWord})
		slowed = slowed || errors.Is(err, &api.Error{Code: api.CodeSlow})
	}
	if !slowed {
		t.Error("fifty wrong passwords were compared")
	}
	ok(t, a.s.StopBy(at("198.51.100.4"), api.Factor{Name: "anna", Password: password}, w.ID))
}

// Names that are made up cost a network its tries, as at the sign-in page.
func TestMadeUpNamesAtStopAreCounted(t *testing.T) {
	h := newHouse(t, origin)
	ctx := server.WithAddress(context.Background(), netip.MustParseAddr("203.0.113.9"))
	var err error
	for i := range 40 {
		_, err = h.s.WaitsBy(ctx, api.Factor{Name: fmt.Sprint("nobody ", i), Password: wrongWord})
	}
	refused(t, err, api.CodeSlow, "the fortieth name from one network")
}

// A recovery key's signature is good for one account, one thing, and once; and
// strangers who have no key cannot use up the tries of who has.
func TestTheKeysSignature(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t, origin)
	a, other := h.settle("anna").grownUp(), h.settle("berta")
	b := a.fresh("New phone")
	subject := must(trust.HashDevice(b.device.Record))
	record := must(trust.Marshal(b.device.Record))
	sign := func(name string, p trust.Purpose, subject trust.Hash, origin string) api.RegainCall {
		nonce, sig, err := apitest.SignByKey(ctx, a.s, name, a.device.Paper, p, subject, origin)
		ok(t, err)
		return api.RegainCall{Name: "anna", Password: password, Device: record, Nonce: nonce, Signature: sig}
	}
	for what, call := range map[string]api.RegainCall{
		"for another account": sign(other.name, trust.RegainDevice, subject, origin),
		"for another thing":   sign("anna", trust.RegainStop, subject, origin),
		"for another device":  sign("anna", trust.RegainDevice, trust.Hash{1}, origin),
		"for another server":  sign("anna", trust.RegainDevice, subject, "https://evil.example"),
	} {
		refused(t, second(a.s.BeginRegain(ctx, call)), api.CodePassword, "a signature "+what)
	}
	late := sign("anna", trust.RegainDevice, subject, origin)
	a.pass(2 * time.Minute)
	refused(t, second(a.s.BeginRegain(ctx, late)), api.CodePassword, "a nonce of two minutes ago")
	for range 200 {
		b.device.Regain(ctx, a.s, "anna", wrongWord, newKey())
	}
	once := sign("anna", trust.RegainDevice, subject, origin)
	must(a.s.BeginRegain(ctx, once))
	refused(t, second(a.s.BeginRegain(ctx, once)), api.CodePassword, "the same signature again")
}

// One device removes one other in a day; the second waits, unless a second device
// does it or the recovery key.
func TestASecondRemovalWaits(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	b, c, d := a.join("Phone"), a.join("Tablet"), a.join("Old phone")
	a.pass(4 * day) // none is young
	remove := func(by, of *home) error {
		by.catchUp()
		entry := by.removal(of)
		by.grant(entry)
		return by.appended(entry)
	}
	ok(t, remove(a, d))
	refused(t, remove(a, c), api.CodeWait, "a second removal in a day")
	refused(t, remove(a, c), api.CodeWait, "the same again")
	waits := must(a.s.Status(ctx, a.token())).Waits
	if len(waits) != 1 || waits[0].Kind != api.WaitRemove || waits[0].Name != "Tablet" || waits[0].Device != a.device.ID {
		t.Fatalf("what waits is %+v", waits)
	}
	ok(t, c.s.StopWait(ctx, c.token(), waits[0].ID)) // who is to go may stop it
	refused(t, remove(a, c), api.CodeWait, "a removal after its wait was stopped")
	a.pass(day - time.Second)
	refused(t, remove(a, c), api.CodeWait, "a removal a second early")
	a.pass(time.Second)
	ok(t, remove(a, c))
	if waits := must(a.s.Status(ctx, a.token())).Waits; len(waits) != 0 {
		t.Errorf("still waits %+v", waits)
	}
	b.catchUp()
	e := b.join("Laptop 2")
	ok(t, remove(b, e)) // another device's first
}

// Leaving waits a day and can be stopped; in the first two weeks it is done at once.
// A password that would be too short alone is refused.
func TestLeaving(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	a.known(somewhere)
	ok(t, a.s.ChangePassword(ctx, a.token(), password, "short one 1"))
	refused(t, second(a.s.Leave(ctx, a.token(), "short one 1")), api.CodeShort, "leaving with a short password")
	ok(t, a.s.ChangePassword(ctx, a.token(), "short one 1", password))
	must(a.s.Leave(ctx, a.token(), password))
	if s := must(a.s.Status(ctx, a.token())); s.TwoStep || !s.Left {
		t.Errorf("in the first weeks leaving gives %+v", s)
	}

	a = newHouse(t, origin).settle("anna")
	a.known(somewhere)
	a.pass(15 * day)
	w := must(a.s.Leave(ctx, a.token(), password))
	a.pass(day - time.Second)
	if s := must(a.s.Status(ctx, a.token())); !s.TwoStep || s.Left || len(s.Waits) != 1 {
		t.Errorf("a second before its end leaving gives %+v", s)
	}
	ok(t, a.s.StopWait(ctx, a.token(), w.ID))
	a.pass(day)
	if s := must(a.s.Status(ctx, a.token())); !s.TwoStep || s.Left {
		t.Errorf("leaving that was stopped gives %+v", s)
	}
	must(a.s.Leave(ctx, a.token(), password))
	a.pass(day)
	if s := must(a.s.Status(ctx, a.token())); s.TwoStep || !s.Left {
		t.Errorf("after the wait leaving gives %+v", s)
	}
	if kinds := a.kinds(); kinds[len(kinds)-1] != api.EventLeft {
		t.Errorf("the last word is %q", kinds[len(kinds)-1])
	}
}

// Nothing that people type or that proves something is logged.
func TestRecoveryLogsNoSecrets(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	must(a.fresh("New").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	a.s.StopByLink(ctx, strings.Repeat("A", 43))
	for _, secret := range []string{password, a.device.Paper.Text(), strings.Repeat("A", 43)} {
		if strings.Contains(a.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
