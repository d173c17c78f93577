package apitest

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

const nextPassword = "another horse battery"

// stranger is a device that belongs to no account.
func (a *home) stranger() *Device {
	a.t.Helper()
	return must(NewMember("New phone", trust.Phone, a.device.Origin))
}

func (a *home) key() trust.RecoveryKey {
	a.t.Helper()
	return must(trust.NewRecoveryKey(rand.Reader))
}

// old lets the account grow older than the two weeks in which leaving is at once.
func (a *home) old() {
	a.t.Helper()
	a.Advance(15 * 24 * time.Hour)
	a.again()
}

func testRegain(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	b, account := a.stranger(), a.device.Chain.Account()
	began := must(b.Regain(ctx, a.Account, "anna", password, a.device.Paper))
	if began.State != api.RegainWaits || began.Account != account || began.Wait.Kind != api.WaitDevice || began.Wait.Name != "New phone" || began.Entries != nil {
		t.Fatalf("it began as %+v", began)
	}
	if again := must(b.Regain(ctx, a.Account, "anna", password, a.device.Paper)); again.Wait.ID != began.Wait.ID {
		t.Error("asking again began another wait")
	}
	if waits := a.status().Waits; len(waits) != 1 || waits[0].ID != began.Wait.ID {
		t.Errorf("the account's devices see %+v", waits)
	}
	_, err := b.Regain(ctx, a.Account, "anna", nextPassword, a.device.Paper)
	wants(t, err, api.CodePassword, "another password")
	_, err = b.Regain(ctx, a.Account, "nobody", password, a.device.Paper)
	wants(t, err, api.CodePassword, "another name")
	_, err = a.stranger().Regaining(ctx, a.Account, account)
	wants(t, err, api.CodeDevice, "a device that waits for nothing")
	a.Advance(25 * time.Hour)
	ready := must(b.Regaining(ctx, a.Account, account))
	if ready.State != api.RegainReady || len(ready.Entries) != 2 {
		t.Fatalf("after the wait it is %+v", ready)
	}
	entries := must(b.Return(ready.Entries, a.device.Paper, a.key(), []trust.DeviceID{a.device.ID}, a.Now()))
	wants(t, b.FinishRegain(ctx, a.Account, account, entries[:2]), api.CodeChain, "a key that is not replaced")
	for range 2 {
		if err := b.FinishRegain(ctx, a.Account, account, entries); err != nil {
			t.Fatal(err)
		}
	}
	if done := must(b.Regaining(ctx, a.Account, account)); done.State != api.RegainDone {
		t.Errorf("at last it is %+v", done)
	}
	c := &home{House: h, t: t, device: b}
	c.again()
	if s := c.status(); s.Head != b.Chain.Head() || len(s.Devices) != 1 {
		t.Errorf("the account is %+v", s)
	}
	kinds := c.kinds(0)
	for _, want := range []api.EventKind{api.EventWait, api.EventChain, api.EventRegained} {
		if !slices.Contains(kinds, want) {
			t.Errorf("no %q among %q", want, kinds)
		}
	}
}

func testReset(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	entry := must(a.device.Replace(a.device.Paper, a.key(), a.Now()))
	wants(t, a.Account.ResetWithKey(ctx, a.token, "short", entry), api.CodePassword, "a password that cannot be one")
	for range 2 {
		if err := a.Account.ResetWithKey(ctx, a.token, nextPassword, entry); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, a.Account.Resume(ctx, a.token, password), api.CodePassword, "the old password")
	w := must(a.Account.BeginReset(ctx, a.token))
	wants(t, a.Account.FinishReset(ctx, a.token, password), api.CodeWait, "a password before the wait is over")
	a.Advance(73 * time.Hour)
	a.again()
	if w.Kind != api.WaitPassword || w.Device != a.device.ID {
		t.Errorf("the wait is %+v", w)
	}
	if err := a.Account.FinishReset(ctx, a.token, password); err != nil {
		t.Fatal(err)
	}
	if err := a.Account.Resume(ctx, a.token, password); err != nil {
		t.Errorf("the new password gives %v", err)
	}
}

func testStops(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	a.old()
	begin := func() trust.WaitID { return must(a.Account.BeginReset(ctx, a.token)).ID }
	if err := a.Account.StopWait(ctx, a.token, begin()); err != nil {
		t.Error(err)
	}
	wants(t, a.Account.FinishReset(ctx, a.token, nextPassword), api.CodeStopped, "what was stopped")
	id := begin()
	by := api.Factor{Name: "anna", Password: password}
	if seen := must(a.Account.WaitsBy(ctx, by)); len(seen) != 1 || seen[0].ID != id {
		t.Errorf("the password shows %+v", seen)
	}
	if err := a.Account.StopBy(ctx, by, id); err != nil {
		t.Error(err)
	}
	wants(t, a.Account.StopWait(ctx, a.token, id), api.CodeStopped, "stopping twice")
	id = begin()
	nonce, sig, err := SignByKey(ctx, a.Account, "anna", a.device.Paper, trust.RegainStop, trust.HashWait(id), a.device.Origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Account.StopBy(ctx, api.Factor{Name: "anna", Nonce: nonce, Signature: sig}, id); err != nil {
		t.Error(err)
	}
	if w := must(a.Account.Leave(ctx, a.token, password)); w.Kind != api.WaitLeave || !w.Until.After(a.Now()) {
		t.Errorf("leaving gives %+v", w)
	}
	if err := a.Account.Pause(ctx, a.token); err != nil {
		t.Error(err)
	}
	if s := a.status(); s.Paused == nil || len(s.Waits) != 1 {
		t.Errorf("at last the account is %+v", s)
	}
}

func testContacts(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	_, err := a.Account.AddContact(ctx, a.token, api.ContactCall{Medium: "pigeon", Address: "anna", Password: password})
	wants(t, err, api.CodeNotFound, "a medium that nobody has")
	wants(t, a.Account.ConfirmContact(ctx, a.token, "00", "12345678"), api.CodeNotFound, "a code for no address")
	wants(t, a.Account.RemoveContact(ctx, a.token, "00", nextPassword), api.CodePassword, "removing without the password")
	wants(t, a.Account.RemoveContact(ctx, a.token, "00", password), api.CodeNotFound, "removing what is not there")
	wants(t, a.Account.AllowText(ctx, a.token, "00", nextPassword, false), api.CodePassword, "text messages without the password")
	wants(t, a.Account.AllowText(ctx, a.token, "00", password, false), api.CodeNotFound, "text messages to no number")
	wants(t, a.Account.AllowText(ctx, a.token, "00", password, true), api.CodeNotFound, "text messages where the server lets nobody in by them")
}
