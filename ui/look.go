package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// Where the person's choices are kept. Stored; do not change.
const (
	lookPreference   = "appearance"
	textPreference   = "text"
	motionPreference = "less-motion"
)

// looks are the appearances in the order in which they are offered; texts the
// sizes of text.
func looks() []widgets.Appearance {
	return []widgets.Appearance{widgets.System, widgets.Light, widgets.Dark, widgets.HighContrast}
}

func texts() []float32 { return []float32{1, 1.3, 2} }

// applyLook puts the chosen theme on. A theme that cannot be read is a mistake in
// the program's own files; Fyne's own stays then.
func (u *UI) applyLook() {
	look, text := looks()[u.chosenLook()], texts()[u.chosenText()]
	if worn, ok := u.app.Settings().Theme().(*widgets.Theme); ok && worn.Is(look, text) {
		return
	}
	t, err := widgets.NewTheme(look, text)
	if err != nil {
		fyne.LogError("reading theme", err)
		return
	}
	u.app.Settings().SetTheme(t)
}

func (u *UI) chosenLook() int {
	chosen := widgets.Appearance(u.app.Preferences().StringWithFallback(lookPreference, string(widgets.System)))
	for i, a := range looks() {
		if a == chosen {
			return i
		}
	}
	return 0
}

func (u *UI) chooseLook(n int) {
	u.app.Preferences().SetString(lookPreference, string(looks()[n]))
	u.applyLook()
	u.stage.draw()
}

func (u *UI) chosenText() int {
	n := u.app.Preferences().IntWithFallback(textPreference, 0)
	return max(0, min(n, len(texts())-1))
}

func (u *UI) chooseText(n int) {
	u.app.Preferences().SetInt(textPreference, n)
	u.applyLook()
	u.stage.draw()
}

func (u *UI) prefersLessMotion() bool { return u.app.Preferences().Bool(motionPreference) }

func (u *UI) chooseLessMotion(on bool) { u.app.Preferences().SetBool(motionPreference, on) }

// lessMotion reports whether nothing may slide.
func (u *UI) lessMotion() bool { return u.prefersLessMotion() || !u.app.Settings().ShowAnimations() }
