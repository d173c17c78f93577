package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// DigitEntry takes six digits that stand on another device. It is one field that
// looks like six boxes, three and three: what is typed or pasted fills them in order.
type DigitEntry struct {
	widget.BaseWidget
	OnChanged   func(digits string) // the digits so far
	OnSubmitted func()              // Return
	OnEscape    func()              // Escape

	text     string
	focused  bool
	disabled bool
	boxes    [digitCount]*canvas.Rectangle
	digits   [digitCount]*canvas.Text
}

const (
	digitCount  = 6
	digitGap    = 8  // between boxes
	digitMiddle = 20 // between the third and the fourth
)

// NewDigitEntry makes an empty field.
func NewDigitEntry() *DigitEntry {
	d := &DigitEntry{}
	for i := range digitCount {
		d.boxes[i], d.digits[i] = canvas.NewRectangle(color.Transparent), canvas.NewText("", color.Transparent)
	}
	d.ExtendBaseWidget(d)
	return d
}

// Text gives the digits typed so far.
func (d *DigitEntry) Text() string { return d.text }

// SetText replaces what was typed; what is no digit is left out. OnChanged is not
// called.
func (d *DigitEntry) SetText(text string) {
	d.text = ""
	d.add(text)
	d.Refresh()
}

// Full reports whether every box is filled.
func (d *DigitEntry) Full() bool { return len(d.text) == digitCount }

// Disable takes no more digits, and shows it.
func (d *DigitEntry) Disable() { d.disabled = true; d.Refresh() }

// Enable undoes Disable.
func (d *DigitEntry) Enable() { d.disabled = false; d.Refresh() }

// Disabled reports whether digits are taken.
func (d *DigitEntry) Disabled() bool { return d.disabled }

func (d *DigitEntry) add(text string) {
	for _, r := range text {
		if r >= '0' && r <= '9' && !d.Full() {
			d.text += string(r)
		}
	}
}

func (d *DigitEntry) change(edit func()) {
	old := d.text
	if !d.disabled {
		edit()
	}
	if d.text != old && d.OnChanged != nil {
		d.OnChanged(d.text)
	}
	d.Refresh()
}

// TypedRune types a digit; anything else does nothing.
func (d *DigitEntry) TypedRune(r rune) { d.change(func() { d.add(string(r)) }) }

// TypedKey deletes the last digit, submits, or passes Escape on.
func (d *DigitEntry) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyBackspace, fyne.KeyDelete:
		d.change(func() { d.text = d.text[:max(len(d.text)-1, 0)] })
	case fyne.KeyReturn, fyne.KeyEnter:
		call(d.OnSubmitted)
	case fyne.KeyEscape:
		call(d.OnEscape)
	}
}

// TypedShortcut pastes, in place of what was typed. All others are the window's.
func (d *DigitEntry) TypedShortcut(s fyne.Shortcut) {
	if paste, ok := s.(*fyne.ShortcutPaste); ok {
		d.change(func() { d.text = ""; d.add(paste.Clipboard.Content()) })
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(d).(fyne.Shortcutable); ok && !editing(s) {
		c.TypedShortcut(s)
	}
}

// Tapped takes the focus.
func (d *DigitEntry) Tapped(*fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(d); c != nil {
		c.Focus(d)
	}
}

// FocusGained lights up the box that is next.
func (d *DigitEntry) FocusGained() { d.focused = true; d.Refresh() }

// FocusLost undoes FocusGained.
func (d *DigitEntry) FocusLost() { d.focused = false; d.Refresh() }

// Keyboard asks phones for digits.
func (d *DigitEntry) Keyboard() mobile.KeyboardType { return mobile.NumberKeyboard }

// Cursor shows that digits can be typed.
func (d *DigitEntry) Cursor() desktop.Cursor { return desktop.TextCursor }

// HeightFor gives the height of the boxes.
func (d *DigitEntry) HeightFor(width float32) float32 { return d.box(width).Height }

// box gives the size of one box: larger with larger text, as far as six fit.
func (d *DigitEntry) box(width float32) fyne.Size {
	fits := (width - 4*digitGap - digitMiddle) / digitCount
	w := max(min(44*scale(), fits), digitLeast)
	return fyne.NewSize(w, max(52, w*52/44))
}

// digitLeast is the narrowest box: six fit in a window 320 wide.
const digitLeast = 34

// CreateRenderer draws the boxes.
func (d *DigitEntry) CreateRenderer() fyne.WidgetRenderer {
	d.paint()
	f := &face{layout: d.layout, paint: func() { d.paint(); d.layout(d.Size()) }}
	for i := range digitCount {
		f.objects = append(f.objects, d.boxes[i], d.digits[i])
	}
	f.min = func() fyne.Size {
		least := fyne.NewSize(digitLeast*digitCount+4*digitGap+digitMiddle, 52)
		return least.Max(fyne.NewSize(0, d.box(d.Size().Width).Height))
	}
	return f
}

func (d *DigitEntry) layout(s fyne.Size) {
	box, x := d.box(s.Width), float32(0)
	for i := range digitCount {
		if i == digitCount/2 {
			x += digitMiddle - digitGap
		}
		place(d.boxes[i], x, 0, box.Width, box.Height)
		h := d.digits[i].MinSize().Height
		place(d.digits[i], x, (box.Height-h)/2, box.Width, h)
		x += box.Width + digitGap
	}
}

func (d *DigitEntry) paint() {
	size := min(26*scale(), d.box(d.Size().Width).Width*0.75)
	for i := range digitCount {
		d.look(i).paint(d.boxes[i])
		t := d.digits[i]
		t.Text, t.Color, t.TextSize = "", Color(Ink), size
		t.TextStyle, t.Alignment = fyne.TextStyle{Bold: true}, fyne.TextAlignCenter
		if i < len(d.text) {
			t.Text = d.text[i : i+1]
		}
	}
}

// look lights up the box that is next, the last one when all are full.
func (d *DigitEntry) look(i int) Look {
	switch {
	case d.disabled:
		return Look{Fill: Tile, Radius: 12}
	case d.focused && i == min(len(d.text), digitCount-1):
		return Look{Fill: Surface, Edge: Focus, Stroke: 2, Radius: 12}
	}
	return Look{Fill: Surface, Edge: Outline, Stroke: Edge, Radius: 12}
}
