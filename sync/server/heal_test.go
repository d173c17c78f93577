package server_test

import (
	"bytes"
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// backUp copies the data folder, as an operator does while the backend stands still.
func (h *house) backUp() (folder string) {
	h.t.Helper()
	folder = h.t.TempDir()
	ok(h.t, h.db.Close())
	ok(h.t, os.CopyFS(folder, os.DirFS(h.dir)))
	h.open()
	return folder
}

// putBack replaces the data folder by a copy.
func (h *house) putBack(folder string) {
	h.t.Helper()
	ok(h.t, h.db.Close())
	h.dir = folder
	h.open()
}

func (a *home) receipt() []byte {
	a.t.Helper()
	return must(a.s.Status(context.Background(), a.token())).Receipt
}

func (a *home) heal(entries [][]byte, receipt []byte) error {
	return a.s.Heal(context.Background(), a.device.Chain.Account(), entries, receipt)
}

// A backend comes back as it was before a device was added and another removed. The
// new device, which it does not know any more, hands it what it lost.
func TestARestoredBackendIsHealed(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	thief := a.join("Stolen phone")
	token := thief.token()
	old := a.backUp()
	a.change(a.removal(thief))
	b := a.join("Tablet")
	receipt := a.receipt()
	a.putBack(old)

	if _, err := b.device.Session(ctx, a.s); err == nil {
		t.Error("the restored backend knows the device that it lost")
	}
	must(a.s.Status(ctx, token)) // the stolen phone is back, until somebody heals
	lost := b.device.Entries[slices.IndexFunc(b.device.Entries, func(e []byte) bool { return bytes.Equal(e, thief.device.Entries[2]) }):]
	ok(t, b.heal(lost, receipt))
	_, err := a.s.Status(ctx, token)
	refused(t, err, api.CodeSession, "the stolen phone's session after healing")
	s := must(a.s.Status(ctx, b.token()))
	if s.Head != b.device.Chain.Head() || !bytes.Equal(s.Receipt, receipt) {
		t.Errorf("the healed account is %+v", s)
	}
	if got := must(a.s.Chain(ctx, b.token(), 0)); !slices.EqualFunc(got, b.device.Entries, bytes.Equal) {
		t.Errorf("the healed chain has %d entries", len(got))
	}
	if e := must(a.s.Events(ctx, a.token(), s.Events-1, 1))[0]; e.Kind != api.EventChain || e.Data.Seq != s.Head.Seq {
		t.Errorf("the last event is %+v", e)
	}
	refused(t, b.heal(lost, receipt), api.CodeStale, "healing again")
	if seen := b.seen(b); seen.Young == nil || !seen.Young.Equal(b.clock.Now().Add(72*time.Hour)) {
		t.Errorf("the healed device is young until %v", seen.Young)
	}
}

// A device that was added long before the backup was put back is not young again.
func TestAHealedDeviceIsAsOldAsItsEntry(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	old := a.backUp()
	b := a.join("Phone")
	receipt := a.receipt()
	a.pass(72 * time.Hour)
	a.putBack(old)
	ok(t, b.heal(b.device.Entries, receipt))
	if seen := b.seen(b); seen.Young != nil {
		t.Errorf("it is young until %v", seen.Young)
	}
}

// What a restored backend takes is only what it had accepted itself: no device's own
// word, not that of a removed one either.
func TestWhatARestoredBackendDoesNotTake(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	thief := a.join("Stolen phone")
	before := a.receipt()
	other := a.settle("berta")
	old := a.backUp()
	removal := a.removal(thief)
	a.change(removal)
	receipt := a.receipt()
	foreign := other.receipt()
	a.putBack(old)

	own := must(thief.device.Chain.RemoveDevice(thief.device.Author(), a.device.ID, a.clock.Now()))
	for what, c := range map[string]struct {
		entries [][]byte
		receipt []byte
	}{
		"the thief's entry without receipt":       {[][]byte{own}, nil},
		"the thief's entry with another receipt":  {[][]byte{own}, receipt},
		"the thief's entry with an older receipt": {[][]byte{own}, before},
		"a receipt of another account":            {[][]byte{removal}, foreign},
		"one byte of the receipt changed":         {[][]byte{removal}, append([]byte{receipt[0] ^ 1}, receipt[1:]...)},
		"a part of the receipt":                   {[][]byte{removal}, receipt[:31]},
		"the thief's entry before the right one":  {[][]byte{own, removal}, receipt},
		"another entry where one is known":        {append(slices.Clone(other.device.Entries), removal), receipt},
		"an entry twice":                          {[][]byte{removal, removal}, receipt},
		"garbage before it":                       {[][]byte{{1}, removal}, receipt},
		"garbage":                                 {[][]byte{{1}}, receipt},
	} {
		err := a.heal(c.entries, c.receipt)
		if err == nil {
			t.Fatalf("%s is taken", what)
		}
		refused(t, err, api.CodeChain, what)
	}
	if got := must(a.s.Status(context.Background(), thief.token())).Head; got != thief.device.Chain.Head() {
		t.Errorf("what was refused left the head %+v", got)
	}
	gap := newHouse(t, origin).settle("carla")
	folder := gap.backUp()
	gap.change(gap.policy(six))
	gap.change(gap.policy(func(p *trust.Policy) { p.Digits = 4 }))
	last := gap.receipt()
	gap.putBack(folder)
	refused(t, gap.heal(gap.device.Entries[3:], last), api.CodeChain, "the last of two lost entries alone")
	ok(t, gap.heal(gap.device.Entries, last))
}

// After a restore the account goes on with another entry, signed by who did not know
// better: then the lost ones are another history, which no receipt brings back.
func TestHealingComesTooLate(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	old := a.backUp()
	alone := *a.device
	a.change(a.policy(six))
	lost, receipt := a.device.Entries, a.receipt()
	a.putBack(old)
	a.device = &alone
	a.change(a.policy(func(p *trust.Policy) { p.RecoveryWait = 1 }))
	refused(t, a.heal(lost, receipt), api.CodeChain, "another history")
	if got := must(a.s.Status(context.Background(), a.token())).Head; got != a.device.Chain.Head() {
		t.Errorf("the head is %+v", got)
	}
}
