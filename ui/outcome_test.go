package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// afterDone is a window over one sign-in that went well, at a place.
func afterDone(t *testing.T, size fyne.Size, at place) *tester {
	u := newTester(t, &device{view: annas()}, size)
	u.visit(at)
	u.look(func(v *app.View) { v.Shown = shown(own()) })
	u.look(func(v *app.View) {
		v.Shown = nil
		v.Activity = append([]app.Activity{{Kind: kindDone, Request: own().ID, At: noon}}, v.Activity...)
	})
	return u
}

func TestOutcomeIsToldOnOnePageOnly(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := afterDone(t, size, placeHome)
		u.mustSay("You are in at Webmail")
		u.look(func(v *app.View) { v.Link.Heard = noon })
		u.mustSay("You are in at Webmail") // news do not take it away
		u.visit(placeDevices)
		u.mustNotSay("You are in at Webmail")
		u.visit(placeHome)
		u.mustNotSay("You are in at Webmail")
	}
}

func TestOutcomeStandsBelowThePagesTitle(t *testing.T) {
	titles := map[place]string{
		placeHome: "Home", placeDevices: "Trusted devices", placeRecovery: "Recovery", placeActivity: "Activity", placeSettings: "Settings",
	}
	for p, title := range titles {
		u := afterDone(t, wide, p)
		head, card := u.topOf(title), u.topOf("You are in at Webmail")
		if head < 0 || head >= card {
			t.Errorf("%s stands at %g, the outcome at %g", title, head, card)
		}
		u.tap("Close")
		u.mustNotSay("You are in at Webmail")
	}
}

// topOf gives how far down a paragraph begins, -1 if there is none.
func (u *tester) topOf(text string) float32 {
	for _, d := range u.onTop() {
		if t, ok := d.object.(*widgets.Text); ok && t.Text() == text {
			return d.at.Y
		}
	}
	return -1
}

func TestOutcomeThatNobodySawWaitsForHome(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.goTo(newChangePage(u.UI, u.page))
	u.look(func(v *app.View) { v.Shown = shown(own()) })
	u.look(func(v *app.View) {
		v.Shown = nil
		v.Activity = append([]app.Activity{{Kind: kindBurned, Request: own().ID, At: noon}}, v.Activity...)
	})
	u.mustNotSay("Three wrong codes were typed")
	u.visit(placeHome)
	u.mustSay("Three wrong codes were typed")
}

func TestWhoWaitsCanLookAtOnce(t *testing.T) {
	for _, state := range []app.RegainState{app.RegainWaits, app.RegainAsking} {
		for _, link := range []app.LinkState{app.Online, app.Offline} {
			v := onTheWay(func(r *app.Regaining) { r.State = state })
			v.Link.State = link
			u := newTester(t, &device{view: v}, phone)
			u.tap("Check now")
			if want := []string{"check now"}; !slices.Equal(u.device.calls, want) {
				t.Errorf("%s: the device was asked for %q, want %q", state, u.device.calls, want)
			}
		}
	}
}

func TestStoppedNewcomerLeadsToBothChanges(t *testing.T) {
	for label, title := range map[string]string{"Change password": "Change your password", "Make a new key": "Change the recovery key"} {
		u := newTester(t, &device{view: annas(newcomerWaits), key: fixedKey(t)}, phone)
		u.tap("Stop it")
		u.tap("Stop it")
		u.mustSay("It is stopped", "Change password", "Make a new key")
		u.tap(label)
		u.mustSay(title)
	}
}
