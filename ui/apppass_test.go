package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
)

// In two presses and a password: what is shown is what was made, and once the page is
// left nothing shows it again.
func TestAnAppPasswordIsShownOnce(t *testing.T) {
	u := newTester(t, &device{view: annas(withServices, func(v *app.View) { v.Services = v.Services[:1] })}, wide)
	u.visit(placeApps)
	u.tap("Make one")
	u.typeInto("Your password", "correct horse")
	u.tap("Make it")
	if got, want := u.device.calls[len(u.device.calls)-1], `make imap "Mail on Anna’s ThinkPad" 0s correct horse`; got != want {
		t.Fatalf("the device was asked to %s, want %s", got, want)
	}
	u.mustSay("App password for Mail", "x4f9", "58fh", "anna", "mail.lindqvist.example:993", "mail.lindqvist.example:587", "lindqvist.example")
	u.device.show(u.device.view) // news must not take it away
	u.mustSay("x4f9")
	u.press(fyne.KeyEscape)
	u.mustNotSay("x4f9")
	u.visit(placeHome)
	u.visit(placeApps)
	u.mustNotSay("x4f9")
}

func TestACopiedAppPasswordLeavesTheClipboard(t *testing.T) {
	for n, want := range map[int]string{0: "x4f9-m2sq-0gtz-7bmq-v3ce-58fh", 3: "x4f9m2sq0gtz7bmqv3ce58fh"} {
		u := newTester(t, &device{view: annas(withServices)}, wide)
		makeOf(n, "Phone")(u)
		u.control(fyne.KeyC)
		if got := u.app.Clipboard().Content(); got != want {
			t.Errorf("the clipboard has %q, want %q", got, want)
		}
		u.press(fyne.KeyEscape)
		u.pass(61 * time.Second)
		if got := u.app.Clipboard().Content(); got != "" {
			t.Errorf("a minute later the clipboard has %q", got)
		}
	}
}

// Calls hash what they are given, so that how it is typed matters there, and only there.
func TestWhatMustBeTypedExactlyStandsInOnePiece(t *testing.T) {
	u := newTester(t, &device{view: annas(withServices)}, wide)
	makeOf(3, "Phone")(u)
	u.mustSay("x4f9m2sq0gtz", "7bmqv3ce58fh")
	u.mustNotSay("Typing it? Spaces and capitals do not matter.", "x4f9")
	makeOf(0, "Phone")(u)
	u.mustSay("Typing it? Spaces and capitals do not matter.")
}

// The file holds the app password: nobody else may read it, and it replaces nothing.
func TestTheSetUpFileIsThePersonsAlone(t *testing.T) {
	u := newTester(t, &device{view: annas(withServices)}, wide)
	makeOf(0, "Phone")(u)
	path := filepath.Join(t.TempDir(), "mail.mobileconfig")
	u.tap("Save set-up file")
	u.typeInto("The whole path of the file", path)
	u.tap("Save it")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("it lies there as %v: %v", info, err)
	}
	if raw, err := os.ReadFile(path); err != nil || !strings.Contains(string(raw), "x4f9-m2sq") {
		t.Errorf("it has no app password: %v", err)
	}
	u.mustSay("Saved as " + path + ". Delete it once the program is set up.")
	u.tap("Save set-up file")
	u.typeInto("The whole path of the file", path)
	u.tap("Save it")
	u.mustSay("It cannot be saved there. Choose a folder that is yours and a name that is free.")
}

func TestRemovingAnAppPasswordAsksForThePassword(t *testing.T) {
	u := newTester(t, &device{view: annas(withApps)}, wide)
	u.visit(placeApps)
	u.tap("Thunderbird")
	u.tap("Remove it")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyReturn)
	if want := "remove app " + strings.Repeat("a", 32) + " correct horse"; !slices.Contains(u.device.calls, want) {
		t.Errorf("the device was asked to %q, want %q", u.device.calls, want)
	}
	u.mustSay("“Thunderbird” is removed")
}

func TestAnIdleAppPasswordIsKeptOrRemoved(t *testing.T) {
	u := newTester(t, &device{view: annas(withApps)}, wide)
	u.visit(placeApps)
	u.mustSay("Still needed?")
	u.tap("Telephone in the hall")
	u.tap("Keep it")
	if want := "keep app " + strings.Repeat("d", 32); !slices.Contains(u.device.calls, want) {
		t.Errorf("the device was asked to %q, want %q", u.device.calls, want)
	}
}

// Whoever removed an app password learns which program still tries it, until it stops.
func TestAProgramThatTriesInVainIsLitUp(t *testing.T) {
	u := newTester(t, &device{view: annas(withApps)}, wide)
	const head = "“Thunderbird on laptop” still uses a removed app password"
	u.mustSay(head)
	u.tap("App passwords")
	u.mustSay(head)
	u.tap("Make a new one")
	if p, ok := u.page.(*makeAppPage); !ok || p.service.ID != "imap" || p.name.Text() != "Thunderbird on laptop" {
		t.Errorf("it is not filled in: %+v", u.page)
	}
	u.visit(placeHome)
	u.pass(time.Second)
	u.look(func(v *app.View) { v.AppPasswords[4].Stale = noon.Add(-staleFor - time.Hour) })
	u.mustNotSay(head)
}

// A changed password ends no app password unless the person says that somebody else
// may know it; Not me ends none by itself.
func TestAppPasswordsEndOnlyWhenAsked(t *testing.T) {
	change := func(u *tester, tick bool) {
		u.goTo(newChangePage(u.UI, u.page))
		u.typeInto("Password now", "correct horse")
		u.typeInto("New password", "another password")
		if tick {
			u.tap("Somebody else may know it")
		}
		u.tap("Change password")
		u.mustSay("Your password is changed")
	}
	u := newTester(t, &device{view: annas(withApps)}, wide)
	change(u, false)
	if n := len(u.device.calls); slices.Contains(u.device.calls, "remove all apps another password") {
		t.Errorf("the last of %d calls ended them: %q", n, u.device.calls)
	}
	u.visit(placeHome)
	change(u, true)
	if !slices.Contains(u.device.calls, "remove all apps another password") {
		t.Errorf("none was ended: %q", u.device.calls)
	}
	u.mustSay("All app passwords are removed")
}

func TestNotMeOffersToEndThem(t *testing.T) {
	u := newTester(t, &device{view: annas(withApps, func(v *app.View) { v.Requests = []app.Request{stranger()} })}, wide)
	u.tap("Not me")
	u.look(func(v *app.View) { v.Requests = nil })
	if slices.ContainsFunc(u.device.calls, func(c string) bool { return strings.HasPrefix(c, "remove") }) {
		t.Fatalf("Not me ended them by itself: %q", u.device.calls)
	}
	u.tap("End all app passwords")
	u.typeInto("Password", "correct horse")
	u.press(fyne.KeyReturn)
	if !slices.Contains(u.device.calls, "remove all apps correct horse") {
		t.Errorf("none was ended: %q", u.device.calls)
	}
}

// A code for a terminal is typed where it asks; an address would lead to a page.
func TestACodeForATerminalNamesNoPage(t *testing.T) {
	u := newTester(t, &device{view: annas(withServices, func(v *app.View) { v.Requests = []app.Request{sshRequest()} })}, wide)
	u.mustSay("Your terminal must show the same letters.", "A terminal", "SSH on web1")
	u.mustNotSay("New browser", "Known browser", "https://id.lindqvist.example")
	u.look(func(v *app.View) { v.Requests, v.Shown = nil, shown(sshRequest()) })
	u.mustSay("Type this only at", "SSH on web1")
	u.mustNotSay("https://id.lindqvist.example")

	page := newTester(t, &device{view: annas(withServices, func(v *app.View) {
		r := own() // a page's program may call itself what it likes
		r.Agent = "Terminal"
		v.Shown = shown(r)
	})}, wide)
	page.mustSay("https://mail.lindqvist.example")
}

func TestWhatIsSaidOfAppPasswordsInActivity(t *testing.T) {
	u := newTester(t, &device{view: annas(appActivity)}, wide)
	u.visit(placeActivity)
	u.mustSay("App password “Thunderbird” was made", "App password “Thunderbird on laptop” was ended", "All 3 app passwords were ended",
		"“Thunderbird” opened Mail from a new network", "“Thunderbird on laptop” tried Mail and was refused", "For Mail, on Anna’s ThinkPad")
}

func TestTheListSaysWhenItIsNearlyFull(t *testing.T) {
	for n, said := range map[int]bool{19: false, 20: true, 25: true} {
		u := newTester(t, &device{view: annas(manyOf(n))}, wide)
		u.visit(placeApps)
		text := say("apps.near", with{"N": n, "Most": 25})
		if got := contains(u.says(), text); got != said {
			t.Errorf("of %d: says %q is %t", n, text, got)
		}
	}
}

// Whoever is asked for an app password by a page must not take that for a sign-in.
func TestAnAppPasswordAskedForOnAPageIsNamed(t *testing.T) {
	one, other := ownAction(), stranger()
	u := newTester(t, &device{view: annas(withApps, func(v *app.View) { v.Requests = []app.Request{one} })}, wide)
	u.mustSay("Do you want a new app password?", "“Thunderbird” for Mail")
	u.mustNotSay("Are you signing in?")
	u.look(func(v *app.View) { v.Requests = append(v.Requests, other) })
	u.mustSay("Do you want a new app password? “Thunderbird” for Mail")
	u.look(func(v *app.View) { v.Requests, v.Shown = nil, shown(one) })
	u.mustSay("Your code to make “Thunderbird”")
	u.mustNotSay("Your code for Countersign")
	u.look(func(v *app.View) { v.Requests, v.Shown = []app.Request{one}, nil })
	u.tap("Not me")
	u.look(func(v *app.View) { v.Requests = nil })
	u.mustSay("Nothing was changed")
	u.mustNotSay("Nobody was let in")
}

// The last use is known to the minute: nothing more exact is said.
func TestTheLastUseIsSaidToTheMinute(t *testing.T) {
	for passed, want := range map[time.Duration]string{0: "just now", 50 * time.Second: "just now", 90 * time.Second: "1 minute ago"} {
		if got := agoByMinute(noon.Add(-passed), noon); got != want {
			t.Errorf("after %s it says %q", passed, got)
		}
	}
}
