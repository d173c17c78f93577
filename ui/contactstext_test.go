package ui

import (
	"slices"
	"testing"

	"github.com/countersign/countersign/app"
)

// A number lets in only where the server offers it, and only by the password.
func TestLettingATextMessageIn(t *testing.T) {
	for what, c := range map[string]struct {
		view  func(*app.View)
		shown bool
	}{
		"offered":                   {toldByText, true},
		"on":                        {letInByText, true},
		"on, and no longer offered": {func(v *app.View) { letInByText(v); v.Text = false }, true},
		"not offered":               {func(v *app.View) { toldByText(v); v.Text = false }, false},
		"not confirmed":             {func(v *app.View) { toldByText(v); v.Contacts[0].Confirmed = false }, false},
		"a mail address":            {func(v *app.View) { toldByText(v); v.Contacts[0].Medium = mediumMail }, false},
	} {
		u := newTester(t, &device{view: annas(c.view)}, phone)
		u.goTo(&recoveryPage{u: u.UI})
		if got := slices.Contains(u.says(), say("contact.sign-in")); got != c.shown {
			t.Errorf("%s: shown is %t", what, got)
		}
	}
}

func TestSwitchingTextMessagesOn(t *testing.T) {
	u := newTester(t, &device{view: annas(toldByText)}, phone)
	u.goTo(&recoveryPage{u: u.UI})
	u.tap(say("contact.sign-in"))
	u.typeInto(say("password.label"), "correct horse")
	u.tap(say("contact.sign-in.switch-on.do"))
	u.mustHaveCalled("allow text c2 correct horse true")
}
