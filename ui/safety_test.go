package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// With every advice there is one button, and it leads to what it says.
func TestLightNamesOneThingAndLeadsThere(t *testing.T) {
	for next, want := range map[app.Advice]struct{ words, button, there string }{
		app.AdviceNewKey:  {"Do one thing: make a new recovery key. The present one cannot be counted on.", "Make a new key", "Change the recovery key"},
		app.AdviceTypeKey: {"Do one thing: type your recovery key back from the paper. It takes two minutes.", "Type it back", "Check your recovery key"},
		app.AdviceGroups:  {"Do one thing: type two groups of your recovery key. It takes half a minute.", "Type two groups", "Look at your paper and type groups 3 and 6."},
		app.AdvicePair:    {"Do one thing: pair a second device. With it and your password you get back in.", "Pair a device", "A device wants to join"},
		app.AdviceSeen:    {"Do one thing: open Countersign on one of your other devices. They were not seen for a month.", "See your devices", "Trusted devices"},
		app.AdviceCopy:    {"Do one thing: keep a second copy of the recovery key somewhere else.", "Keep a second copy", "A second copy, somewhere else"},
		app.AdviceContact: {"Do one thing: leave an address. Then you are told when somebody tries to get in as you.", "Add an address", "Where to tell you"},
	} {
		u := newTester(t, &device{view: advised(next, false), key: fixedKey(t)}, phone)
		u.mustSay("You would not get back in yet", want.words)
		u.tap(want.button)
		u.mustSay(want.there)
	}
}

// That a second copy is kept is the person's word, given by one tap.
func TestASecondCopyIsSaidToBeKept(t *testing.T) {
	u := newTester(t, &device{view: advised(app.AdviceCopy, true), key: fixedKey(t)}, phone)
	u.tap("Keep a second copy")
	u.mustSay("A second copy, somewhere else")
	u.tap("I keep one")
	u.mustSay("You would get back in")
	if said := u.device.calls; len(said) == 0 || said[len(said)-1] != "copied true" {
		t.Errorf("the device was told %q", said)
	}
}

// A light that says yes, says with what, how long it takes, and what would be better.
func TestLightSaysWithWhatOneGetsBackIn(t *testing.T) {
	u := newTester(t, &device{view: annas(with3Devices)}, phone)
	u.mustSay("You would get back in", "With your password and Pixel 9. Remove this device there.")
	u.device.show(annas(func(v *app.View) { v.Light.Next = app.AdviceNone; v.Light.Ways[0].Wait = 72 * time.Hour }))
	u.mustSay("With your password and the recovery key, after a wait of 3 days.")
	u.device.show(annas(func(v *app.View) { v.Light.Next = app.AdviceNone; v.Light.Ways[0].Wait = 0 }))
	u.mustSay("With your password and the recovery key.")
	u.look(func(v *app.View) { v.Notice = app.NoticePassword })
	u.mustSay("known to others")
}

func TestWaitIsShownWithItsEndAndStoppedFromHome(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := newTester(t, &device{view: annas(newcomerWaits)}, size)
		u.mustSay("“Xperia 10” wants to be added", "With your password and recovery key. Until tomorrow 14:50.")
		u.tap("Stop it")
		u.mustHaveCalled()
		u.mustSay("Stop it?")
		u.tap("Stop it")
		u.mustHaveCalled("stop 1")
		u.mustSay("It is stopped", "Nobody came in. If it was not you, somebody knows your password and your recovery key: change both now.")
		u.tap("Close")
		u.mustNotSay("“Xperia 10” wants to be added")
	}
}

func TestWaitThatCannotBeStoppedNowStays(t *testing.T) {
	u := newTester(t, &device{view: annas(newcomerWaits), err: app.ErrGone}, phone)
	u.tap("Stop it")
	u.tap("Stop it")
	u.mustSay("Stop it?")
	u.mustNotSay("It is stopped")
	u.tap("Let it wait")
	u.mustSay("“Xperia 10” wants to be added")
}

func TestWaitLooksCloserAndCountsDown(t *testing.T) {
	u := newTester(t, &device{view: annas(newcomerWaits, toldByMail)}, phone)
	u.tap("Look closer")
	u.mustSay("A new device is waiting", "198.51.100.4", "4 devices, 2 addresses")
	ring := u.countdown()
	if got := ring.Words(); got != "17 h 36 m" {
		t.Errorf("the ring says %q", got)
	}
	u.pass(time.Minute)
	if got := ring.Words(); got != "17 h 35 m" {
		t.Errorf("a minute later the ring says %q", got)
	}
	u.look(func(v *app.View) { v.Waits = nil })
	u.mustSay("This does not wait any more")
	u.tap("Close")
	u.mustSay("Nobody is asking")
}

// The halves of a wait are told apart, and its end without a new view.
func TestWaitTellsItsHalfAndItsEnd(t *testing.T) {
	u := newTester(t, &device{view: annas(leaveWaits)}, wide)
	u.mustSay("“Pixel 9” switches two-step sign-in off", "With your password. Until today 21:54. More than half of the time is over.")
	u.pass(40 * time.Minute)
	u.mustSay("The wait is over: it is being switched off.")
	u.mustSay("Stop it")
}

func TestPasswordThatWasWaitedForIsSet(t *testing.T) {
	u := newTester(t, &device{view: annas(passwordWaits)}, phone)
	u.mustNotSay("Set the new password")
	u.look(func(v *app.View) { v.Waits[0].Over = true })
	u.mustSay("You asked for a new password here", "The wait is over: set the new password now.", "Set the new password", "Stop it")
}

// Stopping what another device asked for alone leads to that device.
func TestStoppedPasswordLeadsToTheDevices(t *testing.T) {
	u := newTester(t, &device{view: annas(phoneAsks)}, phone)
	u.tap("Stop it")
	u.tap("Stop it")
	u.tap("See your devices")
	u.mustSay("Trusted devices")
}

func TestNewRecoveryKeyIsWrittenTypedBackAndSealed(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, wide)
	u.visit(placeRecovery)
	u.tap("Change the recovery key")
	u.tap("Make a new key")
	u.mustSay("Your new recovery key")
	u.tap("I have written it down")
	p := u.page.(*typedKeyPage)
	if !p.next.Disabled() {
		t.Error("the key need not be typed back")
	}
	u.window.Canvas().Focus(p.entry)
	for _, r := range u.device.key.Text() {
		p.entry.TypedRune(r)
	}
	u.tap("Continue")
	u.device.err = vault.ErrPassword
	u.typeInto("Password", "wrong")
	u.press(fyne.KeyReturn)
	if got, want := u.field("Password").Wrong(), "This is not your password."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	u.device.err = nil
	u.typeInto("Password", "correct horse")
	u.tap("Change the key")
	u.mustHaveCalled("new key", "finish new key wrong", "finish new key correct horse")
	u.mustSay("Your recovery key is the new one now")
}

func TestNewRecoveryKeySaysWhyItCannotBe(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t), err: app.ErrFrozen}, phone)
	u.beginNewKey(u.page)
	u.tap("Make a new key")
	u.mustSay("Change the recovery key", "This device has stopped and answers nothing. Look at Home.")
}

func TestTwoGroupsAreTypedCarelesslyAndChecked(t *testing.T) {
	u := newTester(t, &device{view: advised(app.AdviceGroups, true), key: fixedKey(t)}, phone)
	u.visit(placeRecovery)
	u.mustSay("Where is your paper?")
	u.tap("Type two groups")
	typeGroups(u, "0000", "1111")
	u.mustSay("This is not what your paper should say. Look once more, or type the whole key.", "Type the whole key", "I do not find it")
	groups := u.device.key.Groups()
	typeGroups(u, " -"+groups[2], groups[5]+"X")
	u.mustSay("That is your recovery key")
	u.tap("Close")
	u.mustSay("Your recovery key works")
}

// The key leaves the clipboard after a minute, whichever page is open then.
func TestSavedKeyLeavesTheClipboard(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	u.visit(placeRecovery)
	u.tap("Save to my password manager")
	u.typeInto("Password", "correct horse")
	u.tap("Copy the entry")
	want := "Countersign\naccount: Anna Lindqvist\nserver: https://id.lindqvist.example\nrecovery key: " + u.device.key.Text()
	if got := u.app.Clipboard().Content(); got != want {
		t.Fatalf("copied %q, want %q", got, want)
	}
	u.mustSay("It leaves the clipboard in 60 seconds.")
	u.pass(20 * time.Second)
	u.mustSay("It leaves the clipboard in 40 seconds.")
	u.tap("Close")
	u.visit(placeHome)
	u.pass(39 * time.Second)
	if u.app.Clipboard().Content() != want {
		t.Error("it was taken back too early")
	}
	u.pass(time.Second)
	if got := u.app.Clipboard().Content(); got != "" {
		t.Errorf("after a minute the clipboard holds %q", got)
	}
}

func TestClipboardOfSomethingElseIsLeftAlone(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	u.lend("the key")
	u.app.Clipboard().SetContent("a shopping list")
	u.pass(61 * time.Second)
	if got := u.app.Clipboard().Content(); got != "a shopping list" {
		t.Errorf("the clipboard holds %q", got)
	}
	u.lend("the key")
	u.PutAway()
	if got := u.app.Clipboard().Content(); got != "" {
		t.Errorf("at the end the clipboard holds %q", got)
	}
}

func TestPageForTheDrawerIsClearedAway(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, wide)
	u.visit(placeRecovery)
	u.mustNotSay("Print the page")
	p := &paper{printer: true}
	u.o.Paper = p
	u.visit(placeRecovery)
	u.tap("Print the page")
	u.typeInto("Password", "correct horse")
	u.tap("Continue")
	u.mustSay(p.Warning(""))
	u.tap("Open the page")
	u.tap("Print it")
	if p.kit.Key != u.device.key || p.kit.Account != "Anna Lindqvist" || p.kit.ID != (trust.AccountID{7}) || p.kit.Server != "https://id.lindqvist.example" || !p.kit.Date.Equal(noon) {
		t.Errorf("the page tells %+v", p.kit)
	}
	u.tap("Close")
	if want := "show print remove"; strings.Join(p.calls, " ") != want {
		t.Errorf("did %q, want %q", strings.Join(p.calls, " "), want)
	}
}

func TestPageThatCannotBeShownIsNotThere(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	p := &paper{err: errNoViewer}
	u.o.Paper = p
	u.goTo(newKitPage(u.UI, u.page, annasKit(u)))
	u.mustNotSay("Print it")
	u.tap("Open the page")
	u.mustSay("That did not work here. Write the key down by hand.")
}

func TestAddressIsAddedConfirmedAndRemoved(t *testing.T) {
	u := newTester(t, &device{view: annas(reachable)}, phone)
	u.visit(placeRecovery)
	u.tap("Add an address")
	u.tap("Send a code there")
	u.mustSay("Type the address first.")
	u.typeInto("Mail address", "anna@lindqvist.example")
	u.typeInto("Password", "correct horse")
	u.tap("Send a code there")
	u.mustSay("A code was sent by mail to anna@lindqvist.example.")
	u.typeInto("Code", "1234 56")
	u.press(fyne.KeyReturn)
	u.typeInto("Code", "1234 5678")
	u.tap("Confirm the address")
	u.mustHaveCalled("add mail anna@lindqvist.example en correct horse", "confirm c1 12345678")
	u.mustSay("The address is confirmed")
	u.look(toldByMail)
	u.tap("anna@lindqvist.example")
	u.typeInto("Password", "correct horse")
	u.tap("Remove the address")
	u.mustHaveCalled("add mail anna@lindqvist.example en correct horse", "confirm c1 12345678", "remove contact c1 correct horse")
	u.mustSay("The address is removed")
}

func TestTelephoneIsAddedAsItIsRead(t *testing.T) {
	u := newTester(t, &device{view: annas(reachable)}, phone)
	u.goTo(newContactPage(u.UI, u.page))
	u.page.(*contactPage).choose(1)
	u.stage.draw()
	u.mustSay("A telephone number can be taken over. It is told; it recovers nothing, and lets nobody in unless you say so.")
	u.typeInto("Telephone number", "+49 (170) 123-4567")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyReturn)
	u.mustHaveCalled("add phone +491701234567 en correct horse")
}

func TestAddressTroublesStandWhereTheyBelong(t *testing.T) {
	for _, test := range []struct {
		err     error
		address string
		other   string
	}{
		{app.ErrUnproved, "This is not an address that can be reached, or there are two already.", ""},
		{app.ErrGone, "This server does not send such messages.", ""},
		{vault.ErrPassword, "", "This is not your password."},
	} {
		u := newTester(t, &device{view: annas(reachable), err: test.err}, phone)
		u.goTo(newContactPage(u.UI, u.page))
		u.typeInto("Mail address", "anna")
		u.typeInto("Password", "wrong")
		u.tap("Send a code there")
		if a, p := u.field("Mail address").Wrong(), u.field("Password").Wrong(); a != test.address || p != test.other {
			t.Errorf("%v: below the address %q, below the password %q", test.err, a, p)
		}
	}
}

func TestServerThatSendsNothingTakesNoAddress(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeRecovery)
	u.mustSay("Only your devices are told", "This server sends neither mails nor text messages")
	u.mustNotSay("Add an address")
	u.look(func(v *app.View) { toldByMail(v) })
	u.mustSay("Add an address") // another telephone
	u.look(func(v *app.View) { v.Media = v.Media[:1] })
	u.mustNotSay("Add an address")
}

func TestOfflineCodeIsSwitchedOnShownAndOver(t *testing.T) {
	u := newTester(t, &device{view: annas(offline)}, phone)
	u.tap("Offline code")
	u.mustSay("Switch it on")
	u.tap("Switch it on")
	u.typeInto("Password", "correct horse")
	u.tap("Switch it on")
	u.mustHaveCalled("offline on correct horse", "offline code")
	u.mustSay("Type it only on your own sign-in page. Nobody who calls or writes needs it.")
	u.pass(43 * time.Second)
	u.mustNotSay("Make a code")
	u.pass(2 * time.Second)
	u.mustSay("Make a code")
	u.mustHaveCalled("offline on correct horse", "offline code") // none is made unasked
	u.tap("Make a code")
	u.mustHaveCalled("offline on correct horse", "offline code", "offline code")
}

// A code that was shown is not shown again: until the next one the page says so,
// and leaving it asks for none.
func TestOfflineCodeIsWaitedFor(t *testing.T) {
	u := newTester(t, &device{view: annas(withOffline)}, wide)
	u.waiting = true
	p := newOfflinePage(u.UI, u.page).(*offlinePage)
	u.goTo(p)
	u.mustSay("The next code comes within half a minute.")
	u.press(fyne.KeyEscape)
	u.later[0]()
	u.mustSay("Nobody is asking")
	if u.stage.draw(); u.page == page(p) {
		t.Error("what was left came back")
	}
}

func TestLeavingSaysWhatItMeansAndWhen(t *testing.T) {
	u := newTester(t, &device{view: annas()}, wide)
	u.visit(placeSettings)
	u.tap("Switch two-step sign-in off")
	u.mustSay("Switch two-step sign-in off?")
	if got, want := say(troubleKeys()[app.TroubleShort]), "This password is too short to stand alone. Change it to one of 15 characters or more first."; got != want {
		t.Errorf("of a short password it says %q, want %q", got, want)
	}
	u.device.err = vault.ErrPassword
	u.typeInto("Password", "correct horse")
	u.tap("Switch it off")
	if got, want := u.field("Password").Wrong(), "This is not your password."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	u.device.err = nil
	u.typeInto("Password", "correct horse battery")
	u.tap("Switch it off")
	u.mustSay("It is off tomorrow 21:14")
	u.tap("Close")
	u.look(func(v *app.View) { v.Left = true })
	u.mustSay("Two-step sign-in is off", "Start again")
	u.mustNotSay("You would get back in")
}

func TestPauseKeepsNewBrowsersOutForADay(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeRecovery)
	u.tap("Refuse new browsers for a day")
	u.tap("Refuse them")
	u.mustHaveCalled("pause")
	u.look(func(v *app.View) { v.Paused = noon.Add(24 * time.Hour) })
	u.mustNotSay("Refuse new browsers for a day")
}

// A device that has stopped offers nothing here that it could not do.
func TestHaltedDeviceOffersNoRecovery(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Notice = app.NoticeRemoved })}, wide)
	u.visit(placeRecovery)
	u.mustNotSay("Change the recovery key", "Who is told")
	u.mustSay("Start again")
}

// On a phone Recovery has no place in the bar: Home leads there, and back.
func TestPhoneFindsRecoveryFromHome(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.tap("Recovery")
	u.mustSay("Any two of these bring back the third")
	u.press(fyne.KeyEscape)
	u.mustSay("Nobody is asking")
}

// countdown gives the ring on top.
func (u *tester) countdown() *widgets.Countdown {
	u.t.Helper()
	for _, d := range u.onTop() {
		if ring, ok := d.object.(*widgets.Countdown); ok {
			return ring
		}
	}
	u.t.Fatal("nothing counts down")
	return nil
}
