package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Box is a filled shape behind an object: card, tile, well, chip. Its height
// follows from its content.
type Box struct {
	widget.BaseWidget
	content fyne.CanvasObject
	look    Look
	shape   *canvas.Rectangle
}

// Edge is the stroke of fields, second buttons and boxes. It is 1.5 in the design;
// Fyne rounds strokes to whole pixels, which would make that 2 on most screens.
const Edge = 1.4

// Look is how a Box is filled and edged.
type Look struct {
	Fill   fyne.ThemeColorName
	Edge   fyne.ThemeColorName // "" = none, but in high contrast
	Stroke float32
	Radius float32
}

// The looks that screens use.
var (
	CardLook  = Look{Fill: Surface, Edge: Line, Stroke: 1, Radius: 16}
	SoftPine  = Look{Fill: PineSoft, Radius: 16}
	SoftBrass = Look{Fill: BrassSoft, Radius: 16}
	SoftBrick = Look{Fill: BrickSoft, Radius: 16}
	WellLook  = Look{Fill: Sunken, Radius: 12}
	TileLook  = Look{Fill: Tile, Radius: 12}
	PineTile  = Look{Fill: PineSoft, Radius: 12}
	BrassTile = Look{Fill: BrassSoft, Radius: 12}
	RailLook  = Look{Fill: Sunken}
	BarLook   = Look{Fill: Surface}
)

// NewBox puts a shape behind an object.
func NewBox(l Look, content fyne.CanvasObject) *Box {
	b := &Box{content: content, look: l, shape: canvas.NewRectangle(color.Transparent)}
	b.ExtendBaseWidget(b)
	return b
}

// HeightFor gives the content's height.
func (b *Box) HeightFor(width float32) float32 { return HeightFor(b.content, width) }

// CreateRenderer draws the shape behind the content.
func (b *Box) CreateRenderer() fyne.WidgetRenderer {
	paint := func() { b.look.paint(b.shape) }
	paint()
	return &face{
		objects: []fyne.CanvasObject{b.shape, b.content},
		layout: func(s fyne.Size) {
			place(b.shape, 0, 0, s.Width, s.Height)
			place(b.content, 0, 0, s.Width, s.Height)
		},
		min:   func() fyne.Size { return b.content.MinSize() },
		paint: paint,
	}
}

func (l Look) paint(r *canvas.Rectangle) {
	r.FillColor, r.CornerRadius = Color(l.Fill), l.Radius
	r.StrokeWidth = 0
	if l.Edge != "" {
		r.StrokeColor, r.StrokeWidth = Color(l.Edge), l.Stroke
	}
	if outlines() && l.Radius > 0 && (l.Edge == "" || l.Edge == Line) {
		r.StrokeColor, r.StrokeWidth = Color(Outline), 2
	}
}

// Hairline is a one-unit line across.
func Hairline() fyne.CanvasObject { return NewBox(Look{Fill: Line}, Gap(1, 1)) }

// IconTile is a 40 by 40 square with an icon.
func IconTile(icon string, l Look, colour fyne.ThemeColorName) fyne.CanvasObject {
	return NewBox(l, Pad(9, 9, 9, 9, NewIcon(icon, 22, colour)))
}

// Notice is a soft card with an icon, a heading, a sentence and what can be done.
func Notice(l Look, icon string, colour fyne.ThemeColorName, heading, sentence string, actions ...fyne.CanvasObject) *Box {
	texts := Column(2, NewText(heading, Strong, Ink), NewText(sentence, Small, Ink))
	if sentence == "" {
		texts.Objects = texts.Objects[:1]
	}
	top := Lead(14, 24, NewIcon(icon, 22, colour), texts)
	if len(actions) == 0 {
		return NewBox(l, Pad(16, 20, 16, 20, top))
	}
	return NewBox(l, Pad(16, 20, 16, 20, Column(14, top, Column(8, actions...))))
}

// Empty is what stands where nothing is yet: the quiet mark, a sentence, one action.
func Empty(sentence string, action fyne.CanvasObject) fyne.CanvasObject {
	objects := []fyne.CanvasObject{Centred(0, NewMark(48, MarkQuiet)), NewText(sentence, Body, Ink2).Centre()}
	if action != nil {
		objects = append(objects, Centred(0, action))
	}
	return Pad(48, 24, 48, 24, Centred(360, Column(16, objects...)))
}
