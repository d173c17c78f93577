package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// removalWaits is a second removal that this device has asked for.
func removalWaits(v *app.View) {
	family(v)
	waitsToRemove(v)
}

func waitsToRemove(v *app.View) {
	v.Waits = append(v.Waits, app.Wait{
		ID: trust.WaitID{6}, Kind: waitRemove, Device: here, Name: "DESKTOP-7F3", This: true,
		Since: noon.Add(-6 * time.Hour), Until: noon.Add(18 * time.Hour), Address: "192.168.1.24",
	})
}

func removalOver(v *app.View) {
	removalWaits(v)
	v.Waits[0].Until, v.Waits[0].Over = noon.Add(-time.Minute), true
}

// office is the page of the device that is to go.
func office(u *tester) { u.goTo(&memberPage{u: u.UI, id: trust.DeviceID{3}}) }

func askToRemove(u *tester) {
	office(u)
	u.device.err = &api.Error{Code: api.CodeWait, Retry: 18 * 3600}
	u.tap(say("remove.do"))
	u.typeInto(say("password.label"), "correct horse")
	u.press(fyne.KeyReturn)
}

func removalScenes() []scene {
	return []scene{
		{"removal-asked", annas(family), askToRemove},
		{"removal-waits", annas(removalWaits), office},
		{"removal-waits-home", annas(removalWaits), nil},
		{"removal-waits-large", annas(removalWaits), atWait},
		{"removal-over", annas(removalOver), office},
		{"removal-over-home", annas(removalOver), nil},
	}
}

// A second removal within a day is no fault: the sheet says from when on it can be
// done, and who can stop it until then.
func TestSecondRemovalSaysCalmlyThatItWaits(t *testing.T) {
	u := newTester(t, &device{view: annas(family)}, phone)
	askToRemove(u)
	u.mustSay("It can be removed from tomorrow 15:14 on")
	u.mustNotSay("It has to wait first.", "Password")
	u.look(waitsToRemove)
	u.tap("Close")
	u.mustSay("Office PC", "It can be removed from tomorrow 15:14 on")
	u.tap("Look closer")
	u.mustSay("You asked here to remove “Office PC”. The second device within a day waits, so that a thief cannot remove all others at once.")
}

func TestRemovalIsOfferedAgainWhenItsWaitIsOver(t *testing.T) {
	u := newTester(t, &device{view: annas(removalWaits)}, phone)
	office(u)
	u.mustSay("It can be removed from tomorrow 15:14 on")
	u.mustNotSay("Remove")
	u.goTo(&memberPage{u: u.UI, id: trust.DeviceID{2}})
	u.mustSay("Remove") // the wait is for another device
	office(u)
	u.pass(18*time.Hour + time.Minute)
	u.mustSay("The wait is over: you can remove it now.")
	u.tap("Remove")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyReturn)
	u.mustHaveCalled("remove 3 correct horse")
	u.mustSay("Office PC was removed")
}

// Home and the wait at large lead to the removal once it can be done.
func TestRemovalThatWasWaitedForIsReachedFromTheWait(t *testing.T) {
	u := newTester(t, &device{view: annas(removalOver)}, wide)
	u.tap("Remove it now")
	u.mustSay("Office PC", "Remove")
	atWait(u)
	u.tap("Remove it now")
	u.mustSay("Office PC", "Remove")
}

// Two devices of one name: neither page may say that it waits for this one, or keep
// the button back.
func TestRemovalOfOneOfTwoNamesakesIsNotGuessed(t *testing.T) {
	u := newTester(t, &device{view: annas(removalWaits, func(v *app.View) { v.Devices[1].Own = "DESKTOP-7F3" })}, phone)
	for _, id := range []byte{2, 3} {
		u.goTo(&memberPage{u: u.UI, id: trust.DeviceID{id}})
		u.mustSay("Remove")
	}
}
