package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// KeyEntry takes a recovery key typed back from paper. It is one field that looks
// like groups: what is typed or pasted runs from tile to tile.
type KeyEntry struct {
	widget.BaseWidget
	OnChanged   func(text string) // the symbols so far, without spaces
	OnSubmitted func()            // Return
	OnEscape    func()            // Escape

	clean    func(rune) (symbol rune, ok bool)
	text     string
	caret    int // before which symbol
	focused  bool
	marks    []KeyMark
	tiles    []*keyTile
	grid     keyGrid
	sentence *Text
	hinted   string
	wrong    bool
}

// NewKeyEntry makes a field for so many groups of so many ASCII symbols each.
// clean turns what was typed into a symbol, or refuses it: then nothing happens.
// hint stands below, "" for none.
func NewKeyEntry(groups, symbols int, hint string, clean func(rune) (symbol rune, ok bool)) *KeyEntry {
	k := &KeyEntry{
		clean: clean, marks: make([]KeyMark, groups), hinted: hint, sentence: NewText(hint, Small, Ink2),
		grid: keyGrid{count: groups, symbols: symbols, gap: 12},
	}
	k.sentence.Hidden = hint == ""
	for i := range groups {
		k.tiles = append(k.tiles, newKeyTile(i, symbols))
	}
	k.ExtendBaseWidget(k)
	return k
}

// Text gives the symbols typed so far, without spaces.
func (k *KeyEntry) Text() string { return k.text }

// SetText replaces what was typed. OnChanged is not called.
func (k *KeyEntry) SetText(text string) {
	k.text, k.caret = "", 0
	k.insert(text)
	k.Refresh()
}

// Full reports whether every tile is filled.
func (k *KeyEntry) Full() bool { return len(k.text) == k.size() }

// SetMarks says which groups are right and which are wrong, from the first on;
// only groups that are full show it.
func (k *KeyEntry) SetMarks(marks []KeyMark) {
	clear(k.marks)
	copy(k.marks, marks)
	k.Refresh()
}

// SetWrong says in a sentence what is wrong; "" takes it back.
func (k *KeyEntry) SetWrong(sentence string) {
	k.wrong = sentence != ""
	if k.wrong {
		k.sentence.SetText(sentence)
		k.sentence.SetColour(Brick)
	} else {
		k.sentence.SetText(k.hinted)
		k.sentence.SetColour(Ink2)
	}
	k.sentence.Hidden = k.sentence.Text() == ""
	k.Refresh()
}

// Wrong gives the sentence that SetWrong said, or "".
func (k *KeyEntry) Wrong() string {
	if !k.wrong {
		return ""
	}
	return k.sentence.Text()
}

func (k *KeyEntry) size() int { return k.grid.count * k.grid.symbols }

// insert puts what can be read of text before the caret. Where all tiles are full
// it replaces instead, so that a mistyped symbol needs no deleting.
func (k *KeyEntry) insert(text string) {
	for _, r := range text {
		symbol, ok := k.clean(r)
		switch {
		case !ok || symbol > 127 || k.caret >= k.size():
			continue
		case k.Full():
			k.text = k.text[:k.caret] + string(symbol) + k.text[k.caret+1:]
		default:
			k.text = k.text[:k.caret] + string(symbol) + k.text[k.caret:]
		}
		k.caret++
	}
}

// change edits the text and tells it if it became another.
func (k *KeyEntry) change(edit func()) {
	old := k.text
	edit()
	if k.text != old && k.OnChanged != nil {
		k.OnChanged(k.text)
	}
	k.Refresh()
}

func (k *KeyEntry) remove(at int) {
	if at < 0 || at >= len(k.text) {
		return
	}
	k.text = k.text[:at] + k.text[at+1:]
	k.caret = at
}

// TypedRune types a symbol.
func (k *KeyEntry) TypedRune(r rune) { k.change(func() { k.insert(string(r)) }) }

// TypedKey moves, deletes, submits, or passes Escape on.
func (k *KeyEntry) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyBackspace:
		k.change(func() { k.remove(k.caret - 1) })
	case fyne.KeyDelete:
		k.change(func() { k.remove(k.caret) })
	case fyne.KeyReturn, fyne.KeyEnter:
		call(k.OnSubmitted)
	case fyne.KeyEscape:
		call(k.OnEscape)
	default:
		k.move(e.Name)
	}
}

func call(f func()) {
	if f != nil {
		f()
	}
}

func (k *KeyEntry) move(key fyne.KeyName) {
	to := k.caret
	switch key {
	case fyne.KeyLeft:
		to--
	case fyne.KeyRight:
		to++
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = len(k.text)
	case fyne.KeyUp:
		to -= k.perRow()
	case fyne.KeyDown:
		to += k.perRow()
	}
	k.caret = max(0, min(to, len(k.text)))
	k.Refresh()
}

// perRow is how many symbols stand in a row of tiles.
func (k *KeyEntry) perRow() int { return k.grid.columns(k.Size().Width) * k.grid.symbols }

// TypedShortcut pastes. It copies nothing: a recovery key is not for the
// clipboard. All other shortcuts are the window's.
func (k *KeyEntry) TypedShortcut(s fyne.Shortcut) {
	if paste, ok := s.(*fyne.ShortcutPaste); ok {
		k.change(func() { k.insert(paste.Clipboard.Content()) })
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(k).(fyne.Shortcutable); ok && !editing(s) {
		c.TypedShortcut(s)
	}
}

// Tapped takes the focus and puts the caret where it was tapped.
func (k *KeyEntry) Tapped(e *fyne.PointEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(k); c != nil {
		c.Focus(k)
	}
	k.caret = min(k.symbolAt(e.Position), len(k.text))
	k.Refresh()
}

// symbolAt gives the symbol that a point is before, the end for a point beside.
func (k *KeyEntry) symbolAt(p fyne.Position) int {
	width, size := k.Size().Width, k.grid.tile(k.Size().Width)
	for i := range k.tiles {
		at := k.grid.at(i, width)
		if p.Y < at.Y || p.Y > at.Y+size.Height || p.X < at.X || p.X > at.X+size.Width {
			continue
		}
		first := at.X + (size.Width-keyPitch()*float32(k.grid.symbols))/2
		inside := int((p.X-first)/keyPitch() + 0.5)
		return i*k.grid.symbols + max(0, min(inside, k.grid.symbols))
	}
	return len(k.text)
}

// FocusGained shows the caret.
func (k *KeyEntry) FocusGained() { k.focused = true; k.Refresh() }

// FocusLost hides the caret.
func (k *KeyEntry) FocusLost() { k.focused = false; k.Refresh() }

// Keyboard asks phones for a keyboard that neither learns nor corrects.
func (k *KeyEntry) Keyboard() mobile.KeyboardType { return mobile.PasswordKeyboard }

// Cursor shows that text can be typed.
func (k *KeyEntry) Cursor() desktop.Cursor { return desktop.TextCursor }

// HeightFor gives the height of all rows and of the sentence below.
func (k *KeyEntry) HeightFor(width float32) float32 {
	h := k.grid.height(width)
	if !k.sentence.Hidden {
		h += 14 + k.sentence.HeightFor(width)
	}
	return h
}

// CreateRenderer draws the tiles and the sentence.
func (k *KeyEntry) CreateRenderer() fyne.WidgetRenderer {
	f := &face{layout: k.layout, paint: func() { k.paint(); k.layout(k.Size()) }}
	f.min = func() fyne.Size {
		m := k.grid.min(k.Size().Width)
		return fyne.NewSize(m.Width, k.HeightFor(max(m.Width, k.Size().Width)))
	}
	for _, t := range k.tiles {
		f.objects = append(f.objects, t.objects()...)
	}
	f.objects = append(f.objects, k.sentence)
	k.paint()
	return f
}

func (k *KeyEntry) layout(s fyne.Size) {
	for i, t := range k.tiles {
		p := k.grid.at(i, s.Width)
		t.place(p.X, p.Y, k.grid.tile(s.Width))
	}
	place(k.sentence, 0, k.grid.height(s.Width)+14, s.Width, k.sentence.HeightFor(s.Width))
}

func (k *KeyEntry) paint() {
	for i, t := range k.tiles {
		begin := min(i*k.grid.symbols, len(k.text))
		group := k.text[begin:min(begin+k.grid.symbols, len(k.text))]
		t.caretAt, t.mark = -1, KeyUnmarked
		if k.focused && k.inGroup(i) {
			t.caretAt = k.caret - i*k.grid.symbols
		}
		if len(group) == k.grid.symbols {
			t.mark = k.marks[i]
		}
		t.look = keyEntryLook(group, t)
		t.paint(group)
	}
}

// inGroup reports whether the caret is in group i. Between two groups it is in
// the later one, behind the last symbol in the last.
func (k *KeyEntry) inGroup(i int) bool {
	return k.caret/k.grid.symbols == i || k.caret == k.size() && i == k.grid.count-1
}

func keyEntryLook(group string, t *keyTile) Look {
	switch {
	case t.mark == KeyWrong:
		return Look{Fill: Surface, Edge: Brick, Stroke: 2, Radius: 12}
	case t.caretAt >= 0:
		return Look{Fill: Surface, Edge: Focus, Stroke: 2, Radius: 12}
	case len(group) == len(t.symbols):
		return Look{Fill: Surface, Edge: Line, Stroke: 1, Radius: 12}
	}
	return Look{Fill: Surface, Edge: Outline, Stroke: Edge, Radius: 12}
}
