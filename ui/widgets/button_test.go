package widgets

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestButtonIsPressedByPointerSpaceAndReturn(t *testing.T) {
	themed(t, Light, 1)
	pressed := 0
	b := NewButton(PineButton, "Check now", func() { pressed++ })
	w := test.NewTempWindow(t, b)
	test.Tap(b)
	w.Canvas().Focus(b)
	for _, k := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyA} {
		b.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if pressed != 4 {
		t.Errorf("pressed %d times by tap, Space, Return, Enter and A; want 4", pressed)
	}
	b.Disable()
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if pressed != 4 {
		t.Error("a disabled button acts")
	}
}

// Allow must not be hit by a finger that was already on its way.
func TestDelayedButtonActsOnlyWhenFull(t *testing.T) {
	themed(t, Light, 1)
	pressed := 0
	b := NewButton(PineButton, "Allow", func() { pressed++ })
	test.NewTempWindow(t, b)
	b.hold()
	press := func() {
		test.Tap(b)
		b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	press()
	b.fillTo(0.99)
	b.Enable()
	press()
	if pressed != 0 || !b.Disabled() {
		t.Errorf("pressed %d times before it was full", pressed)
	}
	b.fillTo(1)
	press()
	if pressed != 3 || b.Disabled() {
		t.Errorf("pressed %d times when full, want 3", pressed)
	}
}

func TestDelayDoesNotEnableWhatWasDisabledMeanwhile(t *testing.T) {
	themed(t, Light, 1)
	b := NewButton(PineButton, "Allow", func() { t.Error("a disabled button acts") })
	test.NewTempWindow(t, b)
	b.Disable()
	b.Delay(time.Second) // the test driver ends animations at once
	if !b.Disabled() {
		t.Error("the end of the delay enabled it")
	}
	test.Tap(b)
}

// The ring is for who uses keys, and for nobody else.
func TestFocusRingIsSeenOnlyByKeys(t *testing.T) {
	themed(t, Light, 1)
	b := NewButton(PineButton, "Allow", nil)
	w := test.NewTempWindow(t, b)
	ring := func() bool { return b.ring.Visible() }
	if ring() {
		t.Error("a ring without focus")
	}
	b.MouseDown(nil)
	b.MouseUp(nil)
	test.Tap(b)
	if ring() {
		t.Error("a pointer brought a ring")
	}
	w.Canvas().FocusNext()
	if !ring() || !b.ByKey() {
		t.Error("Tab after a click shows no ring")
	}
	b.MouseDown(nil)
	if ring() {
		t.Error("the ring stays when a pointer is used")
	}
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if !ring() {
		t.Error("the next key does not bring the ring back")
	}
	w.Canvas().Unfocus()
	if ring() {
		t.Error("a ring stays behind")
	}
}

func TestButtonGrowsWithItsText(t *testing.T) {
	themed(t, Light, 2)
	short, long := NewButton(SecondButton, "Allow", nil), NewButton(SecondButton, "Pair with a trusted device I already have", nil)
	if h := short.HeightFor(300); h < 52 {
		t.Errorf("a short text at 200%% is %.0f high, less than 52", h)
	}
	if long.HeightFor(300) <= short.HeightFor(300) {
		t.Error("a long text does not wrap")
	}
	if w := long.MinSize().Width; w > 280 {
		t.Errorf("a long text claims %.0f: it would push a narrow window wide", w)
	}
}

func TestChoicesTellWhatWasChosen(t *testing.T) {
	themed(t, Light, 1)
	var told []int
	s := NewSegments([]string{"System", "Light", "Dark"}, 0, func(i int) { told = append(told, i) }).InOneRow()
	on := false
	sw := NewSwitch(false, func(o bool) { on = o })
	w := test.NewTempWindow(t, Column(8, s, sw))
	w.Resize(fyne.NewSize(400, 300))
	test.Tap(s.parts[2])
	test.Tap(s.parts[2])
	s.parts[1].TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if len(told) != 2 || told[0] != 2 || told[1] != 1 || s.Chosen() != 1 {
		t.Errorf("told %v, chosen %d; want 2, then 1", told, s.Chosen())
	}
	test.Tap(sw)
	if !on || !sw.On() {
		t.Error("the switch is not on")
	}
	end := s.parts[2].Position().X + s.parts[2].Size().Width
	if want := s.Size().Width - segmentEdge; end < want-0.5 || end > want+0.5 {
		t.Errorf("the last word ends at %.1f in a well of %.1f", end, s.Size().Width)
	}
	s.oneRow = false
	if row, all := s.HeightFor(400), s.HeightFor(120); all < 3*44 || row >= all {
		t.Errorf("side by side %.0f high, where they do not fit %.0f", row, all)
	}
}
