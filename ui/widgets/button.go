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
	icon  string
	kind  Kind
	small bool

	shape, hover, fill *canvas.Rectangle
	label              *Text
	image              *Icon
	filled             float32 // how far a delayed button is filled, 0..1
	delayed            bool
}

// What stands on buttons, 52 and 44 high.
var (
	buttonText      = Style{16, 22, fyne.TextStyle{Bold: true}}
	smallButtonText = Style{15, 22, fyne.TextStyle{Bold: true}}
)

// NewButton makes a button 52 high, higher where its text needs more than a line.
func NewButton(kind Kind, text string, act func()) *Button {
	b := &Button{kind: kind, filled: 1, label: NewText(text, buttonText, Ink).Centre()}
	b.act, b.redraw = act, func() { b.Refresh() }
	b.blocked = func() bool { return b.delayed }
	b.ExtendBaseWidget(b)
	return b
}

// Small makes the button 44 high, as it is inside cards, and gives b.
func (b *Button) Small() *Button { b.small, b.label.style = true, smallButtonText; return b }

// WithIcon puts a line icon before the text and gives b.
func (b *Button) WithIcon(name string) *Button { b.icon = name; return b }

// Text gives what is written on it.
func (b *Button) Text() string { return b.label.Text() }

// SetText writes something else on it.
func (b *Button) SetText(text string) { b.label.SetText(text); b.Refresh() }

// Delay keeps the button from acting for d, while it fills from tile to its
// colour, so that it cannot be hit by accident. Without animations it stays a
// tile for d. To enable the button meanwhile does not end the delay.
func (b *Button) Delay(d time.Duration) {
	b.hold()
	a := fyne.NewAnimation(d, b.fillTo)
	a.Curve = fyne.AnimationLinear
	a.Start()
}

func (b *Button) hold() {
	b.delayed, b.filled = true, 0
	b.Refresh()
}

func (b *Button) fillTo(done float32) {
	if done < 1 && !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	b.filled, b.delayed = done, done < 1
	b.Refresh()
}

// Disabled reports whether presses do nothing now.
func (b *Button) Disabled() bool { return b.disabled || b.delayed }

// CreateRenderer draws shape, filling, hover, icon, text and focus ring.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.shape, b.hover, b.fill = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	b.ring, b.image = newRing(), NewIcon(b.icon, 20, Ink)
	b.paint()
	f := &face{objects: []fyne.CanvasObject{b.shape, b.fill, b.hover, b.image, b.label, b.ring}}
	f.layout, f.min = b.layout, b.minSize
	f.paint = func() { b.paint(); b.layout(b.Size()) }
	return f
}

// HeightFor gives the height at a width: a text that does not fit stands in lines.
func (b *Button) HeightFor(width float32) float32 {
	return max(b.height(), b.label.HeightFor(width-2*b.side()-b.lead())+16)
}

func (b *Button) minSize() fyne.Size {
	w := min(b.label.measure(b.Text()), widestButton) + 2*b.side() + b.lead()
	return fyne.NewSize(max(w, 44), b.HeightFor(max(w, b.Size().Width)))
}

// widestButton is the room that a button's text claims at most before it wraps:
// that of a phone 320 wide inside a card.
const widestButton = 200

// lead is the room for the icon and the gap behind it.
func (b *Button) lead() float32 {
	if b.icon == "" {
		return 0
	}
	if b.Text() == "" {
		return NewIcon(b.icon, 20, Ink).side()
	}
	return NewIcon(b.icon, 20, Ink).side() + 8
}

func (b *Button) side() float32 {
	if b.quiet() {
		return 0 // its text ends where other texts end
	}
	return 18
}

func (b *Button) quiet() bool { return b.kind == QuietButton || b.kind == QuietBrickButton }

func (b *Button) height() float32 {
	if b.small {
		return 44
	}
	return 52
}

func (b *Button) layout(s fyne.Size) {
	place(b.shape, 0, 0, s.Width, s.Height)
	place(b.hover, 0, 0, s.Width, s.Height)
	place(b.fill, 0, 0, s.Width*b.filled, s.Height)
	b.placeRing(s)
	room := s.Width - 2*b.side() - b.lead()
	text := min(b.label.measure(b.Text())+1, room)
	x := (s.Width - text - b.lead()) / 2
	if b.icon != "" {
		side := b.image.side()
		place(b.image, x, (s.Height-side)/2+1, side, side) // capitals stand a unit below the middle
		x += b.lead()
	}
	h := b.label.HeightFor(text)
	place(b.label, x, (s.Height-h)/2, text, h)
}

func (b *Button) paint() {
	ground, text := b.colours()
	b.label.SetColour(text)
	b.image.Hidden = b.icon == ""
	b.image.Set(b.icon, text)
	for _, r := range []*canvas.Rectangle{b.shape, b.hover, b.fill} {
		r.CornerRadius, r.StrokeWidth = 14, 0
	}
	b.shape.FillColor = ground
	if b.kind == SecondButton && !b.Disabled() {
		b.shape.StrokeColor, b.shape.StrokeWidth = Color(Outline), Edge
	}
	b.fill.Hidden = !b.delayed
	if b.delayed {
		full, on := b.fullColours()
		b.fill.FillColor = full
		if b.filled > 0.5 { // the filling has reached the text
			b.label.SetColour(on)
		}
	}
	b.hover.Hidden = !b.hovered || b.Disabled()
	b.hover.FillColor = veil()
	b.paintRing(14)
}

// colours gives ground and text for the state the button is in.
func (b *Button) colours() (ground color.Color, text fyne.ThemeColorName) {
	if b.Disabled() && !b.quiet() {
		return Color(Tile), Ink2
	}
	if b.Disabled() {
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
