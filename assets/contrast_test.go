package assets

import (
	"image/color"
	"math"
	"testing"
)

// pairing is a colour and the grounds it is put on. The thresholds are those of
// WCAG 2.2: 4.5 for text (1.4.3), 3 for shapes (1.4.11), 7 for text in the
// contrast palettes (1.4.6).
type pairing struct {
	fore    string
	grounds []string
	shape   bool
}

var pairings = []pairing{
	{fore: "ink", grounds: []string{"paper", "surface", "sunken", "tile", "pinesoft", "brasssoft", "bricksoft"}},
	{fore: "ink2", grounds: []string{"paper", "surface", "sunken", "tile"}},
	{fore: "pine", grounds: []string{"paper", "surface", "sunken", "pinesoft"}},
	{fore: "onpine", grounds: []string{"pine"}},
	{fore: "brass", grounds: []string{"paper", "surface", "sunken", "brasssoft"}},
	{fore: "onbrass", grounds: []string{"brass"}},
	{fore: "brick", grounds: []string{"paper", "surface", "sunken", "bricksoft"}},
	{fore: "onbrick", grounds: []string{"brick"}},
	{fore: "outline", grounds: []string{"paper", "surface", "sunken"}, shape: true},
	{fore: "focus", grounds: []string{"paper", "surface", "sunken"}, shape: true},
	{fore: "gold", grounds: []string{"paper", "surface"}, shape: true},
}

func (p pairing) least(palette Palette) float64 {
	switch {
	case p.shape:
		return 3
	case palette == Contrast || palette == ContrastLight:
		return 7
	}
	return 4.5
}

func TestColoursCanBeToldApart(t *testing.T) {
	for _, palette := range []Palette{Light, Dark, Contrast, ContrastLight} {
		colours, err := palette.Colours()
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pairings {
			for _, ground := range p.grounds {
				if got := contrast(colours[p.fore], colours[ground]); got < p.least(palette) {
					t.Errorf("%s: %s on %s has %.2f:1, needs %.1f:1", palette, p.fore, ground, got, p.least(palette))
				}
			}
		}
	}
}

// The measure itself, by the examples everybody knows.
func TestContrastIsMeasuredAsWCAGDoes(t *testing.T) {
	white, black := color.NRGBA{255, 255, 255, 255}, color.NRGBA{0, 0, 0, 255}
	grey := color.NRGBA{0x77, 0x77, 0x77, 255}
	for _, c := range []struct {
		a, b color.NRGBA
		want float64
	}{{white, black, 21}, {black, white, 21}, {white, white, 1}, {grey, white, 4.48}} {
		if got := contrast(c.a, c.b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("contrast(%v, %v) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

// contrast is the ratio of WCAG 2.2, "contrast ratio".
func contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// luminance is WCAG 2.2, "relative luminance".
func luminance(c color.NRGBA) float64 {
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

func linear(v uint8) float64 {
	s := float64(v) / 255
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}
