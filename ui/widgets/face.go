package widgets

import "fyne.io/fyne/v2"

// face is the one renderer of this package: a widget says how its objects are
// laid out, how small it can be, and how it paints itself from the theme.
type face struct {
	objects []fyne.CanvasObject
	layout  func(size fyne.Size)
	min     func() fyne.Size
	paint   func()
}

func (f *face) Objects() []fyne.CanvasObject { return f.objects }
func (f *face) Layout(size fyne.Size)        { f.layout(size) }
func (f *face) MinSize() fyne.Size           { return f.min() }
func (f *face) Destroy()                     {}

func (f *face) Refresh() {
	f.paint()
	for _, o := range f.objects {
		o.Refresh()
	}
}

// Tall is an object whose height follows from the width it is given, as wrapped
// text does.
type Tall interface {
	HeightFor(width float32) float32
}

// HeightFor gives the height an object needs at a width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	if !o.Visible() {
		return 0
	}
	if t, ok := o.(Tall); ok {
		return t.HeightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if l, ok := c.Layout.(tallLayout); ok {
			return l.heightFor(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

// tallLayout is a layout that can say its height for a width.
type tallLayout interface {
	heightFor(objects []fyne.CanvasObject, width float32) float32
}

// place moves and resizes in one step.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
