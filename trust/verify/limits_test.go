package verify

import (
	"fmt"
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
	if _, v := l.Prompt(browser("a"), Waiting{}, now); v.Allowed || !v.Known || v.Reason != TooOften || !v.Until.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", v)
	}
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
		if v.Allowed != c.want || v.Known != !c.b.New() || !c.want && (v.Reason != OpenOthers || !v.Until.Equal(noon.Add(PendingFor))) {
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
	if later, _ := clean.Prompt(Browser{}, Waiting{}, noon.Add(time.Hour)); len(later.row.Known) != 0 {
		t.Errorf("%d browsers are kept that nothing is to be known about", len(later.row.Known))
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
