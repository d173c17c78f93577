package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
)

// atStart is a window over a device without an account.
func atStart(t *testing.T, size fyne.Size) *tester {
	return newTester(t, &device{key: fixedKey(t)}, size)
}

func TestSetUpOnThisComputer(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		u := atStart(t, size)
		u.tap("Set up an account")
		u.tap("Try it on this computer")
		u.typeInto("Name to sign in with", "anna")
		u.typeInto("Password", "correct horse")
		u.tap("Desktop")
		u.tap("Continue")
		in := u.device.setup.in
		if want := (app.SetupInput{Local: true, Name: "anna", Password: "correct horse", DeviceName: "Anna’s ThinkPad", Kind: "desktop"}); in != want {
			t.Errorf("set up with %+v, want %+v", in, want)
		}
		u.mustSay("Your recovery key")
		u.tap("I have written it down")
		typeKey(u, 28, false)
		u.tap("Continue")
		if !slices.Contains(u.device.calls, "finish") {
			t.Fatalf("the account was not made: %q", u.device.calls)
		}
		u.device.show(annas(func(v *app.View) { v.Stage = app.StageTrial; v.Server = "http://localhost:7420" }))
		u.mustSay("Sign in once", "http://localhost:7420")
		u.tap("Open the page")
		if want := []string{"http://localhost:7420"}; !slices.Equal(u.opened, want) {
			t.Errorf("the browser got %q, want %q", u.opened, want)
		}
	}
}

func TestTrialSignInTurnsTwoStepOn(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Stage = app.StageTrial })}, wide)
	u.look(func(v *app.View) { v.Requests = []app.Request{own()} })
	u.mustSay("Are you signing in?")
	u.pass(2 * time.Second)
	u.tap("Allow")
	u.mustSay("Your code for Webmail")
	u.look(func(v *app.View) {
		v.Shown, v.Stage = nil, app.StageOn
		v.Activity = append([]app.Activity{{Kind: kindDone, Request: own().ID, At: noon}}, v.Activity...)
	})
	u.mustSay("Two-step sign-in is on")
	u.tap("Go to Home")
	u.mustSay("You are in at Webmail", "Nobody is asking")
	u.tap("Close")
	u.mustNotSay("You are in at Webmail")
}

func TestSetUpSaysWhatIsMissingBeforeItAsks(t *testing.T) {
	u := atStart(t, phone)
	u.tap("Set up an account")
	u.tap("Try it on this computer")
	u.typeInto("Password", "short")
	u.tap("Continue")
	u.mustSay("3 more characters and it is long enough.", "Type the name you want to sign in with.")
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q with nothing to go on", u.device.calls)
	}
	u.typeInto("Password", "long enough")
	u.mustNotSay("3 more characters and it is long enough.")
}

func TestInvitationFixesTheName(t *testing.T) {
	u := atStart(t, phone)
	u.device.offer = app.Offer{Origin: "https://id.example.org", Name: "Anna"}
	u.tap("Set up an account")
	u.tap("Use my server")
	u.typeInto("Invitation link or address", "https://id.example.org/i#secret")
	u.tap("Continue")
	u.mustSay("It is kept on id.example.org.", "Anna", "The invitation is for this name.")
	u.typeInto("Password", "correct horse")
	u.tap("Continue")
	if in := u.device.setup.in; in.Name != "Anna" || in.Link != "https://id.example.org/i#secret" || in.Local {
		t.Errorf("set up with %+v", in)
	}
}

func TestServerThatNeedsAnInvitationSaysSo(t *testing.T) {
	u := atStart(t, phone)
	u.device.offer = app.Offer{Origin: "https://id.example.org", NeedsInvitation: true}
	u.goTo(newLinkPage(u.UI))
	u.typeInto("Invitation link or address", "id.example.org")
	u.press(fyne.KeyReturn)
	u.mustSay("id.example.org needs an invitation. Ask the person who runs it for a link, then paste it here.")
}

func TestMistypedGroupIsNamedAtOnce(t *testing.T) {
	u := atStart(t, phone)
	u.goTo(newBackPage(u.UI, keyStep(u).draft, keyStep(u)))
	typeKey(u, 12, true)
	if got, want := u.page.(*backPage).entry.Wrong(), "Group 3 is not what was shown. Look at it once more on your paper."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	if !u.page.(*backPage).next.Disabled() {
		t.Error("the account can be made without the key typed back")
	}
	u.press(fyne.KeyReturn)
	if len(u.device.calls) > 0 {
		t.Errorf("the device was asked for %q", u.device.calls)
	}
}

func TestKeyMayBeTypedCarelessly(t *testing.T) {
	for typed, want := range map[rune]rune{'o': '0', 'O': '0', 'i': '1', 'L': '1', 'a': 'A', '7': '7'} {
		if got, ok := cleanSymbol(typed); !ok || got != want {
			t.Errorf("%q was read as %q, %t; want %q", typed, got, ok, want)
		}
	}
	for _, refused := range " -uU!é\n" {
		if got, ok := cleanSymbol(refused); ok {
			t.Errorf("%q was read as %q", refused, got)
		}
	}
}

func TestAccountThatWasNotMadeSaysWhy(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Stage = app.StageTrial; v.Joining = true })}, phone)
	u.mustSay("The server has not answered yet. Your account waits here until it does.")
	u.device.show(app.View{Notice: app.NoticeNotMade})
	u.mustSay("This device has no account yet", "Set up an account")
}

func TestTypedTextSurvivesResizingAndNews(t *testing.T) {
	u := atStart(t, phone)
	u.goTo(newAccountPage(u.UI, draft{input: app.SetupInput{Local: true}}))
	u.typeInto("Password", "correct horse")
	entry := u.field("Password").Entry
	u.window.Resize(wide)
	u.look(func(v *app.View) { v.Link.State = app.Offline })
	u.window.Resize(phone)
	if got := u.field("Password").Text(); got != "correct horse" {
		t.Errorf("the password field holds %d characters", len(got))
	}
	if u.window.Canvas().Focused() != entry {
		t.Errorf("the focus went to %T", u.window.Canvas().Focused())
	}
}
