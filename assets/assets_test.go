package assets

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Fyne's reader of drawings inherits nothing from a group, and icons are coloured
// by replacing black: so every shape says its own paint, and it is black.
func TestIconsCanBeColoured(t *testing.T) {
	names := IconNames()
	if len(names) < 30 {
		t.Fatalf("%d icons: the drawings are missing", len(names))
	}
	for _, name := range names {
		for _, shape := range shapes(t, name, Icon(name)) {
			a := attributes(shape)
			if a["fill"] == "" {
				t.Errorf("%s: <%s> has no fill of its own", name, shape.Name.Local)
			}
			if a["stroke"] != "#000000" && a["fill"] != "#000000" {
				t.Errorf("%s: <%s> is not black", name, shape.Name.Local)
			}
			if shape.Name.Local == "rect" && a["rx"] != a["ry"] {
				t.Errorf("%s: <rect> has rx %q and ry %q", name, a["rx"], a["ry"])
			}
		}
		if !bytes.Contains(Icon(name), []byte(`viewBox="0 0 24 24"`)) {
			t.Errorf("%s is not drawn on 24 by 24", name)
		}
	}
}

// shapes gives the elements of a drawing that are painted.
func shapes(t *testing.T, name string, svg []byte) []xml.StartElement {
	t.Helper()
	var found []xml.StartElement
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local != "svg" {
			found = append(found, e.Copy())
		}
	}
}

func attributes(e xml.StartElement) map[string]string {
	out := map[string]string{}
	for _, a := range e.Attr {
		out[a.Name.Local] = a.Value
	}
	return out
}

func TestArtForTheTrayAndTheWindowHasItsSize(t *testing.T) {
	for file, size := range map[string]int{
		"app-64.png": 64, "app-256.png": 256, "app-512.png": 512,
		"tray-idle-64.png": 64, "tray-asking-64.png": 64, "tray-offline-64.png": 64,
	} {
		c, err := png.DecodeConfig(bytes.NewReader(Art(file)))
		if err != nil || c.Width != size || c.Height != size {
			t.Errorf("%s: %d by %d, %v; want %d", file, c.Width, c.Height, err, size)
		}
	}
}

// The licence allows the fonts to be passed on unchanged and beside its text.
func TestFontsComeWithTheirLicence(t *testing.T) {
	files, err := fs.Glob(files, "fonts/*.ttf")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d fonts, %v", len(files), err)
	}
	for _, f := range files {
		if !bytes.HasPrefix(Font(strings.TrimPrefix(f, "fonts/")), []byte{0, 1, 0, 0}) {
			t.Errorf("%s is not a TrueType font", f)
		}
	}
	if !bytes.Contains(read("fonts/LICENSE.txt"), []byte("SIL OPEN FONT LICENSE Version 1.1")) {
		t.Error("fonts/LICENSE.txt is not the licence of the fonts")
	}
}

func TestWhatDoesNotExistIsNil(t *testing.T) {
	for what, got := range map[string][]byte{
		"icon": Icon("padlock"), "art": Art("shield.svg"), "font": Font("Comic.ttf"), "climbing icon": Icon("../mark"),
	} {
		if got != nil {
			t.Errorf("an unknown %s gives %d bytes", what, len(got))
		}
	}
	if c, err := Palette("sepia").Colours(); err == nil {
		t.Errorf("an unknown palette gives %v", c)
	}
}

func TestPalettesNameTheSameColours(t *testing.T) {
	light, err := Light.Colours()
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(maps.Keys(light))
	for _, p := range []Palette{Dark, Contrast, ContrastLight} {
		c, err := p.Colours()
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Sorted(maps.Keys(c)); !slices.Equal(got, want) {
			t.Errorf("%s names %v, want %v", p, got, want)
		}
	}
}

func TestColoursAreRead(t *testing.T) {
	for _, bad := range []string{"", "#", "#12345", "#GGGGGG", "#123456789A", "red"} {
		if c, err := parseColour(bad); err == nil {
			t.Errorf("parseColour(%q) = %v, want an error", bad, c)
		}
	}
	c, err := parseColour("#1E242099")
	if err != nil || c.R != 0x1E || c.G != 0x24 || c.B != 0x20 || c.A != 0x99 {
		t.Errorf("parseColour(#1E242099) = %v, %v", c, err)
	}
}

// Pages take every colour from here: each palette once, under the condition that
// browsers send.
func TestCSSVariablesFollowTheBrowser(t *testing.T) {
	sheet, err := CSSVariables()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		":root{color-scheme:light dark;--brass:#885006FF;",
		"@media (prefers-color-scheme:dark){:root{--brass:#E8B765FF;",
		"@media (prefers-contrast:more){:root{--brass:#5E3700FF;",
		"@media (prefers-contrast:more) and (prefers-color-scheme:dark){:root{--brass:#FFD166FF;",
		"--scrim:#1E242099;",
	} {
		if !bytes.Contains(sheet, []byte(want)) {
			t.Errorf("no %q in:\n%s", want, sheet)
		}
	}
	if open, shut := bytes.Count(sheet, []byte("{")), bytes.Count(sheet, []byte("}")); open != shut {
		t.Errorf("%d braces open, %d close", open, shut)
	}
}

var place = regexp.MustCompile(`\{\{[^}]*\}\}`)

// Every language says everything, with the same values in it, and says something.
func TestLanguagesSayTheSame(t *testing.T) {
	english := sentences(t, "en")
	files, err := fs.Glob(Translations(), "*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("languages %v, %v", files, err)
	}
	for _, file := range files {
		language := strings.TrimSuffix(file, ".json")
		others := sentences(t, language)
		if a, b := slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(others)); !slices.Equal(a, b) {
			t.Errorf("%s and en differ in their sentences", language)
		}
		for key, sentence := range others {
			if strings.TrimSpace(sentence) == "" {
				t.Errorf("%s: %q is empty", language, key)
			}
			if want, got := places(english[key]), places(sentence); !slices.Equal(want, got) {
				t.Errorf("%s: %q has the places %v, want %v", language, key, got, want)
			}
		}
	}
}

// sentences gives the sentences of a language; each form of a plural is its own.
func sentences(t *testing.T, language string) map[string]string {
	t.Helper()
	raw, err := fs.ReadFile(Translations(), language+".json")
	if err != nil {
		t.Fatal(err)
	}
	var entries map[string]any
	if err := json.Unmarshal(raw, &entries); err != nil {
		t.Fatalf("%s: %v", language, err)
	}
	out := map[string]string{}
	for key, entry := range entries {
		switch entry := entry.(type) {
		case string:
			out[key] = entry
		case map[string]any:
			for form, sentence := range entry {
				out[key+"/"+form], _ = sentence.(string)
			}
		}
	}
	return out
}

// places gives the values a sentence has places for, in order of name: languages
// put them in different places.
func places(sentence string) []string {
	found := place.FindAllString(sentence, -1)
	slices.Sort(found)
	return slices.Compact(found)
}
