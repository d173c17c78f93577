package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"github.com/countersign/countersign/ui/widgets"
)

// touch is the smallest size of what a finger presses.
const touch = 44

// inspect looks for what can go wrong in a drawing: text that is cut or leaves the
// window, controls too small for a finger or out of reach.
func inspect(u *tester) {
	u.t.Helper()
	size := u.window.Canvas().Size()
	for _, d := range u.onTop() {
		switch o := d.object.(type) {
		case *canvas.Text:
			inspectText(u, o, d, size)
		case *widgets.Text:
			if need := widgets.HeightFor(o, d.size.Width); d.size.Height < need-0.5 {
				u.t.Errorf("%q is %.0f high and needs %.0f", o.Text(), d.size.Height, need)
			}
		}
		if isControl(d.object) {
			inspectControl(u, d, size)
		}
	}
}

// isControl reports whether o is one of our own controls: what Fyne puts beside
// a scroller is not for fingers.
func isControl(o fyne.CanvasObject) bool {
	switch o.(type) {
	case byKey, *widgets.KeyEntry, *widgets.Field:
		return true
	}
	return false
}

func inspectText(u *tester, text *canvas.Text, d drawn, size fyne.Size) {
	u.t.Helper()
	if text.Text == "" || d.typed {
		return
	}
	if width := text.MinSize().Width; width > d.size.Width+1 && text.Alignment == fyne.TextAlignLeading && d.at.X+width > size.Width {
		u.t.Errorf("%q is %.0f wide at %.0f and leaves the window", text.Text, width, d.at.X)
	} else if width > d.size.Width+1 {
		u.t.Errorf("%q is %.0f wide and has %.0f", text.Text, width, d.size.Width)
	}
	if d.at.X < -1 || d.at.X+d.size.Width > size.Width+1 {
		u.t.Errorf("%q reaches from %.0f to %.0f in a window of %.0f", text.Text, d.at.X, d.at.X+d.size.Width, size.Width)
	}
}

func inspectControl(u *tester, d drawn, size fyne.Size) {
	u.t.Helper()
	if d.size.Height < touch-0.5 || d.size.Width < touch-0.5 {
		u.t.Errorf("%T %q is %.0f by %.0f, too small for a finger", d.object, firstText(d.object), d.size.Width, d.size.Height)
	}
	if !d.scrolls && (d.at.Y < 0 || d.at.Y+d.size.Height > size.Height+0.5) {
		u.t.Errorf("%T %q is out of reach, from %.0f to %.0f", d.object, firstText(d.object), d.at.Y, d.at.Y+d.size.Height)
	}
	if d.at.X < 0 || d.at.X+d.size.Width > size.Width+0.5 {
		u.t.Errorf("%T %q leaves the window", d.object, firstText(d.object))
	}
}

func firstText(o fyne.CanvasObject) string {
	var all []drawn
	collect(drawn{object: o}, &all)
	for _, d := range all {
		if said := textOf(d.object); said != "" {
			return said
		}
	}
	return ""
}
