package ui

import (
	"time"

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
	layer  layer // where what is being drawn counts
	sheet  *widgets.Sheet
	scroll *container.Scroll // of what is drawn, if it scrolls
	opened bool              // the page or the front is new: nothing is kept
	front  front             // what is drawn in front
	stale  bool              // the front says something else now
	risen  front             // the front whose sheet has slid in already
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
// Away from Home, how a request ended is told below the page's title.
func (u *UI) scrolled(s shape, content fyne.CanvasObject) fyne.CanvasObject {
	if _, home := u.page.(*homePage); !home {
		u.tellOutcome(s, content)
	}
	body := widgets.Page(s.wide, content)
	if scroll, ok := body.(*container.Scroll); ok {
		u.stage.scroll = scroll
	}
	return body
}

// fresh forgets what is kept from drawing to drawing: focus and scroll.
func (s *stage) fresh() { s.opened = true }

// draw draws everything anew from the view. What covers the page stays as it is
// while it is the same: its Allow would wait again.
func (s *stage) draw() {
	if s.u.page == nil {
		return
	}
	now := shapeFor(s.canvas().Size())
	same := s.u.front != nil && s.front == s.u.front && s.shape == now && !s.stale
	s.shape = now
	if same && !isSheet(s.u.front) {
		return
	}
	kept := s.keep()
	s.root.Objects = []fyne.CanvasObject{s.body(same)}
	s.root.Refresh()
	if !same {
		s.raise()
		s.restore(kept)
	}
	s.front, s.stale, s.opened = s.u.front, false, false
}

// drawFront draws what covers the page anew, too: what it says has changed.
func (s *stage) drawFront() {
	s.stale = true
	s.draw()
}

// body draws the front if it fills the window, else the page in its frame.
func (s *stage) body(sameFront bool) fyne.CanvasObject {
	s.scroll = nil
	s.ticker.reset(onPage)
	if !sameFront {
		s.ticker.reset(onFront)
		s.drop()
	}
	if full, ok := s.u.front.(page); ok {
		return s.onFront(func() fyne.CanvasObject { return full.draw(s.shape) })
	}
	if d, ok := s.u.page.(destination); ok {
		return s.u.frame(s.shape, d.destination(), s.u.page.draw(s.shape))
	}
	return s.u.page.draw(s.shape)
}

// onFront makes what is drawn meanwhile count on the front.
func (s *stage) onFront(draw func() fyne.CanvasObject) fyne.CanvasObject {
	s.layer = onFront
	defer func() { s.layer = onPage }()
	return draw()
}

// count does something now and at least every pace, until it gives false or is
// no longer on the screen.
func (s *stage) count(pace time.Duration, do func() bool) {
	if do() {
		s.ticker.add(s.layer, pace, do)
	}
}

// sheetPage is a page drawn as a sheet over what is open.
type sheetPage interface {
	leavable
	sheet(s shape) (content, foot fyne.CanvasObject)
}

func isSheet(f front) bool { _, ok := f.(sheetPage); return ok }

// raise draws the front as a sheet, if it is one.
func (s *stage) raise() {
	p, ok := s.u.front.(sheetPage)
	if !ok {
		s.risen = nil
		return
	}
	s.onFront(func() fyne.CanvasObject {
		content, foot := p.sheet(s.shape)
		s.sheet = widgets.NewSheet(s.canvas(), sheetWidth, content, foot, p.leave)
		return s.sheet
	})
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
	if f, ok := s.u.top().(focused); ok {
		if o := f.focus(); o != nil {
			s.canvas().Focus(o)
		}
	}
}

func (s *stage) canvas() fyne.Canvas { return s.u.window.Canvas() }
