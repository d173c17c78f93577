package widgets

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// keyTile draws one numbered group of a recovery key. Every symbol is its own
// text, a little apart: Fyne sets no letter spacing.
type keyTile struct {
	shape   *canvas.Rectangle
	number  *canvas.Text
	symbols []*canvas.Text
	caret   *canvas.Rectangle
	sign    *Icon // right or wrong

	look    Look
	mark    KeyMark
	caretAt int // before which symbol, -1 for nowhere
}

// KeyMark says whether a typed group is what was shown.
type KeyMark int

// The marks.
const (
	KeyUnmarked KeyMark = iota
	KeyRight
	KeyWrong
)

// newKeyTile draws group i (from 0) of so many symbols.
func newKeyTile(i, symbols int) *keyTile {
	t := &keyTile{
		shape: canvas.NewRectangle(color.Transparent), caret: canvas.NewRectangle(color.Transparent),
		number: canvas.NewText(strconv.Itoa(i+1), color.Transparent), sign: NewIcon("check", 16, Pine),
		caretAt: -1, look: TileLook,
	}
	for range symbols {
		t.symbols = append(t.symbols, canvas.NewText("", color.Transparent))
	}
	t.paint("")
	return t
}

func (t *keyTile) objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{t.shape, t.number, t.caret, t.sign}
	for _, s := range t.symbols {
		all = append(all, s)
	}
	return all
}

// paint puts the symbols of text on the tile in the theme's colours.
func (t *keyTile) paint(text string) {
	t.look.paint(t.shape)
	t.number.Color, t.number.TextSize = Color(Ink2), 13*scale()
	for i, s := range t.symbols {
		s.Text = ""
		if i < len(text) {
			s.Text = text[i : i+1]
		}
		s.Color, s.TextSize, s.TextStyle, s.Alignment = Color(Ink), Key.size*scale(), Key.text, fyne.TextAlignCenter
	}
	t.caret.FillColor, t.caret.Hidden = Color(Focus), t.caretAt < 0
	t.sign.Hidden = t.mark == KeyUnmarked
	switch t.mark {
	case KeyRight:
		t.sign.Set("check", Pine)
	case KeyWrong:
		t.sign.Set("cross", Brick)
	}
}

// keyPitch is how far the symbols of a key stand apart.
func keyPitch() float32 {
	return fyne.MeasureText("0", Key.size*scale(), Key.text).Width * 1.14
}

// keyTileMin is the smallest tile: number, symbols, and the sign of a mark.
func keyTileMin(symbols int) fyne.Size {
	w := keyPitch()*float32(symbols) + 2*keySide()
	return fyne.NewSize(w, max(52, Key.line*scale()+16))
}

// keySide is the room beside the symbols: at the start for the number, at the end
// for the sign.
func keySide() float32 { return 12 + 16*min(scale(), 1.5) + 4 }

func (t *keyTile) place(x, y float32, size fyne.Size) {
	place(t.shape, x, y, size.Width, size.Height)
	n, sign := t.number.MinSize(), t.sign.side()
	place(t.number, x+12, y+(size.Height-n.Height)/2, n.Width, n.Height)
	place(t.sign, x+size.Width-12-sign, y+(size.Height-sign)/2, sign, sign)
	pitch := keyPitch()
	first := x + (size.Width-pitch*float32(len(t.symbols)))/2
	for i, s := range t.symbols {
		h := s.MinSize().Height
		place(s, first+pitch*float32(i), y+(size.Height-h)/2, pitch, h)
	}
	caret := 26 * scale()
	place(t.caret, first+pitch*float32(t.caretAt)-1, y+(size.Height-caret)/2, 2, caret)
}

// keyGrid places tiles in rows: four beside one another where there is room, else
// two, else one. A last tile that is alone stands in the middle of two columns.
type keyGrid struct {
	count, symbols int
	gap            float32
}

func (g keyGrid) columns(width float32) int {
	least := keyTileMin(g.symbols).Width
	for _, n := range []int{4, 2} {
		if float32(n)*least+float32(n-1)*g.gap <= width {
			return n
		}
	}
	return 1
}

// tile gives the size of every tile at a width.
func (g keyGrid) tile(width float32) fyne.Size {
	n := float32(g.columns(width))
	return fyne.NewSize((width-(n-1)*g.gap)/n, keyTileMin(g.symbols).Height)
}

// at gives the place of tile i at a width.
func (g keyGrid) at(i int, width float32) fyne.Position {
	n, size := g.columns(width), g.tile(width)
	x := float32(i%n) * (size.Width + g.gap)
	if n == 2 && i == g.count-1 && i%2 == 0 {
		x = (width - size.Width) / 2
	}
	return fyne.NewPos(x, float32(i/n)*(size.Height+g.gap))
}

func (g keyGrid) height(width float32) float32 {
	n := g.columns(width)
	rows := float32((g.count + n - 1) / n)
	return rows*keyTileMin(g.symbols).Height + (rows-1)*g.gap
}

func (g keyGrid) min(width float32) fyne.Size {
	w := keyTileMin(g.symbols).Width
	return fyne.NewSize(w, g.height(max(w, width)))
}
