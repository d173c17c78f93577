package widgets

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"github.com/countersign/countersign/assets"
)

// Icon is a line icon in a colour that follows the theme.
type Icon struct {
	widget.BaseWidget
	name   string
	size   float32
	colour fyne.ThemeColorName
	image  *canvas.Image
	fixed  bool // does not grow with the text
}

// NewIcon draws the icon of assets.Icon at size by size units, larger where the
// text is.
func NewIcon(name string, size float32, colour fyne.ThemeColorName) *Icon {
	i := &Icon{name: name, size: size, colour: colour, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes icon and colour.
func (i *Icon) Set(name string, colour fyne.ThemeColorName) {
	if i.name != name || i.colour != colour {
		i.name, i.colour = name, colour
		i.Refresh()
	}
}

// side grows with the text, but not as far.
func (i *Icon) side() float32 {
	if i.fixed {
		return i.size
	}
	return i.size * max(1, min(scale(), 1.5))
}

// CreateRenderer draws the icon.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	paint := func() { i.image.Resource = coloured(i.name, Color(i.colour)) }
	paint()
	return &face{
		objects: []fyne.CanvasObject{i.image},
		layout: func(s fyne.Size) {
			side := i.side()
			place(i.image, (s.Width-side)/2, (s.Height-side)/2, side, side)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(i.side()) },
		paint: paint,
	}
}

// coloured replaces the black of a drawing. Fyne caches drawings by name, so the
// colour is part of it; its own recolouring would leave strokes black.
func coloured(name string, c color.Color) fyne.Resource {
	r, g, b, _ := c.RGBA()
	hex := fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
	svg := bytes.ReplaceAll(assets.Icon(name), []byte("#000000"), []byte(hex))
	return fyne.NewStaticResource(name+"-"+hex+".svg", svg)
}

// MarkState is what the mark says.
type MarkState int

// The states of the mark, as in the tray.
const (
	MarkWhole MarkState = iota // nobody asks
	MarkAsking
	MarkOffline
	MarkQuiet // empty places: in the colours of outlines and lines
)

// Mark is the tally: two halves that fit.
type Mark struct {
	widget.BaseWidget
	size  float32
	state MarkState
	image *canvas.Image
}

// NewMark draws the mark at size by size units.
func NewMark(size float32, s MarkState) *Mark {
	m := &Mark{size: size, state: s, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	m.ExtendBaseWidget(m)
	return m
}

// CreateRenderer draws the mark.
func (m *Mark) CreateRenderer() fyne.WidgetRenderer {
	paint := func() { m.image.Resource = m.drawing() }
	paint()
	return &face{
		objects: []fyne.CanvasObject{m.image},
		layout: func(s fyne.Size) {
			place(m.image, (s.Width-m.size)/2, (s.Height-m.size)/2, m.size, m.size)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(m.size) },
		paint: paint,
	}
}

// The halves of assets' mark.svg, moved so that the disc touches the edges.
const (
	leftHalf  = `<path fill="%s" d="M6.4 0.5A9.4 9.4 0 0 0 10.2 18.75V10.4H6.4z"/>`
	rightHalf = `<path fill="%s" d="M12.4 18.3A9.4 9.4 0 0 0 8.6 0.05V8.4H12.4z"/>`
	dot       = `<circle fill="%s" cx="14" cy="7.2" r="4.7"/>`
)

func (m *Mark) drawing() fyne.Resource {
	left, right, shape := Pine, Gold, rightHalf
	switch m.state {
	case MarkAsking:
		right, shape = Brass, dot
	case MarkOffline, MarkQuiet:
		left, right = Outline, Line
	}
	l, r := hexOf(left), hexOf(right)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" width="18.8" height="18.8" viewBox="0 0 18.8 18.8">` +
		fmt.Sprintf(leftHalf, l) + fmt.Sprintf(shape, r) + `</svg>`
	return fyne.NewStaticResource(fmt.Sprintf("mark-%d-%s-%s.svg", m.state, l, r), []byte(svg))
}

func hexOf(name fyne.ThemeColorName) string {
	r, g, b, _ := Color(name).RGBA()
	return fmt.Sprintf("#%02X%02X%02X", r>>8, g>>8, b>>8)
}
