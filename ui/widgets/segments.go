package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Segments is a choice of few short words side by side in a well; the chosen one
// lies on a card. Where they do not fit side by side they stand below each other.
type Segments struct {
	widget.BaseWidget
	parts  []*segment
	well   *canvas.Rectangle
	oneRow bool
}

// NewSegments makes the choice; changed is called with the index of a new choice.
func NewSegments(texts []string, chosen int, changed func(i int)) *Segments {
	s := &Segments{well: canvas.NewRectangle(color.Transparent)}
	for i, text := range texts {
		p := newSegment(text, i == chosen)
		p.act = func() {
			if !p.chosen {
				s.Choose(i)
				changed(i)
			}
		}
		s.parts = append(s.parts, p)
	}
	s.ExtendBaseWidget(s)
	return s
}

// Chosen gives the index of the choice.
func (s *Segments) Chosen() int {
	for i, p := range s.parts {
		if p.chosen {
			return i
		}
	}
	return -1
}

// Choose makes another choice, without calling changed.
func (s *Segments) Choose(n int) {
	for i, p := range s.parts {
		p.chosen = i == n
		p.Refresh()
	}
}

const segmentEdge = 4 // between a card and the edge of the well

// InOneRow makes the choice at least as wide as all words side by side, for
// places that give each object its smallest width, and gives s.
func (s *Segments) InOneRow() *Segments { s.oneRow = true; return s }

// sizes gives the size of all words side by side, and of the widest.
func (s *Segments) sizes() (row, widest fyne.Size) {
	for _, p := range s.parts {
		m := p.MinSize()
		row.Width += m.Width
		widest = widest.Max(m)
	}
	row.Height = widest.Height
	if s.oneRow {
		row.Width += 12 * float32(len(s.parts))
	}
	edge := fyne.NewSquareSize(2 * segmentEdge)
	return row.Add(edge), widest.Add(edge)
}

func (s *Segments) minSize() fyne.Size {
	row, widest := s.sizes()
	if s.oneRow {
		return row
	}
	return fyne.NewSize(widest.Width, s.HeightFor(max(widest.Width, s.Size().Width)))
}

func (s *Segments) stacked(width float32) bool {
	row, _ := s.sizes()
	return width < row.Width
}

// HeightFor gives the height of one row, or of all where they do not fit in one.
func (s *Segments) HeightFor(width float32) float32 {
	row, _ := s.sizes()
	if s.stacked(width) {
		return (row.Height-2*segmentEdge)*float32(len(s.parts)) + 2*segmentEdge
	}
	return row.Height
}

// CreateRenderer draws the well and the words.
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	paint := func() { Look{Fill: Sunken, Radius: 12}.paint(s.well) }
	paint()
	f := &face{objects: []fyne.CanvasObject{s.well}, layout: s.layout, min: s.minSize, paint: paint}
	for _, p := range s.parts {
		f.objects = append(f.objects, p)
	}
	return f
}

func (s *Segments) layout(size fyne.Size) {
	place(s.well, 0, 0, size.Width, size.Height)
	spare := size.Width - 2*segmentEdge
	for _, p := range s.parts {
		spare -= p.MinSize().Width
	}
	spare /= float32(len(s.parts))
	x, y, h := float32(segmentEdge), float32(segmentEdge), size.Height-2*segmentEdge
	for _, p := range s.parts {
		if s.stacked(size.Width) {
			each := h / float32(len(s.parts))
			place(p, x, y, size.Width-2*segmentEdge, each)
			y += each
			continue
		}
		w := p.MinSize().Width + spare
		place(p, x, y, w, h)
		x += w
	}
}

// segment is one word of Segments.
type segment struct {
	press
	text   string
	chosen bool
	shape  *canvas.Rectangle
	label  *canvas.Text
}

func newSegment(text string, chosen bool) *segment {
	p := &segment{text: text, chosen: chosen, shape: canvas.NewRectangle(color.Transparent), label: canvas.NewText(text, color.Transparent)}
	p.redraw = func() { p.Refresh() }
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer draws card and word.
func (p *segment) CreateRenderer() fyne.WidgetRenderer {
	p.ring = newRing()
	p.paint()
	return &face{
		objects: []fyne.CanvasObject{p.shape, p.label, p.ring},
		layout: func(s fyne.Size) {
			place(p.shape, 0, 0, s.Width, s.Height)
			m := p.label.MinSize()
			place(p.label, (s.Width-m.Width)/2, (s.Height-m.Height)/2, m.Width, m.Height)
			place(p.ring, -2, -2, s.Width+4, s.Height+4)
		},
		min: p.minSize, paint: p.paint,
	}
}

// minSize is that of the word when it is chosen, which is heavier: so nothing
// moves when the choice changes.
func (p *segment) minSize() fyne.Size {
	m := fyne.MeasureText(p.text, 14*scale(), fyne.TextStyle{Bold: true})
	return fyne.NewSize(m.Width+24, max(44, m.Height+16))
}

func (p *segment) paint() {
	p.label.TextSize, p.label.Color, p.label.TextStyle = 14*scale(), Color(Ink2), fyne.TextStyle{}
	p.shape.FillColor, p.shape.StrokeWidth, p.shape.CornerRadius = color.Transparent, 0, 10
	switch {
	case p.chosen:
		Look{Fill: Surface, Edge: Line, Stroke: 1, Radius: 10}.paint(p.shape)
		p.label.Color, p.label.TextStyle = Color(Ink), fyne.TextStyle{Bold: true}
	case p.hovered:
		p.shape.FillColor = veil()
	}
	p.paintRing(10)
}
