package verify

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/offline"
)

// lone is a world in which devices have offline codes.
type lone struct {
	*world
	limits Limits
	seeds  map[string]offline.Seed
	ids    map[string][16]byte
}

func newLone(t *testing.T, devices ...string) *lone {
	l := &lone{world: newWorld(t), seeds: make(map[string]offline.Seed), ids: make(map[string][16]byte)}
	for _, d := range devices {
		l.announce(d, d, d)
	}
	return l
}

// announce lets an author add a credential labelled with a device, which signs it with
// a signer's keys.
func (l *lone) announce(author, device, signer string) {
	l.Helper()
	seed, err := offline.NewSeed(l.rand)
	if err != nil {
		l.Fatal(err)
	}
	var id [16]byte
	if _, err := l.rand.Read(id[:]); err != nil {
		l.Fatal(err)
	}
	of := offline.Owner{Account: l.state.Account(), Device: deviceOf(l, device).ID}
	c, err := offline.Announce(of, keysOf(l, signer), l.Record(), id, seed)
	if err != nil {
		l.Fatal(err)
	}
	l.append(l.state.AddCredential(l.author(author), c, l.now))
	l.seeds[device], l.ids[device] = seed, id
}

// code gives what a device shows, some steps from now.
func (l *lone) code(device string, steps int) string {
	return string(l.seeds[device].Code(offline.StepAt(l.now) + offline.Step(steps)))
}

func (l *lone) types(s SignIn, device, code string) (SignIn, Result, Verdict) {
	l.Helper()
	next, limits, r, v, err := l.CheckOffline(l.limits, s, l.state, s.Session, deviceOf(l, device).ID, code, l.now)
	if err != nil {
		l.Fatal(err)
	}
	l.limits = l.kept(limits)
	return l.stored(next), r, v
}

// kept writes the limits and reads them back, as a backend does.
func (l *lone) kept(limits Limits) Limits {
	l.Helper()
	got, err := l.DecodeLimits(l.state.Account(), l.EncodeLimits(l.state.Account(), limits))
	if err != nil {
		l.Fatal(err)
	}
	return got
}

// is types a code in a sign-in of its own.
func (l *lone) is(device, code string) Outcome {
	l.Helper()
	_, r, v := l.types(l.begin(ask("page")), device, code)
	if !v.Allowed {
		l.Fatalf("refused: %s", v.Reason)
	}
	return r.Outcome
}

// spoil types n wrong codes, as fast as they are let.
func (l *lone) spoil(n int) {
	l.Helper()
	for range n {
		if got := l.is("phone", wrong(trust.Code(l.code("phone", 0)), 0)); got != Wrong {
			l.Fatalf("a wrong code is %s", got)
		}
	}
}

func TestOfflineCodeEndsTheSignIn(t *testing.T) {
	l := newLone(t, "phone")
	s, r, _ := l.types(l.begin(ask("page")), "phone", l.code("phone", 0))
	if r.Outcome != Right || s.State != Done || s.Device != deviceOf(t, "phone").ID {
		t.Fatalf("it is %s, the sign-in %s by %s", r.Outcome, s.State, s.Device)
	}
	if _, r, _ := l.types(s, "phone", l.code("phone", 1)); r.Outcome != Over {
		t.Errorf("a second code in the same sign-in is %s", r.Outcome)
	}
}

func TestOfflineCodeInGroups(t *testing.T) {
	l := newLone(t, "phone")
	code := l.code("phone", 0)
	if got := l.is("phone", code[:4]+" "+code[4:]); got != Right {
		t.Errorf("it is %s", got)
	}
}

func TestOfflineCodeAfterADeviceAllowed(t *testing.T) {
	l := newLone(t, "phone", "laptop")
	s, _ := l.approved("page")
	s, r, _ := l.types(s, "laptop", l.code("laptop", 0))
	if r.Outcome != Right || s.Device != deviceOf(t, "laptop").ID {
		t.Errorf("it is %s by %s", r.Outcome, s.Device)
	}
}

func TestOfflineCodeWorksOnce(t *testing.T) {
	l := newLone(t, "phone")
	code := l.code("phone", 0)
	if got := l.is("phone", code); got != Right {
		t.Fatalf("the first time it is %s", got)
	}
	l.later(10 * time.Second)
	if got := l.is("phone", code); got != Wrong {
		t.Errorf("the second time it is %s", got)
	}
	if got := l.is("phone", l.code("phone", -1)); got != Wrong {
		t.Errorf("an older one is %s", got)
	}
	if got := l.is("phone", l.code("phone", 1)); got != Right {
		t.Errorf("the next one is %s", got)
	}
}

// One device's used steps say nothing of another's.
func TestOfflineCodesOfTwoDevices(t *testing.T) {
	l := newLone(t, "phone", "laptop")
	for _, d := range []string{"phone", "laptop"} {
		if got := l.is(d, l.code(d, 1)); got != Right {
			t.Errorf("%s: %s", d, got)
		}
	}
	if got := l.is("laptop", l.code("phone", 0)); got != Wrong {
		t.Errorf("another device's code is %s", got)
	}
}

func TestOfflineWindow(t *testing.T) {
	for steps, want := range map[int]Outcome{-3: Wrong, -2: Wrong, -1: Right, 0: Right, 1: Right, 2: Wrong, 3: Wrong} {
		l := newLone(t, "phone")
		if got := l.is("phone", l.code("phone", steps)); got != want {
			t.Errorf("a code %d steps away is %s", steps, got)
		}
	}
}

// The verifier's clock set back does not make a used code new.
func TestOfflineClockSetBack(t *testing.T) {
	l := newLone(t, "phone")
	code := l.code("phone", 0)
	l.is("phone", code)
	for _, back := range []time.Duration{29 * time.Second, time.Minute, time.Hour, 24 * time.Hour} {
		l.now = noon.Add(-back)
		for steps := -1; steps <= 1; steps++ {
			_, limits, r, _, err := l.CheckOffline(l.limits, l.begin(ask("page")), l.state, session("page"), deviceOf(t, "phone").ID, l.code("phone", steps), l.now)
			if err != nil || r.Outcome == Right && limits.usedUp(l.ids["phone"]) <= l.limits.usedUp(l.ids["phone"]) {
				t.Errorf("set back %s, a code %d steps away is %s, %v", back, steps, r.Outcome, err)
			}
		}
	}
}

func TestTenWrongOfflineCodes(t *testing.T) {
	l := newLone(t, "phone")
	l.spoil(OfflineSlowAt)
	_, _, v := l.types(l.begin(ask("page")), "phone", l.code("phone", 0))
	if v.Allowed || v.Reason != OfflineOften || !v.Until.Equal(l.now.Add(OfflineSlow)) {
		t.Fatalf("after five wrong ones the right one meets %+v", v)
	}
	l.later(OfflineSlow)
	l.spoil(OfflineOffAt - OfflineSlowAt)
	for _, wait := range []time.Duration{0, OfflineSlow, 366 * 24 * time.Hour} {
		l.later(wait)
		if _, _, v := l.types(l.begin(ask("page")), "phone", l.code("phone", 0)); v.Allowed || v.Reason != OfflineOff || !v.Until.IsZero() {
			t.Fatalf("%s after ten wrong ones the right one meets %+v", wait, v)
		}
	}
	limits, changed := l.limits.OfflineConfirmed()
	if l.limits = l.kept(limits); !changed {
		t.Error("confirming changes nothing")
	}
	if got := l.is("phone", l.code("phone", 0)); got != Right {
		t.Errorf("after the password was typed on a device it is %s", got)
	}
	if _, changed := l.limits.OfflineConfirmed(); changed {
		t.Error("there is nothing left to confirm")
	}
}

func TestChangedPasswordTurnsOfflineCodesOn(t *testing.T) {
	l := newLone(t, "phone")
	l.spoil(OfflineSlowAt)
	l.later(OfflineSlow)
	l.spoil(OfflineOffAt - OfflineSlowAt)
	code := l.code("phone", 0)
	l.limits = l.limits.PasswordChanged()
	if got := l.is("phone", code); got != Right {
		t.Errorf("it is %s", got)
	}
	if got := l.is("phone", code); got != Wrong {
		t.Errorf("used, it is %s", got)
	}
	l.limits = l.limits.PasswordChanged()
	if got := l.is("phone", code); got != Wrong {
		t.Errorf("used, after another change of the password it is %s", got)
	}
}

// What follows is said before the tenth, and a right one begins the count anew.
func TestWrongOfflineCodesAreCounted(t *testing.T) {
	l := newLone(t, "phone", "laptop")
	for i, device := range []string{"phone", "laptop", "phone"} {
		if _, r, _ := l.types(l.begin(ask("page")), device, wrong(trust.Code(l.code(device, 0)), 0)); r.Left != OfflineOffAt-1-i {
			t.Errorf("after %d wrong ones %d are left", i+1, r.Left)
		}
	}
	l.is("phone", l.code("phone", 0))
	if _, r, _ := l.types(l.begin(ask("page")), "phone", "00000000"); r.Left != OfflineOffAt-1 {
		t.Errorf("after a right one and a wrong one %d are left", r.Left)
	}
}

// A slip with the offline code takes nothing from the code that a device shows.
func TestWrongOfflineCodeLeavesTheSignInOpen(t *testing.T) {
	l := newLone(t, "phone")
	s := l.begin(ask("page"))
	s, _, _ = l.types(s, "phone", "00000000")
	if !s.Open() {
		t.Fatalf("the sign-in is %s", s.State)
	}
	raw, code := l.allows(s, "phone")
	if _, r := l.check(l.answer(s, raw), string(code)); r.Outcome != Right {
		t.Errorf("the code that a device shows is %s", r.Outcome)
	}
}

func TestNoOfflineCodesWhilePaused(t *testing.T) {
	for name, pause := range map[string]func(*lone){
		"not me": func(l *lone) { l.limits, _ = l.limits.Ended(ended(Denied), l.now) },
		"three wrong codes": func(l *lone) {
			l.limits, _ = burns(l.limits, Browser{}, l.now)
		},
		"six wrong codes": func(l *lone) {
			l.limits, _ = burns(l.limits, Browser{}, l.now)
			l.limits, _ = burns(l.limits, Browser{}, l.now)
		},
		"the owner's pause": func(l *lone) { l.limits, _ = l.limits.Pause(l.now) },
	} {
		l := newLone(t, "phone")
		before := l.begin(ask("page"))
		through := ask("door")
		through.Door = "BCD"
		known := ask("known")
		known.Known, known.Browser = true, browser("known")
		pause(l)
		for _, s := range []SignIn{before, l.begin(through), l.begin(known)} {
			after, r, v := l.types(s, "phone", l.code("phone", 0))
			if v.Allowed || v.Reason != Paused && v.Reason != Off || r.Outcome != "" || !after.Open() {
				t.Errorf("%s: %+v, %+v", name, r, v)
			}
		}
		l.limits = l.limits.Confirm()
		if got := l.is("phone", l.code("phone", 0)); got != Right {
			t.Errorf("%s: once lifted it is %s", name, got)
		}
	}
}

func TestOfflineCodesOfARemovedDevice(t *testing.T) {
	l := newLone(t, "phone", "laptop")
	l.remove("laptop", "phone")
	if len(l.state.Credentials()) != 2 {
		t.Fatal("the chain no longer lists its credential")
	}
	if got := l.Offline(l.state); !slices.Equal(got, []trust.DeviceID{deviceOf(t, "phone").ID}) {
		t.Errorf("codes count of %s", got)
	}
	l.refuses("laptop", l.code("laptop", 0), ErrNotMember)
}

// refuses expects an error that counts nothing and changes nothing.
func (l *lone) refuses(device, code string, want error) {
	l.Helper()
	s := l.begin(ask("page"))
	after, limits, r, _, err := l.CheckOffline(l.limits, s, l.state, s.Session, deviceOf(l, device).ID, code, l.now)
	if !errors.Is(err, want) || r.Outcome != "" || !after.Open() || limits.offline().Wrong != l.limits.offline().Wrong {
		l.Errorf("%s: %v, %+v", device, err, r)
	}
}

func TestWhoseOfflineCodesCount(t *testing.T) {
	l := newLone(t, "phone")
	l.refuses("laptop", l.code("phone", 0), ErrNotMember) // it has announced none
	l.refuses("phone", "1234567", trust.ErrCode)
	l.refuses("phone", "4821", trust.ErrCode)
	// A thief's laptop announces codes in the phone's name, which outlive its removal
	// if they count.
	phones := l.code("phone", 0)
	l.announce("laptop", "phone", "laptop")
	thiefs := l.code("phone", 0)
	l.remove("laptop", "phone")
	if got := l.is("phone", thiefs); got != Wrong {
		t.Errorf("the thief's code is %s", got)
	}
	if got := l.is("phone", phones); got != Right {
		t.Errorf("the phone's own code is %s", got)
	}
}

func TestNewSeedReplacesTheOld(t *testing.T) {
	l := newLone(t, "phone")
	old := l.code("phone", 0)
	l.announce("phone", "phone", "phone")
	if got := l.is("phone", old); got != Wrong {
		t.Errorf("a code of the old seed is %s", got)
	}
	if got := l.is("phone", l.code("phone", 0)); got != Right {
		t.Errorf("one of the new seed is %s", got)
	}
	l.append(l.state.RevokeCredential(l.author("phone"), l.ids["phone"], l.now))
	l.limits, _ = l.limits.OfflineConfirmed()
	if got := l.is("phone", old); got != Right { // as the person wanted: it stands in the chain
		t.Errorf("with the new one revoked, the old seed's is %s", got)
	}
	if n := len(l.limits.offline().Used); n != 1 {
		t.Errorf("%d used steps are kept, one of a credential that is gone", n)
	}
}

func TestOfflineCodeNeedsItsBrowser(t *testing.T) {
	l := newLone(t, "phone")
	s := l.begin(ask("page"))
	if _, _, _, _, err := l.CheckOffline(l.limits, s, l.state, session("another"), deviceOf(t, "phone").ID, l.code("phone", 0), l.now); !errors.Is(err, ErrSession) {
		t.Errorf("another browser gets %v", err)
	}
	l.later(PendingFor + time.Second)
	if _, r, _ := l.types(s, "phone", l.code("phone", 0)); r.Outcome != Over {
		t.Errorf("after its time it is %s", r.Outcome)
	}
}

// Who types the right offline code is the owner: the sign-in's own slips count no
// more, those of others do.
func TestOfflineCodeGivesBackItsOwnSlips(t *testing.T) {
	l := newLone(t, "phone")
	s, code := l.approved("page")
	var err error
	if s, l.limits, _, _, err = l.CheckWithin(l.limits, s, l.state, s.Session, wrong(code, 0), l.now); err != nil {
		t.Fatal(err)
	}
	other, code := l.approved("other")
	if _, l.limits, _, _, err = l.CheckWithin(l.limits, other, l.state, other.Session, wrong(code, 0), l.now); err != nil {
		t.Fatal(err)
	}
	if _, r, _ := l.types(s, "phone", l.code("phone", 0)); r.Outcome != Right {
		t.Fatalf("it is %s", r.Outcome)
	}
	if n := len(l.limits.row.Wrong); n != 1 {
		t.Errorf("%d wrong codes are kept, one is of another sign-in", n)
	}
}

// Whoever knows the password and never sees a code gets ten guesses, whatever he
// tries in whatever order, however long.
func TestAnyAttackGetsTenOfflineGuesses(t *testing.T) {
	for seed := range 50 {
		l, d := newLone(t, "phone", "laptop"), newDice("offline"+string(rune('a'+seed)))
		guesses := 0
		for range 100 {
			l.later(time.Duration(d.below(3600)) * time.Second)
			device := []string{"phone", "laptop"}[d.below(2)]
			_, r, v := l.types(l.begin(ask("page")), device, wrong(trust.Code(l.code(device, 5)), d.below(1000)))
			if v.Allowed && r.Outcome == Wrong {
				guesses++
			}
			if r.Outcome == Right {
				t.Fatal("a guess was right")
			}
		}
		if guesses != OfflineOffAt {
			t.Errorf("%d guesses", guesses)
		}
	}
}
