package server_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Nothing of a removed device is left that works: not its session, not the passwords
// typed on it, not the pairings it began.
func TestARemovedDeviceHoldsNothing(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	b, _ := a.takeIn("Phone", hostAt, hostAt)
	token := b.token()
	granted := b.policy(six)
	b.grant(granted)
	box := must(a.s.OpenBox(ctx, token, []byte("hello")))
	ok(t, a.s.Sight(ctx, token, must(b.device.Sight(a.clock.Now()))))
	a.change(a.removal(b))

	for what, err := range map[string]error{
		"its entry":           a.s.Append(ctx, token, granted),
		"a password typed":    a.s.Grant(ctx, token, password, trust.Hash{}),
		"its sight":           a.s.Sight(ctx, token, must(b.device.Sight(a.clock.Now()))),
		"closing its pairing": a.s.CloseBox(ctx, token, box.Symbols, api.BoxDone),
	} {
		refused(t, err, api.CodeSession, what)
	}
	_, err := a.s.Box(ctx, box.Symbols)
	refused(t, err, api.CodeNotFound, "the pairing it began")
	_, err = b.device.Session(ctx, a.s)
	refused(t, err, api.CodeDevice, "a new session")
	for _, kind := range []store.TicketKind{store.Token, store.Grant, store.Box} {
		for _, row := range a.tickets(kind) {
			if row.Device == b.device.ID {
				t.Errorf("a %s is left", kind)
			}
		}
	}
}

// A device may leave by itself, but the last one cannot.
func TestTheLastDeviceCannotBeRemoved(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	b.change(must(b.device.Chain.RemoveDevice(b.device.Author(), b.device.ID, a.clock.Now()))) // young as it is
	_, err := b.device.Session(context.Background(), a.s)
	refused(t, err, api.CodeDevice, "a session of the device that left")
	a.catchUp()
	if _, err := a.device.Chain.RemoveDevice(a.device.Author(), a.device.ID, a.clock.Now()); err == nil {
		t.Error("the last device could be removed")
	}
	if got := must(a.s.Status(context.Background(), a.token())).Devices; len(got) != 1 {
		t.Errorf("the devices are %+v", got)
	}
}

func TestTheWatchOfARemovedDeviceEndsAtOnce(t *testing.T) {
	a := newHouse(t, origin).settle("anna")
	b := a.join("Phone")
	tokens := map[*home]api.Secret{a: a.token(), b: b.token()}
	type end struct {
		of   *home
		err  error
		last api.EventKind
	}
	ends, ready := make(chan end, 2), make(chan *home, 20)
	enough := errors.New("heard enough")
	for h, token := range tokens {
		go func() {
			var last api.EventKind
			chains := 0
			err := a.s.Watch(context.Background(), token, 0, func() { ready <- h }, func(e api.Event) error {
				last = e.Kind
				if last == api.EventChain {
					chains++
				}
				if chains == 2 {
					return enough
				}
				return nil
			})
			ends <- end{h, err, last}
		}()
	}
	for first := <-ready; first == <-ready; {
	}
	a.change(a.removal(b))
	for range 2 {
		select {
		case e := <-ends:
			if e.of == a && (!errors.Is(e.err, enough) || e.last != api.EventChain) {
				t.Errorf("the other device's watch ended with %v after %s", e.err, e.last)
			}
			if e.of == b {
				refused(t, e.err, api.CodeDevice, "the removed device's watch")
			}
		case <-time.After(patience):
			t.Fatal("a watch did not end")
		}
	}
}

// family is an account with three devices that may do everything.
func family(t *testing.T) (one, two, three *home) {
	t.Helper()
	one = newHouse(t, origin).settle("anna")
	two = one.join("Phone")
	three = one.join("Tablet")
	two.catchUp()
	return one, two, three
}

func (a *home) deliver(approval []byte) error {
	return a.s.Answer(context.Background(), a.token(), approval)
}

func TestThreeDevicesRingAndTheFirstAnswerWins(t *testing.T) {
	one, two, three := family(t)
	signIn, r := one.ask(stranger)
	for _, h := range []*home{two, three} {
		if got := h.requests(); len(got) != 1 || !slices.Equal(got[0].Challenge, r.Challenge) || !got[0].Target.IsZero() {
			t.Fatalf("%s sees %+v", h.device.Record.Name, got)
		}
	}
	late, code, err := three.device.Allow(r, one.clock.Now())
	ok(t, err)
	right := two.allow(r)
	refused(t, three.deliver(late), api.CodeAnswered, "the slower device's Allow")
	for _, h := range []*home{one, three} {
		if got := h.requests(); len(got) != 1 || got[0].State != "approved" || got[0].Device != two.device.ID {
			t.Errorf("%s sees %+v", h.device.Record.Name, got)
		}
	}
	if code != right && one.typed(signIn, string(code)) != verify.Wrong {
		t.Error("the slower device's code was taken")
	}
	if got := one.typed(signIn, string(right)); got != verify.Right {
		t.Errorf("the faster device's code is %q", got)
	}
}

func TestNotMeWinsOverAllow(t *testing.T) {
	one, two, three := family(t)
	signIn, r := one.ask(stranger)
	code := one.allow(r)
	three.notMe(r)
	if got := one.typed(signIn, string(code)); got != verify.Over {
		t.Errorf("the code after another device's Not me is %q", got)
	}
	denied := must(two.s.Events(context.Background(), two.token(), 0, 500))
	i := slices.IndexFunc(denied, func(e api.Event) bool { return e.Kind == api.EventDenied })
	if i < 0 || denied[i].Data.Device != three.device.ID {
		t.Errorf("the third device is not told who said Not me: %+v", denied)
	}
}

func TestAChosenDeviceRingsAlone(t *testing.T) {
	one, two, three := family(t)
	signIn, _ := one.ask(stranger)
	ok(t, one.s.Choose(context.Background(), signIn, two.device.ID))
	for _, h := range []*home{one, two, three} {
		if got := h.requests()[0].Target; got != two.device.ID {
			t.Errorf("%s is told to ring %v", h.device.Record.Name, got)
		}
	}
}

// Whoever rang a device that is gone would ring nobody.
func TestRemovingTheChosenDeviceRingsAllAgain(t *testing.T) {
	one, two, three := family(t)
	signIn, _ := one.ask(stranger)
	ok(t, one.s.Choose(context.Background(), signIn, two.device.ID))
	one.change(one.removal(two))
	for _, h := range []*home{one, three} {
		if got := h.requests(); len(got) != 1 || !got[0].Target.IsZero() {
			t.Errorf("%s sees %+v", h.device.Record.Name, got)
		}
	}
	if p := must(one.s.Progress(context.Background(), signIn)); !p.Target.IsZero() || len(p.Devices) != 2 {
		t.Errorf("the page shows %+v", p)
	}
	three.catchUp()
	if got := one.typed(signIn, string(three.allow(one.requests()[0]))); got != verify.Right {
		t.Errorf("the code of another device is %q", got)
	}
}

// The removed device's answer arrives after its removal, with a token it still holds.
func TestAnAnswerFromARemovedDeviceIsRefused(t *testing.T) {
	one, two, _ := family(t)
	_, r := one.ask(stranger)
	token := two.token()
	approval, _, err := two.device.Allow(r, one.clock.Now())
	ok(t, err)
	one.change(one.removal(two))
	refused(t, one.s.Answer(context.Background(), token, approval), api.CodeSession, "a removed device's answer")
	refused(t, one.deliver(approval), api.CodeApproval, "its answer by another's session")
}
