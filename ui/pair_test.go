package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// next lets the oldest work that waits be done, and gives what the test then sees.
func (u *tester) next() {
	u.t.Helper()
	if len(u.later) == 0 {
		u.t.Fatal("nothing waits to be done")
	}
	f := u.later[0]
	u.later = u.later[1:]
	f()
}

// atPairing is a window in which Pair a device was pressed and the picture is up.
func atPairing(t *testing.T, d *device, size fyne.Size) *tester {
	d.view, d.digit = annas(with3Devices), "480917"
	if d.guest.Name == "" {
		d.guest = newPhone("own")
	}
	u := newTester(t, d, size)
	u.visit(placeDevices)
	u.waiting = true
	u.tap("Pair a device")
	u.next()
	return u
}

// typeDigits types as the window's driver does: what has the focus gets it.
func (u *tester) typeDigits(digits string) {
	for _, r := range digits {
		u.window.Canvas().Focused().TypedRune(r)
	}
}

func TestPairingByQRAndDigits(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := atPairing(t, &device{}, size)
		u.mustSay("7QK2 M9XW", "at id.lindqvist.example", "Good for 4 min 12 s")
		u.pass(12 * time.Second)
		u.mustSay("Good for 4 min 0 s")
		u.next()
		u.mustSay("A device wants to join", "Pixel 9", "The same as this device")
		u.typeDigits("480 917")
		u.mustSay("Pair Pixel 9?")
		u.typeInto("Password", "correct horse")
		u.tap("Pair it")
		u.next()
		u.mustSay("Pixel 9 is now a trusted device", "It may not change anything for its first 3 days.")
		if want := []string{"check now", "pair", "meet", "check 480917", "finish correct horse"}; !slices.Equal(u.device.calls, want) {
			t.Errorf("the device did %q, want %q", u.device.calls, want)
		}
		u.tap("Go to Devices")
		u.mustSay("Trusted devices")
		u.next()
		if len(u.later) > 0 || slices.Contains(u.device.calls, "stop") {
			t.Error("a pairing that is done is stopped")
		}
	}
}

// Digits that were typed before the new device was seen here count once it is.
func TestDigitsMayBeTypedEarly(t *testing.T) {
	u := atPairing(t, &device{}, wide)
	u.typeDigits("480917")
	u.next()
	u.mustSay("Pair Pixel 9?")
}

func TestWrongDigitsEndThePairing(t *testing.T) {
	u := atPairing(t, &device{}, phone)
	u.next()
	u.typeDigits("480918")
	u.mustSay("Nothing was added", "The digits were not the same. Start again, and compare them once more before you type.")
	u.tap("Start again")
	u.next()
	u.mustSay("7QK2 M9XW")
}

func TestWrongPasswordMayBeTypedAgain(t *testing.T) {
	u := atPairing(t, &device{fails: map[string]error{"finish wrong": vault.ErrPassword}}, phone)
	u.next()
	u.typeDigits("480917")
	u.typeInto("Password", "wrong")
	u.press(fyne.KeyReturn)
	u.next()
	if got := u.field("Password").Wrong(); got != "This is not your password." {
		t.Errorf("said %q", got)
	}
	u.typeInto("Password", "right")
	u.tap("Pair it")
	u.next()
	u.mustSay("Pixel 9 is now a trusted device")
}

func TestEveryEndOfAPairingHasItsSentence(t *testing.T) {
	for step, ends := range map[string]map[error]string{
		"pair": {
			app.ErrFrozen: "This device has stopped and answers nothing. Look at Home.",
		},
		"meet": {
			app.ErrPairOver{State: "open"}: "The time for pairing is over. Start again when both devices are at hand.",
			app.ErrPairing:                 "What came was not from the other device. Start again; if it happens twice, use another network.",
		},
		"finish x": {
			app.ErrPairOver{State: "left"}: "The pairing was stopped on the other device.",
		},
	} {
		for err, want := range ends {
			u := atPairing(t, &device{fails: map[string]error{step: err}}, phone)
			if step != "pair" {
				u.next()
			}
			if step == "finish x" {
				u.typeDigits("480917")
				u.typeInto("Password", "x")
				u.tap("Pair it")
				u.next()
			}
			u.mustSay("Nothing was added", want)
		}
	}
}

func TestLeavingEndsThePairing(t *testing.T) {
	u := atPairing(t, &device{}, wide)
	u.control(fyne.Key1)
	u.mustSay("Nobody is asking")
	u.next() // who waits for a new device
	u.mustSay("Nobody is asking")
	u.next()
	if last := u.device.calls[len(u.device.calls)-1]; last != "stop" {
		t.Errorf("the device did %q last", last)
	}
}

func TestLeavingAsksOnceSomebodyJoined(t *testing.T) {
	u := atPairing(t, &device{}, wide)
	u.next()
	u.press(fyne.KeyEscape)
	u.mustSay("Stop pairing?")
	u.tap("Go on")
	u.mustSay("A device wants to join")
	u.press(fyne.KeyEscape)
	u.tap("Stop pairing")
	u.mustSay("Trusted devices")
	u.next()
	if last := u.device.calls[len(u.device.calls)-1]; last != "stop" {
		t.Errorf("the device did %q last", last)
	}
}

// A pairing that opens after the person has left must not stay open.
func TestPairingThatOpensTooLateIsStopped(t *testing.T) {
	u := newTester(t, &device{view: annas()}, wide)
	u.visit(placeDevices)
	u.waiting = true
	u.tap("Pair a device")
	u.visit(placeHome)
	u.next()
	u.next()
	if want := []string{"check now", "pair", "stop"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
}

func TestDeviceThatMayNotPairSaysWhy(t *testing.T) {
	for want, change := range map[string]func(v *app.View){
		"This device is new. It may pair others from 24 November, 13:14 on.": youngHere,
		"Pairing needs the server, and there is no connection.":              offline,
	} {
		u := newTester(t, &device{view: annas(change)}, wide)
		u.visit(placeDevices)
		u.mustSay(want)
		if b := u.find("Pair a device").(*widgets.Button); !b.Disabled() {
			t.Errorf("%s: pairing can be begun", want)
		}
	}
}

func TestRemovingAsksThePasswordAndSaysWhatHappens(t *testing.T) {
	u := newTester(t, &device{view: annas(family)}, phone)
	u.visit(placeDevices)
	u.tap("Office PC")
	u.tap("Remove")
	u.mustSay("Remove Office PC?", "At once it stops ringing and can allow nothing any more. What it says is no longer believed, even if somebody else holds it. Type your password.")
	u.tap("Remove")
	if !slices.Equal(u.device.calls, []string{"check now"}) { // by the list, as it opened
		t.Fatalf("removed without a password: %q", u.device.calls)
	}
	u.typeInto("Password", "correct horse")
	u.tap("Remove")
	u.mustSay("Office PC was removed")
	if want := []string{"check now", "remove 3 correct horse"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
}

func TestOnlyDeviceCannotBeRemoved(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.goTo(&memberPage{u: u.UI, id: here})
	u.mustSay("This is your only trusted device, so it cannot be removed. Pair another one first.")
	u.mustNotSay("Remove this device")
}

func TestDeviceIsCalledAsThePersonLikes(t *testing.T) {
	u := newTester(t, &device{view: annas(family)}, phone)
	u.goTo(&memberPage{u: u.UI, id: trust.DeviceID{3}})
	u.mustSay("Calls itself DESKTOP-7F3")
	for _, name := range []string{" Work ", "DESKTOP-7F3"} {
		u.tap("Call it…")
		u.typeInto("Its name on this device", name)
		u.tap("Keep this name")
	}
	if want := []string{"rename 3 Work", "rename 3 "}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
}

// Who sees another list is named, and the proof of it can be taken along.
func TestDisagreementIsToldAndProved(t *testing.T) {
	u := newTester(t, &device{view: annas(sights(app.SightSame, app.SightAnother))}, wide)
	u.visit(placeDevices)
	u.mustSay("Office PC sees another list")
	u.device.show(annas(forked))
	u.mustSay("There are two lists of your devices", "Entry 6, signed by Office PC: removes Pixel 9.")
	u.tap("Copy the proof")
	if got := u.app.Clipboard().Content(); got != `{"seq":6}` {
		t.Errorf("the clipboard holds %q", got)
	}
	u.tap("Start again") // the way out, after a question
	if slices.Contains(u.device.calls, "forget") {
		t.Error("it forgets without a question")
	}
	u.mustSay("Start again on this device?")
}
