package widgets

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Kind is how a button looks and so what it means.
type Kind int

// The kinds of button.
const (
	PineButton  Kind = iota // the main action
	BrickButton             // Not me, Stop, Remove
	SecondButton
	QuietButton      // text only, pine
	QuietBrickButton // text only, brick
)

// Button is pressed by pointer, Space and Return.
type Button struct {
	press
	text  string
	icon  string
	kind  Kind
	small bool

	shape, hover, fill *canvas.Rectangle
	label              *canvas.Text
	image              *Icon
	filled             float32 // how far a delayed button is filled, 0..1
	delayed            bool
}

// NewButton makes a button 52 high.
func NewButton(kind Kind, text string, act func()) *Button {
	b := &Button{text: text, kind: kind, filled: 1}
	b.act, b.redraw = act, func() { b.Refresh() }
	b.ExtendBaseWidget(b)
	return b
}

// Small makes the button 44 high, as it is inside cards, and gives b.
func (b *Button) Small() *Button { b.small = true; return b }

// WithIcon puts a line icon before the text and gives b.
func (b *Button) WithIcon(name string) *Button { b.icon = name; return b }

// Text gives what is written on it.
func (b *Button) Text() string { return b.text }

// SetText writes something else on it.
func (b *Button) SetText(text string) { b.text = text; b.Refresh() }

// Delay keeps the button from acting for d, while it fills from tile to its
// colour, so that it cannot be hit by accident. Without animations it stays a
// tile for d. The button must be on a canvas.
func (b *Button) Delay(d time.Duration) {
	b.delayed, b.filled = true, 0
	b.Disable()
	a := fyne.NewAnimation(d, b.fillTo)
	a.Curve = fyne.AnimationLinear
	a.Start()
}

func (b *Button) fillTo(done float32) {
	b.filled = done
	if done >= 1 {
		b.delayed = false
		b.Enable()
	}
	b.Refresh()
}

// CreateRenderer draws shape, filling, hover, icon, text and focus ring.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.shape, b.hover, b.fill = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	b.ring, b.label, b.image = newRing(), canvas.NewText("", color.Transparent), NewIcon(b.icon, 20, Ink)
	b.paint()
	f := &face{objects: []fyne.CanvasObject{b.shape, b.fill, b.hover, b.image, b.label, b.ring}}
	f.layout, f.min = b.layout, b.minSize
	f.paint = func() { b.paint(); b.layout(b.Size()) }
	return f
}

func (b *Button) minSize() fyne.Size {
	b.measureLabel()
	w, h := b.label.MinSize().Width+2*b.side(), max(b.height(), b.label.MinSize().Height+16)
	if b.icon != "" {
		w += 20 + 8
	}
	return fyne.NewSize(w, h)
}

func (b *Button) side() float32 {
	if b.kind == QuietButton || b.kind == QuietBrickButton {
		return 8
	}
	return 18
}

func (b *Button) height() float32 {
	if b.small {
		return 44
	}
	return 52
}

func (b *Button) measureLabel() {
	size := float32(16)
	if b.small {
		size = 15
	}
	b.label.Text, b.label.TextSize, b.label.TextStyle = b.text, size*scale(), fyne.TextStyle{Bold: true}
}

func (b *Button) layout(s fyne.Size) {
	place(b.shape, 0, 0, s.Width, s.Height)
	place(b.hover, 0, 0, s.Width, s.Height)
	place(b.fill, 0, 0, s.Width*b.filled, s.Height)
	b.placeRing(s)
	text := b.label.MinSize()
	x := (s.Width - text.Width) / 2
	if b.icon != "" {
		x = (s.Width - text.Width - 28) / 2
		place(b.image, x, (s.Height-20)/2, 20, 20)
		x += 28
	}
	place(b.label, x, (s.Height-text.Height)/2, text.Width, text.Height)
}

func (b *Button) paint() {
	ground, text := b.colours()
	b.measureLabel()
	b.label.Color = Color(text)
	b.image.Hidden = b.icon == ""
	b.image.Set(b.icon, text)
	for _, r := range []*canvas.Rectangle{b.shape, b.hover, b.fill} {
		r.CornerRadius, r.StrokeWidth = 14, 0
	}
	b.shape.FillColor = ground
	if b.kind == SecondButton {
		b.shape.StrokeColor, b.shape.StrokeWidth = Color(Outline), 1.5
	}
	b.fill.Hidden = !b.delayed
	if b.delayed {
		full, _ := b.fullColours()
		b.fill.FillColor = full
	}
	b.hover.Hidden = !b.hovered || b.disabled
	b.hover.FillColor = veil()
	b.paintRing(14)
}

// colours gives ground and text for the state the button is in.
func (b *Button) colours() (ground color.Color, text fyne.ThemeColorName) {
	if b.disabled && b.kind != QuietButton && b.kind != QuietBrickButton {
		return Color(Tile), Ink2
	}
	if b.disabled {
		return color.Transparent, Ink2
	}
	return b.fullColours()
}

func (b *Button) fullColours() (color.Color, fyne.ThemeColorName) {
	switch b.kind {
	case PineButton:
		return Color(Pine), OnPine
	case BrickButton:
		return Color(Brick), OnBrick
	case SecondButton:
		return Color(Surface), Ink
	case QuietBrickButton:
		return color.Transparent, Brick
	}
	return color.Transparent, Pine
}

// veil is ink at 6 %, laid over what the pointer is on.
func veil() color.Color {
	r, g, b, _ := Color(Ink).RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 15}
}
