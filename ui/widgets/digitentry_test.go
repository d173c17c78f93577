package widgets

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestDigitsAreTypedPastedAndDeleted(t *testing.T) {
	themed(t, Light, 1)
	d := NewDigitEntry()
	var heard []string
	d.OnChanged = func(s string) { heard = append(heard, s) }
	for _, r := range "4x8 0" {
		d.TypedRune(r)
	}
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if want := []string{"4", "48", "480", "48"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
	clipboard := test.NewClipboard()
	clipboard.SetContent("480 917")
	d.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clipboard})
	if d.Text() != "480917" || !d.Full() {
		t.Errorf("pasted %q", d.Text())
	}
	d.TypedRune('5')
	if d.Text() != "480917" {
		t.Errorf("a seventh digit made %q", d.Text())
	}
	for range 8 {
		d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	if d.Text() != "" {
		t.Errorf("left %q", d.Text())
	}
}

func TestDigitsPassReturnAndEscapeOn(t *testing.T) {
	themed(t, Light, 1)
	d, got := NewDigitEntry(), ""
	d.OnSubmitted, d.OnEscape = func() { got += "return " }, func() { got += "escape" }
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if got != "return escape" {
		t.Errorf("heard %q", got)
	}
}

func TestDisabledDigitsTakeNothing(t *testing.T) {
	themed(t, Light, 1)
	d := NewDigitEntry()
	d.SetText("480")
	d.Disable()
	d.TypedRune('9')
	d.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if d.Text() != "480" {
		t.Errorf("holds %q", d.Text())
	}
}

// The boxes fit a narrow window at every size of text.
func TestDigitsFit(t *testing.T) {
	for _, scale := range []float32{1, 1.3, 2} {
		themed(t, Light, scale)
		for _, width := range []float32{272, 302, 342} {
			d := NewDigitEntry()
			d.Resize(fyne.NewSize(width, d.HeightFor(width)))
			test.WidgetRenderer(d)
			d.Refresh()
			last := d.boxes[digitCount-1]
			if end := last.Position().X + last.Size().Width; end > width {
				t.Errorf("scale %v: the last box ends at %v of %v", scale, end, width)
			}
			for _, digit := range d.digits {
				digit.Text = "0"
				if digit.MinSize().Width > last.Size().Width {
					t.Errorf("scale %v: a digit is %v wide in a box of %v", scale, digit.MinSize().Width, last.Size().Width)
				}
			}
		}
	}
}
