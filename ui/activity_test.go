package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// Every fact makes a sentence of its own, in every language, with nothing left open.
func TestEveryFactIsTold(t *testing.T) {
	for _, language := range []string{"en", "de"} {
		speak(t, language)
		seen := make(map[string]app.Activity)
		for _, a := range everything() {
			l, ok := tell(a, noon)
			whole := l.title + "\n" + l.more
			if !ok || strings.Contains(whole, "activity.") || strings.Contains(whole, "<no value>") || strings.Contains(whole, "{{") || l.icon == "" {
				t.Errorf("%s: %+v is told as %+v, %t", language, a, l, ok)
			}
			if before, twice := seen[whole]; twice {
				t.Errorf("%s: %+v and %+v are told alike: %q", language, a, before, whole)
			}
			seen[whole] = a
		}
	}
}

func TestWaitsAreToldInWords(t *testing.T) {
	speak(t, "en")
	until := noon.Add(5 * time.Hour)
	for want, a := range map[string]app.Activity{
		"“Xperia 10” asked to be added: It has to wait until tomorrow 02:14 and can be stopped":                     {Kind: kindWait, Asked: waitDevice, Device: "Xperia 10"},
		"Half of a wait is over: “Pixel 9” asked for a new password. Until tomorrow 02:14 it can be stopped":        {Kind: kindHalf, Asked: waitPassword, Device: "Pixel 9"},
		"What waited was stopped: “Pixel 9” asked to switch two-step sign-in off. Stopped on “Anna’s ThinkPad”":     {Kind: kindStop, Asked: waitLeave, Device: "Pixel 9", By: howDevice, Who: "Anna’s ThinkPad"},
		"What waited was stopped: The operator was asked to begin your account anew. Stopped with the recovery key": {Kind: kindStop, Asked: waitRenew, By: howKey},
		"Signed in to Webmail with the password alone: Chrome on Windows, 192.0.2.7":                                {Kind: kindDone, By: howPassword, Service: "Webmail", Agent: "Chrome on Windows", Address: "192.0.2.7"},
		"You said “Not me”, and nothing says that it was stopped: Chrome on Windows, asked today 21:00. The server’s list must tell how it ended": {
			Kind: app.EntryUnaccounted, Answer: trust.NotMe, Agent: "Chrome on Windows", Doubt: true, Asking: noon.Add(-14 * time.Minute)},
	} {
		a.At, a.Until = noon, until
		if l, _ := tell(a, noon); l.title+": "+l.more != want {
			t.Errorf("%+v is told as\n%s: %s, want\n%s", a, l.title, l.more, want)
		}
	}
}

func TestTheFilterLeavesNothingOut(t *testing.T) {
	speak(t, "en")
	v := annas(contradicted, allKinds)
	_, whole := lines(v.Activity, noon, all)
	_, in := lines(v.Activity, noon, signIns)
	_, other := lines(v.Activity, noon, changes)
	_, strange := lines(v.Activity, noon, odd)
	if len(in)+len(other) != len(whole) || len(in) == 0 || len(other) == 0 {
		t.Errorf("%d sign-ins and %d changes of %d", len(in), len(other), len(whole))
	}
	for _, l := range strange {
		if l.tone != bad && l.tone != warm {
			t.Errorf("%+v is told as odd", l)
		}
	}
	if !slices.ContainsFunc(strange, func(l line) bool { return l.tone == bad }) {
		t.Error("what does not match is not among what is odd")
	}
}

// The chart counts who came in, each on its day and at its service, and apart what
// no device signed.
func TestSignInsAreCounted(t *testing.T) {
	speak(t, "en")
	code := signedIn("Files", 0, 1)
	code.Kind = kindOffline
	doubted := signedIn("Webmail", 1, 0)
	doubted.Doubt = true
	denied := signedIn("Webmail", 1, 0)
	denied.Kind = kindDenied
	got := countSignIns([]app.Activity{
		signedIn("Webmail", 0, 2), code, doubted, denied, signedIn("Webmail", 1, 2), signedIn("Chat", 6, 0), signedIn("Shop", 6, 0),
		signedIn("Webmail", 7, 0), signedIn("Webmail", -1, 0),
	}, noon, 7)
	if got.total != 6 || got.wrong != 1 || !slices.Equal(got.services, []string{"Webmail", "Chat", "Files", "Shop"}) || got.sums["Webmail"] != 2 {
		t.Errorf("counted %+v", got)
	}
	if want := []widgets.Part{{Pattern: widgets.Solid}, {Pattern: widgets.Striped, Count: 1}, {Pattern: widgets.Hollow, Count: 1}, {Pattern: widgets.Split}}; !slices.Equal(got.parts(0), want) {
		t.Errorf("the first day is %+v", got.parts(0))
	}
	if want := []widgets.Part{{Pattern: widgets.Solid, Count: 1}, {Pattern: widgets.Striped}, {Pattern: widgets.Hollow}, {Pattern: widgets.Split, Count: 1}}; !slices.Equal(got.parts(5), want) {
		t.Errorf("yesterday is %+v", got.parts(5))
	}
	if l := got.legend(); len(l) != 4 || l[2].Text != "Other: 2" || l[3].Text != "Without your devices: 1" {
		t.Errorf("the legend is %+v", l)
	}
}

func TestWhatDoesNotMatchIsExplained(t *testing.T) {
	u := newTester(t, &device{view: annas(contradicted)}, phone)
	u.visit(placeActivity)
	u.mustSay("4 lines do not match what your devices signed", "Signed in to Webmail without your devices", "You allowed a sign-in, and nothing says what came of it")
	u.tap("Show them")
	u.mustSay("Signed in to Webmail with an offline code that no device gave")
	u.mustNotSay("Sign-ins, last 14 days")
	u.tap("Change password")
	if _, ok := u.page.(*changePage); !ok {
		t.Errorf("it leads to %T", u.page)
	}
	u.press("Escape")
	if p, ok := u.page.(*activityPage); !ok || p.only != odd {
		t.Errorf("back leads to %T", u.page)
	}
}

func TestNothingIsExplainedWhereAllMatches(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.visit(placeActivity)
	u.mustSay("Sign-ins, last 14 days", "One, allowed by your devices", "Webmail: 1")
	u.mustNotSay("Change password")
	u.page.(*activityPage).show(changes)
	u.mustNotSay("Sign-ins, last 14 days")
	u.page.(*activityPage).show(odd)
	u.mustSay("You said “Not me”")
}

// A device that came later does not draw days of which it knows nothing as empty.
func TestTheChartSaysFromWhenOnItKnows(t *testing.T) {
	speak(t, "en")
	v := annas(func(v *app.View) { v.Activity = []app.Activity{signedIn("Webmail", 0, 1), signedIn("Webmail", 3, 0)} })
	if since, ok := knownSince(v.Activity, noon, 14); !ok || daysBefore(since, noon) != 3 {
		t.Errorf("known since %s, %t", since, ok)
	}
	v.Activity = append(v.Activity, app.Activity{Kind: kindCreated, At: noon.Add(-4 * day)})
	if _, ok := knownSince(v.Activity, noon, 14); ok {
		t.Error("before the account there was nothing to know")
	}
}

// A wrong offline code has its own line, and is no try of the code on display.
func TestWrongOfflineCodeIsToldAsThat(t *testing.T) {
	u := newTester(t, &device{view: annas(func(v *app.View) {
		v.Shown = shown(own())
		v.Activity = append([]app.Activity{{Seq: 20, Kind: kindWrong, By: "offline", Request: own().ID, Left: 1, At: noon, Agent: "Firefox on Linux"}}, v.Activity...)
	})}, phone)
	if left := u.wrongTries(own().ID); left != 0 {
		t.Errorf("%d tries are said to be left of the code on display", left)
	}
	u.look(func(v *app.View) { v.Shown = nil })
	u.visit(placeActivity)
	u.mustSay("A wrong offline code was typed")
	u.mustNotSay("A wrong code was typed")
}
