package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Tick is one row of a list that can be ticked: an icon tile, a name, a second
// line, a box at the end. A ticked row is told by its box and by its ground.
type Tick struct {
	press
	text           ItemText
	ticked         bool
	changed        func(ticked bool)
	top, bottom    float32 // radius of the ground at the list's ends
	tile           *Box
	icon           *Icon
	content        fyne.CanvasObject
	ground, square *canvas.Rectangle
	check          *Icon
}

// tickSide is the box's side, which grows with the text, but not as far.
func tickSide() float32 { return 26 * max(1, min(scale(), 1.5)) }

// NewTick makes a row at least 64 high; Tile, IconColour and End of t are not used.
// changed is called after each press with what it is now.
func NewTick(t ItemText, ticked bool, changed func(ticked bool)) *Tick {
	k := &Tick{text: t, ticked: ticked, changed: changed}
	k.ground, k.square = canvas.NewRectangle(color.Transparent), canvas.NewRectangle(color.Transparent)
	k.check = NewIcon("check", 18, OnPine)
	k.content = k.row()
	k.act, k.redraw = k.turn, func() { k.Refresh() }
	k.ExtendBaseWidget(k)
	return k
}

func (k *Tick) row() fyne.CanvasObject {
	texts := Column(0, NewText(k.text.Name, RowName, Ink).AtMost(2))
	if k.text.Second != "" {
		texts.Add(NewText(k.text.Second, Small, Ink2))
	}
	objects := []fyne.CanvasObject{Grow(texts), Gap(tickSide(), tickSide())}
	if k.text.Icon != "" && scale() < 1.6 {
		k.icon = NewIcon(k.text.Icon, 22, Ink)
		k.tile = NewBox(TileLook, Pad(9, 9, 9, 9, k.icon))
		objects = append([]fyne.CanvasObject{k.tile}, objects...)
	}
	return Pad(14, 16, 14, 16, Row(14, objects...))
}

func (k *Tick) turn() {
	k.ticked = !k.ticked
	k.Refresh()
	if k.changed != nil {
		k.changed(k.ticked)
	}
}

// Ticked reports whether it is ticked.
func (k *Tick) Ticked() bool { return k.ticked }

// HeightFor gives the row's height, at least 64.
func (k *Tick) HeightFor(width float32) float32 { return max(64, HeightFor(k.content, width)) }

// CreateRenderer draws the content and the box over the ground.
func (k *Tick) CreateRenderer() fyne.WidgetRenderer {
	k.ring = newRing()
	k.paint()
	return &face{
		objects: []fyne.CanvasObject{k.ground, k.content, k.square, k.check, k.ring},
		layout:  k.layout, paint: func() { k.paint(); k.layout(k.Size()) },
		min: func() fyne.Size { return k.content.MinSize().Max(fyne.NewSize(0, 64)) },
	}
}

func (k *Tick) layout(s fyne.Size) {
	place(k.ground, 1, min(k.top, 1), s.Width-2, s.Height-min(k.top, 1)-min(k.bottom, 1))
	place(k.content, 0, 0, s.Width, s.Height)
	side := tickSide()
	x, y := s.Width-16-side, (s.Height-side)/2
	place(k.square, x, y, side, side)
	place(k.check, x, y, side, side)
	place(k.ring, 3, 3, s.Width-6, s.Height-6)
}

func (k *Tick) paint() {
	k.ground.FillColor = color.Transparent
	switch {
	case k.ticked && !outlines():
		k.ground.FillColor = Color(PineSoft)
	case k.hovered:
		k.ground.FillColor = veil()
	}
	k.ground.TopLeftCornerRadius, k.ground.TopRightCornerRadius = k.top, k.top
	k.ground.BottomLeftCornerRadius, k.ground.BottomRightCornerRadius = k.bottom, k.bottom
	k.square.CornerRadius, k.square.StrokeWidth = 8, Edge
	k.square.FillColor, k.square.StrokeColor = Color(Surface), Color(Outline)
	if k.ticked {
		k.square.FillColor, k.square.StrokeColor = Color(Pine), Color(Pine)
	}
	k.check.Hidden = !k.ticked
	k.paintTile()
	k.paintRing(14)
}

// paintTile lets the icon stand out from a ticked row.
func (k *Tick) paintTile() {
	if k.tile == nil {
		return
	}
	look, colour := TileLook, Ink
	if k.ticked {
		look, colour = Look{Fill: Surface, Radius: 12}, Pine
	}
	k.tile.look = look
	k.tile.Refresh()
	k.icon.Set(k.text.Icon, colour)
}

// TickList is a card of rows to tick with hairlines between them.
func TickList(rows ...*Tick) *Box {
	var all []fyne.CanvasObject
	for i, r := range rows {
		if i == 0 {
			r.top = CardLook.Radius
		}
		if i == len(rows)-1 {
			r.bottom = CardLook.Radius
		}
		all = append(all, r)
	}
	return List(all...)
}
