package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
)

// The window's first size.
const (
	windowWidth  = 1000
	windowHeight = 680
)

// makeWindow makes the window, its theme and its keys.
func (u *UI) makeWindow() {
	u.applyLook()
	u.window = u.app.NewWindow(say("app.name"))
	u.window.SetPadded(false)
	u.stage = newStage(u)
	u.window.SetContent(u.stage.root)
	u.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	u.window.Canvas().SetOnTypedKey(u.typed)
	u.window.SetOnDropped(u.dropped)
	for i, s := range stops() {
		u.shortcut(destinationKeys()[i], func() { u.jump(s.place) })
	}
	u.shortcut(fyne.KeyR, u.checkNow)
	u.shortcut(fyne.KeyC, u.copyShown)
	u.app.Lifecycle().SetOnEnteredForeground(func() { u.o.Dispatch(u.looked) })
}

// looked says that the window came to the front. Unless a request brought it
// there, a person did: what did not ring is asked for then (limit L6).
func (u *UI) looked() {
	if len(u.view.Requests) == 0 {
		u.checkNow()
	}
}

func destinationKeys() []fyne.KeyName {
	return []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6}
}

func (u *UI) shortcut(key fyne.KeyName, act func()) {
	s := &desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}
	u.keys.AddShortcut(s, func(fyne.Shortcut) { act() })
	u.window.Canvas().AddShortcut(s, u.keys.TypedShortcut)
}

// jump opens a destination by key: not from setting up, and not from under a
// request.
func (u *UI) jump(p place) {
	if _, there := u.page.(destination); there && u.front == nil {
		u.visit(p)
	}
}

// typed gets the keys that nothing with the focus wants. Escape leaves what is
// on top; the phone's Back does the same.
func (u *UI) typed(e *fyne.KeyEvent) {
	if e.Name != fyne.KeyEscape && e.Name != mobile.KeyBack {
		return
	}
	if p, ok := u.top().(leavable); ok {
		p.leave()
	}
}
