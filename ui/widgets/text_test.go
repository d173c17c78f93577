package widgets

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// A web address is never cut and never hyphenated: it wraps after a dot, a slash
// or a hyphen, and all of it is there.
func TestAddressesWrapAfterADot(t *testing.T) {
	themed(t, Light, 1)
	address := "https://very-long-name.mail.subdomain.lindqvist-family.example:8443"
	text := NewText(address, Small, Ink)
	lines := text.wrap(140)
	if len(lines) < 3 || strings.Join(lines, "") != address {
		t.Fatalf("wrapped into %q", lines)
	}
	for _, line := range lines[:len(lines)-1] {
		if !strings.ContainsAny(line[len(line)-1:], "./-") {
			t.Errorf("%q ends in the middle of a name", line)
		}
	}
	if strings.Contains(lines[0], " ") || !strings.HasPrefix(lines[0], "https://") {
		t.Errorf("the first line is %q", lines[0])
	}
}

func TestNamesAreCutAfterTwoLines(t *testing.T) {
	themed(t, Light, 1)
	text := NewText(strings.Repeat("W", 64), RowName, Ink).AtMost(2)
	lines := text.wrap(200)
	if len(lines) != 2 || !strings.HasSuffix(lines[1], "…") {
		t.Errorf("wrapped into %q", lines)
	}
	for _, line := range lines {
		if w := text.measure(line); w > 200 {
			t.Errorf("%q is %.0f wide, more than 200", line, w)
		}
	}
}

func TestTextGrowsWithTheScale(t *testing.T) {
	themed(t, Light, 1)
	text := NewText(paragraph, Body, Ink)
	normal := text.HeightFor(300)
	large, err := NewTheme(Light, 2)
	if err != nil {
		t.Fatal(err)
	}
	fyne.CurrentApp().Settings().SetTheme(large)
	if got := text.HeightFor(300); got < 3*normal {
		t.Errorf("at 200 %% it is %.0f high, %.0f before: it should need more and higher lines", got, normal)
	}
}

// A text that is on the screen follows the theme.
func TestTextFollowsTheTheme(t *testing.T) {
	themed(t, Light, 1)
	text := NewLine("Nobody is asking", Heading, Ink)
	test.NewTempWindow(t, text)
	before := text.lines[0].Color
	dark, err := NewTheme(Dark, 1)
	if err != nil {
		t.Fatal(err)
	}
	fyne.CurrentApp().Settings().SetTheme(dark)
	text.Refresh()
	if text.lines[0].Color == before || text.lines[0].Color != Color(Ink) {
		t.Errorf("it is %v, was %v", text.lines[0].Color, before)
	}
	text.SetText("Somebody is asking")
	if text.lines[0].Text != "Somebody is asking" {
		t.Errorf("it shows %q", text.lines[0].Text)
	}
}

// Whatever a name, a number or a language brings, no line is wider than its place.
func TestNoLineLeavesItsPlace(t *testing.T) {
	themed(t, Light, 2)
	for _, long := range []string{
		strings.Repeat("W", 64), "2001:db8:85a3:8d3:1319:8a2e:370:7348", "Donaudampfschifffahrtsgesellschaftskapitän",
		"https://anmeldung.donaudampfschifffahrtsgesellschaft-wien-niederlassung.example:8443/anmelden",
		"An ordinary sentence with a " + strings.Repeat("long", 20) + " word in it.",
	} {
		text := NewText(long, Body, Ink)
		if w := text.MinSize().Width; w > widestWord {
			t.Errorf("%q claims %.0f", long, w)
		}
		all := ""
		for _, line := range text.wrap(260) {
			all += line
			if w := text.measure(line); w > 260.5 {
				t.Errorf("%q is %.0f wide, more than 260", line, w)
			}
		}
		if strings.ReplaceAll(all, " ", "") != strings.ReplaceAll(long, " ", "") {
			t.Errorf("%q became %q", long, all)
		}
	}
}

// A word wider than its line is broken after the hyphen that it has.
func TestWideWordsBreakAfterTheirHyphen(t *testing.T) {
	themed(t, Light, 2)
	text := NewText("App-Passwort für Mail", Title, Ink)
	if lines := text.wrap(text.measure("App-Passwo")); lines[0] != "App-" || strings.Join(strings.Fields(strings.Join(lines, " ")), " ") != "App- Passwort für Mail" {
		t.Errorf("wrapped into %q", lines)
	}
}
