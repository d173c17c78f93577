package ui

import (
	"context"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// atReset is a window of a trusted device whose password is forgotten.
func atReset(t *testing.T, d *device, size fyne.Size) *tester {
	d.key = fixedKey(t)
	u := newTester(t, d, size)
	u.visit(placeRecovery)
	u.tap("I forgot my password")
	return u
}

// withKey types the old recovery key and goes on to the new password.
func withKey(t *testing.T, u *tester) {
	u.tap("I have my recovery key")
	enter(u.page.(*resetKeyPage).entry, oldKey(t).Text())
	u.tap("Continue")
}

func TestDeviceAndKeySetAPasswordAtOnce(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := atReset(t, &device{view: annas()}, size)
		withKey(t, u)
		u.typeInto("New password", "short")
		u.typeInto("The same once more", "short")
		u.tap("Continue")
		u.mustSay("3 more characters and it is long enough.")
		u.typeInto("New password", "battery staple")
		u.tap("Continue")
		u.mustSay("This is not the same. Type both again if you are not sure.")
		u.typeInto("The same once more", "battery staple")
		u.press(fyne.KeyReturn)
		u.mustSay("Your new recovery key")
		u.tap("I have written it down")
		enter(u.page.(*freshBackPage).entry, u.device.key.Text())
		u.tap("Continue")
		u.mustSay("Your password is changed", "Throw the old paper away. Only the new recovery key counts.")
		if want := []string{"begin reset", "finish reset battery staple"}; !slices.Equal(u.device.calls, want) {
			t.Errorf("the device did %q, want %q", u.device.calls, want)
		}
		u.tap("Close")
		u.mustSay("Nobody is asking")
	}
}

func TestForgottenPasswordIsMetWhereItIsAskedFor(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeSettings)
	u.tap("Change password")
	u.tap("I forgot my password")
	u.mustSay("Is your recovery key at hand?")
	u.press(fyne.KeyEscape)
	u.mustSay("Change your password")
}

func TestKeyOfAnotherAccountSetsNothing(t *testing.T) {
	u := atReset(t, &device{view: annas(), fails: map[string]error{"begin reset": app.ErrOtherKey}}, phone)
	withKey(t, u)
	if got := u.page.(*resetKeyPage).entry.Wrong(); got != "This is not your recovery key. Compare each group with your paper." {
		t.Errorf("said %q", got)
	}
	u.press(fyne.KeyEscape)
	u.mustSay("Is your recovery key at hand?")
}

func TestRefusedPasswordIsChosenAnew(t *testing.T) {
	u := atReset(t, &device{view: annas(), fails: map[string]error{
		"finish reset password": &api.Error{Code: api.CodePassword}, "finish reset battery staple": context.DeadlineExceeded,
	}}, phone)
	withKey(t, u)
	u.typeInto("New password", "password")
	u.typeInto("The same once more", "password")
	u.tap("Continue")
	u.tap("I have written it down")
	enter(u.page.(*freshBackPage).entry, u.device.key.Text())
	u.tap("Continue")
	u.mustSay("The server does not take this password. Choose a longer one.")
	u.typeInto("New password", "battery staple")
	u.typeInto("The same once more", "battery staple")
	u.tap("Continue")
	u.tap("I have written it down")
	if !u.page.(*freshBackPage).entry.Full() {
		t.Error("what was typed back is lost")
	}
	u.tap("Continue")
	u.mustSay("The server has not answered yet. It goes on by itself, also after a restart. Keep both papers until then.")
	u.device.fails = nil
	u.tap("Try again")
	u.mustSay("Your password is changed")
}

func TestDeviceAloneWaits(t *testing.T) {
	u := atReset(t, &device{view: annas(with3Devices)}, phone)
	u.tap("I have only this device")
	u.mustSay("It waits three days", "All your devices and addresses are told")
	u.tap("Ask for a new password")
	u.mustSay("A new password waits", "From 25 November, 20:14 on you can set it, if nobody stops it.")
	u.clock = noon.Add(71*time.Hour - time.Second)
	u.pass(2 * time.Second)
	u.mustSay("The wait is over, and nobody has stopped it.")
	u.typeInto("New password", "battery staple")
	u.typeInto("The same once more", "battery staple")
	u.tap("Set password")
	u.mustSay("Your password is changed", "Your recovery key stays the same. It is only on your paper now.")
	if want := []string{"ask reset", "set battery staple"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
	u.tap("Close")
	u.mustSay("Recovery")
}

func TestWaitForAPasswordStoppedByAnother(t *testing.T) {
	u := atReset(t, &device{view: withWait(annas(with3Devices), passwordWait())}, phone)
	u.mustSay("A new password waits")
	u.look(func(v *app.View) { v.Waits = nil })
	u.mustSay("Is your recovery key at hand?", "The wait has ended")
}

func TestWaitForAPasswordIsStoppedHere(t *testing.T) {
	u := atReset(t, &device{view: withWait(annas(), passwordWait())}, phone)
	u.tap("Stop it")
	u.tap("Stop it")
	if want := []string{"stop 7"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
}

func TestWhyNoPasswordCanBeHad(t *testing.T) {
	for err, want := range map[error]string{
		&api.Error{Code: api.CodeYoung}:    "This device is too new for that. Try it on an older one, or in some hours.",
		&api.Error{Code: api.CodeNotFound}: "Your account’s rules do not allow this. Look for your recovery key.",
		context.DeadlineExceeded:           "No connection. Nothing was changed.",
	} {
		u := atReset(t, &device{view: annas(), fails: map[string]error{"ask reset": err}}, phone)
		u.tap("I have only this device")
		u.tap("Ask for a new password")
		u.mustSay(want)
		u.press(fyne.KeyEscape)
		u.mustSay("Is your recovery key at hand?")
	}
	u := atReset(t, &device{view: withWait(annas(), over(passwordWait())), fails: map[string]error{"set battery staple": &api.Error{Code: api.CodeStopped}}}, phone)
	u.typeInto("New password", "battery staple")
	u.typeInto("The same once more", "battery staple")
	u.tap("Set password")
	u.mustSay("It does not wait any more: it was stopped, or its time has passed.")
}

// A device that signs nothing any more begins nothing.
func TestFrozenDeviceSetsNoPassword(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Fork = &app.Fork{} })}, phone)
	u.goTo(newResetPage(u.UI))
	u.mustSay("This device has stopped and answers nothing. Look at Home.")
	for _, d := range u.onTop() {
		if c, ok := d.object.(fyne.Tappable); ok && saysFirst(d.object, "I have my recovery key") {
			t.Errorf("%T can be pressed", c)
		}
	}
}
