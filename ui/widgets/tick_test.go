package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestTickIsTurnedByPointerSpaceAndReturn(t *testing.T) {
	themed(t, Light, 1)
	var told []bool
	k := NewTick(ItemText{Icon: "password", Name: "Password", Second: "You can type it"}, false, func(ticked bool) { told = append(told, ticked) })
	w := test.NewTempWindow(t, TickList(k))
	if !k.check.Hidden {
		t.Error("it looks ticked before it is")
	}
	test.Tap(k)
	if k.check.Hidden || k.ground.FillColor != Color(PineSoft) {
		t.Error("it does not look ticked")
	}
	w.Canvas().Focus(k)
	for _, key := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyA} {
		k.TypedKey(&fyne.KeyEvent{Name: key})
	}
	if len(told) != 3 || !told[0] || told[1] || !told[2] || !k.Ticked() {
		t.Errorf("told %v", told)
	}
}

// Colour never speaks alone, and in high contrast not at all.
func TestTickIsTellableWithoutColour(t *testing.T) {
	themed(t, HighContrast, 2)
	k := NewTick(ItemText{Icon: "password", Name: "Password"}, true, nil)
	w := test.NewTempWindow(t, TickList(k))
	w.Resize(fyne.NewSize(390, 200))
	if k.check.Hidden {
		t.Error("a ticked row has no check")
	}
	if k.Size().Height < 64 || k.HeightFor(320) < 64 {
		t.Error("too small for a finger")
	}
}
