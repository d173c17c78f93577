package ui

import (
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
)

func TestHomeSaysWhetherOneWouldGetBackIn(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.mustSay("You would get back in", "With your password and the recovery key, after a wait of 24 hours. Pair a second device: with it you would not have to wait.")
	u.device.show(advised(app.AdvicePair, false))
	u.mustSay("You would not get back in yet", "Do one thing: pair a second device. With it and your password you get back in.")
	u.device.show(annas(with3Devices))
	u.mustSay("You would get back in", "With your password and Pixel 9. Remove this device there.")
	u.look(func(v *app.View) {
		v.Light = app.Light{}
		v.Devices = slices.Clone(v.Devices[:2])
		v.Devices[1].Held = noon.Add(time.Hour)
	})
	u.mustSay("You would not get back in yet", "Pixel 9 is new and cannot allow sign-ins yet. Once it can, you are safe.")
	u.device.show(annas())
	u.tap("Pair a device")
	u.mustSay("A device wants to join")
}

// A sign-in that the page sent to one device is not in front of the others, but
// can be brought there.
func TestRequestForAnotherDeviceStaysBehind(t *testing.T) {
	u := newTester(t, &device{view: annas(elsewhere)}, phone)
	if u.desk.rings > 0 {
		t.Error("it rang here")
	}
	u.mustSay("Somebody is asking", "Webmail. Ringing on Pixel 9 only.")
	u.tap("Show")
	u.mustSay("Are you signing in?")
}

// Another device was first: the sheet closes, and whatever page is open says who.
func TestAnswerElsewhereIsTold(t *testing.T) {
	for _, p := range []place{placeHome, placeDevices, placeActivity} {
		u := newTester(t, &device{view: annas(family)}, phone)
		u.visit(p)
		u.look(func(v *app.View) { v.Requests = []app.Request{own()} })
		u.mustSay("Are you signing in?")
		u.look(func(v *app.View) {
			v.Requests = nil
			v.Activity = append([]app.Activity{{Kind: kindAnswered, Request: own().ID, Device: "Pixel 9", At: noon}}, v.Activity...)
		})
		u.mustNotSay("Are you signing in?")
		u.mustSay("Answered on Pixel 9")
		u.tap("Close")
		u.mustNotSay("Answered on Pixel 9")
	}
}

func TestRemovedDeviceStartsAgain(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Notice = app.NoticeRemoved })}, phone)
	u.tap("Start again")
	u.mustSay("Start again on this device?")
	u.tap("Cancel")
	if len(u.device.calls) > 0 {
		t.Fatalf("forgot without being told to: %q", u.device.calls)
	}
	u.tap("Start again")
	u.tap("Start again")
	if want := []string{"forget"}; !slices.Equal(u.device.calls, want) {
		t.Errorf("the device did %q, want %q", u.device.calls, want)
	}
	u.device.show(app.View{})
	u.mustSay("Set up an account")
}

func TestChangesOfTheListAreToldWithTheirAuthor(t *testing.T) {
	u := newTester(t, &device{view: annas(changed)}, wide)
	u.visit(placeActivity)
	u.mustSay("Galaxy A15 was added", "On Anna’s ThinkPad", "Old phone was removed", "On Pixel 9",
		"The recovery key is another one now", "With the recovery key")
}
