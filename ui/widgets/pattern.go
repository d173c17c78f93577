package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Pattern tells kinds in a chart apart, without their colours too.
type Pattern int

// The patterns.
const (
	Solid   Pattern = iota // pine
	Striped                // gold, with lines across
	Hollow                 // an edge and nothing inside
	Split                  // brick, with a line down its middle: what is wrong
)

// mark is a small area in a pattern.
type mark struct {
	widget.BaseWidget
	pattern Pattern
	ground  *canvas.Rectangle
	lines   []*canvas.Rectangle
}

const (
	markLine  = 2 // of a pattern
	markPitch = 6 // from line to line
)

func newMark(p Pattern) *mark {
	m := &mark{pattern: p, ground: canvas.NewRectangle(color.Transparent)}
	m.ExtendBaseWidget(m)
	return m
}

// CreateRenderer draws the ground with its lines, as many as its size has room for.
func (m *mark) CreateRenderer() fyne.WidgetRenderer {
	m.paint()
	return &markFace{mark: m}
}

func (m *mark) paint() {
	m.ground.CornerRadius, m.ground.StrokeWidth = 3, 0
	switch m.pattern {
	case Solid:
		m.ground.FillColor = Color(Pine)
	case Striped:
		m.ground.FillColor = Color(Gold)
	case Hollow:
		m.ground.FillColor, m.ground.StrokeColor, m.ground.StrokeWidth = color.Transparent, Color(Outline), 2
	case Split:
		m.ground.FillColor = Color(Brick)
	}
	for _, l := range m.lines {
		l.FillColor = Color(Surface)
	}
}

// rule places the pattern's lines.
func (m *mark) rule(s fyne.Size) {
	m.lines = m.lines[:0]
	switch m.pattern {
	case Striped:
		for y := s.Height - markPitch; y > markLine; y -= markPitch {
			m.lines = append(m.lines, bar(0, y, s.Width, markLine))
		}
	case Split:
		m.lines = append(m.lines, bar((s.Width-markLine)/2, 0, markLine, s.Height))
	}
	m.paint()
}

func bar(x, y, w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	place(r, x, y, w, h)
	return r
}

// markFace renders a mark, whose objects follow from its size.
type markFace struct{ *mark }

func (f *markFace) Layout(s fyne.Size) {
	place(f.ground, 0, 0, s.Width, s.Height)
	f.rule(s)
}

func (f *markFace) MinSize() fyne.Size { return fyne.NewSize(4, 1) }
func (f *markFace) Destroy()           {}

func (f *markFace) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.ground}
	for _, l := range f.lines {
		all = append(all, l)
	}
	return all
}

func (f *markFace) Refresh() {
	f.paint()
	f.ground.Refresh()
	for _, l := range f.lines {
		l.Refresh()
	}
}

// LegendEntry names a pattern.
type LegendEntry struct {
	Pattern Pattern
	Text    string
}

// Legend says what the patterns of a Chart are.
func Legend(entries []LegendEntry) fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, e := range entries {
		side := 12 * min(scale(), 1.5)
		swatch := Over(Gap(side, side), newMark(e.Pattern))
		all = append(all, Lead(8, Caption.line, swatch, NewText(e.Text, Caption, Ink2).AtMost(2)))
	}
	return Flow(20, 8, all...)
}
