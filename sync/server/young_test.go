package server_test

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
)

const week = 7 * 24 * time.Hour

// How young and how held a new device is depends on both networks, on how long the
// device that lets it in has belonged, and on the policy (docs/protocol.md §13.2).
func TestHowYoungADeviceIs(t *testing.T) {
	off := func(p *trust.Policy) { p.SameNetwork = trust.NetworkOff }
	for what, c := range map[string]struct {
		before      time.Duration // age of the account
		sameNetwork bool
		policy      func(*trust.Policy)
		young, held int // hours
	}{
		"the same network, an old device":        {week + time.Second, true, nil, 0, 0},
		"the same network, a week to the second": {week, true, nil, 72, 0},
		"the same network, a new device":         {time.Hour, true, nil, 72, 0},
		"another network, an old device":         {week + time.Second, false, nil, 72, 24},
		"another network, a new device":          {time.Hour, false, nil, 72, 24},
		"another network that nobody looks at":   {week + time.Second, false, off, 72, 0},
	} {
		t.Run(what, func(t *testing.T) {
			a := newHouse(t, origin).settle("anna")
			if c.policy != nil {
				a.change(a.policy(c.policy))
			}
			a.pass(c.before)
			to := guestAt
			if c.sameNetwork {
				to = hostAt
			}
			b, box := a.takeIn("Phone", hostAt, to)
			if box.Young != c.young || box.Held != c.held {
				t.Errorf("the box says %d and %d hours, want %d and %d", box.Young, box.Held, c.young, c.held)
			}
			seen, now := a.seen(b), a.clock.Now()
			hours := func(until *time.Time) int {
				if until == nil {
					return 0
				}
				return int(until.Sub(now) / time.Hour)
			}
			if hours(seen.Young) != c.young || hours(seen.Held) != c.held {
				t.Errorf("the status says %v and %v, want %d and %d hours", seen.Young, seen.Held, c.young, c.held)
			}
		})
	}
}

func TestADeviceThatNobodySawPairingIsYoungButNotHeld(t *testing.T) {
	a := newHouse(t, origin).settle("anna").grownUp()
	if seen := a.seen(a.join("Phone")); seen.Young == nil || seen.Held != nil {
		t.Errorf("it is %+v", seen)
	}
}

// A device that joined a week ago vouches, one that joined later does not, however
// old the account is.
func TestADeviceVouchesAfterAWeek(t *testing.T) {
	a := newHouse(t, origin).settle("anna").grownUp()
	b, _ := a.takeIn("Phone", hostAt, hostAt)
	b.pass(week)
	if c, _ := b.takeIn("Tablet", hostAt, hostAt); b.seen(c).Young == nil {
		t.Error("a device that joined a week ago, to the second, vouched for another")
	}
	b.pass(time.Second)
	if c, _ := b.takeIn("Desktop", hostAt, hostAt); b.seen(c).Young != nil {
		t.Error("a device that joined more than a week ago did not vouch for another")
	}
	b.pass(30 * 24 * time.Hour)
	if err := b.s.Tidy(context.Background()); err != nil {
		t.Fatal(err)
	}
	if c, _ := b.takeIn("Terminal", hostAt, hostAt); b.seen(c).Young != nil {
		t.Error("a device that joined long ago did not vouch for another")
	}
}

// Of several pairings at once the least trusted counts: nothing tells which of them
// the added device came through.
func TestAPairingBesideDoesNotLendItsNetwork(t *testing.T) {
	a := newHouse(t, origin).settle("anna").grownUp()
	a.paired("far", hostAt, guestAt)
	b, _ := a.takeIn("Phone", hostAt, hostAt)
	if seen := a.seen(b); seen.Young == nil || seen.Held == nil {
		t.Errorf("it is %+v", seen)
	}
}

func TestAYoungDeviceChangesNothingForThreeDays(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	b, _ := a.takeIn("Phone", hostAt, guestAt)
	end := a.clock.Now().Add(72 * time.Hour)
	try := func() map[string]error {
		token := b.token()
		changes := map[string][]byte{"a policy": b.policy(six), "removing another": b.removal(a)}
		out := make(map[string]error)
		for what, entry := range changes {
			b.grant(entry)
			out[what] = b.s.Append(ctx, token, entry)
		}
		_, out["a pairing"] = b.s.OpenBox(ctx, token, []byte("hello"))
		return out
	}
	for _, at := range []time.Duration{0, 71 * time.Hour, time.Hour - time.Second} {
		b.pass(at)
		for what, err := range try() {
			e := refused(t, err, api.CodeYoung, what)
			if left := int(end.Sub(b.clock.Now()) / time.Second); e.Retry != left {
				t.Errorf("%s may be tried again in %d s, want %d", what, e.Retry, left)
			}
		}
	}
	b.pass(time.Second)
	if _, err := b.s.OpenBox(ctx, b.token(), []byte("hello")); err != nil {
		t.Errorf("after 72 hours a pairing gives %v", err)
	}
	b.change(b.removal(a))
	if _, err := a.device.Session(ctx, a.s); err == nil {
		t.Error("the removed device opens a session")
	}
}

func TestAHeldDeviceAllowsNothingForADay(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b, _ := a.takeIn("Phone", hostAt, guestAt)
	ask := func() (api.Secret, []byte, trust.Code, api.Request) {
		signIn, r := a.ask(stranger)
		approval, code, err := b.device.Allow(r, b.clock.Now())
		ok(t, err)
		return signIn, approval, code, r
	}
	b.pass(24*time.Hour - 2*time.Second)
	signIn, approval, _, r := ask()
	if got := b.requests(); len(got) != 1 {
		t.Errorf("the held device sees %+v", got)
	}
	b.clock.move(time.Second)
	e := refused(t, b.deliver(approval), api.CodeYoung, "a held device's Allow, a second before a day is over")
	if e.Retry != 1 {
		t.Errorf("it may be tried again in %d s", e.Retry)
	}
	if got := a.requests()[0]; got.State != "pending" {
		t.Errorf("a refused Allow left %q", got.State)
	}
	ok(t, b.deliver(must(b.device.Decline(r, trust.NotNow, b.clock.Now()))))
	b.clock.move(time.Second)
	ok(t, b.deliver(approval))
	ok(t, a.s.Stop(context.Background(), signIn))
	b.pass(20 * time.Minute)
	_, approval, _, _ = ask()
	ok(t, b.deliver(approval))
}

// Whoever holds a new device must be able to stop a thief with it.
func TestAHeldDeviceSaysNotMe(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b, _ := a.takeIn("Phone", hostAt, guestAt)
	_, r := a.ask(stranger)
	b.notMe(r)
	if got := a.requests(); len(got) != 0 {
		t.Errorf("after Not me there is %+v", got)
	}
}

// A device that comes from an unknown address, as behind a broken front server, is
// young but not held.
func TestAnUnknownNetworkHoldsNobody(t *testing.T) {
	a := newHouse(t, origin).settle("anna").grownUp()
	ctx := context.Background()
	token, key := a.token(), make(api.Secret, 16)
	symbols := must(a.s.OpenBox(ctx, token, []byte("hello"))).Symbols
	ok(t, a.s.JoinBox(server.WithAddress(ctx, guestAt), symbols, key, api.SlotJoin, []byte("join")))
	if box := must(a.s.Box(ctx, symbols)); box.Network != "unknown" || box.Young != 72 || box.Held != 0 {
		t.Errorf("the box is %+v", box)
	}
}

// Leaving after it has agreed does not hide from where a device was paired.
func TestLeavingThePairingHidesNoNetwork(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	token, key := a.token(), make(api.Secret, 16)
	host, guest := server.WithAddress(context.Background(), hostAt), server.WithAddress(context.Background(), guestAt)
	symbols := must(a.s.OpenBox(host, token, []byte("hello"))).Symbols
	ok(t, a.s.JoinBox(guest, symbols, key, api.SlotJoin, []byte("join")))
	ok(t, a.s.WriteBox(host, token, symbols, api.SlotReveal, []byte("reveal")))
	ok(t, a.s.WriteBox(host, token, symbols, api.SlotWelcome, []byte("welcome")))
	ok(t, a.s.JoinBox(guest, symbols, key, api.SlotConsent, []byte("consent")))
	ok(t, a.s.LeaveBox(guest, symbols, key))
	if b := a.join("Phone"); a.seen(b).Held == nil {
		t.Error("it may allow sign-ins at once")
	}
}
