package server_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust/verify"
)

// gone is an account whose people switched two-step verification off.
func gone(t *testing.T) *home {
	t.Helper()
	a := newHouse(t, origin).settle("anna")
	a.enters(stranger)
	must(a.s.Leave(context.Background(), a.token(), password))
	a.pass(time.Hour)
	return a
}

func (a *home) comes(v visitor, word string) (server.Entered, error) {
	return a.s.Enter(context.Background(), server.Asking{Name: a.name, Password: word, Address: v.address, Agent: "Firefox on Linux", Browser: v.cookie})
}

func at(last byte) visitor { return visitor{address: netip.AddrFrom4([4]byte{192, 0, 2, last})} }

// After leaving the password alone lets in, its browser is known, and the devices
// are told how it was done.
func TestThePasswordAlone(t *testing.T) {
	ctx := context.Background()
	a := gone(t)
	in := must(a.comes(at(9), password))
	if in.SignIn != nil || in.Outcome != verify.Right || in.Session == nil || in.Browser == nil || len(a.requests()) != 0 {
		t.Fatalf("the password gives %+v, %d ring", in, len(a.requests()))
	}
	events := must(a.s.Events(ctx, a.token(), 0, 500))
	if e := events[len(events)-1]; e.Kind != api.EventDone || e.Data.By != "password" || e.Data.Address != "192.0.2.9" || e.Data.Agent == "" || e.Data.Known {
		t.Errorf("the devices are told %+v", e)
	}
	if h := must(a.s.Holder(ctx, in.Session, in.Browser)); h.Name != "anna" || h.TwoStep {
		t.Errorf("the page is %+v", h)
	}
	if s := must(a.s.StandingOf(ctx, in.Session)); !s.Left {
		t.Errorf("it stands as %+v", s)
	}
	again := must(a.comes(visitor{address: at(9).address, cookie: in.Browser}, password))
	if again.Session == nil || again.Browser != nil {
		t.Errorf("a known browser gets %+v", again)
	}
	events = must(a.s.Events(ctx, a.token(), 0, 500))
	if e := events[len(events)-1]; !e.Data.Known {
		t.Errorf("of a known browser the devices are told %+v", e)
	}
}

// Only leaving does it: neither an account that was never proved nor any other one
// is entered by the password alone, nor one whose password is short by now.
func TestNobodyElseComesInAlone(t *testing.T) {
	ctx := context.Background()
	fresh := newHouse(t, origin).settle("anna")
	two := newHouse(t, origin).settle("anna")
	two.enters(stranger)
	waiting := newHouse(t, origin).settle("anna")
	waiting.enters(stranger)
	waiting.pass(15 * day)
	must(waiting.s.Leave(ctx, waiting.token(), password))
	for name, a := range map[string]*home{"a fresh account": fresh, "two steps": two, "leaving waits": waiting} {
		if in := must(a.comes(at(9), password)); in.SignIn == nil || in.Session != nil {
			t.Errorf("%s: the password gives %+v", name, in)
		}
	}
	short := gone(t)
	for _, word := range []string{"short one 1", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301"} { // the second of 8 characters, however it is typed
		ok(t, short.s.ChangePassword(ctx, short.token(), password, word))
		short.pass(time.Hour)
		in := must(short.comes(at(9), word))
		if in.SignIn == nil || in.Session != nil {
			t.Errorf("%q gives %+v", word, in)
		}
		ok(t, short.s.Stop(ctx, in.SignIn))
		ok(t, short.s.ChangePassword(ctx, short.token(), word, password))
	}
}

// Strangers meet every limit, and a wrong password is answered as ever.
func TestTheLimitsHoldAlone(t *testing.T) {
	ctx := context.Background()
	a := gone(t)
	owner := visitor{address: at(9).address, cookie: must(a.comes(at(9), password)).Browser}
	for i := range byte(verify.FreeTries) {
		if _, err := a.comes(at(20+i), "not the password at all"); reason(t, err) != "" {
			t.Errorf("a wrong password is refused with %v", err)
		}
	}
	if _, err := a.comes(at(40), password); reason(t, err) != verify.WrongOften {
		t.Errorf("after too many wrong ones the right one is refused with %v", err)
	}
	if in := must(a.comes(owner, password)); in.Session == nil {
		t.Error("strangers keep the owner's browser out")
	}
	a.pass(time.Hour)
	for range verify.PromptsQuarter {
		must(a.comes(at(50), password))
	}
	if _, err := a.comes(at(50), password); reason(t, err) != verify.TooOften {
		t.Errorf("too many new browsers are refused with %v", err)
	}
	a.pass(time.Hour)
	ok(t, a.s.Pause(ctx, a.token()))
	if _, err := a.comes(at(60), password); reason(t, err) != verify.Paused {
		t.Errorf("in a pause it is refused with %v", err)
	}
}

// Switching on again takes an allowed sign-in with its code. What was had by the
// password alone ends with it, and the password alone is not enough any more.
func TestTurningOnAgain(t *testing.T) {
	ctx := context.Background()
	a := gone(t)
	thief := must(a.comes(at(66), password))
	mine := must(a.comes(at(9), password))
	asking := server.Asking{Address: at(9).address, Agent: "Firefox on Linux"}
	signIn := must(a.s.TurnOn(ctx, mine.Session, asking))
	all := a.requests()
	if len(all) != 1 || signIn == nil {
		t.Fatalf("%d ring", len(all))
	}
	if !must(a.s.Status(ctx, a.token())).Left {
		t.Error("it is on before anybody allowed it")
	}
	typed := must(a.s.Type(ctx, signIn, string(a.allow(all[0])), true, "Firefox on Linux"))
	if s := must(a.s.Status(ctx, a.token())); typed.Outcome != verify.Right || s.Left || !s.TwoStep {
		t.Fatalf("the code gives %+v, the status is %+v", typed, s)
	}
	for name, session := range map[string]api.Secret{"the thief's": thief.Session, "the one before": mine.Session} {
		if _, err := a.s.Holder(ctx, session, nil); !errors.Is(err, server.ErrSignedOut) {
			t.Errorf("%s session gives %v", name, err)
		}
	}
	h := must(a.s.Holder(ctx, typed.Session, typed.Browser))
	if len(h.Sessions) != 2 || len(h.Browsers) != 2 { // with the ones from before leaving
		t.Errorf("there are the sessions %+v and the browsers %+v", h.Sessions, h.Browsers)
	}
	a.pass(time.Hour)
	if in := must(a.comes(at(70), password)); in.SignIn == nil {
		t.Error("the password alone still lets in")
	}
	if _, err := a.s.TurnOn(ctx, typed.Session, asking); !errors.Is(err, server.ErrOn) {
		t.Errorf("switching on what is on gives %v", err)
	}
	if _, err := a.s.TurnOn(ctx, thief.Session, asking); !errors.Is(err, server.ErrSignedOut) {
		t.Errorf("without a session it gives %v", err)
	}
	must(a.s.Leave(ctx, a.token(), password))
	if in := must(a.comes(visitor{address: at(9).address, cookie: typed.Browser}, password)); in.Session == nil {
		t.Error("leaving again changes nothing")
	}
}

// Who has the password cannot make the devices ring without end by it.
func TestTurningOnRingsWithinTheLimits(t *testing.T) {
	ctx := context.Background()
	a := gone(t)
	thief := must(a.comes(at(66), password))
	rang := 0
	for range 20 {
		signIn, err := a.s.TurnOn(ctx, thief.Session, server.Asking{Address: at(66).address, Agent: "curl"})
		if err != nil {
			reason(t, err)
			continue
		}
		rang++
		a.notMe(a.requests()[0])
		if typed := must(a.s.Type(ctx, signIn, "0000", false, "curl")); typed.Session != nil {
			t.Error("a declined sign-in lets in")
		}
	}
	if rang != 1 || !must(a.s.Status(ctx, a.token())).Left {
		t.Errorf("they rang %d times after Not me", rang)
	}
}
