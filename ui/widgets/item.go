package widgets

import (
	"cmp"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Item is one row of a list that can be pressed: an icon tile, a name, a second
// line, something at the end, a chevron.
type Item struct {
	press
	content fyne.CanvasObject
	hover   *canvas.Rectangle
}

// ItemText is what an Item says.
type ItemText struct {
	Icon       string
	Tile       Look
	IconColour fyne.ThemeColorName
	Name       string
	Second     string              // "" = none
	Colour     fyne.ThemeColorName // of the second line; "" = Ink2
	End        fyne.CanvasObject   // at the end; nil = none
	Act        string              // icon of what a press does; "" = the chevron, for another page
	Quiet      bool                // of no use any more: icon and name are the second ink
}

// NewItem makes a row at least 64 high. Without an action it is no control: it
// takes no focus and no press.
func NewItem(t ItemText, act func()) fyne.CanvasObject {
	content := Pad(14, 16, 14, 16, Row(14, t.objects(act != nil)...))
	if act == nil {
		return Over(Gap(0, 64), content)
	}
	i := &Item{hover: canvas.NewRectangle(color.Transparent), content: content}
	i.act, i.redraw = act, func() { i.Refresh() }
	i.ExtendBaseWidget(i)
	return i
}

func (t ItemText) objects(chevron bool) []fyne.CanvasObject {
	if t.Tile == (Look{}) {
		t.Tile = TileLook
	}
	if t.IconColour == "" {
		t.IconColour = Ink
	}
	if t.Colour == "" {
		t.Colour = Ink2
	}
	name := Ink
	if t.Quiet {
		name, t.IconColour = Ink2, Ink2
	}
	texts := Column(0, NewText(t.Name, RowName, name).AtMost(2))
	if t.Second != "" {
		texts.Add(NewText(t.Second, Small, t.Colour))
	}
	objects := []fyne.CanvasObject{Grow(texts)}
	if t.Icon != "" && scale() < 1.6 {
		objects = []fyne.CanvasObject{IconTile(t.Icon, t.Tile, t.IconColour), objects[0]}
	}
	if t.End != nil {
		objects = append(objects, t.End)
	}
	if chevron {
		objects = append(objects, NewIcon(cmp.Or(t.Act, "chevron"), 20, Ink2))
	}
	return objects
}

// HeightFor gives the row's height, at least 64.
func (i *Item) HeightFor(width float32) float32 { return max(64, HeightFor(i.content, width)) }

// CreateRenderer draws the content over the hover shade.
func (i *Item) CreateRenderer() fyne.WidgetRenderer {
	i.ring = newRing()
	paint := func() {
		i.hover.FillColor, i.hover.CornerRadius = veil(), 16
		i.hover.Hidden = !i.hovered
		i.paintRing(14)
	}
	paint()
	return &face{
		objects: []fyne.CanvasObject{i.hover, i.content, i.ring},
		layout: func(s fyne.Size) {
			place(i.hover, 0, 0, s.Width, s.Height)
			place(i.content, 0, 0, s.Width, s.Height)
			place(i.ring, 3, 3, s.Width-6, s.Height-6)
		},
		min:   func() fyne.Size { return i.content.MinSize().Max(fyne.NewSize(0, 64)) },
		paint: paint,
	}
}

// List is a card of rows with hairlines between them.
func List(rows ...fyne.CanvasObject) *Box {
	c := Column(0)
	for i, r := range rows {
		if i > 0 {
			c.Add(Hairline())
		}
		c.Add(r)
	}
	return NewBox(CardLook, c)
}
