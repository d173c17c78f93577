package apitest

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// policy writes another policy, which any trusted device may do.
func (a *home) policy(digits uint64) []byte {
	a.t.Helper()
	p := trust.DefaultPolicy()
	p.Digits = digits
	return must(a.device.Chain.SetPolicy(a.device.Author(), p, a.Now()))
}

// join adds a device to the account and gives its own view of it.
func (a *home) join(name string) *home {
	a.t.Helper()
	d := must(NewMember(name, trust.Phone, a.device.Origin))
	entry := must(a.device.Admit(d, a.Now()))
	if err := a.device.Change(a.t.Context(), a.Account, a.token, password, entry); err != nil {
		a.t.Fatal(err)
	}
	if err := d.Learn(entry); err != nil {
		a.t.Fatal(err)
	}
	b := &home{House: a.House, t: a.t, device: d}
	b.again()
	return b
}

func testAppend(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	first := a.status()
	b := a.join("Phone")
	s := b.status()
	if s.Head != a.device.Chain.Head() || len(s.Devices) != 2 || len(s.Receipt) == 0 || bytes.Equal(s.Receipt, first.Receipt) {
		t.Errorf("after a second device the status is %+v", s)
	}
	if got := must(a.Account.Chain(ctx, b.token, 0)); !slices.EqualFunc(got, a.device.Entries, bytes.Equal) {
		t.Errorf("the new device reads %d entries", len(got))
	}
	e := a.events(first.Events)
	if len(e) != 1 || e[0].Kind != api.EventChain || e[0].Data.Device != a.device.ID || e[0].Data.Seq != s.Head.Seq {
		t.Errorf("events are %+v", e)
	}
	last := a.device.Entries[len(a.device.Entries)-1]
	for range 2 {
		if err := a.Account.Append(ctx, a.token, last); err != nil {
			t.Errorf("the same entry again gives %v", err)
		}
	}
	if got := a.status(); got.Events != s.Events || got.Head != s.Head {
		t.Errorf("the same entry again changed %+v to %+v", s, got)
	}
}

func testAppendRefuses(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	before := a.status()
	six, four := a.policy(6), a.policy(4)
	wants(t, a.Account.Append(ctx, a.token, six), api.CodePassword, "an entry without a grant")
	wants(t, Grant(ctx, a.Account, a.token, "wrong password", six), api.CodePassword, "a grant with the wrong password")
	wants(t, a.Account.Append(ctx, a.token, six), api.CodePassword, "an entry after a wrong password")
	if err := Grant(ctx, a.Account, a.token, password, four); err != nil {
		t.Fatal(err)
	}
	wants(t, a.Account.Append(ctx, a.token, six), api.CodePassword, "an entry with another's grant")
	wants(t, a.Account.Append(ctx, a.token, flip(four)), api.CodeChain, "a changed entry")
	wants(t, a.Account.Append(ctx, a.token, nil), api.CodeChain, "nothing")
	if s := a.status(); s.Head != before.Head || s.Events != before.Events {
		t.Errorf("refused entries left %+v", s)
	}
	if err := a.Account.Append(ctx, a.token, four); err != nil {
		t.Errorf("after all of these the granted one gives %v", err)
	}
	if err := Grant(ctx, a.Account, a.token, password, six); err != nil {
		t.Fatal(err)
	}
	wants(t, a.Account.Append(ctx, a.token, six), api.CodeStale, "an entry for a place that is taken")
}

func testRemove(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	b := a.join("Phone")
	entry := must(a.device.Chain.RemoveDevice(a.device.Author(), b.device.ID, h.Now()))
	if err := a.device.Change(ctx, h.Account, a.token, password, entry); err != nil {
		t.Fatal(err)
	}
	_, err := h.Account.Status(ctx, b.token)
	wants(t, err, api.CodeSession, "the removed device's token")
	_, err = b.device.Session(ctx, h.Account)
	wants(t, err, api.CodeDevice, "the removed device's proof")
	if s := a.status(); len(s.Devices) != 1 || s.Devices[0].Device != a.device.ID {
		t.Errorf("devices are %+v", s.Devices)
	}
}

func testHealRefuses(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	a.join("Phone")
	id, entries, receipt := a.device.Chain.Account(), a.device.Entries, a.status().Receipt
	wants(t, h.Account.Heal(ctx, id, entries, receipt), api.CodeStale, "nothing new")
	wants(t, h.Account.Heal(ctx, id, entries[:2], receipt), api.CodeChain, "a receipt for a longer chain")
	wants(t, h.Account.Heal(ctx, id, entries, flip(receipt)), api.CodeChain, "a forged receipt")
	wants(t, h.Account.Heal(ctx, id, entries, nil), api.CodeChain, "no receipt")
	wants(t, h.Account.Heal(ctx, id, nil, receipt), api.CodeChain, "no entries")
	wants(t, h.Account.Heal(ctx, trust.AccountID{1}, entries, receipt), api.CodeChain, "an account that is not here")
	own := append(slices.Clip(entries), a.policy(6))
	wants(t, h.Account.Heal(ctx, id, own, receipt), api.CodeChain, "an entry that was never accepted")
}

func testSight(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	b := a.join("Phone")
	mine := must(b.device.Sight(h.Now()))
	if err := h.Account.Sight(ctx, b.token, mine); err != nil {
		t.Fatal(err)
	}
	wants(t, h.Account.Sight(ctx, a.token, mine), api.CodeMalformed, "another device's sight")
	wants(t, h.Account.Sight(ctx, b.token, flip(mine)), api.CodeMalformed, "a changed sight")
	wants(t, h.Account.Sight(ctx, b.token, nil), api.CodeMalformed, "no sight")
	for _, d := range a.status().Devices {
		if d.Device == b.device.ID != bytes.Equal(d.Sight, mine) || d.Device == a.device.ID && d.Sight != nil {
			t.Errorf("the sights are %+v", d)
		}
	}
	h.Advance(time.Minute)
	newer := must(b.device.Sight(h.Now()))
	if err := h.Account.Sight(ctx, b.token, newer); err != nil {
		t.Fatal(err)
	}
	if d := a.status().Devices; !bytes.Equal(d[1].Sight, newer) {
		t.Error("a newer sight does not replace the older one")
	}
}
