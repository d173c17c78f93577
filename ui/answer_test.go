package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// asked is a window over a device that is asked.
func asked(t *testing.T, requests ...app.Request) *tester {
	return newTester(t, &device{view: annas(func(v *app.View) { v.Requests = requests })}, phone)
}

func (u *tester) mustHaveCalled(want ...string) {
	u.t.Helper()
	if !slices.Equal(u.device.calls, want) {
		u.t.Errorf("the device was asked for %q, want %q", u.device.calls, want)
	}
}

func TestRequestCoversWhateverIsOpen(t *testing.T) {
	for _, s := range stops() {
		u := newTester(t, &device{view: annas()}, phone)
		u.visit(s.place)
		u.look(func(v *app.View) { v.Requests = []app.Request{stranger()} })
		u.mustSay("Are you signing in?", "K", "R", "M", "Webmail", "https://mail.lindqvist.example", "Another network", "203.0.113.77",
			"Firefox on Windows", "New browser", "Just now, 3rd try in 15 minutes", "12 more were refused. They cannot ring you.",
			"Allow only shows a code.", "Not me", "Allow", "Not now")
		if u.desk.rings != 1 || u.desk.tray != TrayAsking {
			t.Errorf("rang %d times, tray %d; want once, asking", u.desk.rings, u.desk.tray)
		}
	}
}

func TestAllowDoesNothingInItsFirstSecond(t *testing.T) {
	u := asked(t, stranger())
	u.tap("Allow")
	u.mustHaveCalled()
	u.pass(time.Second)
	u.tap("Allow")
	u.mustHaveCalled("allow aa")
	u.mustSay("Your code for Webmail", "https://mail.lindqvist.example", "Type this only at")
}

func TestAllowWaitsAgainWhenSomethingElseAsks(t *testing.T) {
	u := asked(t, own())
	u.pass(5 * time.Second)
	u.look(func(v *app.View) { v.Requests = []app.Request{stranger(), own()} })
	u.tap("Allow")
	u.mustHaveCalled()
}

func TestAllowDoesNotWaitAgainForNewsOfTheConnection(t *testing.T) {
	u := asked(t, own())
	u.pass(5 * time.Second)
	button := u.find("Allow")
	u.look(func(v *app.View) { v.Link.Heard = noon.Add(5 * time.Second) })
	if u.find("Allow") != button {
		t.Error("Allow was drawn anew, and waits again")
	}
}

func TestNoKeyLetsAnybodyInByAccident(t *testing.T) {
	u := asked(t, stranger())
	u.pass(5 * time.Second)
	u.press(fyne.KeyReturn)
	u.press(fyne.KeySpace)
	u.mustHaveCalled()
	u.press(fyne.KeyTab)
	if at, ok := u.window.Canvas().Focused().(*widgets.Button); !ok || at.Text() != "Not me" {
		t.Fatalf("the first Tab leads to %v, want Not me", u.window.Canvas().Focused())
	}
	u.press(fyne.KeyReturn)
	u.mustHaveCalled("not me aa")
}

func TestEscapeIsNotNow(t *testing.T) {
	for _, tabs := range []int{0, 1, 2} {
		u := asked(t, stranger())
		for range tabs {
			u.press(fyne.KeyTab)
		}
		u.press(fyne.KeyEscape)
		u.mustHaveCalled("not now aa")
		u.mustNotSay("Are you signing in?")
		u.mustSay("Somebody is asking")
		u.tap("Show")
		u.mustSay("Are you signing in?")
	}
}

func TestNotMeEndsItAndGivesAdvice(t *testing.T) {
	u := asked(t, stranger())
	u.tap("Not me")
	u.mustHaveCalled("not me aa")
	u.mustSay("Nobody was let in", "Change your password")
	u.look(func(v *app.View) { v.Requests = nil })
	u.mustSay("Nobody was let in")
	u.press(fyne.KeyEscape)
	u.mustNotSay("Nobody was let in")
}

func TestTroubleIsSaidWhereTheAnswerWasGiven(t *testing.T) {
	u := asked(t, stranger())
	u.device.err = errors.New("planted")
	u.pass(2 * time.Second)
	u.tap("Allow")
	u.mustSay("That did not work, and nothing was changed. Try again.", "Are you signing in?")
	u.device.err = nil
	u.pass(2 * time.Second)
	u.tap("Allow")
	u.mustSay("Your code for Webmail")
}

func TestTwoRequestsStandSideBySide(t *testing.T) {
	u := asked(t, own(), stranger())
	u.mustSay("Two sign-ins are waiting", "T", "W", "B", "K", "R", "M")
	if u.desk.rings != 2 {
		t.Errorf("rang %d times, want once for each", u.desk.rings)
	}
	u.tap("Not now")
	u.mustHaveCalled("not now bb", "not now aa")
	u.mustSay("2 sign-ins are waiting.")
}

func TestRequestForAnotherDeviceDoesNotRing(t *testing.T) {
	r := own()
	r.Target = trust.DeviceID{2}
	u := asked(t, r)
	u.mustNotSay("Are you signing in?")
	u.mustSay("Somebody is asking", "Webmail. Ringing on a trusted device only.")
	if u.desk.rings != 0 {
		t.Errorf("rang %d times", u.desk.rings)
	}
}

func TestRingsOnceAndFallsQuiet(t *testing.T) {
	u := asked(t, own())
	u.look(func(v *app.View) { v.Link.Heard = noon })
	u.look(func(v *app.View) { v.Requests = nil })
	if u.desk.rings != 1 || u.desk.quiets != 1 || u.desk.tray != TrayIdle {
		t.Errorf("rang %d times, fell quiet %d times, tray %d; want 1, 1, idle", u.desk.rings, u.desk.quiets, u.desk.tray)
	}
	u.look(offline)
	if u.desk.tray != TrayOffline {
		t.Errorf("tray %d, want offline", u.desk.tray)
	}
}

func TestCodeRunsDownAndEnds(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Shown = shown(own()) })}, phone)
	u.pass(80 * time.Second)
	for _, d := range u.onTop() {
		if c, ok := d.object.(*widgets.Code); ok && c.Words() != "0:07 left" {
			t.Errorf("the ring says %q, want 0:07 left", c.Words())
		}
	}
	u.pass(7 * time.Second)
	u.look(func(v *app.View) { v.Shown = nil })
	u.mustSay("The code has ended")
}

func TestCodeTellsHowItEnded(t *testing.T) {
	for kind, want := range map[string]string{
		kindDone: "You are in at Webmail", kindBurned: "Three wrong codes were typed", kindStopped: "The page stopped this sign-in",
	} {
		u := newTester(t, &device{view: annas(func(v *app.View) { v.Shown = shown(own()) })}, phone)
		u.look(func(v *app.View) {
			v.Shown = nil
			v.Activity = append([]app.Activity{{Kind: kind, Request: own().ID, At: noon}}, v.Activity...)
		})
		u.mustSay(want)
	}
}

func TestWrongCodeIsToldBesideTheCode(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Shown = shown(own()) })}, phone)
	u.look(wrongCode)
	u.mustSay("A wrong code was typed. 2 tries are left.")
}

func TestHiddenCodeStaysHiddenButCanBeShownAgain(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Shown = shown(own()); v.Requests = []app.Request{own()} })}, phone)
	u.device.view.Shown = nil // what HideCode does
	u.press(fyne.KeyEscape)
	u.mustHaveCalled("hide code")
	u.mustNotSay("Are you signing in?")
	u.tap("Show")
	u.mustSay("Are you signing in?")
}

func TestAnotherDeviceWasFirst(t *testing.T) {
	u := asked(t, own())
	u.look(func(v *app.View) {
		v.Requests = nil
		v.Activity = append([]app.Activity{{Kind: kindAnswered, Request: own().ID, Device: "Pixel 9", At: noon}}, v.Activity...)
	})
	u.mustSay("Answered on Pixel 9")
}
