package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
)

func TestPasswordLetsNewBrowsersAskAgain(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Off = true })}, phone)
	u.tap("Let them ask again")
	u.device.err = vault.ErrPassword
	u.typeInto("Password", "wrong")
	u.press(fyne.KeyReturn)
	if got, want := u.field("Password").Wrong(), "This is not your password."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	u.device.err = nil
	u.typeInto("Password", "correct horse")
	u.tap("Let them ask")
	u.mustHaveCalled("resume wrong", "resume correct horse")
	u.mustSay("Nobody is asking")
}

func TestDoorShowsItsLetters(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Off = true })}, phone)
	u.tap("Let me in once")
	u.typeInto("Password", "correct horse")
	u.tap("Open for ten minutes")
	u.look(func(v *app.View) { v.Door = &app.Door{Letters: "KRM", Until: noon.Add(600e9)} })
	u.mustSay("Sign in now", "K", "R", "M", "Your page must show these letters. Open until 21:24.")
}

func TestPromptLeavesWithEscapeAndNothingIsAsked(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Off = true })}, phone)
	u.tap("Let them ask again")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyEscape)
	u.mustHaveCalled()
	u.mustSay("Nobody is asking")
}

func TestRequestGoesBeforeAPrompt(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) { v.Off = true })}, phone)
	u.tap("Let them ask again")
	u.look(func(v *app.View) { v.Requests = []app.Request{own()} })
	u.mustSay("Are you signing in?")
	u.look(func(v *app.View) { v.Requests = nil })
	u.mustSay("Let new browsers ask again")
}

func TestRecoveryKeyIsShownForThePassword(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	u.visit(placeRecovery)
	u.tap("Show the recovery key")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyReturn)
	u.mustHaveCalled("show recovery correct horse")
	if p, ok := u.page.(*shownKeyPage); !ok || p.key != u.device.key {
		t.Errorf("the page is %T", u.page)
	}
	u.press(fyne.KeyEscape)
	u.mustSay("Any two of these bring back the third")
}

func TestDrillSaysWhetherThePaperWorks(t *testing.T) {
	u := newTester(t, &device{view: annas(), key: fixedKey(t)}, phone)
	u.goTo(newCheckPage(u.UI, u.page))
	p := u.page.(*checkPage)
	p.entry.SetText("0000000000000000000000000000")
	p.check()
	if got, want := p.entry.Wrong(), "This is not a recovery key: one of the signs is mistyped."; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	p.entry.SetText(u.device.key.Text())
	p.check()
	u.mustSay("Your recovery key works")
}

func TestChoicesInSettingsAreKept(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeSettings)
	u.chooseLook(2)
	u.chooseText(2)
	u.chooseLessMotion(true)
	again := openTester(t, &device{view: annas()}, phone, u.app)
	if again.chosenLook() != 2 || again.chosenText() != 2 || !again.prefersLessMotion() || textScale() != 2 {
		t.Error("the choices are forgotten")
	}
}
