package widgets

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Code is the digits in a ring that runs down.
type Code struct {
	widget.BaseWidget
	digits []*canvas.Text
	left   *canvas.Text
	track  *canvas.Arc
	rest   *canvas.Arc
	part   float32 // of the time that is left, 0..1
	late   bool
}

// ringSize is the ring's outer diameter in units.
const ringSize = 254

// NewCode shows 4 digits, or 6 or 8 in two rows.
func NewCode(digits string) *Code {
	c := &Code{left: canvas.NewText("", color.Transparent), part: 1}
	c.track = canvas.NewArc(0, 360, 0.94, color.Transparent)
	c.rest = canvas.NewArc(0, 360, 0.94, color.Transparent)
	for _, d := range digits {
		c.digits = append(c.digits, canvas.NewText(string(d), color.Transparent))
	}
	c.ExtendBaseWidget(c)
	return c
}

// SetLeft says how much time is left of how much, and in words.
func (c *Code) SetLeft(left, total time.Duration, words string) {
	c.part = max(0, min(1, float32(left)/float32(total)))
	c.late = left <= 15*time.Second
	c.left.Text = words
	c.Refresh()
}

// Words gives what the ring says about the time left.
func (c *Code) Words() string { return c.left.Text }

// Part gives how much of the ring is drawn, 0 to 1.
func (c *Code) Part() float32 { return c.part }

// CreateRenderer draws the ring, the digits each on its own, the time.
func (c *Code) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{c.track, c.rest, c.left}
	for _, d := range c.digits {
		objects = append(objects, d)
	}
	c.paint()
	return &face{
		objects: objects, layout: c.layout, paint: func() { c.paint(); c.layout(c.Size()) },
		min: func() fyne.Size { return fyne.NewSquareSize(ringSize) },
	}
}

func (c *Code) paint() {
	c.track.FillColor = Color(Line)
	if outlines() {
		c.track.FillColor = color.Transparent
	}
	c.rest.FillColor = Color(Pine)
	if c.late {
		c.rest.FillColor = Color(Brass)
	}
	c.rest.EndAngle, c.rest.CornerRadius = 360*c.part, 4
	c.rest.Hidden = c.part <= 0
	for _, d := range c.digits {
		d.Color, d.TextSize, d.TextStyle, d.Alignment = Color(Ink), c.digitSize(), fyne.TextStyle{Bold: true}, fyne.TextAlignCenter
	}
	c.left.Color, c.left.TextSize, c.left.Alignment = Color(Ink2), min(14*scale(), 20), fyne.TextAlignCenter
}

func (c *Code) digitSize() float32 {
	if len(c.digits) > 4 {
		return 50
	}
	return 58
}

func (c *Code) layout(s fyne.Size) {
	x, y := (s.Width-ringSize)/2, (s.Height-ringSize)/2
	place(c.track, x, y, ringSize, ringSize)
	place(c.rest, x, y, ringSize, ringSize)
	if len(c.digits) > 4 {
		half := len(c.digits) / 2
		c.layRow(c.digits[:half], s.Width/2, y+62)
		c.layRow(c.digits[half:], s.Width/2, y+120)
	} else {
		c.layRow(c.digits, s.Width/2, y+76)
	}
	place(c.left, x, y+151, ringSize, c.left.MinSize().Height)
	if len(c.digits) > 4 {
		c.left.Move(fyne.NewPos(x, y+184))
	}
}

// layRow places digits 49 apart around a middle.
func (c *Code) layRow(digits []*canvas.Text, middle, y float32) {
	const apart = 49
	first := middle - apart*float32(len(digits))/2
	for i, d := range digits {
		place(d, first+apart*float32(i), y, apart, d.MinSize().Height)
	}
}

// Letters shows the three letters of a sign-in, each in its tile.
func Letters(letters string) fyne.CanvasObject {
	r := Row(8)
	for _, l := range letters {
		tile := NewBox(BrassTile, Over(Gap(48*scale(), 56*scale()), Centred(0, NewLine(string(l), Title, Ink))))
		r.Add(tile)
	}
	return r
}
