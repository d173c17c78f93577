package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Wide is the width from which a window has a rail instead of a bottom bar.
const Wide = 720

// Page is a column that scrolls. Content is at most 640 wide; on wide windows it
// starts 48 from the edge, else 20.
func Page(wide bool, content fyne.CanvasObject) fyne.CanvasObject {
	side, top := float32(20), float32(20)
	if wide {
		side, top = 48, 36
	}
	return NewScroll(Pad(top, side, 24, side, AtMostWide(640, content)))
}

// NewScroll makes content of wrapped text scroll: its height follows from the
// width the window gives.
func NewScroll(content fyne.CanvasObject) *container.Scroll {
	f := &fitWidth{}
	f.page = container.New(f, content)
	f.view = container.NewVScroll(f.page)
	return f.view
}

// fitWidth makes a page as high as its content is at the width of the view. The
// view asks for the height before it says its width, so a wrong answer is put
// right once the width is known.
type fitWidth struct {
	page  *fyne.Container
	view  *container.Scroll
	width float32
}

func (f *fitWidth) Layout(o []fyne.CanvasObject, s fyne.Size) {
	f.width = s.Width
	height := max(f.view.Size().Height, HeightFor(o[0], s.Width))
	if s.Height != height {
		f.page.Resize(fyne.NewSize(s.Width, height)) // lays out again
		return
	}
	place(o[0], 0, 0, s.Width, height)
}

// MinSize claims no width: a page is never wider than its window, whatever is on it.
func (f *fitWidth) MinSize(o []fyne.CanvasObject) fyne.Size {
	if f.width <= 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(0, HeightFor(o[0], f.width))
}

// AtMostWide keeps an object at the start of the line, no wider than width.
func AtMostWide(width float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(&atMost{width}, o)
}

type atMost struct{ width float32 }

func (a *atMost) Layout(o []fyne.CanvasObject, s fyne.Size) {
	place(o[0], 0, 0, min(a.width, s.Width), s.Height)
}

func (a *atMost) heightFor(o []fyne.CanvasObject, width float32) float32 {
	return HeightFor(o[0], min(a.width, width))
}

func (a *atMost) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[0].MinSize()
	return fyne.NewSize(min(m.Width, a.width), m.Height)
}
