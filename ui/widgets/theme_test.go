package widgets

import (
	"bytes"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/countersign/countersign/assets"
)

func newTheme(t *testing.T, a Appearance) *Theme {
	t.Helper()
	th, err := NewTheme(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

// The person's choice decides, and the system where she left it to it. High
// contrast takes its side from the system.
func TestAppearanceChoosesThePalette(t *testing.T) {
	for _, c := range []struct {
		choice Appearance
		system fyne.ThemeVariant
		want   assets.Palette
	}{
		{System, theme.VariantLight, assets.Light}, {System, theme.VariantDark, assets.Dark},
		{Light, theme.VariantDark, assets.Light}, {Dark, theme.VariantLight, assets.Dark},
		{HighContrast, theme.VariantLight, assets.ContrastLight}, {HighContrast, theme.VariantDark, assets.Contrast},
	} {
		th := newTheme(t, c.choice)
		colours, err := c.want.Colours()
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range colours {
			if got := th.Color(fyne.ThemeColorName(name), c.system); got != color.Color(want) {
				t.Errorf("%s, system %d: %s is %v, want %v of %s", c.choice, c.system, name, got, want, c.want)
			}
		}
	}
}

// Every name that widgets use is in every palette: a missing one would be drawn in
// the toolkit's colours.
func TestEveryColourNameIsInEveryPalette(t *testing.T) {
	names := []fyne.ThemeColorName{
		Paper, Surface, Sunken, Tile, Line, Outline, Ink, Ink2, Pine, OnPine, PineSoft,
		Brass, OnBrass, BrassSoft, Gold, Brick, OnBrick, BrickSoft, Focus, Scrim,
	}
	for _, p := range []assets.Palette{assets.Light, assets.Dark, assets.Contrast, assets.ContrastLight} {
		colours, err := p.Colours()
		if err != nil {
			t.Fatal(err)
		}
		if len(colours) != len(names) {
			t.Errorf("%s has %d colours, widgets name %d", p, len(colours), len(names))
		}
		for _, n := range names {
			if _, ok := colours[string(n)]; !ok {
				t.Errorf("%s has no %q", p, n)
			}
		}
	}
}

// What is left of the toolkit looks like ours, and throws no shadows.
func TestToolkitTakesOurColours(t *testing.T) {
	th := newTheme(t, Light)
	for toolkit, ours := range map[fyne.ThemeColorName]fyne.ThemeColorName{
		theme.ColorNameBackground: Paper, theme.ColorNameForeground: Ink, theme.ColorNamePrimary: Pine,
		theme.ColorNameInputBackground: Surface, theme.ColorNamePlaceHolder: Ink2, theme.ColorNameError: Brick,
	} {
		if got, want := th.Color(toolkit, theme.VariantLight), th.Color(ours, theme.VariantLight); got != want {
			t.Errorf("%s is %v, want %s, %v", toolkit, got, ours, want)
		}
	}
	if _, _, _, a := th.Color(theme.ColorNameShadow, theme.VariantLight).RGBA(); a != 0 {
		t.Error("the toolkit throws shadows")
	}
}

func TestFontsAreTheFourFaces(t *testing.T) {
	th := newTheme(t, Light)
	for want, style := range map[string]fyne.TextStyle{
		"IBMPlexSans-Regular.ttf": {}, "IBMPlexSans-SemiBold.ttf": {Bold: true},
		"IBMPlexSans-Medium.ttf": {Italic: true}, "IBMPlexMono-Medium.ttf": {Monospace: true},
	} {
		if got := th.Font(style); got.Name() != want || !bytes.Equal(got.Content(), assets.Font(want)) {
			t.Errorf("%+v is set in %s, want %s", style, got.Name(), want)
		}
	}
}

// Fyne caches drawings by name, and its own recolouring leaves strokes black: so
// the colour is in the drawing and in its name.
func TestIconsTakeTheColour(t *testing.T) {
	themed(t, Dark, 1)
	pine, ink := coloured("signin", Color(Pine)), coloured("signin", Color(Ink))
	if !bytes.Contains(pine.Content(), []byte("#86CFB0")) || bytes.Contains(pine.Content(), []byte("#000000")) {
		t.Errorf("drawn as %s", pine.Content())
	}
	if pine.Name() == ink.Name() {
		t.Errorf("both colours are cached as %q", pine.Name())
	}
}

// In high contrast the soft fills vanish, so every card and tile has an outline.
func TestHighContrastOutlinesEverything(t *testing.T) {
	for _, l := range []Look{CardLook, SoftPine, SoftBrass, SoftBrick, WellLook, TileLook} {
		themed(t, Light, 1)
		b := NewBox(l, Gap(10, 10))
		b.CreateRenderer()
		soft := b.shape.StrokeWidth
		themed(t, HighContrast, 1)
		b.CreateRenderer()
		if b.shape.StrokeWidth != 2 || b.shape.StrokeColor != Color(Outline) || soft > 1 {
			t.Errorf("%+v: outline %.1f of %v, %.1f otherwise", l, b.shape.StrokeWidth, b.shape.StrokeColor, soft)
		}
	}
}
