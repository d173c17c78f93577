package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// atReady is a window whose wait is over.
func atReady(t *testing.T, size fyne.Size) *tester {
	d := &device{key: fixedKey(t), view: onTheWay(ready), returning: returning{members: lostOnes()}}
	d.back = annas(with3Devices, func(v *app.View) { v.Devices[0].Young, v.Devices = noon.Add(72*time.Hour), v.Devices[:2] })
	return newTester(t, d, size)
}

// toLost goes on to the last question, the new key written down and typed back.
func toLost(u *tester) {
	u.typeInto("Password", "correct horse")
	u.tap("Continue")
	u.mustSay("Your new recovery key")
	u.tap("I have written it down")
	enter(u.page.(*freshBackPage).entry, u.device.key.Text())
	u.press(fyne.KeyReturn)
}

func TestEndOfTheWaitLetsIn(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := atReady(t, size)
		toLost(u)
		u.mustSay("Which of these do you no longer have?", "Phone, added 14 August")
		u.tap("Pixel 9")
		u.tap("Office PC")
		u.tap("Pixel 9")
		u.tap("Come back")
		if want := []trust.DeviceID{{3}}; !slices.Equal(u.device.lost, want) {
			t.Errorf("removed %v, want %v", u.device.lost, want)
		}
		u.mustSay("You are back, Anna Lindqvist", "Removed: Office PC", "Change your password now", "May not change anything until 25 November, 21:14")
		u.tap("Change password")
		u.mustSay("Change your password")
		u.press(fyne.KeyEscape)
		u.mustSay("Nobody is asking")
	}
}

func TestComingBackToAnAccountWithoutDevices(t *testing.T) {
	u := atReady(t, phone)
	u.device.members = nil
	toLost(u)
	u.mustSay("One last step")
	u.tap("Come back")
	u.mustSay("You are back, Anna Lindqvist")
	u.mustNotSay("Removed: ")
	u.tap("Go to Home")
	u.mustSay("Nobody is asking")
}

func TestPasswordAtTheEndOfTheWait(t *testing.T) {
	u := atReady(t, phone)
	u.tap("Continue")
	u.mustSay("Type your password.")
	u.device.fails = map[string]error{
		"open regain wrong": &api.Error{Code: api.CodePassword}, "open regain twice": app.ErrGone,
	}
	for typed, want := range map[string]string{
		"wrong": "This is not your password.", "twice": "This is on its way, and the server has not answered yet. It goes on by itself.",
	} {
		u.typeInto("Password", typed)
		u.press(fyne.KeyReturn)
		u.mustSay("The wait is over", want)
	}
}

// The way back through the pages loses neither the key nor what was typed.
func TestBackAtTheEndOfTheWait(t *testing.T) {
	u := atReady(t, phone)
	toLost(u)
	u.tap("Office PC")
	u.press(fyne.KeyEscape)
	if p := u.page.(*freshBackPage); !p.entry.Full() {
		t.Error("what was typed back is lost")
	}
	u.tap("Continue")
	u.tap("Come back")
	if want := []trust.DeviceID{{3}}; !slices.Equal(u.device.lost, want) {
		t.Errorf("removed %v, want %v", u.device.lost, want)
	}
}

func TestWrongGroupIsNamedBeforeTheOldKeyIsGone(t *testing.T) {
	u := atReady(t, phone)
	u.typeInto("Password", "correct horse")
	u.tap("Continue")
	u.tap("I have written it down")
	p := u.page.(*freshBackPage)
	enter(p.entry, oldKey(t).Text())
	if p.entry.Wrong() != "Group 1 is not what was shown. Look at it once more on your paper." || !u.find("Continue").(*widgets.Button).Disabled() {
		t.Errorf("the old key is taken for the new one: %q", p.entry.Wrong())
	}
	u.tap("Show the key again")
	u.mustSay("Your new recovery key")
	u.press(fyne.KeyEscape)
	u.mustSay("The wait is over")
}

func TestStoppedAtTheLastMoment(t *testing.T) {
	u := atReady(t, phone)
	toLost(u)
	u.device.show(onTheWay(stopped("device")))
	u.mustSay("This was stopped", "One of your trusted devices stopped it")
}

func TestNoAnswerAtTheEndGoesOnByItself(t *testing.T) {
	u := atReady(t, phone)
	u.device.fails = map[string]error{"finish regain": context.DeadlineExceeded}
	toLost(u)
	u.tap("Come back")
	u.mustSay("This is on its way, and the server has not answered yet. It goes on by itself.")
	u.device.show(u.device.back)
	u.mustSay("You are back, Anna Lindqvist")
}

// After a restart nobody stands on the last page: Home is where it ends.
func TestComingBackWhileThePageIsClosed(t *testing.T) {
	u := atReady(t, phone)
	u.device.show(u.device.back)
	u.mustSay("Nobody is asking")
}
