package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Switch is on or off; knob and side differ by place and by fill.
type Switch struct {
	press
	on          bool
	track, knob *canvas.Rectangle
}

// NewSwitch makes a switch; changed is called with what it was set to.
func NewSwitch(on bool, changed func(on bool)) *Switch {
	s := &Switch{on: on, track: canvas.NewRectangle(color.Transparent), knob: canvas.NewRectangle(color.Transparent)}
	s.act = func() { s.on = !s.on; s.Refresh(); changed(s.on) }
	s.redraw = func() { s.Refresh() }
	s.ExtendBaseWidget(s)
	return s
}

// On reports whether it is on.
func (s *Switch) On() bool { return s.on }

// CreateRenderer draws track and knob.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	s.ring = newRing()
	layout := func(size fyne.Size) {
		y, x := (size.Height-28)/2, float32(3)
		if s.on {
			x = 46 - 22 - 3
		}
		place(s.track, 0, y, 46, 28)
		place(s.knob, x, y+3, 22, 22)
		place(s.ring, -4, y-4, 54, 36)
	}
	paint := func() {
		s.track.CornerRadius, s.knob.CornerRadius = 14, 11
		s.track.StrokeWidth, s.track.StrokeColor = Edge, Color(Outline)
		s.track.FillColor, s.knob.FillColor = Color(Surface), Color(Outline)
		if s.on {
			s.track.FillColor, s.track.StrokeColor, s.knob.FillColor = Color(Pine), Color(Pine), Color(OnPine)
		}
		s.paintRing(14)
		layout(s.Size())
	}
	paint()
	return &face{
		objects: []fyne.CanvasObject{s.track, s.knob, s.ring},
		layout:  layout, paint: paint,
		min: func() fyne.Size { return fyne.NewSize(46, 44) },
	}
}

// Chip is a short choice in a row of filters; its radius is half its height.
type Chip struct {
	press
	text   string
	chosen bool
	shape  *canvas.Rectangle
	label  *canvas.Text
}

// NewChip makes a chip.
func NewChip(text string, chosen bool, act func()) *Chip {
	c := &Chip{text: text, chosen: chosen, shape: canvas.NewRectangle(color.Transparent), label: canvas.NewText(text, color.Transparent)}
	c.act, c.redraw = act, func() { c.Refresh() }
	c.ExtendBaseWidget(c)
	return c
}

// Text gives what is written on it.
func (c *Chip) Text() string { return c.text }

// SetChosen fills or empties the chip.
func (c *Chip) SetChosen(chosen bool) { c.chosen = chosen; c.Refresh() }

// CreateRenderer draws shape and text.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	c.ring = newRing()
	c.paint()
	return &face{
		objects: []fyne.CanvasObject{c.shape, c.label, c.ring},
		layout: func(s fyne.Size) {
			place(c.shape, 0, 4, s.Width, s.Height-8)
			m := c.label.MinSize()
			place(c.label, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
			place(c.ring, -3, 1, s.Width+6, s.Height-2)
		},
		min: func() fyne.Size {
			m := c.label.MinSize()
			return fyne.NewSize(m.Width+28, max(44, m.Height+20))
		},
		paint: c.paint,
	}
}

func (c *Chip) paint() {
	c.label.Text, c.label.TextSize, c.label.Color, c.label.TextStyle = c.text, 14*scale(), Color(Ink), fyne.TextStyle{Italic: true}
	c.shape.CornerRadius, c.shape.StrokeWidth, c.shape.StrokeColor, c.shape.FillColor = 18, 1, Color(Outline), Color(Surface)
	if c.chosen {
		c.shape.FillColor, c.shape.StrokeColor, c.label.Color = Color(Pine), Color(Pine), Color(OnPine)
		c.label.TextStyle = fyne.TextStyle{Bold: true}
	}
	c.paintRing(18)
}
