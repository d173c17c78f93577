package widgets

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

const paragraph = "When somebody signs in with your password, this device asks you first and shows a code to type. "

// The page is as high as its text at the width there is, from the first layout on:
// nothing below is out of reach, and there is no empty rest to scroll into.
func TestPageIsAsHighAsItsTextIsWide(t *testing.T) {
	themed(t, Light, 1)
	text := NewText(paragraph+paragraph+paragraph, Body, Ink)
	scroll := NewScroll(text)
	for _, width := range []float32{390, 1000, 320} {
		scroll.Resize(fyne.NewSize(width, 100))
		if got, want := scroll.Content.Size().Height, max(100, text.HeightFor(width)); got != want {
			t.Errorf("%.0f wide: the page is %.0f high, its text %.0f", width, got, want)
		}
		if got := scroll.Content.Size().Width; got != width {
			t.Errorf("%.0f wide: the page is %.0f wide", width, got)
		}
	}
	scroll.Resize(fyne.NewSize(390, 2000))
	if got := scroll.Content.Size().Height; got != 2000 {
		t.Errorf("a short page is %.0f high in a view of 2000: it cannot use the room", got)
	}
}

func TestPageNeverPushesTheWindowWide(t *testing.T) {
	themed(t, Light, 1)
	wide := NewLine(paragraph+paragraph, Title, Ink)
	w := test.NewTempWindow(t, Page(false, Column(8, NewText(paragraph, Body, Ink), wide)))
	w.SetPadded(false)
	w.Resize(fyne.NewSize(390, 600))
	if got := w.Canvas().Size().Width; got > 390 {
		t.Errorf("the window became %.0f wide", got)
	}
}

// A sheet leaves no way past it by pointer, and Escape is answered.
func TestSheetCoversWhatIsOpen(t *testing.T) {
	for _, size := range []fyne.Size{phone, wide} {
		themed(t, Light, 1)
		behind := NewButton(PineButton, "Check now", func() { t.Error("what is behind the sheet was pressed") })
		w := test.NewTempWindow(t, Column(0, behind))
		w.SetPadded(false)
		w.Resize(size)
		escaped, answered := 0, 0
		allow := NewButton(PineButton, "Allow", func() { answered++ })
		s := NewSheet(w.Canvas(), 520, NewText(paragraph, Body, Ink), allow, func() { escaped++ })
		s.Rise(true)
		test.TapCanvas(w.Canvas(), fyne.NewPos(20, 20))
		test.TapCanvas(w.Canvas(), fyne.CurrentApp().Driver().AbsolutePositionForObject(allow).AddXY(10, 10))
		s.Escape()
		if answered != 1 || escaped != 1 {
			t.Errorf("%v: answered %d times, escaped %d times", size, answered, escaped)
		}
		s.Leave()
		if w.Canvas().Overlays().Top() != nil {
			t.Error("the sheet is still there")
		}
	}
}
