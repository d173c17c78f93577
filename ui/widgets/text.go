package widgets

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Style is one line of the type scale: size, line height and weight, at scale 1.
type Style struct {
	size, line float32
	text       fyne.TextStyle
}

// The type scale.
var (
	Digits  = Style{58, 66, fyne.TextStyle{Bold: true}}
	Display = Style{34, 41, fyne.TextStyle{Bold: true}}
	Title   = Style{28, 34, fyne.TextStyle{Bold: true}}
	Heading = Style{20, 26, fyne.TextStyle{Bold: true}}
	Body    = Style{16, 24, fyne.TextStyle{}}
	Strong  = Style{16, 24, fyne.TextStyle{Bold: true}}
	RowName = Style{16, 24, fyne.TextStyle{Italic: true}} // Medium
	Small   = Style{14, 20, fyne.TextStyle{}}
	SmallB  = Style{14, 20, fyne.TextStyle{Bold: true}}
	Caption = Style{13, 18, fyne.TextStyle{}}
	Section = Style{13, 18, fyne.TextStyle{Bold: true}}
	Bottom  = Style{12, 16, fyne.TextStyle{Italic: true}}
	Key     = Style{21, 28, fyne.TextStyle{Monospace: true}}
	Symbols = Style{32, 40, fyne.TextStyle{Monospace: true}} // of a pairing, to be read from afar
	Six     = Style{50, 62, fyne.TextStyle{Bold: true}}      // digits of a pairing
)

// Text is one paragraph in a style and a colour that follow the theme. It wraps
// at spaces; a web address wraps after a dot or slash and is never cut.
type Text struct {
	widget.BaseWidget
	text   string
	style  Style
	colour fyne.ThemeColorName
	align  fyne.TextAlign
	single bool // never wraps
	max    int  // lines, then cut with an ellipsis; 0 = all

	lines []*canvas.Text
	width float32
	known wrapped
}

// wrapped remembers how a text was wrapped: layouts ask for it many times.
type wrapped struct {
	scale float32
	least float32
	at    map[float32][]string
}

// NewText makes a paragraph that wraps.
func NewText(text string, s Style, colour fyne.ThemeColorName) *Text {
	t := &Text{text: text, style: s, colour: colour}
	t.ExtendBaseWidget(t)
	return t
}

// NewLine makes a text that never wraps.
func NewLine(text string, s Style, colour fyne.ThemeColorName) *Text {
	t := NewText(text, s, colour)
	t.single = true
	return t
}

// Centre aligns the text in the middle and gives t.
func (t *Text) Centre() *Text { t.align = fyne.TextAlignCenter; return t }

// Trail aligns the text at the end of the line and gives t.
func (t *Text) Trail() *Text { t.align = fyne.TextAlignTrailing; return t }

// AtMost cuts after n lines, with an ellipsis, and gives t.
func (t *Text) AtMost(n int) *Text { t.max, t.known = n, wrapped{}; return t }

// Text gives what is written.
func (t *Text) Text() string { return t.text }

// SetText writes something else.
func (t *Text) SetText(text string) {
	if t.text != text {
		t.text, t.lines, t.known = text, nil, wrapped{}
		t.Refresh()
	}
}

// SetColour changes the colour.
func (t *Text) SetColour(c fyne.ThemeColorName) {
	if t.colour != c {
		t.colour = c
		t.Refresh()
	}
}

// Resize wraps the text anew.
func (t *Text) Resize(s fyne.Size) {
	t.width = s.Width
	t.BaseWidget.Resize(s)
}

// HeightFor gives the height at a width.
func (t *Text) HeightFor(width float32) float32 {
	return float32(len(t.wrap(width))) * t.lineHeight()
}

// MinSize is as wide as the widest word, within reason, and as high as the text at
// its last width. A line that never wraps is as wide as it is.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	w := t.widest()
	return fyne.NewSize(w, t.HeightFor(max(w, t.width)))
}

// recall gives what is known at the scale in use.
func (t *Text) recall() *wrapped {
	if t.known.at == nil || t.known.scale != scale() {
		t.known = wrapped{scale: scale(), least: -1, at: make(map[float32][]string)}
	}
	return &t.known
}

func (t *Text) widest() float32 {
	k := t.recall()
	if k.least < 0 {
		k.least = t.measureWidest()
	}
	return k.least
}

func (t *Text) measureWidest() float32 {
	if t.single {
		return t.measure(t.text)
	}
	w := float32(0)
	for _, p := range pieces(t.text) {
		w = max(w, t.measure(strings.TrimRight(p, " ")))
	}
	return min(w, widestWord)
}

// widestWord is the room that a text claims at most before it breaks a word: what
// a narrow phone has between the margins of a card.
const widestWord = 200

func (t *Text) measure(s string) float32 {
	return fyne.MeasureText(s, t.style.size*scale(), t.style.text).Width
}

func (t *Text) lineHeight() float32 { return t.style.line * scale() }

// CreateRenderer draws one canvas.Text a line.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	f := &face{}
	draw := func() {
		f.objects = f.objects[:0]
		for _, l := range t.draw() {
			f.objects = append(f.objects, l)
		}
	}
	f.layout = func(fyne.Size) { draw() }
	f.min = t.MinSize
	f.paint = draw
	draw()
	return f
}

func (t *Text) draw() []*canvas.Text {
	wrapped := t.wrap(t.Size().Width)
	if len(t.lines) != len(wrapped) {
		t.lines = make([]*canvas.Text, len(wrapped))
		for i := range t.lines {
			t.lines[i] = canvas.NewText("", Color(t.colour))
		}
	}
	for i, l := range t.lines {
		l.Text, l.Color, l.TextSize, l.TextStyle, l.Alignment = wrapped[i], Color(t.colour), t.style.size*scale(), t.style.text, t.align
		h := l.MinSize().Height
		place(l, 0, float32(i)*t.lineHeight()+(t.lineHeight()-h)/2, t.Size().Width, h)
	}
	return t.lines
}

// wrap breaks the text into lines that fit the width.
func (t *Text) wrap(width float32) []string {
	if t.single || width <= 0 {
		return []string{t.text}
	}
	k := t.recall()
	if len(k.at) > 64 { // somebody drags the window's edge
		clear(k.at)
	}
	if k.at[width] == nil {
		k.at[width] = t.wrapAnew(width)
	}
	return k.at[width]
}

func (t *Text) wrapAnew(width float32) []string {
	var lines []string
	for _, paragraph := range strings.Split(t.text, "\n") {
		lines = append(lines, t.fill(paragraph, width)...)
	}
	if t.max > 0 && len(lines) > t.max {
		lines = lines[:t.max]
		lines[t.max-1] = t.cut(lines[t.max-1], width)
	}
	return lines
}

func (t *Text) fill(paragraph string, width float32) []string {
	var lines []string
	line := ""
	for _, p := range pieces(paragraph) {
		if line != "" && t.measure(strings.TrimRight(line+p, " ")) > width+0.5 {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		for line == "" && t.measure(strings.TrimRight(p, " ")) > width+0.5 && len([]rune(p)) > 1 {
			var head string
			head, p = t.split(p, width)
			lines = append(lines, head)
		}
		line += p
	}
	return append(lines, strings.TrimRight(line, " "))
}

// split breaks a word that is wider than the line, which is better than to lose
// its end: after a hyphen that it has, if that is on the line.
func (t *Text) split(p string, width float32) (head, tail string) {
	r := []rune(p)
	n := 1
	for n < len(r) && t.measure(string(r[:n+1])) <= width {
		n++
	}
	for at := n - 1; at > 0; at-- {
		if r[at] == '-' {
			n = at + 1
			break
		}
	}
	return string(r[:n]), string(r[n:])
}

func (t *Text) cut(line string, width float32) string {
	r := []rune(line)
	for len(r) > 0 && t.measure(string(r)+"…") > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// pieces cuts a text where a line may end: after a space, and inside an address
// after a dot, slash, colon or hyphen.
func pieces(text string) []string {
	var out []string
	for _, word := range strings.SplitAfter(text, " ") {
		_, rest, isAddress := strings.Cut(word, "://")
		switch {
		case isAddress:
			out = append(out, parts(word, len(word)-len(rest))...)
		case len(word) < longWord:
			out = append(out, word)
		default:
			out = append(out, parts(word, 0)...)
		}
	}
	return out
}

// longWord is from how many bytes on a word is an address, or too long not to be
// broken like one; chosen so that ordinary German words are not.
const longWord = 25

// parts cuts a word after its separators, but not before from.
func parts(word string, from int) []string {
	var out []string
	begin := 0
	for i := from; i < len(word)-1; i++ {
		if strings.IndexByte("./-:", word[i]) >= 0 {
			out = append(out, word[begin:i+1])
			begin = i + 1
		}
	}
	return append(out, word[begin:])
}
