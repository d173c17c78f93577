package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/countersign/countersign/ui/widgets"
)

// stage is the window's content: it draws the page and what covers it, again
// whenever the window crosses from narrow to wide.
type stage struct {
	u      *UI
	root   *fyne.Container
	shape  shape
	ticker ticker
	sheet  *widgets.Sheet
	scroll *container.Scroll // of what is drawn, if it scrolls
	opened bool              // the page or the front is new: nothing is kept
	risen  page              // the front whose sheet has slid in already
}

func newStage(u *UI) *stage {
	s := &stage{u: u, opened: true}
	s.root = container.New(s)
	s.ticker.every = u.o.Every
	return s
}

// Layout gives the drawing the whole window, and draws anew where the window
// became narrow or wide.
func (s *stage) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	if now := shapeFor(size); now != s.shape && len(objects) > 0 {
		s.draw()
		objects = s.root.Objects
	}
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
	if s.sheet != nil {
		s.sheet.Resize(size)
	}
}

// MinSize is the smallest window: a phone's width, and room for one card.
func (s *stage) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 480) }

func shapeFor(size fyne.Size) shape {
	return shape{wide: size.Width >= widgets.Wide, stacked: textScale() >= largeText, narrow: size.Width < phoneWidth}
}

const (
	largeText  = 1.6 // from here on what stands side by side goes below each other
	phoneWidth = 360 // below this even a phone is narrow
)

func textScale() float32 {
	if t, ok := fyne.CurrentApp().Settings().Theme().(*widgets.Theme); ok {
		return t.Scale()
	}
	return 1
}

// scrolled gives the usual page: a column that scrolls and stays where it was.
func (u *UI) scrolled(s shape, content fyne.CanvasObject) fyne.CanvasObject {
	body := widgets.Page(s.wide, content)
	if scroll, ok := body.(*container.Scroll); ok {
		u.stage.scroll = scroll
	}
	return body
}

// fresh forgets what is kept from drawing to drawing: focus and scroll.
func (s *stage) fresh() { s.opened = true }

// draw draws everything anew from the view.
func (s *stage) draw() {
	if s.u.page == nil {
		return
	}
	s.shape = shapeFor(s.canvas().Size())
	kept := s.keep()
	s.ticker.reset()
	s.scroll = nil
	s.drop()
	s.root.Objects = []fyne.CanvasObject{s.body()}
	s.root.Refresh()
	s.raise()
	s.restore(kept)
	s.opened = false
}

// body draws the front if it fills the window, else the page in its frame.
func (s *stage) body() fyne.CanvasObject {
	if s.u.front != nil && !isSheet(s.u.front) {
		return s.u.front.draw(s.shape)
	}
	if d, ok := s.u.page.(destination); ok {
		return s.u.frame(s.shape, d.destination(), s.u.page.draw(s.shape))
	}
	return s.u.page.draw(s.shape)
}

// sheetPage is a page drawn as a sheet over what is open.
type sheetPage interface {
	page
	sheet(s shape) (content, foot fyne.CanvasObject)
	leavable
}

func isSheet(p page) bool { _, ok := p.(sheetPage); return ok }

// raise draws the front as a sheet, if it is one.
func (s *stage) raise() {
	p, ok := s.u.front.(sheetPage)
	if !ok {
		s.risen = nil
		return
	}
	content, foot := p.sheet(s.shape)
	s.sheet = widgets.NewSheet(s.canvas(), sheetWidth, content, foot, p.leave)
	s.sheet.Rise(s.risen != s.u.front && !s.u.lessMotion())
	s.risen = s.u.front
}

// sheetWidth is a sheet's width in a wide window.
const sheetWidth = 520

func (s *stage) drop() {
	if s.sheet != nil {
		s.sheet.Leave()
		s.sheet = nil
	}
}

// kept is what outlives a drawing.
type kept struct {
	focus  fyne.Focusable // an entry, which is drawn again as it is
	index  int            // or the place of a control among all, 0 for none
	offset fyne.Position
}

// byKey is a control that knows whether a key brought the focus.
type byKey interface{ ByKey() bool }

func (s *stage) keep() kept {
	k := kept{}
	if s.opened {
		return k
	}
	if s.scroll != nil {
		k.offset = s.scroll.Offset
	}
	at := s.canvas().Focused()
	if control, ok := at.(byKey); !ok {
		k.focus = at
	} else if control.ByKey() {
		k.index = s.indexOf(at)
	}
	return k
}

// indexOf walks from the first control to this one; 0 if it is not there.
func (s *stage) indexOf(f fyne.Focusable) int {
	s.canvas().Unfocus()
	for i := 1; i < manyControls; i++ {
		s.canvas().FocusNext()
		if s.canvas().Focused() == f {
			return i
		}
	}
	return 0
}

// manyControls ends a walk that finds nothing; more than any page has.
const manyControls = 200

func (s *stage) restore(k kept) {
	if s.opened {
		s.focusFirst()
		return
	}
	if s.scroll != nil {
		s.scroll.ScrollToOffset(k.offset)
	}
	switch {
	case k.focus != nil && s.canvas().Focused() != k.focus:
		s.canvas().Focus(k.focus)
	case k.index > 0:
		s.canvas().Unfocus()
		for range k.index {
			s.canvas().FocusNext()
		}
	}
}

// focusFirst gives the keyboard to what the page wants first.
func (s *stage) focusFirst() {
	s.canvas().Unfocus()
	top := s.u.page
	if s.u.front != nil {
		top = s.u.front
	}
	if f, ok := top.(focused); ok {
		if o := f.focus(); o != nil {
			s.canvas().Focus(o)
		}
	}
}

func (s *stage) canvas() fyne.Canvas { return s.u.window.Canvas() }
