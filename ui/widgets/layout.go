package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Column stacks objects with a gap; each has the full width. A Spacer takes what
// height is left.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{gap: gap}, objects...)
}

// Row puts objects side by side with a gap, centred in height. A Grow takes what
// width is left; the others have their smallest.
func Row(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{gap: gap}, objects...)
}

// Even puts objects side by side in equal widths, all as tall as the tallest.
func Even(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&even{gap: gap}, objects...)
}

// Pad keeps an object away from the edges.
func Pad(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&pad{top, right, bottom, left}, o)
}

// Lead puts a small object before the first line, line high, of a larger one that
// takes the rest.
func Lead(gap, line float32, small, rest fyne.CanvasObject) *fyne.Container {
	return container.New(&lead{gap, line}, small, rest)
}

// Over lays objects over one another at full size; the last is on top.
func Over(objects ...fyne.CanvasObject) *fyne.Container { return container.New(&over{}, objects...) }

// Centred gives an object its smallest size, or at most width, in the middle.
func Centred(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&centred{width: width}, o)
}

// Start gives an object its smallest width at the start of the line.
func Start(o fyne.CanvasObject) *fyne.Container { return Row(0, o, Gap(1, 1)) }

// Gap is empty space of a fixed size.
func Gap(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

// Spacer is empty space that takes what is left in a Column.
func Spacer() fyne.CanvasObject { return &grow{CanvasObject: Gap(0, 0)} }

// Grow marks the object of a Row or Column that takes what is left.
func Grow(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&grown{}, o)
}

type grow struct{ fyne.CanvasObject }

func grows(o fyne.CanvasObject) bool {
	if _, ok := o.(*grow); ok {
		return true
	}
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(*grown)
	return ok
}

type column struct{ gap float32 }

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	rest, growing := size.Height-c.heightFor(objects, size.Width), 0
	for _, o := range objects {
		if o.Visible() && grows(o) {
			growing++
		}
	}
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		h := HeightFor(o, size.Width)
		if grows(o) && rest > 0 {
			h += rest / float32(growing)
		}
		place(o, 0, y, size.Width, h)
		y += h + c.gap
	}
}

func (c *column) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h, n := float32(0), 0
	for _, o := range objects {
		if o.Visible() {
			h += HeightFor(o, width)
			n++
		}
	}
	return h + c.gap*float32(max(n-1, 0))
}

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := float32(0)
	for _, o := range objects {
		if o.Visible() {
			w = max(w, o.MinSize().Width)
		}
	}
	return fyne.NewSize(w, c.heightFor(objects, widthOf(objects, w)))
}

// widthOf gives the width objects were laid out at last, at least w.
func widthOf(objects []fyne.CanvasObject, w float32) float32 {
	for _, o := range objects {
		w = max(w, o.Size().Width)
	}
	return w
}

type row struct{ gap float32 }

func (r *row) widths(objects []fyne.CanvasObject, width float32) []float32 {
	w, rest, growing := make([]float32, len(objects)), width, 0
	shown := 0
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		shown++
		if grows(o) {
			growing++
			continue
		}
		w[i] = o.MinSize().Width
		rest -= w[i]
	}
	rest -= r.gap * float32(max(shown-1, 0))
	for i, o := range objects {
		if o.Visible() && grows(o) {
			w[i] = max(rest/float32(growing), 0)
		}
	}
	return w
}

func (r *row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	w := r.widths(objects, size.Width)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		h := min(HeightFor(o, w[i]), size.Height)
		place(o, x, (size.Height-h)/2, w[i], h)
		x += w[i] + r.gap
	}
}

func (r *row) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	w := r.widths(objects, width)
	for i, o := range objects {
		h = max(h, HeightFor(o, w[i]))
	}
	return h
}

func (r *row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w, n := float32(0), 0
	for _, o := range objects {
		if o.Visible() {
			w += o.MinSize().Width
			n++
		}
	}
	w += r.gap * float32(max(n-1, 0))
	var last float32
	for _, o := range objects {
		last = max(last, o.Position().X+o.Size().Width)
	}
	return fyne.NewSize(w, r.heightFor(objects, max(w, last)))
}

type even struct{ gap float32 }

func (e *even) each(n int, width float32) float32 {
	return (width - e.gap*float32(max(n-1, 0))) / float32(max(n, 1))
}

func (e *even) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := e.each(len(objects), size.Width)
	for i, o := range objects {
		place(o, float32(i)*(w+e.gap), 0, w, size.Height)
	}
}

func (e *even) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		h = max(h, HeightFor(o, e.each(len(objects), width)))
	}
	return h
}

func (e *even) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := float32(0)
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	n := float32(len(objects))
	total := w*n + e.gap*max(n-1, 0)
	var last float32
	for _, o := range objects {
		last = max(last, o.Position().X+o.Size().Width)
	}
	return fyne.NewSize(total, e.heightFor(objects, max(total, last)))
}

type pad struct{ top, right, bottom, left float32 }

func (p *pad) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, p.left, p.top, max(size.Width-p.left-p.right, 0), max(size.Height-p.top-p.bottom, 0))
	}
}

func (p *pad) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		h = max(h, HeightFor(o, width-p.left-p.right))
	}
	return h + p.top + p.bottom
}

func (p *pad) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s.AddWidthHeight(p.left+p.right, p.top+p.bottom)
}

type over struct{}

func (over) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		place(o, 0, 0, size.Width, size.Height)
	}
}

func (over) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		h = max(h, HeightFor(o, width))
	}
	return h
}

func (over) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s
}

// grown is over, under a name that Row and Column recognise.
type grown struct{ over }

type centred struct{ width float32 }

func (c *centred) wide(objects []fyne.CanvasObject, width float32) float32 {
	w := c.width
	if w == 0 {
		for _, o := range objects {
			w = max(w, o.MinSize().Width)
		}
	}
	return min(w, width)
}

func (c *centred) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w := c.wide(objects, size.Width)
	for _, o := range objects {
		h := min(HeightFor(o, w), size.Height)
		place(o, (size.Width-w)/2, (size.Height-h)/2, w, h)
	}
}

func (c *centred) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	h := float32(0)
	for _, o := range objects {
		h = max(h, HeightFor(o, c.wide(objects, width)))
	}
	return h
}

func (c *centred) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
	}
	return s
}

type lead struct{ gap, line float32 }

func (l *lead) indent(o []fyne.CanvasObject) float32 { return o[0].MinSize().Width + l.gap }

func (l *lead) Layout(o []fyne.CanvasObject, s fyne.Size) {
	first, x := o[0].MinSize(), l.indent(o)
	place(o[0], 0, max(0, (l.line*scale()-first.Height)/2), first.Width, first.Height)
	place(o[1], x, 0, s.Width-x, HeightFor(o[1], s.Width-x))
}

func (l *lead) heightFor(o []fyne.CanvasObject, width float32) float32 {
	return max(HeightFor(o[1], width-l.indent(o)), o[0].MinSize().Height)
}

func (l *lead) MinSize(o []fyne.CanvasObject) fyne.Size {
	m, x := o[1].MinSize(), l.indent(o)
	return fyne.NewSize(m.Width+x, l.heightFor(o, max(m.Width, o[1].Size().Width)+x))
}
