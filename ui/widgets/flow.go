package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Flow puts objects one after the other, each as wide as it would like to be, in as
// many rows as that takes.
func Flow(gap, between float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap, between}, objects...)
}

type flow struct{ gap, between float32 }

// broadest gives the width an object would like to have: text, not to wrap.
func broadest(o fyne.CanvasObject) float32 {
	if t, ok := o.(*Text); ok {
		return t.measure(t.text) + 1
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(*lead); ok {
			return l.indent(c.Objects) + broadest(c.Objects[1])
		}
	}
	return o.MinSize().Width
}

// each calls do with every object and its place, and gives the whole height.
func (f *flow) each(objects []fyne.CanvasObject, width float32, do func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	var x, y, row float32
	for _, o := range objects {
		w := min(broadest(o), width)
		if x > 0 && x+w > width {
			x, y, row = 0, y+row+f.between, 0
		}
		h := HeightFor(o, w)
		do(o, x, y, w, h)
		x, row = x+w+f.gap, max(row, h)
	}
	return y + row
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.each(objects, size.Width, place)
}

func (f *flow) heightFor(objects []fyne.CanvasObject, width float32) float32 {
	return f.each(objects, width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	w := float32(0)
	for _, o := range objects {
		w = max(w, o.MinSize().Width)
	}
	return fyne.NewSize(w, f.heightFor(objects, widthOf(objects, w)))
}
