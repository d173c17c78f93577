// Package widgets is what the screens are made of: theme, text, cards, buttons,
// fields, the code in its ring. Widgets draw and call back; they know no rule,
// no account and no sentence of their own.
//
// Source: docs/design/0004-look.md for sizes and states.
package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/countersign/countersign/assets"
)

// The colours, by the names they have in assets/colours.json.
const (
	Paper     fyne.ThemeColorName = "paper"
	Surface   fyne.ThemeColorName = "surface"
	Sunken    fyne.ThemeColorName = "sunken"
	Tile      fyne.ThemeColorName = "tile"
	Line      fyne.ThemeColorName = "line"
	Outline   fyne.ThemeColorName = "outline"
	Ink       fyne.ThemeColorName = "ink"
	Ink2      fyne.ThemeColorName = "ink2"
	Pine      fyne.ThemeColorName = "pine"
	OnPine    fyne.ThemeColorName = "onpine"
	PineSoft  fyne.ThemeColorName = "pinesoft"
	Brass     fyne.ThemeColorName = "brass"
	OnBrass   fyne.ThemeColorName = "onbrass"
	BrassSoft fyne.ThemeColorName = "brasssoft"
	Gold      fyne.ThemeColorName = "gold"
	Brick     fyne.ThemeColorName = "brick"
	OnBrick   fyne.ThemeColorName = "onbrick"
	BrickSoft fyne.ThemeColorName = "bricksoft"
	Focus     fyne.ThemeColorName = "focus"
	Scrim     fyne.ThemeColorName = "scrim"
)

// Appearance is the person's choice of colours.
type Appearance string

// The appearances. Stored in preferences; do not change.
const (
	System       Appearance = "system"
	Light        Appearance = "light"
	Dark         Appearance = "dark"
	HighContrast Appearance = "contrast" // its light or dark side follows the system
)

// Theme colours and sizes everything. It is immutable: another choice is another Theme.
type Theme struct {
	appearance Appearance
	scale      float32
	palettes   map[assets.Palette]assets.Colours
	fonts      map[string]fyne.Resource
}

// NewTheme reads colours and fonts; scale 1 is the normal size of text, 2 is 200 %.
func NewTheme(a Appearance, scale float32) (*Theme, error) {
	t := &Theme{appearance: a, scale: scale, palettes: map[assets.Palette]assets.Colours{}, fonts: map[string]fyne.Resource{}}
	for _, p := range []assets.Palette{assets.Light, assets.Dark, assets.Contrast, assets.ContrastLight} {
		c, err := p.Colours()
		if err != nil {
			return nil, err
		}
		t.palettes[p] = c
	}
	for _, f := range []string{regular, medium, semiBold, mono} {
		t.fonts[f] = fyne.NewStaticResource(f, assets.Font(f))
	}
	return t, nil
}

const (
	regular  = "IBMPlexSans-Regular.ttf"
	medium   = "IBMPlexSans-Medium.ttf"
	semiBold = "IBMPlexSans-SemiBold.ttf"
	mono     = "IBMPlexMono-Medium.ttf"
)

// Is reports whether NewTheme would give the same for these choices.
func (t *Theme) Is(a Appearance, scale float32) bool { return t.appearance == a && t.scale == scale }

// Color gives a colour by our names or Fyne's.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := t.palettes[t.palette(v)]
	if c, ok := p[string(name)]; ok {
		return c
	}
	if name == theme.ColorNameShadow {
		return color.Transparent // a hairline separates layers, no shadow does
	}
	if ours, ok := fyneColour(name); ok {
		return p[string(ours)]
	}
	return theme.DefaultTheme().Color(name, v)
}

func (t *Theme) palette(v fyne.ThemeVariant) assets.Palette {
	dark := v == theme.VariantDark
	switch t.appearance {
	case Light:
		return assets.Light
	case Dark:
		return assets.Dark
	case HighContrast:
		if dark {
			return assets.Contrast
		}
		return assets.ContrastLight
	}
	if dark {
		return assets.Dark
	}
	return assets.Light
}

// HasOutlines reports whether cards, tiles and chips carry a strong outline.
func (t *Theme) HasOutlines() bool { return t.appearance == HighContrast }

// Scale gives the size of text, 1 being normal.
func (t *Theme) Scale() float32 { return t.scale }

func fyneColour(name fyne.ThemeColorName) (fyne.ThemeColorName, bool) {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return Paper, true
	case theme.ColorNameInputBackground, theme.ColorNameButton, theme.ColorNameHeaderBackground:
		return Surface, true
	case theme.ColorNameForeground:
		return Ink, true
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return Ink2, true
	case theme.ColorNamePrimary, theme.ColorNameHyperlink, theme.ColorNameSuccess:
		return Pine, true
	case theme.ColorNameForegroundOnPrimary:
		return OnPine, true
	case theme.ColorNameFocus:
		return Focus, true
	case theme.ColorNameSelection:
		return BrassSoft, true
	case theme.ColorNameError:
		return Brick, true
	case theme.ColorNameWarning:
		return Brass, true
	case theme.ColorNameSeparator, theme.ColorNameInputBorder, theme.ColorNameScrollBar:
		return Line, true
	case theme.ColorNameDisabledButton, theme.ColorNameHover, theme.ColorNamePressed:
		return Tile, true
	}
	return "", false
}

// Font gives the typeface: bold is SemiBold, italic (which is never set) Medium.
func (t *Theme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Monospace:
		return t.fonts[mono]
	case s.Bold:
		return t.fonts[semiBold]
	case s.Italic:
		return t.fonts[medium]
	}
	return t.fonts[regular]
}

// Icon leaves Fyne's own icons as they are; ours are drawn by Icon.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size gives Fyne's sizes, so that its Entry and Scroll fit in.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 16 * t.scale
	case theme.SizeNameCaptionText:
		return 13 * t.scale
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameInputBorder:
		return 0
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 12
	case theme.SizeNameScrollBar:
		return 8
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return theme.DefaultTheme().Size(name)
}

// Color gives a colour of the theme in use.
func Color(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// scale gives the text scale of the theme in use.
func scale() float32 {
	if t, ok := current(); ok {
		return t.scale
	}
	return 1
}

func outlines() bool {
	t, ok := current()
	return ok && t.HasOutlines()
}

func current() (*Theme, bool) {
	a := fyne.CurrentApp()
	if a == nil {
		return nil, false
	}
	t, ok := a.Settings().Theme().(*Theme)
	return t, ok
}
