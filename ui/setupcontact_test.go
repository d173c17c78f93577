package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// freshAccount is an account that was made a moment ago, on a server that sends messages.
func freshAccount(change ...func(v *app.View)) app.View {
	return annas(append([]func(v *app.View){func(v *app.View) { v.Stage, v.Media = app.StageTrial, nil }}, change...)...)
}

// toTell sets an account up as far as the question where the person can be told.
func toTell(t *testing.T, size fyne.Size, change ...func(v *app.View)) *tester {
	u := atStart(t, size)
	d := keyStep(u).draft
	d.input.Password = "correct horse"
	u.goTo(newBackPage(u.UI, d, keyStep(u)))
	typeKey(u, 28, false)
	u.device.show(freshAccount(change...))
	return u
}

func TestSetUpAsksWhereThePersonCanBeTold(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := toTell(t, size, reachable)
		u.mustSay("Where can we tell you?")
		u.typeInto("Mail address", "anna@example.org")
		u.press(fyne.KeyReturn)
		u.mustSay("Where can we tell you?", "A code was sent by mail to anna@example.org.", "Eight digits. They are good for a day.")
		u.typeInto("Code", "1234 567")
		u.press(fyne.KeyReturn)
		u.typeInto("Code", "1234 5678")
		u.tap("Confirm the address")
		want := []string{"add mail anna@example.org en correct horse", "confirm c1 12345678"}
		if !slices.Equal(u.device.calls, want) {
			t.Errorf("the device was asked for %q, want %q", u.device.calls, want)
		}
		u.look(func(v *app.View) {
			v.Contacts = []app.Contact{{ID: "c1", Medium: mediumMail, Address: "anna@example.org", Confirmed: true}}
		})
		u.mustSay("anna@example.org is told of everything important from now on.")
		u.tap("Add a telephone number")
		u.typeInto("Telephone number", "+49 170 1234567")
		u.tap("Send a code there")
		if last := u.device.calls[len(u.device.calls)-1]; last != "add phone +491701234567 en correct horse" {
			t.Errorf("the device was asked for %q", last)
		}
		u.tap("Later")
		u.mustSay("Sign in once")
	}
}

func TestSetUpGoesOnWithoutAnAddress(t *testing.T) {
	u := toTell(t, phone, reachable)
	u.tap("Later")
	u.mustSay("Sign in once")
	u = toTell(t, phone, reachable)
	u.press(fyne.KeyEscape)
	u.mustSay("Sign in once")
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q", u.device.calls)
	}
}

func TestSetUpAsksForNoAddressWhereNothingIsSent(t *testing.T) {
	u := toTell(t, phone)
	u.mustSay("Sign in once")
	u.mustNotSay("Where can we tell you?")
}

func TestAddressWaitsForTheAccount(t *testing.T) {
	u := toTell(t, phone, reachable, func(v *app.View) { v.Joining = true })
	u.mustSay("The server has not answered yet. Your account waits here until it does.")
	u.typeInto("Mail address", "anna@example.org")
	u.press(fyne.KeyReturn)
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q before there was an account", u.device.calls)
	}
	u.look(func(v *app.View) { v.Joining = false })
	u.tap("Send a code there")
	u.mustSay("Confirm the address")
}

func TestAnotherAddressNeedsAnotherCode(t *testing.T) {
	u := toTell(t, phone, reachable)
	u.typeInto("Mail address", "anna@example.org")
	u.press(fyne.KeyReturn)
	u.typeInto("Mail address", "anna@example.com")
	u.mustNotSay("Confirm the address")
	u.tap("Send a code there")
	if want := "add mail anna@example.com en correct horse"; !slices.Contains(u.device.calls, want) {
		t.Errorf("the device was asked for %q, want %q", u.device.calls, want)
	}
}

func TestRefusedAddressSaysWhyOnItsPage(t *testing.T) {
	u := toTell(t, phone, reachable)
	u.tap("Send a code there")
	u.mustSay("Where can we tell you?")
	if got, want := u.field("Mail address").Wrong(), "Type the address first."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	u.typeInto("Mail address", "anna@example.org")
	u.device.err = app.ErrGone
	u.tap("Send a code there")
	if got, want := u.field("Mail address").Wrong(), "This server does not send such messages."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
}

func TestAccountRefusedAtTheAddress(t *testing.T) {
	u := toTell(t, phone, reachable, func(v *app.View) { v.Joining = true })
	u.device.show(app.View{Notice: app.NoticeNotMade})
	u.mustSay("This device has no account yet")
}

func TestKeyAtSetUpCanBePrintedAndSaved(t *testing.T) {
	u := atStart(t, phone)
	sheet := &paper{printer: true}
	u.o.Paper = sheet
	u.goTo(keyStep(u))
	u.tap("Print the page")
	u.tap("Print it")
	if k := sheet.kit; k.Key != u.device.key || k.Server != "https://id.lindqvist.example" || k.ID != (trust.AccountID{7}) || k.Account != "Anna Lindqvist" {
		t.Errorf("printed %+v", k)
	}
	u.tap("Close")
	u.mustSay("Your recovery key")
	u.tap("Save to my password manager")
	if got := u.app.Clipboard().Content(); !strings.Contains(got, u.device.key.Text()) || !strings.Contains(got, "https://id.lindqvist.example") {
		t.Error("the entry was not copied whole")
	}
	u.tap("Close")
	u.pass(lending)
	if got := u.app.Clipboard().Content(); got != "" {
		t.Errorf("%d signs still lie in the clipboard", len(got))
	}
	u.mustSay("I have written it down")
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q", u.device.calls)
	}
}

func TestNewKeyCanBePrintedAndSaved(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	sheet := &paper{printer: true}
	u.o.Paper = sheet
	u.beginNewKey(u.page)
	u.tap("Make a new key")
	u.tap("Print the page")
	u.tap("Print it")
	if k := sheet.kit; k.Key != u.device.key || k.ID != (trust.AccountID{7}) || k.Account != "Anna Lindqvist" || !k.Date.Equal(noon) {
		t.Errorf("printed %+v", k)
	}
	u.tap("Close")
	u.tap("Save to my password manager")
	if !strings.Contains(u.app.Clipboard().Content(), u.device.key.Text()) {
		t.Error("the key was not copied")
	}
	u.tap("Close")
	u.mustSay("I have written it down")
}
