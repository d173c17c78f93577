package widgets

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Countdown is the rest of a wait of hours in a brass ring. A small one says how
// long it takes, a large one until when, too.
type Countdown struct {
	widget.BaseWidget
	size        float32
	rest, until *canvas.Text
	track, arc  *canvas.Arc
	part        float32 // of the time that is left, 0..1
}

// The sizes of a Countdown, its outer diameter in units.
const (
	SmallCountdown = 62
	LargeCountdown = 210
)

// NewCountdown makes a ring of one of the sizes.
func NewCountdown(size float32) *Countdown {
	c := &Countdown{size: size, rest: canvas.NewText("", color.Transparent), until: canvas.NewText("", color.Transparent)}
	cutout := 1 - 2*c.stroke()/size
	c.track, c.arc = canvas.NewArc(0, 360, cutout, color.Transparent), canvas.NewArc(0, 360, cutout, color.Transparent)
	c.ExtendBaseWidget(c)
	return c
}

func (c *Countdown) large() bool { return c.size >= LargeCountdown }

func (c *Countdown) stroke() float32 {
	if c.large() {
		return 8
	}
	return 5
}

// SetLeft says how much time is left of how much, and in words: the rest, and
// until when.
func (c *Countdown) SetLeft(left, total time.Duration, rest, until string) {
	c.part = 0
	if total > 0 {
		c.part = max(0, min(1, float32(left)/float32(total)))
	}
	c.rest.Text, c.until.Text = rest, until
	c.Refresh()
}

// Words gives what the ring says about the time left.
func (c *Countdown) Words() string { return c.rest.Text }

// CreateRenderer draws the ring and the words in it.
func (c *Countdown) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &face{
		objects: []fyne.CanvasObject{c.track, c.arc, c.rest, c.until},
		layout:  c.layout, paint: func() { c.paint(); c.layout(c.Size()) },
		min: func() fyne.Size { return fyne.NewSquareSize(c.size) },
	}
}

func (c *Countdown) paint() {
	c.track.FillColor = Color(Line)
	if outlines() {
		c.track.FillColor = color.Transparent
	}
	c.arc.FillColor, c.arc.EndAngle, c.arc.CornerRadius, c.arc.Hidden = Color(Brass), 360*c.part, c.stroke()/2, c.part <= 0
	style, most := SmallB, float32(16)
	if c.large() {
		style, most = Title, 32
	}
	c.rest.Color, c.rest.TextStyle, c.rest.Alignment = Color(Ink), style.text, fyne.TextAlignCenter
	c.rest.TextSize = fitting(c.rest.Text, min(style.size*scale(), most), style.text, c.room())
	c.until.Color, c.until.Alignment, c.until.Hidden = Color(Ink2), fyne.TextAlignCenter, !c.large()
	c.until.TextSize = fitting(c.until.Text, min(Small.size*scale(), 18), Small.text, c.room())
}

// room is how wide a word in the ring may be.
func (c *Countdown) room() float32 { return c.size - 2*c.stroke() - c.size/8 }

// fitting gives the text size at which a word fits a width, at most size.
func fitting(word string, size float32, style fyne.TextStyle, width float32) float32 {
	if w := fyne.MeasureText(word, size, style).Width; w > width {
		return size * width / w
	}
	return size
}

func (c *Countdown) layout(s fyne.Size) {
	x, y := (s.Width-c.size)/2, (s.Height-c.size)/2
	place(c.track, x, y, c.size, c.size)
	place(c.arc, x, y, c.size, c.size)
	rest, until := c.rest.MinSize().Height, c.until.MinSize().Height
	if !c.large() {
		until = 0
	}
	top := y + (c.size-rest-until)/2
	place(c.rest, x, top, c.size, rest)
	place(c.until, x, top+rest, c.size, c.until.MinSize().Height)
}
