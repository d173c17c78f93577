package verify

import (
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// asks counts how many of n prompts, one every step, are allowed to the browser.
func asks(l Limits, b Browser, n int, step time.Duration, now time.Time) (Limits, int, time.Time) {
	allowed := 0
	for range n {
		var v Verdict
		if l, v = l.Prompt(b, Waiting{}, now); v.Allowed {
			allowed++
		}
		now = now.Add(step)
	}
	return l, allowed, now
}

// ended gives a sign-in that ended so.
func ended(state State) SignIn { return SignIn{State: state} }

// types lets the outcome of a typed code happen to a sign-in of the browser.
func types(l Limits, b Browser, tries uint64, o Outcome, now time.Time) (Limits, Effect) {
	return l.typed(SignIn{Known: !b.New(), Browser: b, Tries: tries}, Result{Outcome: o}, now)
}

// burns types three wrong codes in one sign-in.
func burns(l Limits, b Browser, now time.Time) (Limits, Effect) {
	l, _ = types(l, b, 1, Wrong, now)
	l, _ = types(l, b, 2, Wrong, now)
	return types(l, b, 3, TooMany, now)
}

func TestPromptsOfUnknownBrowsers(t *testing.T) {
	for name, c := range map[string]struct {
		n    int
		step time.Duration
		want int
	}{
		"at once":                      {100, 0, 3},
		"every second for 15 minutes":  {900, time.Second, 3},
		"every 10 seconds for an hour": {360, 10 * time.Second, 6},
		"every minute for 24 hours":    {24 * 60, time.Minute, 10},
		"every minute for a week":      {7 * 24 * 60, time.Minute, 70},
		"once a day for a month":       {30, 24 * time.Hour, 30},
	} {
		_, got, _ := asks(Limits{}, Browser{}, c.n, c.step, noon)
		if got != c.want {
			t.Errorf("%s: %d prompts, want %d", name, got, c.want)
		}
	}
}

func TestPromptsSayWhenToComeBack(t *testing.T) {
	l, _, now := asks(Limits{}, Browser{}, 3, time.Minute, noon)
	l, v := l.Prompt(Browser{}, Waiting{}, now)
	if v.Allowed || v.Reason != TooOften || !v.Until.Equal(noon.Add(15*time.Minute)) {
		t.Fatalf("%+v", v)
	}
	if _, again := l.Prompt(Browser{}, Waiting{}, v.Until.Add(-time.Second)); again.Allowed {
		t.Error("allowed a second too early")
	}
	if _, again := l.Prompt(Browser{}, Waiting{}, v.Until); !again.Allowed {
		t.Errorf("not allowed when it was said: %+v", again)
	}
}

func TestPromptsOfKnownBrowsers(t *testing.T) {
	l, got, now := asks(Limits{}, browser("a"), 100, 30*time.Second, noon)
	if got != PromptsKnown {
		t.Errorf("%d prompts in an hour", got)
	}
	if _, got, _ := asks(l, browser("b"), 100, 0, now); got != PromptsKnown {
		t.Errorf("another known browser got %d", got)
	}
	if _, got, _ := asks(l, Browser{}, 100, 0, now); got != PromptsQuarter {
		t.Errorf("unknown browsers got %d", got)
	}
}

func TestOneOpenSignInForEachBrowserAndTwoForStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		b    Browser
		w    Waiting
		want bool
	}{
		"none":                                   {Browser{}, Waiting{}, true},
		"one elsewhere":                          {Browser{}, Waiting{Unknown: 1}, true},
		"two elsewhere":                          {Browser{}, Waiting{Unknown: 2}, false},
		"one here":                               {Browser{}, Waiting{Browser: 1, Unknown: 1}, false},
		"known, two strangers wait":              {browser("a"), Waiting{Unknown: 2}, true},
		"known, its own waits":                   {browser("a"), Waiting{Browser: 1}, false},
		"known, its own and two strangers' wait": {browser("a"), Waiting{Browser: 1, Unknown: 2}, false},
	} {
		_, v := Limits{}.Prompt(c.b, c.w, noon)
		if v.Allowed != c.want || !c.want && (v.Reason != OpenOthers || !v.Until.Equal(noon.Add(PendingFor))) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestWrongCodesPauseThenSwitchOff(t *testing.T) {
	l, e := burns(Limits{}, Browser{}, noon)
	if !e.Paused.Equal(noon.Add(time.Hour)) || e.Off || l.SwitchedOff() {
		t.Fatalf("first: %+v", e)
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(59*time.Minute)); v.Allowed || v.Reason != Paused || !v.Until.Equal(noon.Add(time.Hour)) {
		t.Errorf("paused: %+v", v)
	}
	if _, v := l.Prompt(browser("a"), Waiting{}, noon); !v.Allowed || !v.Known {
		t.Errorf("known browser while unknown ones are paused: %+v", v)
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(time.Hour)); !v.Allowed {
		t.Errorf("after the pause: %+v", v)
	}
	l, e = burns(l, Browser{}, noon.AddDate(0, 11, 0))
	if !e.Off || !l.SwitchedOff() {
		t.Fatalf("second: %+v", e)
	}
	for _, later := range []time.Duration{0, time.Hour, 10 * 365 * 24 * time.Hour} {
		if _, v := l.Prompt(Browser{}, Waiting{}, noon.AddDate(0, 11, 0).Add(later)); v.Allowed || v.Reason != Off || !v.Until.IsZero() {
			t.Errorf("off, %v later: %+v", later, v)
		}
	}
	if _, v := l.Prompt(browser("a"), Waiting{}, noon.AddDate(0, 11, 0)); !v.Allowed {
		t.Errorf("known browser while off: %+v", v)
	}
}

// Giving up after two wrong codes, or after one, must not buy guesses.
func TestAbandonedSignInsCount(t *testing.T) {
	var l Limits
	now := noon
	for n := 1; n <= OffAtWrong; n++ {
		var e Effect
		l, e = types(l, Browser{}, 1, Wrong, now) // one code, then the page is closed
		l, _ = l.Ended(SignIn{State: Expired, Approval: []byte{1}}, now)
		if (n == PauseAtWrong) == e.Paused.IsZero() || e.Off != (n == OffAtWrong) {
			t.Errorf("after %d: %+v", n, e)
		}
		now = now.Add(24 * time.Hour)
	}
	if !l.SwitchedOff() {
		t.Error("six guesses, and still on")
	}
}

func TestSuccessGivesBackOnlyItsOwnSlips(t *testing.T) {
	l, _ := types(Limits{}, Browser{}, 1, Wrong, noon) // somebody else's
	l, _ = types(l, Browser{}, 1, Wrong, noon)
	l, e := types(l, Browser{}, 2, Wrong, noon) // two slips of one sign-in …
	if e.Paused.IsZero() {
		t.Error("the third wrong code did not pause")
	}
	l, _ = types(l, Browser{}, 3, Right, noon) // … that succeeds
	if n := len(l.row.Wrong); n != 1 {
		t.Errorf("%d wrong codes left", n)
	}
	if _, paused := l.PausedUntil(noon); !paused {
		t.Error("success lifted a pause")
	}
}

func TestSuccessDoesNotResetOthers(t *testing.T) {
	l, _ := burns(Limits{}, Browser{}, noon)
	l, _ = l.Ended(ended(Denied), noon)
	for range 50 {
		l, _ = types(l, Browser{}, 1, Right, noon)
	}
	if _, e := l.Ended(ended(Denied), noon.Add(time.Hour)); !e.MustChange {
		t.Error("success reset L5")
	}
	if _, e := burns(l, Browser{}, noon.Add(time.Hour)); !e.Off {
		t.Error("success reset L4")
	}
}

func TestWrongCodesAreForgottenAfterAYear(t *testing.T) {
	l, _ := burns(Limits{}, Browser{}, noon)
	l, e := burns(l, Browser{}, noon.Add(WrongWindow))
	if e.Off || e.Paused.IsZero() {
		t.Errorf("a year later it is the first again: %+v", e)
	}
	if _, e = burns(l, Browser{}, noon.Add(2*WrongWindow-time.Second)); !e.Off {
		t.Errorf("within the year it is the second: %+v", e)
	}
}

func TestKnownBrowserLosesItsName(t *testing.T) {
	var l Limits
	for n := 1; n <= 3; n++ {
		var e Effect
		l, e = burns(l, browser("a"), noon.AddDate(0, n, 0))
		if e.Forget != (n == 3) || l.Known(browser("a")) != (n < 3) || !e.Paused.IsZero() || e.Off {
			t.Errorf("burned %d times: %+v, known %v", n, e, l.Known(browser("a")))
		}
	}
	if l.SwitchedOff() || !l.Known(browser("b")) {
		t.Error("others suffer for it")
	}
	_, v := l.Prompt(browser("a"), Waiting{}, noon.AddDate(1, 0, 0))
	if !v.Allowed || v.Known {
		t.Errorf("it is a new browser now: %+v", v)
	}
	l, _ = types(l, browser("b"), 1, Wrong, noon)
	l, _ = types(l, browser("b"), 2, Right, noon)
	if l.known(browser("b")).Wrong != 0 {
		t.Error("a slip before success stays")
	}
}

func TestNotMe(t *testing.T) {
	l, e := Limits{}.Ended(ended(Denied), noon)
	if !e.Paused.Equal(noon.Add(time.Hour)) || e.MustChange || l.MustChangePassword() {
		t.Fatalf("first: %+v", e)
	}
	again, e := l.Ended(ended(Denied), noon.Add(24*time.Hour-time.Second))
	if !e.Paused.Equal(noon.Add(48*time.Hour-time.Second)) || !e.MustChange || !again.MustChangePassword() {
		t.Errorf("second within 24 hours: %+v", e)
	}
	if _, e = l.Ended(ended(Denied), noon.Add(24*time.Hour)); e.MustChange {
		t.Errorf("second a day later: %+v", e)
	}
	if _, e = again.Ended(ended(Denied), noon.Add(25*time.Hour)); e.Paused.Before(noon.Add(48*time.Hour - time.Second)) {
		t.Errorf("a third shortens the pause: %+v", e)
	}
	known, e := Limits{}.Ended(SignIn{State: Denied, Known: true, Browser: browser("a")}, noon)
	if !e.Forget || known.Known(browser("a")) {
		t.Errorf("not me, said of a known browser: %+v", e)
	}
}

func TestPauseIsNotShortened(t *testing.T) {
	l, _ := Limits{}.Ended(ended(Denied), noon)
	l, _ = l.Ended(ended(Denied), noon.Add(time.Minute)) // 24 hours
	l, e := burns(l, Browser{}, noon.Add(2*time.Minute)) // one hour
	if until, ok := l.PausedUntil(noon.Add(2 * time.Minute)); !ok || !until.Equal(noon.Add(24*time.Hour+time.Minute)) || !e.Paused.IsZero() {
		t.Errorf("paused until %v, told %v", until, e.Paused)
	}
}

func TestIgnoredSignInsStopRinging(t *testing.T) {
	var l Limits
	for n := 1; n <= QuietAfter; n++ {
		var e Effect
		if l, e = l.Ended(ended(Expired), noon); e.Quiet != (n == QuietAfter) {
			t.Errorf("after %d: %+v", n, e)
		}
	}
	l2, v := l.Prompt(Browser{}, Waiting{}, noon)
	if !v.Allowed || !v.Silent || !l2.Quiet() {
		t.Errorf("it is to be seen in the app, without ringing: %+v", v)
	}
	if _, v = l.Prompt(browser("a"), Waiting{}, noon); v.Silent {
		t.Error("known browsers do not ring either")
	}
	if _, v = l.Opened().Prompt(Browser{}, Waiting{}, noon); v.Silent {
		t.Error("the app was opened, and it does not ring")
	}
	l, _ = types(l, Browser{}, 1, Right, noon)
	if l.Quiet() {
		t.Error("success does not reset it")
	}
	for _, s := range []SignIn{ended(Stopped), {State: Expired, Known: true}, {State: Expired, Approval: []byte{1}}, {State: Expired, Away: make([]trust.DeviceID, 1)}} {
		for range QuietAfter {
			l, _ = l.Ended(s, noon)
		}
		if l.Quiet() {
			t.Errorf("%+v counts as ignored", s)
		}
	}
}

func TestDoorPassesEveryLimitOnce(t *testing.T) {
	off, _ := burns(Limits{}, Browser{}, noon)
	off, _ = burns(off, Browser{}, noon)
	paused, _ := Limits{}.Ended(ended(Denied), noon)
	often, _, _ := asks(Limits{}, Browser{}, 3, 0, noon)
	quiet := Limits{row: limitsRow{Ignored: QuietAfter}}
	for name, l := range map[string]Limits{"L4": off, "L5": paused, "L2": often, "L6": quiet} {
		l, letters, err := l.OpenDoor(noon, source("door"))
		if err != nil {
			t.Fatal(err)
		}
		l, v := l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor-time.Second))
		if !v.Allowed || v.Silent || v.Door != letters || len(letters) != 3 {
			t.Errorf("%s: %+v", name, v)
		}
		if _, v = l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor-time.Second)); v.Allowed && !v.Silent {
			t.Errorf("%s: the door let two through", name)
		}
	}
	l, _, _ := off.OpenDoor(noon, source("door"))
	if _, v := l.Prompt(Browser{}, Waiting{Unknown: 2}, noon); !v.Allowed {
		t.Error("strangers' waiting sign-ins stand in the door")
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(DoorFor)); v.Allowed {
		t.Error("the door is open after ten minutes")
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon.Add(-time.Hour)); v.Allowed {
		t.Error("the clock was set back, and the door stays open longer")
	}
	if _, _, err := off.OpenDoor(noon, zero{}); err == nil {
		t.Error("a door without randomness")
	}
}

type zero struct{}

func (zero) Read([]byte) (int, error) { return 0, fmt.Errorf("no randomness") }

func TestDoorIsNotUsedWhereNothingRefuses(t *testing.T) {
	l, letters, _ := Limits{}.OpenDoor(noon, source("door"))
	l, v := l.Prompt(Browser{}, Waiting{}, noon)
	if !v.Allowed || v.Door != "" {
		t.Errorf("%+v", v)
	}
	if got, until, open := l.Door(noon); !open || got != letters || !until.Equal(noon.Add(DoorFor)) {
		t.Errorf("%q %v %v", got, until, open)
	}
	l, got, ok := l.UseDoor(noon)
	if !ok || got != letters {
		t.Errorf("%q %v", got, ok)
	}
	if _, _, ok := l.UseDoor(noon); ok {
		t.Error("used twice")
	}
}

func TestDoorLetsFivePasswordsThrough(t *testing.T) {
	l, _, _ := Limits{}.OpenDoor(noon, source("door"))
	passed := 0
	for range 100 {
		var ok bool
		if l, ok = l.Knock(noon); ok {
			passed++
		}
	}
	if passed != DoorGuesses {
		t.Errorf("%d passwords passed L1 through the door", passed)
	}
	if _, v := l.Prompt(Browser{}, Waiting{}, noon); !v.Allowed {
		t.Error("the door does not help against the other limits any more")
	}
	if _, ok := (Limits{}).Knock(noon); ok {
		t.Error("passed without a door")
	}
}

func TestConfirmAndPasswordChanged(t *testing.T) {
	l, _ := burns(Limits{}, Browser{}, noon)
	l, _ = burns(l, Browser{}, noon)
	l, _ = l.Ended(ended(Denied), noon)
	l, _ = l.Ended(ended(Denied), noon)
	for name, lifted := range map[string]Limits{"confirmed": l.Confirm(), "password changed": l.PasswordChanged()} {
		if _, v := lifted.Prompt(Browser{}, Waiting{}, noon); !v.Allowed || lifted.SwitchedOff() {
			t.Errorf("%s: %+v", name, v)
		}
		if lifted.MustChangePassword() != (name == "confirmed") {
			t.Errorf("%s: the password must be changed: %v", name, lifted.MustChangePassword())
		}
		if _, e := burns(lifted, Browser{}, noon); e.Off {
			t.Errorf("%s: the old wrong codes still count", name)
		}
	}
}

func TestCountsForScreens(t *testing.T) {
	l, _, now := asks(Limits{}, Browser{}, 15, time.Second, noon)
	if l.TriesRecently(now) != 15 || l.Refused(now) != 12 {
		t.Errorf("%d tries, %d refused", l.TriesRecently(now), l.Refused(now))
	}
	if o := l.Opened(); o.Refused(now) != 0 || o.TriesRecently(now) != 3 {
		t.Errorf("opened: %d tries, %d refused", o.TriesRecently(now), o.Refused(now))
	}
	if n := l.TriesRecently(now.Add(time.Hour)); n != 0 {
		t.Errorf("an hour later: %d", n)
	}
}

func TestClockSetBackEmptiesNoBudget(t *testing.T) {
	l, _, now := asks(Limits{}, Browser{}, 3, 0, noon)
	if _, v := l.Prompt(Browser{}, Waiting{}, now.Add(-time.Hour)); v.Allowed {
		t.Error("prompts of the future do not count")
	}
	l, _ = burns(l, Browser{}, noon)
	if _, e := burns(l, Browser{}, noon.Add(-400*24*time.Hour)); !e.Off {
		t.Error("wrong codes of the future do not count")
	}
}

func TestManyKnownBrowsers(t *testing.T) {
	var l Limits
	name := func(n int) Browser { return browser(fmt.Sprint("browser ", n)) }
	for n := range MaxKnown {
		l, _ = burns(l, name(n), noon)
	}
	if l.Known(name(MaxKnown)) {
		t.Error("a browser whose wrong codes could not be counted is known")
	}
	if !l.Known(name(0)) {
		t.Error("the first is forgotten")
	}
	var clean Limits
	for n := range 3 * MaxKnown {
		clean, _ = clean.Prompt(name(n), Waiting{}, noon)
	}
	if len(clean.row.Known) > MaxKnown || !clean.Known(name(3*MaxKnown)) {
		t.Errorf("%d browsers are kept", len(clean.row.Known))
	}
	v := New(recordOf(t, "home"), keysOf(t, "home"), [32]byte{1})
	if row := v.EncodeLimits(trust.AccountID{1}, clean); len(row) > trust.MaxMessage {
		t.Errorf("the row has %d bytes", len(row))
	} else if _, err := v.DecodeLimits(trust.AccountID{1}, row); err != nil {
		t.Error(err)
	}
}

// Each method gives a new value and leaves the old one alone.
func TestLimitsAreValues(t *testing.T) {
	w := newWorld(t)
	l, _, now := asks(Limits{}, Browser{}, 3, time.Second, noon)
	l, _ = burns(l, browser("a"), now)
	l, _ = types(l, Browser{}, 1, Wrong, now)
	l, _, _ = l.OpenDoor(now, source("d"))
	before := w.EncodeLimits(trust.AccountID{}, l)
	for range 3 {
		l.Prompt(Browser{}, Waiting{}, now.Add(24*time.Hour))
		l.Prompt(browser("a"), Waiting{}, now)
		l.Ended(ended(Denied), now)
		l.Ended(ended(Expired), now)
		l.Knock(now)
		l.UseDoor(now)
		l.OpenDoor(now, source("e"))
		l.Confirm()
		l.PasswordChanged()
		l.Opened()
		burns(l, Browser{}, now)
		burns(l, browser("a"), now)
	}
	if !reflect.DeepEqual(before, w.EncodeLimits(trust.AccountID{}, l)) {
		t.Error("a value changed")
	}
}

func TestPasswordTries(t *testing.T) {
	var tries Tries
	now := noon
	waits := []time.Duration{0, 0, 0, 0, 30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
		16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour, time.Hour}
	for n, wait := range waits {
		var v Verdict
		if tries, v = tries.Try(now); !v.Allowed {
			t.Fatalf("try %d: %+v", n+1, v)
		}
		if wait > 0 {
			if _, v = tries.Try(now.Add(wait - time.Second)); v.Allowed || v.Reason != WrongOften || !v.Until.Equal(now.Add(wait)) {
				t.Fatalf("after try %d: %+v", n+1, v)
			}
		}
		now = now.Add(wait)
	}
}

func TestPasswordIsDisabledAfterAHundred(t *testing.T) {
	var tries Tries
	now, allowed := noon, 0
	for range 24 * 365 { // an attacker who comes back every hour for a year
		var v Verdict
		if tries, v = tries.Try(now); v.Allowed {
			allowed++
		}
		now = now.Add(time.Hour)
	}
	if _, v := tries.Try(now); allowed != DisableAfter || v.Reason != Disabled || !v.Until.IsZero() {
		t.Errorf("%d passwords tried, %+v", allowed, v)
	}
	if !tries.Keep().After(now) {
		t.Error("the row may be dropped, and the attacker begins anew")
	}
	if _, v := (Tries{}).Try(now); !v.Allowed {
		t.Error("reset, and still refused")
	}
}

// Tries are counted before the password is compared, so parallel ones do not help.
func TestParallelPasswords(t *testing.T) {
	var tries Tries
	allowed := 0
	for range 1000 {
		var v Verdict
		if tries, v = tries.Try(noon); v.Allowed {
			allowed++
		}
	}
	if allowed != FreeTries {
		t.Errorf("%d passwords at once", allowed)
	}
	if _, v := tries.Try(noon.Add(-time.Hour)); v.Allowed {
		t.Error("the clock was set back, and it does not wait")
	}
	if _, v := (Tries{Wrong: 1, Last: unix(noon)}).Try(noon.Add(-time.Hour)); !v.Allowed {
		t.Error("the clock was set back, and a free try is refused")
	}
	if c := tries.Count(noon.Add(time.Minute)); c.Wrong != tries.Wrong+1 || c.Last != unix(noon.Add(time.Minute)) {
		t.Errorf("%+v", c)
	}
}

func TestAddress(t *testing.T) {
	var a Address
	allowed := 0
	for n := range 1000 {
		var v Verdict
		if a, v = a.Try(noon.Add(time.Duration(n) * time.Second / 2)); v.Allowed {
			allowed++
		} else if v.Reason != Network || !v.Until.Equal(noon.Add(AddressWindow)) {
			t.Fatalf("%+v", v)
		}
	}
	if allowed != AddressFailures {
		t.Errorf("%d allowed in 8 minutes", allowed)
	}
	if _, v := a.Try(noon.Add(AddressWindow)); !v.Allowed {
		t.Error("not allowed when it was said")
	}
	if !a.Keep().After(noon.Add(AddressWindow)) {
		t.Error("the row may be dropped too early")
	}
	a = Address{}
	for range 1000 { // people who know their password
		var v Verdict
		if a, v = a.Try(noon); !v.Allowed {
			t.Fatalf("%+v", v)
		}
		a = a.Forgive()
	}
	if len(a.Forgive().Wrong) != 0 || !(Address{}).Keep().Equal(time.Unix(0, 0)) {
		t.Error("something is left")
	}
}

// --- a year of attacks ---

// attack is how an attacker who knows the password uses a sign-in that the person,
// who allows everything, has allowed: how many codes to type before giving it up.
type attack struct {
	name     string
	tries    int
	parallel int // sign-ins at a time
}

// year plays one year against the limits and tells how many codes were typed and
// whether one was right. draw gives whether a code is right that was not tried
// before among 10,000.
func (a attack) year(right func(tried int) bool) (guesses int, in bool) {
	var l Limits
	now, end := noon, noon.AddDate(1, 0, 0)
	for now.Before(end) {
		var open []SignIn
		var v Verdict
		for range a.parallel {
			if l, v = l.Prompt(Browser{}, Waiting{Unknown: len(open)}, now); v.Allowed {
				open = append(open, SignIn{State: Approved})
			}
		}
		if len(open) == 0 && v.Until.IsZero() {
			return guesses, false // off for good
		}
		for try := range a.tries {
			for i, s := range open {
				if s.State != Approved || !l.mayType(s, now) {
					continue
				}
				guesses++
				if right(try) {
					return guesses, true
				}
				s.Tries++
				r := Result{Outcome: Wrong}
				if s.Tries == MaxTries {
					s.State, r = Burned, Result{Outcome: TooMany}
				}
				l, _ = l.typed(s, r, now)
				open[i] = s
			}
		}
		now = now.Add(4 * time.Minute)
		if !v.Allowed && v.Until.After(now) {
			now = v.Until
		}
	}
	return guesses, false
}

var attacks = []attack{
	{"three codes each time", 3, 1}, {"gives up after two", 2, 1}, {"gives up after one", 1, 1},
	{"two at a time, three each", 3, 2}, {"two at a time, two each", 2, 2}, {"two at a time, one each", 1, 2},
}

func TestNoAttackGetsMoreThanSixGuessesAYear(t *testing.T) {
	for _, a := range attacks {
		if n, _ := a.year(func(int) bool { return false }); n != OffAtWrong {
			t.Errorf("%s: %d guesses", a.name, n)
		}
	}
}

// With q = 1, a person who allows everything all year, an attacker gets in with
// probability 6/10,000 (docs/protocol.md §6.4), within 3 sigma.
func TestAttackerForAYear(t *testing.T) {
	runs := 400_000
	if testing.Short() {
		runs = 5_000
	}
	rand := newDice("year")
	for _, a := range attacks[:2] {
		hits := 0
		for range runs {
			if _, in := a.year(func(tried int) bool { return rand.below(10_000-tried) == 0 }); in {
				hits++
			}
		}
		p := 6e-4
		mean, sigma := p*float64(runs), math.Sqrt(p*(1-p)*float64(runs))
		if math.Abs(float64(hits)-mean) > 3*sigma {
			t.Errorf("%s: %d of %d, want %.1f ± %.1f", a.name, hits, runs, mean, 3*sigma)
		}
	}
}
