package server_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
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

// One row that somebody damaged keeps nobody else's sign-ins from ending.
func TestADamagedRowHoldsUpNobody(t *testing.T) {
	h := newHouse(t, origin)
	anna, berta := h.settle("anna"), h.settle("berta")
	damaged := must(anna.begin(stranger, password))
	h.approveByHand(damaged)
	signIn, _ := berta.ask(stranger)
	h.clock.move(3 * time.Minute)
	for range 3 {
		if err := h.s.Sweep(context.Background()); err != nil {
			t.Errorf("sweeping: %v", err)
		}
	}
	if got := berta.kinds(); got[len(got)-1] != api.EventExpired {
		t.Errorf("berta's devices heard %v", got)
	}
	if p := must(h.s.Progress(context.Background(), signIn)); p.State != verify.Expired {
		t.Errorf("berta's sign-in is %q", p.State)
	}
	if n := strings.Count(h.log.String(), "damaged"); n != 1 {
		t.Errorf("the log tells it %d times", n)
	}
}

// Registering without an invitation must not cost the slow hash: everybody can try.
func TestRegisteringWithoutInvitationIsCheap(t *testing.T) {
	h := newHouse(t, origin)
	ctx := context.Background()
	d := must(apitest.NewDevice(must(h.s.Server(ctx)), h.clock.Now()))
	h.s.TestOnlyAfterHash(func() { t.Error("it was hashed") })
	r := api.Registration{Invitation: make(api.Secret, 16), Name: "anna", Password: password, Entries: d.Entries}
	if err := h.s.Register(ctx, r); !errors.Is(err, &api.Error{Code: api.CodeInvitation}) {
		t.Errorf("it gives %v", err)
	}
}

// Everybody may ask for a nonce, so asking writes nothing.
func TestNoncesAreNotWrittenDown(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	ctx := context.Background()
	nonce := must(h.s.Nonce(ctx, a.device.Chain.Account(), a.device.ID))
	if again := must(h.s.Nonce(ctx, a.device.Chain.Account(), a.device.ID)); bytes.Equal(nonce, again) {
		t.Error("the same nonce twice")
	}
	h.reopen() // and another process may answer
	err := h.db.Update(ctx, func(tx store.Tx) error {
		n, err := tx.DropTickets(h.clock.Now().Add(2*time.Minute), 100)
		if n != 0 {
			t.Errorf("%d were written down", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	proof := must(a.device.Proof(nonce, origin))
	for i := range nonce {
		bad := must(a.device.Proof(bytesWith(nonce, i), origin))
		if _, err := h.s.Session(ctx, bad); !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
			t.Errorf("with byte %d changed: %v", i, err)
		}
	}
	must(h.s.Session(ctx, proof))
	if _, err := h.s.Session(ctx, proof); !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		t.Errorf("for the second time: %v", err)
	}
	h.clock.move(-2 * time.Minute) // nor when the clock is set back
	if _, err := h.s.Session(ctx, proof); err == nil {
		t.Error("after the clock was set back it is good again")
	}
}

func bytesWith(b []byte, i int) []byte {
	out := bytes.Clone(b)
	out[i] ^= 1
	return out
}

// Two sign-ins are open when the sixth wrong code is typed: the other one has ended
// too, and devices are told what happened, not that time ran out.
func TestTheOtherSignInBurnsToo(t *testing.T) {
	h := newHouse(t, origin)
	a := h.settle("anna")
	first, _ := a.ask(stranger)
	a.guess(first)
	h.pass(2 * time.Hour)
	second, r := a.ask(stranger)
	code := a.allow(r)
	third, r := a.ask(stranger)
	a.allow(r)
	for range 3 {
		a.typed(second, apitest.Wrong(code))
	}
	if got := a.typed(third, "0000"); got != verify.Over {
		t.Errorf("a code in the other one is %q", got)
	}
	if got := a.kinds(); got[len(got)-1] != api.EventBurned {
		t.Errorf("devices heard %v", got)
	}
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
