package ui

import (
	"math"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

func TestNextCheckIsTold(t *testing.T) {
	for next, want := range map[time.Duration]string{
		28 * day:    "Typed back 3 days ago. Next check in 4 weeks.",
		5 * day:     "Typed back 3 days ago. Next check in 5 days.",
		day:         "Typed back 3 days ago. Next check tomorrow.",
		time.Minute: "Typed back 3 days ago. Next check today.",
		-day:        "Typed back 3 days ago.",
	} {
		u := newTester(t, &device{view: annas(func(v *app.View) { v.Recovery.Next = noon.Add(next) })}, phone)
		u.visit(placeRecovery)
		u.mustSay(want)
	}
}

func TestSecondCopyIsShownAndCanBeGone(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeRecovery)
	u.tap("No second copy is kept")
	u.tap("I keep one")
	u.look(func(v *app.View) { v.Recovery.Copied = noon.Add(-10 * day) })
	u.mustSay("A second copy is kept somewhere else", "You said so on 12 November")
	u.tap("A second copy is kept somewhere else")
	u.tap("It is gone")
	u.mustHaveCalled("copied true", "copied false")
}

// As long as somebody else's wait can come to pass, the light is not green and says
// what waits; a wait of this device's own changes nothing.
func TestForeignWaitComesBeforeTheLight(t *testing.T) {
	for name, w := range map[string]func(v *app.View){
		"“Xperia 10” wants to be added. Stop it above if it was not you.":                                                 newcomerWaits,
		"“Xperia 10” wants to be added. The wait is over: it can come in at any moment. Stop it above if it was not you.": func(v *app.View) { newcomerWaits(v); v.Waits[0].Over = true },
		"“Pixel 9” switches two-step sign-in off. Stop it above if it was not you.":                                       leaveWaits,
		"“Pixel 9” asked for a new password. Stop it above if it was not you.":                                            func(v *app.View) { passwordWaits(v); phoneAsks(v) },
	} {
		u := newTester(t, &device{view: annas(w)}, wide)
		u.mustSay("First look at what waits", name)
		u.mustNotSay("You would get back in")
	}
	u := newTester(t, &device{view: annas(passwordWaits)}, wide)
	u.mustSay("You would get back in")
	u.mustNotSay("First look at what waits")
}

func TestKeyThatSomebodyUsesIsNotSaidToWork(t *testing.T) {
	u := newTester(t, &device{view: annas(newcomerWaits)}, wide)
	u.visit(placeRecovery)
	u.mustSay("Somebody has used your recovery key")
	u.mustNotSay("Your recovery key works")
	if wait, key := u.topOf("“Xperia 10” wants to be added"), u.topOf("Somebody has used your recovery key"); wait < 0 || wait > key {
		t.Errorf("the wait stands at %g, the key at %g", wait, key)
	}
	u.look(func(v *app.View) { v.Waits = nil })
	u.mustSay("Your recovery key works")
}

func TestWaitThatBeganAMomentAgoHasAllItsHours(t *testing.T) {
	for rest, want := range map[time.Duration]string{
		24*time.Hour - time.Second:      "24 h",
		24 * time.Hour:                  "24 h",
		24*time.Hour - 61*time.Second:   "23 h",
		17*time.Hour + 36*time.Minute:   "17 h",
		7*24*time.Hour - time.Second:    "7 d",
		time.Hour - time.Second:         "1 h",
		59*time.Minute - 10*time.Second: "59 min",
		time.Second:                     "1 min",
		0:                               "now",
	} {
		if got := shortRest(rest); got != want {
			t.Errorf("a rest of %v is told as %q, want %q", rest, got, want)
		}
	}
	if got, want := longRest(24*time.Hour-time.Second), "24 h 0 m"; got != want {
		t.Errorf("a day that has begun is told as %q, want %q", got, want)
	}
}

// The ring shows the share of the code's own time: one that was made late in its half
// minute does not begin full.
func TestOfflineRingIsAsFullAsTheTimeLeft(t *testing.T) {
	u := newTester(t, &device{view: annas(withOffline)}, phone)
	u.goTo(newOfflinePage(u.UI, u.page)) // 24 s of its own, and 20 s more
	for _, d := range u.onTop() {
		if c, ok := d.object.(*widgets.Code); ok {
			if got, want := c.Part(), 44.0/50; math.Abs(float64(got)-want) > 1e-3 {
				t.Errorf("the ring is full to %g, want %g", got, want)
			}
			return
		}
	}
	t.Fatal("there is no ring")
}
