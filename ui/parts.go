package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// Short names for the texts that most screens have.

func title(text string) fyne.CanvasObject {
	return widgets.NewText(text, widgets.Title, widgets.Ink)
}

func lead(text string) fyne.CanvasObject {
	return widgets.NewText(text, widgets.Body, widgets.Ink2)
}

func section(text string) fyne.CanvasObject {
	return widgets.Pad(16, 4, 8, 4, widgets.NewText(text, widgets.Section, widgets.Ink2))
}

func small(text string) *widgets.Text { return widgets.NewText(text, widgets.Small, widgets.Ink2) }

// heading is a title with the sentence below it.
func heading(head, sentence string) fyne.CanvasObject {
	return widgets.Column(4, title(head), lead(sentence))
}

// bigIcon stands above a title. The drawing has air around it, which hangs over so
// that the two begin on one line.
func bigIcon(name string, colour fyne.ThemeColorName) fyne.CanvasObject {
	return widgets.Pad(0, 0, 0, -8, widgets.Start(widgets.NewIcon(name, 44, colour)))
}

// hint is a small sentence behind an icon.
func hint(icon string, colour fyne.ThemeColorName, text string) fyne.CanvasObject {
	return widgets.Lead(10, 20, widgets.NewIcon(icon, 20, colour), widgets.NewText(text, widgets.Small, colour))
}

// colourOf gives the colour of a tone on text and icons.
func colourOf(t tone) fyne.ThemeColorName {
	switch t {
	case good:
		return widgets.Pine
	case warm:
		return widgets.Brass
	case bad:
		return widgets.Brick
	}
	return widgets.Ink
}

// tileOf gives the ground of an icon in a tone.
func tileOf(t tone) widgets.Look {
	switch t {
	case good:
		return widgets.PineTile
	case warm:
		return widgets.BrassTile
	case bad:
		return widgets.Look{Fill: widgets.BrickSoft, Radius: 12}
	}
	return widgets.TileLook
}

// cardOf gives the ground of a card in a tone.
func cardOf(t tone) widgets.Look {
	switch t {
	case good:
		return widgets.SoftPine
	case warm:
		return widgets.SoftBrass
	case bad:
		return widgets.SoftBrick
	}
	return widgets.CardLook
}

// beside puts two buttons side by side, or below each other in large text.
func beside(s shape, first, second fyne.CanvasObject) fyne.CanvasObject {
	if s.stacked {
		return widgets.Column(12, first, second)
	}
	return widgets.Even(12, first, second)
}
