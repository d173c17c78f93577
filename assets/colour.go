package assets

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image/color"
	"slices"
	"strings"
)

// Palette names one set of colours.
type Palette string

// The palettes.
const (
	Light         Palette = "light"
	Dark          Palette = "dark"
	Contrast      Palette = "contrast"       // high contrast, dark
	ContrastLight Palette = "contrast-light" // high contrast, light
)

// Colours maps the name of a colour ("paper", "ink", "pine", …) to its value.
type Colours map[string]color.NRGBA

// Colours reads the palette. A palette that does not exist is an error.
func (p Palette) Colours() (Colours, error) {
	var all map[Palette]map[string]string
	if err := json.Unmarshal(read("colours.json"), &all); err != nil {
		return nil, fmt.Errorf("reading colours: %w", err)
	}
	if all[p] == nil {
		return nil, fmt.Errorf("reading colours: no palette %q", p)
	}
	out := make(Colours, len(all[p]))
	for name, text := range all[p] {
		c, err := parseColour(text)
		if err != nil {
			return nil, fmt.Errorf("reading colour %q: %w", name, err)
		}
		out[name] = c
	}
	return out, nil
}

// CSS gives the palette's colours as custom properties, "--paper:#F6F3EC;" and so
// on, sorted by name.
func (c Colours) CSS() string {
	names := make([]string, 0, len(c))
	for name := range c {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		v := c[name]
		fmt.Fprintf(&b, "--%s:#%02X%02X%02X%02X;", name, v.R, v.G, v.B, v.A)
	}
	return b.String()
}

func parseColour(text string) (color.NRGBA, error) {
	raw, err := hex.DecodeString(strings.TrimPrefix(text, "#"))
	if err != nil || (len(raw) != 3 && len(raw) != 4) {
		return color.NRGBA{}, fmt.Errorf("%q is not #RRGGBB or #RRGGBBAA", text)
	}
	c := color.NRGBA{R: raw[0], G: raw[1], B: raw[2], A: 0xFF}
	if len(raw) == 4 {
		c.A = raw[3]
	}
	return c, nil
}
