package ui

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
)

func (d *device) ChangePassword(_ context.Context, present, next string) error {
	return d.note("change password " + present + " " + next)
}

func TestPasswordIsChangedFromSettings(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeSettings)
	u.tap("Change password")
	u.typeInto("Password now", "correct horse")
	u.typeInto("New password", "short")
	u.press(fyne.KeyReturn)
	if u.field("New password").Wrong() == "" {
		t.Error("a short password is not complained about")
	}
	u.mustHaveCalled()
	u.device.err = vault.ErrPassword
	u.typeInto("New password", "another horse")
	u.press(fyne.KeyReturn)
	if got, want := u.field("Password now").Wrong(), "This is not your password."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	u.device.err = nil
	u.press(fyne.KeyReturn)
	u.mustHaveCalled("change password correct horse another horse", "change password correct horse another horse")
	u.mustSay("Your password is changed")
	u.tap("Close")
	u.mustSay("Settings")
}

func TestNotMeLeadsToAnotherPassword(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Notice = app.NoticePassword })}, phone)
	u.tap("Change password")
	u.mustSay("Change your password")
	u.press(fyne.KeyEscape)
	u.mustSay("Nobody is asking")
}
