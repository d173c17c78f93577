package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// press is what all that can be pressed have in common: pointer, keys, focus. The
// focus ring appears only when a key brought the focus.
type press struct {
	widget.BaseWidget
	act      func()
	disabled bool
	blocked  func() bool // presses do nothing for another reason; nil = none
	hovered  bool
	focused  bool
	pointed  bool // a pointer was used since the key that brought the focus
	ring     *canvas.Rectangle
	redraw   func() // the widget's Refresh
}

func newRing() *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.Hide()
	return r
}

// Tapped presses.
func (p *press) Tapped(*fyne.PointEvent) { p.fire() }

// TypedKey presses with Return and Space; other keys are the canvas's.
func (p *press) TypedKey(e *fyne.KeyEvent) {
	if p.pointed {
		p.pointed = false
		p.redraw()
	}
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		p.fire()
	default:
		p.passOn(e)
	}
}

// TypedRune takes no text.
func (p *press) TypedRune(rune) {}

// FocusGained shows the ring: only keys bring the focus here.
func (p *press) FocusGained() { p.focused = true; p.redraw() }

// FocusLost takes the ring away.
func (p *press) FocusLost() { p.focused, p.pointed = false, false; p.redraw() }

// MouseIn lightens.
func (p *press) MouseIn(*desktop.MouseEvent) { p.hovered = true; p.redraw() }

// MouseMoved changes nothing.
func (p *press) MouseMoved(*desktop.MouseEvent) {}

// MouseOut undoes MouseIn.
func (p *press) MouseOut() { p.hovered = false; p.redraw() }

// MouseDown takes the ring away: a pointer is in use. The focus stays, and does
// not come by a pointer.
func (p *press) MouseDown(*desktop.MouseEvent) {
	p.pointed = p.focused
	p.redraw()
}

// MouseUp changes nothing.
func (p *press) MouseUp(*desktop.MouseEvent) {}

// Cursor shows a hand where something can be pressed.
func (p *press) Cursor() desktop.Cursor {
	if p.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// Disabled reports whether presses do nothing.
func (p *press) Disabled() bool { return p.disabled }

// Enable lets presses act again.
func (p *press) Enable() { p.setDisabled(false) }

// Disable makes presses do nothing.
func (p *press) Disable() { p.setDisabled(true) }

func (p *press) setDisabled(d bool) {
	if p.disabled != d {
		p.disabled = d
		p.redraw()
	}
}

func (p *press) fire() {
	if !p.disabled && p.act != nil && (p.blocked == nil || !p.blocked()) {
		p.act()
	}
}

// paintRing draws the focus ring 2 units outside a shape of this radius.
func (p *press) paintRing(radius float32) {
	p.ring.FillColor, p.ring.StrokeColor = color.Transparent, Color(Focus)
	p.ring.StrokeWidth, p.ring.CornerRadius = 2, radius+3
	p.ring.Hidden = !p.focused || p.pointed
}

func (p *press) placeRing(s fyne.Size) { place(p.ring, -4, -4, s.Width+8, s.Height+8) }
