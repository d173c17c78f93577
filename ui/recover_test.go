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

// atRecover is a window that asks what the person still has.
func atRecover(t *testing.T, d *device, size fyne.Size) *tester {
	d.key = fixedKey(t)
	u := newTester(t, d, size)
	u.tap("Recover my account")
	return u
}

// Nothing less than two leads anywhere but to a device alone, which waits.
func TestWhatIsLeftChoosesTheWay(t *testing.T) {
	for _, test := range []struct {
		ticks []string
		page  string // what is said there; "" = it goes nowhere
	}{
		{nil, ""},
		{[]string{"Password"}, ""},
		{[]string{"Recovery key"}, ""},
		{[]string{"Password", "Recovery key"}, "Which account is it?"},
		{[]string{"Password", "A trusted device"}, "Pair this device"},
		{[]string{"Password", "A trusted device", "Recovery key"}, "Pair this device"},
		{[]string{"A trusted device", "Recovery key"}, "Type the recovery key there"},
		{[]string{"A trusted device"}, "Ask for a new password there"},
	} {
		for _, size := range []fyne.Size{phone, wide} {
			u := atRecover(t, &device{}, size)
			for _, name := range test.ticks {
				u.tap(name)
			}
			if off := u.find("Continue").(*widgets.Button).Disabled(); off != (test.page == "") {
				t.Errorf("with %q Continue is off: %t", test.ticks, off)
			}
			if test.page == "" {
				continue
			}
			u.tap("Continue")
			u.mustSay(test.page)
			u.press(fyne.KeyEscape)
			u.mustSay("What do you still have?", "This is how it goes")
		}
	}
}

func TestTickIsTakenBack(t *testing.T) {
	u := atRecover(t, &device{}, phone)
	u.tap("Password")
	u.mustSay("One is not enough")
	u.tap("Password")
	u.mustNotSay("One is not enough")
}

// A tick changes the page below it; the keys stay where they were.
func TestTicksByKey(t *testing.T) {
	u := atRecover(t, &device{}, phone)
	for range 3 { // back, the password, the device
		u.press(fyne.KeyTab)
	}
	u.press(fyne.KeySpace)
	u.mustSay("On your other device you ask for a new password. It waits three days, unless your account has another rule. Then that device takes this one in.")
	u.press(fyne.KeyTab)
	u.press(fyne.KeySpace)
	u.mustSay("You set a new password on your other device, with the recovery key. It counts at once. Then that device takes this one in.")
	u.press(fyne.KeyTab)
	u.press(fyne.KeyReturn)
	u.mustSay("Go on with your trusted device")
}

func TestOneAloneIsToldHonestly(t *testing.T) {
	u := atRecover(t, &device{}, phone)
	u.tap("I have only one of them")
	u.mustSay("It takes two", "The second is gone for good")
	u.tap("Only a trusted device")
	u.mustSay("Ask for a new password there")
	u.tap("Pair this device")
	u.mustSay("Pair this device", "Name of this device")
	u.press(fyne.KeyEscape)
	u.mustSay("Ask for a new password there")
	u.tap("Back")
	u.tap("Back")
	u.press(fyne.KeyEscape)
	u.mustSay("Set up an account")
}

// asks goes through the form up to the recovery key, typed from paper.
func asks(t *testing.T, d *device, size fyne.Size) *tester {
	u := atRecover(t, d, size)
	u.tap("Password")
	u.tap("Recovery key")
	u.tap("Continue")
	u.typeInto("Address of the server", " id.lindqvist.example ")
	u.typeInto("Name to sign in with", "Anna Lindqvist")
	u.typeInto("Password", "correct horse")
	u.typeInto("Name of this device", "Xperia 10")
	u.tap("Phone")
	u.tap("Continue")
	u.mustSay("Type your recovery key")
	if !u.find("Ask to come back").(*widgets.Button).Disabled() {
		t.Error("it asks without a key")
	}
	enter(u.page.(*regainKeyPage).entry, oldKey(t).Text())
	return u
}

func TestPasswordAndKeyAskToComeBack(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		d := &device{returning: returning{wait: waiting()}}
		u := asks(t, d, size)
		u.tap("Ask to come back")
		want := app.RegainInput{
			Server: "id.lindqvist.example", Name: "Anna Lindqvist", Password: "correct horse",
			Key: widgetText(oldKey(t)), DeviceName: "Xperia 10", Kind: "phone",
		}
		if d.regain != want {
			t.Error("asked with something else than was typed")
		}
		u.mustSay("This device waits", "id.lindqvist.example", "From tomorrow 14:50 on it may come back to Anna Lindqvist, if nobody stops it.")
	}
}

// widgetText is a key as the field gives it, without what stands between groups.
func widgetText(k trust.RecoveryKey) string {
	text := ""
	for _, group := range k.Groups() {
		text += group
	}
	return text
}

func TestWhatIsMissingIsSaidBeforeAnythingIsSent(t *testing.T) {
	u := atRecover(t, &device{}, phone)
	u.goTo(newRegainPage(u.UI, u.page))
	u.tap("Continue")
	u.mustSay("Type the address of your server.", "Type the name you sign in with.", "Type your password.")
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q", u.device.calls)
	}
	u.typeInto("Password", "c")
	u.mustNotSay("Type your password.")
}

// A refusal is told where it can be mended, and nothing typed is lost by it.
func TestRefusalKeepsWhatWasTyped(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
		form bool // told where the account is asked for
	}{
		{&api.Error{Code: api.CodePassword}, "Name, password and recovery key do not belong together. Look at each of them once more.", false},
		{&api.Error{Code: api.CodeSlow, Retry: 600}, "Too many tries. Try again in 10 minutes.", false},
		{app.ErrOrigin, "The server there goes by another address. Ask the person who runs it for the right one.", true},
		{&api.Error{Code: api.CodeName}, "A device’s name has at most 64 letters.", true},
	} {
		u := asks(t, &device{fails: map[string]error{"begin regain": test.err}}, phone)
		u.tap("Ask to come back")
		u.mustSay(test.want)
		if _, form := u.page.(*regainPage); form != test.form {
			t.Errorf("%v is told on %T", test.err, u.page)
		}
		if !test.form {
			if !u.page.(*regainKeyPage).entry.Full() {
				t.Error("the typed key is lost")
			}
			u.press(fyne.KeyEscape)
		}
		if got := u.field("Name to sign in with").Text(); got != "Anna Lindqvist" {
			t.Errorf("the name is %q", got)
		}
	}
	u := asks(t, &device{fails: map[string]error{"begin regain": app.ErrKey}}, phone)
	u.tap("Ask to come back")
	if got := u.page.(*regainKeyPage).entry.Wrong(); got != "This is not a recovery key: one of the signs is mistyped." {
		t.Errorf("said %q", got)
	}
}

func TestMistypedAddressIsSaidBeforeTheKeyIsTyped(t *testing.T) {
	for err, want := range map[error]string{
		app.ErrAddress:           "This is not an address. It looks like id.example.org.",
		context.DeadlineExceeded: "This server does not answer. Look at the address, or try again later.",
	} {
		u := atRecover(t, &device{err: err}, phone)
		atRegain(u)
		u.tap("Continue")
		u.mustSay("Which account is it?", want)
	}
}

// The backend may have heard it all the same: the device goes on asking.
func TestWithoutAnAnswerItGoesOnAsking(t *testing.T) {
	d := &device{fails: map[string]error{"begin regain": context.DeadlineExceeded}}
	u := asks(t, d, phone)
	u.tap("Ask to come back")
	u.mustSay("Asking the server", "id.lindqvist.example has not answered yet.")
	u.look(offline)
	u.mustSay("No connection to the server. Trying again in 0:08.")
	u.tap("Check now")
	if !slices.Contains(d.calls, "check now") {
		t.Errorf("the device did %q", d.calls)
	}
	way := waiting()
	d.show(app.View{Regaining: &way})
	u.mustSay("This device waits")
}

func TestWaitRunsDownAndOpens(t *testing.T) {
	d := &device{view: onTheWay(func(r *app.Regaining) { r.Until = noon.Add(61 * time.Second) })}
	u := newTester(t, d, phone)
	u.mustSay("This device waits")
	u.pass(62 * time.Second)
	u.mustSay("This device waits")
	d.show(onTheWay(ready))
	u.mustSay("The wait is over")
}

func TestWaitIsStoppedWithThePassword(t *testing.T) {
	d := &device{view: onTheWay(), fails: map[string]error{"cancel regain wrong": &api.Error{Code: api.CodePassword}}}
	u := newTester(t, d, phone)
	u.tap("Stop it")
	u.mustSay("Stop coming back?")
	u.tap("Stop it")
	u.mustSay("Type your password.")
	u.typeInto("Password", "wrong")
	u.press(fyne.KeyReturn)
	u.mustSay("This is not your password.")
	u.typeInto("Password", "correct horse")
	u.tap("Stop it")
	u.mustSay("Set up an account")
	if want := []string{"cancel regain wrong", "cancel regain correct horse"}; !slices.Equal(d.calls, want) {
		t.Errorf("the device did %q, want %q", d.calls, want)
	}
}

func TestWaitIsForgottenWithoutThePassword(t *testing.T) {
	d := &device{view: onTheWay()}
	u := newTester(t, d, wide)
	u.tap("Stop it")
	u.tap("Go on waiting")
	u.mustSay("This device waits")
	u.tap("Stop it")
	u.tap("Forget it only on this device")
	u.mustSay("Set up an account")
	if want := []string{"cancel regain "}; !slices.Equal(d.calls, want) {
		t.Errorf("the device did %q, want %q", d.calls, want)
	}
}

func TestWhoStoppedItIsTold(t *testing.T) {
	for by, want := range map[string]string{
		"device": "One of your trusted devices stopped it", "password": "Somebody with your password stopped it",
		"key": "Somebody with your recovery key stopped it", "mail": "Somebody stopped it from a message",
		"replaced": "You asked again somewhere else", app.ByLost: "The server knows nothing of it", "": "It was stopped",
	} {
		d := &device{view: onTheWay(), returning: returning{wait: waiting()}}
		u := newTester(t, d, phone)
		d.show(onTheWay(stopped(by)))
		u.mustSay("This was stopped", want)
		u.tap("Ask again")
		u.mustSay("It waits from the beginning. Your password is enough: the recovery key is kept here, sealed under it.")
		u.typeInto("Password", "correct horse")
		u.press(fyne.KeyReturn)
		u.mustSay("This device waits")
		d.show(onTheWay(stopped(by)))
		u.tap("Begin with something else")
		u.mustSay("Set up an account")
	}
}
