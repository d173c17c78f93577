package widgets

import "fyne.io/fyne/v2"

// ByKey reports whether a key brought the focus here, so that whoever draws anew
// can give it to the successor.
func (p *press) ByKey() bool { return p.focused && !p.pointed }

func (p *press) self() *press { return p }

// passOn gives a key that means nothing here to the canvas, as if nothing had the
// focus; Fyne keeps it from the canvas otherwise.
func (p *press) passOn(e *fyne.KeyEvent) {
	for _, w := range fyne.CurrentApp().Driver().AllWindows() {
		at, ok := w.Canvas().Focused().(interface{ self() *press })
		if typed := w.Canvas().OnTypedKey(); ok && at.self() == p && typed != nil {
			typed(e)
			return
		}
	}
}
