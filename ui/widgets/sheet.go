package widgets

import (
	"image/color"

	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Sheet covers what is open: on a narrow window it comes from the bottom over the
// full width, on a wide one it stands in the middle. What is behind it cannot be
// reached by pointer or key while it is there.
type Sheet struct {
	widget.BaseWidget
	canvas fyne.Canvas
	body   *container.Scroll
	inner  fyne.CanvasObject
	foot   fyne.CanvasObject
	scrim  *canvas.Rectangle
	shape  *canvas.Rectangle
	grip   *canvas.Rectangle
	width  float32 // on a wide window
	rise   float32 // how far below its place it still is
	escape func()
}

// NewSheet makes a sheet; content scrolls, foot (the actions) stays. width is its
// width on a wide window, 480 to 560. escape is called for the Escape key.
func NewSheet(c fyne.Canvas, width float32, content, foot fyne.CanvasObject, escape func()) *Sheet {
	s := &Sheet{canvas: c, inner: content, foot: foot, width: width, escape: escape}
	s.body = NewScroll(Pad(4, 24, 4, 24, content)) // room for focus rings
	s.scrim, s.shape, s.grip = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	s.ExtendBaseWidget(s)
	return s
}

// Rise brings the sheet up; move says whether it may slide.
func (s *Sheet) Rise(move bool) {
	s.canvas.Overlays().Add(s)
	s.Resize(s.canvas.Size())
	if !move || !fyne.CurrentApp().Settings().ShowAnimations() {
		return
	}
	a := fyne.NewAnimation(180*time.Millisecond, func(done float32) {
		s.rise = 24 * (1 - done)
		s.Refresh()
	})
	a.Curve = fyne.AnimationEaseOut
	a.Start()
}

// Leave takes the sheet away.
func (s *Sheet) Leave() {
	s.canvas.Overlays().Remove(s)
}

// Escape does what the Escape key does.
func (s *Sheet) Escape() {
	if s.escape != nil {
		s.escape()
	}
}

// Tapped keeps taps beside the sheet from reaching what is behind.
func (s *Sheet) Tapped(*fyne.PointEvent) {}

// CreateRenderer draws scrim, shape, grip, content and actions.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	s.paint()
	return &face{
		objects: []fyne.CanvasObject{s.scrim, s.shape, s.grip, s.body, s.foot},
		layout:  s.layout, paint: func() { s.paint(); s.layout(s.Size()) },
		min: func() fyne.Size { return fyne.NewSize(280, 200) },
	}
}

func (s *Sheet) paint() {
	s.scrim.FillColor = Color(Scrim)
	s.shape.FillColor, s.shape.CornerRadius, s.shape.StrokeWidth = Color(Surface), 24, 0
	if outlines() {
		s.shape.StrokeColor, s.shape.StrokeWidth = Color(Outline), 2
	}
	s.grip.FillColor, s.grip.CornerRadius = Color(Line), 2
}

func (s *Sheet) layout(size fyne.Size) {
	place(s.scrim, 0, 0, size.Width, size.Height)
	wide := size.Width >= Wide
	width, x, top := size.Width, float32(0), float32(36)
	if wide {
		width = min(s.width, size.Width-48)
		x, top = (size.Width-width)/2, 28
	}
	inner := width - 48
	foot := HeightFor(s.foot, inner)
	body := min(HeightFor(s.inner, inner), size.Height-top-foot-16-24-24)
	height := top + body + 16 + foot + 24
	y := size.Height - height + s.rise
	if wide {
		y = (size.Height-height)/2 + s.rise
		place(s.shape, x, y, width, height)
	} else {
		place(s.shape, x, y, width, height+24) // its lower corners are below the window
	}
	s.grip.Hidden = wide
	place(s.grip, (size.Width-36)/2, y+12, 36, 4)
	place(s.body, x, y+top-4, width, body+8)
	place(s.foot, x+24, y+top+body+16, inner, foot)
}
