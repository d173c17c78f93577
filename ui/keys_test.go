package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
)

func TestDestinationsByKey(t *testing.T) {
	u := newTester(t, &device{view: annas()}, wide)
	for key, title := range map[fyne.KeyName]string{fyne.Key2: "Trusted devices", fyne.Key3: "Recovery", fyne.Key4: "Activity", fyne.Key5: "Settings", fyne.Key1: "Home"} {
		u.control(key)
		u.mustSay(title)
		if d, ok := u.page.(destination); !ok || destinationKeys()[d.destination()] != key {
			t.Errorf("%s leads to %T", key, u.page)
		}
	}
	u.device.calls = nil
	u.control(fyne.KeyR)
	u.mustHaveCalled("check now")
}

func TestKeysDoNotReachUnderARequest(t *testing.T) {
	u := asked(t, stranger())
	u.control(fyne.Key4)
	if _, home := u.page.(*homePage); !home {
		t.Errorf("Ctrl+4 under a request opened %T", u.page)
	}
	u.mustSay("Are you signing in?")
}

func TestKeysDoNotLeadOutOfSettingUp(t *testing.T) {
	u := atStart(t, phone)
	u.control(fyne.Key4)
	u.mustSay("Your own devices vouch for you.")
}

// Everything that can be pressed can be reached by Tab, in the order in which it
// stands on the page.
func TestTabReachesEverythingInOrder(t *testing.T) {
	for _, s := range []struct {
		name string
		u    *tester
	}{
		{"home", newTester(t, &device{view: annas()}, wide)},
		{"start", atStart(t, phone)},
		{"request", asked(t, stranger())},
	} {
		var want []fyne.Focusable
		for _, d := range s.u.onTop() {
			if f, ok := d.object.(fyne.Focusable); ok && !disabled(f) {
				want = append(want, f)
			}
		}
		if len(want) < 3 {
			t.Fatalf("%s: only %d controls", s.name, len(want))
		}
		s.u.window.Canvas().Unfocus()
		for i, f := range want {
			s.u.press(fyne.KeyTab)
			if got := s.u.window.Canvas().Focused(); got != f {
				t.Errorf("%s: Tab %d leads to %T, want %T", s.name, i+1, got, f)
			}
		}
	}
}

func disabled(o any) bool {
	d, ok := o.(fyne.Disableable)
	return ok && d.Disabled()
}

func TestFocusStaysWhereItWasWhenThePageIsDrawnAnew(t *testing.T) {
	u := newTester(t, &device{view: annas()}, wide)
	for u.window.Canvas().Focused() == nil || firstText(u.window.Canvas().Focused().(fyne.CanvasObject)) != "Check now" {
		u.press(fyne.KeyTab)
	}
	u.look(func(v *app.View) { v.Link.Heard = noon })
	at, ok := u.window.Canvas().Focused().(fyne.CanvasObject)
	if !ok || firstText(at) != "Check now" {
		t.Errorf("the focus went to %T", u.window.Canvas().Focused())
	}
}

func TestEscapeLeavesOnePageAtATime(t *testing.T) {
	u := atStart(t, phone)
	u.tap("Set up an account")
	u.tap("Use my server")
	u.press(fyne.KeyEscape)
	u.mustSay("Where will your account live?")
	u.press(fyne.KeyEscape)
	u.mustSay("Your own devices vouch for you.")
}

func TestWindowChangesShapeAsItGrows(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.mustNotSay("Countersign")
	u.window.Resize(wide)
	u.mustSay("Countersign")
	u.window.Resize(fyne.NewSize(719, 680))
	u.mustNotSay("Countersign")
}

func TestNothingTicksWhereNothingCounts(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	if len(u.ticks) != 1 {
		t.Errorf("%d clocks run on Home, want one", len(u.ticks))
	}
	u.visit(placeSettings)
	if len(u.ticks) != 0 {
		t.Errorf("%d clocks run in Settings, want none", len(u.ticks))
	}
	u.look(func(v *app.View) { v.Shown = shown(own()) })
	if len(u.ticks) != 1 {
		t.Errorf("%d clocks run under a code, want one", len(u.ticks))
	}
}
