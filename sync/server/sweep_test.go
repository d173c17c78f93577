package server_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Everybody may ask for nonces. What nobody used is gone some minutes later,
// however many there were.
func TestTidyKeepsUpWithAFlood(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	ctx := context.Background()
	err := h.db.Update(ctx, func(tx store.Tx) error {
		for i := range 3000 {
			t := store.Ticket{Kind: store.Nonce, Hash: sha([]byte{byte(i), byte(i >> 8)}), Created: h.clock.Now(), Expires: h.clock.Now().Add(time.Minute)}
			if err := tx.PutTicket(t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	h.clock.move(2 * time.Minute)
	if err := h.s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	err = h.db.Update(ctx, func(tx store.Tx) error {
		n, err := tx.DropTickets(h.clock.Now(), 10000)
		if n != 0 {
			t.Errorf("%d expired tickets were left", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a.token() // and what is in use still works
}

// A device that was away for days is shown with the day it was last there.
func TestLastSeenOutlivesTheSession(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	ctx := context.Background()
	if s := must(h.s.Status(ctx, a.token())); !s.Devices[0].Seen.Equal(h.clock.Now()) {
		t.Errorf("at once: %+v", s.Devices)
	}
	last := h.clock.Now()
	second := a.pair()
	h.clock.move(11 * 24 * time.Hour)
	if err := h.s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	seen := must(h.s.Status(ctx, must(second.Session(ctx, h.s)))).Devices
	if !seen[0].Seen.Equal(last) || !seen[1].Seen.Equal(h.clock.Now()) {
		t.Errorf("11 days later: %+v, want %s for the first", seen, last)
	}
}

// What was closed long ago is dropped, what is open is not.
func TestTidyDropsOldSignIns(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	ctx := context.Background()
	old, _ := a.ask(stranger)
	h.pass(25 * time.Hour)
	open, _ := a.ask(stranger)
	if err := h.s.Tidy(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := h.s.Progress(ctx, old); !errors.Is(err, server.ErrNoSignIn) {
		t.Errorf("the old sign-in gives %v", err)
	}
	must(h.s.Progress(ctx, open))
}

// A password that was changed while the old one was being compared does not ring.
func TestAPasswordChangedMeanwhileDoesNotRing(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	ctx := context.Background()
	var changed error
	h.s.TestOnlyAfterHash(func() { // between comparing and ringing
		changed = h.s.ChangePassword(ctx, a.token(), password, "another passphrase")
	})
	if _, err := a.begin(stranger, password); reason(t, err) != "" {
		t.Errorf("the old password gives %v", err)
	}
	if changed != nil {
		t.Fatal(changed)
	}
	if got := a.requests(); len(got) != 0 {
		t.Errorf("the devices ring: %+v", got)
	}
	must(a.begin(stranger, "another passphrase"))
}

// Tries at the page must not use up those on a device, whatever is typed as name.
func TestNoNameReachesADevicesTries(t *testing.T) {
	h := newHouse(t, origin)
	h.s.TestOnlyHashFast()
	a := h.settle("anna")
	crafted := &home{house: h, name: "anna\x00" + a.device.ID.String()}
	for range 10 {
		if _, err := crafted.begin(stranger, "wrong, wrong"); err == nil {
			t.Fatal("taken")
		}
	}
	if err := h.s.Resume(context.Background(), a.token(), password); err != nil {
		t.Errorf("on the device: %v", err)
	}
}

// A name that devices could not show must be found out at the start, not at the
// first sign-in.
func TestAServerNameMustBeOne(t *testing.T) {
	h := newHouse(t, origin)
	for _, name := range []string{"A name that goes on for ever and ever, longer than anything that people call a server", "\x00", "x\ny", "\xff"} {
		if _, err := server.New(server.Options{Store: h.db, Keys: h.keys, Name: name}); err == nil {
			t.Errorf("%q is taken", name)
		}
	}
	long := h.keys
	long.Origin = "https://" + "a-very-long-label-of-a-host-name-that-is-still-allowed.and-another-one.example.org"
	s := must(server.New(server.Options{Store: h.db, Keys: long}))
	if trust.CheckName(s.Name()) != nil {
		t.Errorf("made from a long host the name is %q", s.Name())
	}
}
