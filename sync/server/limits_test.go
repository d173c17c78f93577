package server_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust/verify"
)

// fastHouse is a house for tests that give many passwords.
func fastHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, origin)
	h.s.TestOnlyHashFast()
	return h
}

// A year of somebody who has the password and an owner who allows everything and
// never looks: at most six codes are compared (docs/protocol.md §6.3, L4).
func TestAYearOfGuessing(t *testing.T) {
	a := fastHouse(t).settle("anna")
	end := a.clock.Now().Add(365 * 24 * time.Hour)
	guesses := 0
	for a.clock.Now().Before(end) {
		signIn, err := a.begin(stranger, password)
		if err != nil {
			var r server.Refused
			if !errors.As(err, &r) {
				t.Fatal(err)
			}
			if r.Until.IsZero() {
				break // nothing but the owner helps from here on
			}
			a.pass(r.Until.Sub(a.clock.Now()) + time.Second)
			continue
		}
		guesses += a.guess(signIn)
		a.pass(time.Minute)
	}
	if guesses != verify.OffAtWrong {
		t.Errorf("%d codes were compared in a year", guesses)
	}
	if s := must(a.s.Status(context.Background(), a.token())); !s.Off {
		t.Errorf("in the end the status is %+v", s)
	}
	a.pass(24 * time.Hour)
	if _, err := a.begin(stranger, password); reason(t, err) != verify.Off {
		t.Errorf("a day later a new browser is refused with %v", err)
	}
	if err := a.s.Resume(context.Background(), a.token(), password); err != nil {
		t.Fatal(err)
	}
	a.ask(stranger)
}

// guess types wrong codes into an allowed sign-in until it ends.
func (a *home) guess(signIn api.Secret) (n int) {
	a.t.Helper()
	all := a.requests()
	code := []byte(a.allow(all[len(all)-1]))
	for i := byte(1); ; i++ {
		wrong := fmt.Sprintf("%c%s", '0'+(code[0]-'0'+i)%10, code[1:])
		if a.typed(signIn, wrong) == verify.Over {
			return n
		}
		n++
	}
}

// A known browser goes on while new ones are paused, and the other way round
// nobody is locked out by strangers.
func TestAKnownBrowserIsNotPausedWithTheOthers(t *testing.T) {
	a := fastHouse(t).settle("anna")
	home := a.known(netip.MustParseAddr("198.51.100.4"))
	a.pass(time.Hour)
	_, r := a.ask(stranger)
	a.notMe(r)
	if _, err := a.begin(stranger, password); reason(t, err) != verify.Paused {
		t.Errorf("after not me a new browser is refused with %v", err)
	}
	a.ask(home)
	if r := a.requests(); r[len(r)-1].State != "pending" {
		t.Errorf("the known browser's request is %+v", r)
	}
}

// Not me in answer to a known browser makes it unknown.
func TestNotMeForgetsTheBrowser(t *testing.T) {
	a := fastHouse(t).settle("anna")
	home := a.known(somewhere)
	_, r := a.ask(home)
	a.notMe(r)
	if _, err := a.begin(home, password); reason(t, err) != verify.Paused {
		t.Errorf("the browser is refused with %v", err)
	}
	a.pass(25 * time.Hour)
	_, r = a.ask(home)
	if asked := must(verify.Read(r.Challenge, a.device.Chain)); asked.Known {
		t.Error("the browser is known again")
	}
}

func TestPromptsInADay(t *testing.T) {
	a := fastHouse(t).settle("anna")
	rang := 0
	for range 24 * 60 {
		if _, err := a.begin(stranger, password); err == nil {
			rang++
			a.s.Requests(context.Background(), a.token(), true) // the app is opened, so L6 does not help
		}
		a.pass(time.Minute)
	}
	if rang > verify.PromptsDay {
		t.Errorf("the devices rang %d times in a day", rang)
	}
	lines := 0
	for _, k := range a.kinds() {
		if k == api.EventRefused {
			lines++
		}
	}
	if lines == 0 || lines > 100 {
		t.Errorf("a flood left %d lines in the log", lines)
	}
}

// Three requests that nobody answers: the fourth waits in the app without ringing.
func TestIgnoredRequestsStopRinging(t *testing.T) {
	a := fastHouse(t).settle("anna")
	for range verify.QuietAfter {
		a.ask(stranger)
		a.pass(16 * time.Minute)
	}
	before := a.kinds()
	signIn, _ := a.ask(stranger)
	if got := a.kinds()[len(before):]; slices.Contains(got, api.EventRequest) {
		t.Error("the devices rang for the fourth time")
	}
	if p := must(a.s.Progress(context.Background(), signIn)); !p.Silent {
		t.Error("the page does not know that nothing rings")
	}
	if got := must(a.s.Requests(context.Background(), a.token(), true)); len(got) != 1 {
		t.Errorf("in the app there are %d requests", len(got))
	}
	a.pass(16 * time.Minute)
	before = a.kinds()
	a.ask(stranger)
	if got := a.kinds()[len(before):]; !slices.Contains(got, api.EventRequest) {
		t.Error("after the app was opened the devices do not ring")
	}
}

// Wrong passwords slow down: five are free, then each takes twice as long; a name
// without account behaves alike.
func TestWrongPasswordsSlowDown(t *testing.T) {
	h := fastHouse(t)
	known := h.settle("anna")
	unknown := &home{house: h, name: "nobody"}
	for i := range 7 {
		at := visitor{address: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})}
		_, one := known.begin(at, "wrong, wrong")
		_, two := unknown.begin(at, "wrong, wrong")
		if one == nil || two == nil || one.Error() != two.Error() || reason(t, one) != reason(t, two) {
			t.Errorf("try %d: %v for a name, %v for none", i+1, one, two)
		}
		if want := map[bool]verify.Reason{true: "", false: verify.WrongOften}[i < verify.FreeTries]; reason(t, one) != want {
			t.Errorf("try %d is refused with %q", i+1, reason(t, one))
		}
	}
	if _, err := known.begin(stranger, password); reason(t, err) != verify.WrongOften {
		t.Errorf("the right password in the wait gives %v", err)
	}
	h.pass(31 * time.Second)
	if _, err := known.begin(stranger, password); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// The same name in another spelling is no fresh budget.
func TestSpellingsShareABudget(t *testing.T) {
	h := fastHouse(t)
	h.settle("Änna")
	for _, name := range []string{"Änna", "änna", " ÄNNA ", "A\u0308nna", "ａ\u0308nna"} {
		if _, err := (&home{house: h, name: name}).begin(stranger, "wrong, wrong"); reason(t, err) != "" {
			t.Fatalf("%q: %v", name, err)
		}
	}
	if _, err := (&home{house: h, name: "ÄNNA"}).begin(stranger, password); reason(t, err) != verify.WrongOften {
		t.Errorf("the sixth try is refused with %v", err)
	}
}

// One network may fail 30 times, with whatever names; an IPv6 network is its first
// 64 bits.
func TestANetworkSlowsOnlyItself(t *testing.T) {
	h := fastHouse(t)
	a := h.settle("anna")
	for i := range verify.AddressFailures {
		v := visitor{address: netip.MustParseAddr(fmt.Sprintf("2001:db8:1:2::%x", i+1))}
		if _, err := (&home{house: h, name: fmt.Sprint("name ", i)}).begin(v, "wrong, wrong"); reason(t, err) != "" {
			t.Fatalf("try %d: %v", i+1, err)
		}
	}
	if _, err := a.begin(visitor{address: netip.MustParseAddr("2001:db8:1:2:ffff::1")}, password); reason(t, err) != verify.Network {
		t.Errorf("from the same network: %v", err)
	}
	if _, err := a.begin(visitor{address: netip.MustParseAddr("2001:db8:1:3::1")}, password); err != nil {
		t.Errorf("from the network beside it: %v", err)
	}
	h.pass(16 * time.Minute)
	if _, err := a.begin(visitor{address: netip.MustParseAddr("2001:db8:1:2:ffff::1")}, password); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

// Strangers can disable the password for new browsers; the owner's door leads in.
func TestTheDoorPassesADisabledPassword(t *testing.T) {
	h := fastHouse(t)
	a := h.settle("anna")
	for i := range verify.DisableAfter {
		v := visitor{address: netip.AddrFrom4([4]byte{203, 0, byte(i), 1})}
		if _, err := a.begin(v, "wrong, wrong"); err == nil {
			t.Fatal("a wrong password was taken")
		}
		h.pass(time.Hour + time.Second)
	}
	if _, err := a.begin(stranger, password); reason(t, err) != verify.Disabled {
		t.Fatalf("after %d wrong ones: %v", verify.DisableAfter, err)
	}
	door := must(h.s.OpenDoor(context.Background(), a.token(), password))
	signIn, r := a.ask(stranger)
	if p := must(h.s.Progress(context.Background(), signIn)); p.State != verify.Pending {
		t.Errorf("through the door %s the page shows %+v", door.Letters, p)
	}
	if got := a.typed(signIn, string(a.allow(r))); got != verify.Right {
		t.Errorf("the code gives %q", got)
	}
}

// A hundred passwords at once are five free tries, not a hundred.
func TestTriesInParallelAreCounted(t *testing.T) {
	h := fastHouse(t)
	a := h.settle("anna")
	results := make(chan error)
	for i := range 40 {
		go func() {
			_, err := a.begin(visitor{address: netip.AddrFrom4([4]byte{203, 0, 113, byte(i)})}, "wrong, wrong")
			results <- err
		}()
	}
	compared := 0
	for range 40 {
		if reason(t, <-results) == "" {
			compared++
		}
	}
	if compared != verify.FreeTries {
		t.Errorf("%d passwords were compared", compared)
	}
}

// The page's own sign-in is replaced when the same browser asks again, so that
// going back does not fill the two places there are.
func TestAskingAgainReplacesTheSignIn(t *testing.T) {
	a := fastHouse(t).settle("anna")
	ctx := context.Background()
	ask := server.Asking{Name: "anna", Password: password, Address: somewhere, Agent: "Firefox on Linux"}
	first := must(a.s.Begin(ctx, ask))
	ask.Old = first
	must(a.s.Begin(ctx, ask))
	if got := a.requests(); len(got) != 1 {
		t.Errorf("there are %d requests", len(got))
	}
	if p := must(a.s.Progress(ctx, first)); p.State != verify.Stopped {
		t.Errorf("the first sign-in is %q", p.State)
	}
}

// The address that was seen when the session was opened tells the device whether
// the browser is in its own network.
func TestADeviceIsToldWhetherTheNetworkIsItsOwn(t *testing.T) {
	a := fastHouse(t).settle("anna")
	for from, want := range map[string]string{"192.0.2.7": "own", "192.0.2.9": "another", "": "unknown"} {
		address, _ := netip.ParseAddr(from)
		ctx := server.WithAddress(context.Background(), address)
		token := must(a.device.Session(ctx, a.s))
		a.begin(stranger, password) // the third is refused; the first request stays
		if got := must(a.s.Requests(ctx, token, false))[0].Network; got != want {
			t.Errorf("to a device at %q the network is %q", from, got)
		}
		events := must(a.s.Events(ctx, token, 0, 500))
		if got := events[1].Data.Request.Network; got != want {
			t.Errorf("the event tells a device at %q %q", from, got)
		}
	}
}

// A browser that is known gets no second cookie for it.
func TestAKnownBrowserIsRememberedOnce(t *testing.T) {
	a := fastHouse(t).settle("anna")
	home := a.known(somewhere)
	if _, again := a.enter(home, true); again != nil {
		t.Error("it is given another cookie")
	}
}
