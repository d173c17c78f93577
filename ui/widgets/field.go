package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Field is one line of input under its label, with a sentence below it when what
// was typed will not do.
type Field struct {
	widget.BaseWidget
	Entry *Entry

	label  *Text
	hint   *Text
	shape  *canvas.Rectangle
	eye    *Button
	hinted string // the hint when nothing is wrong
	wrong  bool
}

// Entry is Fyne's entry that passes Escape and Return on.
type Entry struct {
	widget.Entry
	OnEscape func()
	redraw   func()
	focused  bool
}

// TypedKey passes Escape to OnEscape.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape && e.OnEscape != nil {
		e.OnEscape()
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut passes what is not for editing to the window, which Fyne's entry
// would keep.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	e.Entry.TypedShortcut(s)
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		if t, ok := c.(fyne.Shortcutable); ok && !editing(s) {
			t.TypedShortcut(s)
		}
	}
}

func editing(s fyne.Shortcut) bool {
	switch s.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutPaste, *fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
		return true
	}
	return false
}

// FocusGained thickens the edge.
func (e *Entry) FocusGained() { e.focused = true; e.Entry.FocusGained(); e.redraw() }

// FocusLost undoes FocusGained.
func (e *Entry) FocusLost() { e.focused = false; e.Entry.FocusLost(); e.redraw() }

// NewField makes a field; hint stands below it, "" for none.
func NewField(label, hint string) *Field {
	f := &Field{
		Entry: &Entry{}, label: NewText(label, SmallB, Ink), hint: NewText(hint, Small, Ink2),
		shape: canvas.NewRectangle(color.Transparent), hinted: hint,
	}
	f.Entry.redraw = func() { f.Refresh() }
	f.Entry.Wrapping, f.Entry.Scroll = fyne.TextWrapOff, fyne.ScrollHorizontalOnly
	f.Entry.ExtendBaseWidget(f.Entry)
	f.hint.Hidden = hint == ""
	f.ExtendBaseWidget(f)
	return f
}

// NewPasswordField makes a field that hides what is typed; show and hide are
// what the button in it says.
func NewPasswordField(label, hint, show, hide string) *Field {
	f := NewField(label, hint)
	f.Entry.Password = true
	f.Entry.ActionItem = Gap(0, 0) // instead of Fyne's own eye
	f.eye = NewButton(QuietButton, show, nil).Small()
	f.eye.act = func() {
		f.Entry.Password = !f.Entry.Password
		f.eye.SetText(map[bool]string{true: show, false: hide}[f.Entry.Password])
		f.Entry.Refresh()
	}
	return f
}

// Text gives what was typed.
func (f *Field) Text() string { return f.Entry.Text }

// SetWrong says in a sentence why the input will not do; "" takes it back.
func (f *Field) SetWrong(sentence string) {
	f.wrong = sentence != ""
	if f.wrong {
		f.hint.SetText(sentence)
		f.hint.SetColour(Brick)
	} else {
		f.hint.SetText(f.hinted)
		f.hint.SetColour(Ink2)
	}
	f.hint.Hidden = f.hint.Text() == ""
	f.Refresh()
}

// Wrong gives the sentence that SetWrong said, or "".
func (f *Field) Wrong() string {
	if !f.wrong {
		return ""
	}
	return f.hint.Text()
}

// HeightFor gives label, field and hint together.
func (f *Field) HeightFor(width float32) float32 {
	h := f.label.HeightFor(width) + 6 + f.fieldHeight()
	if !f.hint.Hidden {
		h += 6 + f.hint.HeightFor(width)
	}
	return h
}

func (f *Field) fieldHeight() float32 { return max(52, f.Entry.MinSize().Height+8) }

// CreateRenderer draws label, edge, entry and hint.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	f.paint()
	r := &face{objects: []fyne.CanvasObject{f.label, f.shape, f.Entry, f.hint}}
	if f.eye != nil {
		r.objects = append(r.objects, f.eye)
	}
	r.layout, r.paint = f.layout, func() { f.paint(); f.layout(f.Size()) }
	r.min = func() fyne.Size { return fyne.NewSize(160, f.HeightFor(max(160, f.Size().Width))) }
	return r
}

func (f *Field) layout(s fyne.Size) {
	top, h := f.label.HeightFor(s.Width)+6, f.fieldHeight()
	place(f.label, 0, 0, s.Width, top-6)
	place(f.shape, 0, top, s.Width, h)
	inner, entry := s.Width-16, f.Entry.MinSize().Height
	if f.eye != nil {
		eye := f.eye.MinSize()
		place(f.eye, s.Width-eye.Width-14, top+(h-eye.Height)/2, eye.Width, eye.Height)
		inner -= eye.Width + 10
	}
	place(f.Entry, 8, top+(h-entry)/2, inner, entry)
	place(f.hint, 0, top+h+6, s.Width, f.hint.HeightFor(s.Width))
}

func (f *Field) paint() {
	f.shape.FillColor, f.shape.CornerRadius = Color(Surface), 12
	f.shape.StrokeColor, f.shape.StrokeWidth = Color(Outline), Edge
	if f.Entry.focused {
		f.shape.StrokeColor, f.shape.StrokeWidth = Color(Focus), 2
	}
	if f.wrong {
		f.shape.StrokeColor, f.shape.StrokeWidth = Color(Brick), 2
	}
}
