package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// strangers is what somebody else has asked for.
func strangers() []app.Wait {
	return []app.Wait{
		{ID: trust.WaitID{8}, Kind: waitDevice, Name: "Xperia 10", Since: noon.Add(-time.Hour), Until: noon.Add(23 * time.Hour), Address: "203.0.113.77"},
		{ID: trust.WaitID{9}, Kind: waitLeave, Name: "Pixel 9", Since: noon.Add(-time.Hour), Until: noon.Add(23 * time.Hour)},
	}
}

func noWaits() error { return &api.Error{Code: api.CodePassword} }

// One thing alone stops, in the hands of who has no device: the password and the
// recovery key both.
func TestOneThingStopsWithoutADevice(t *testing.T) {
	for _, by := range []string{"password", "key"} {
		u := atRecover(t, &device{returning: returning{strange: strangers()}}, phone)
		u.tap("I have only one of them")
		want := "correct horse"
		if by == "key" {
			u.tap("Only the recovery key")
			enter(u.page.(*stopFormPage).key, oldKey(t).Text())
			want = widgetText(oldKey(t))
		} else {
			u.tap("Only the password")
			u.typeInto("Password", "correct horse")
		}
		u.typeInto("Address of the server", "id.lindqvist.example")
		u.typeInto("Name to sign in with", "anna")
		u.press(fyne.KeyReturn)
		u.mustSay("This waits")
		for range strangers() {
			u.tap("Stop it")
			u.tap("Stop it")
		}
		u.mustSay("Nothing waits", "It is stopped")
		calls := []string{
			"waits of anna at id.lindqvist.example by " + want,
			"stop 9 of anna at id.lindqvist.example by " + want, "stop 8 of anna at id.lindqvist.example by " + want,
		}
		if !slices.Equal(u.device.calls, calls) {
			t.Errorf("by the %s the device did %q, want %q", by, u.device.calls, calls)
		}
		u.tap("Close")
		u.mustSay("Set up an account")
	}
}

func TestWhatCannotBeStoppedIsSaid(t *testing.T) {
	call := "waits of anna at id.lindqvist.example by correct horse"
	for err, want := range map[error]string{
		noWaits():      "Nothing waits for this account, or what you typed does not belong together.",
		app.ErrAddress: "This is not an address. It looks like id.example.org.",
	} {
		u := atRecover(t, &device{fails: map[string]error{call: err}}, phone)
		u.goTo(newStopFormPage(u.UI, u.page, false))
		u.tap("Look what waits")
		u.mustSay("Type the address of your server.", "Type the name you sign in with.", "Type your password.")
		u.typeInto("Address of the server", "id.lindqvist.example")
		u.typeInto("Name to sign in with", "anna")
		u.typeInto("Password", "correct horse")
		u.tap("Look what waits")
		u.mustSay(want)
	}
}
