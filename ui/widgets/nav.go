package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// Place is one destination of the rail or the bottom bar.
type Place struct {
	press
	icon, text string
	chosen     bool
	below      bool // label below the icon, as in the bottom bar
	shape      *canvas.Rectangle
	label      *canvas.Text
	image      *Icon
}

// NewPlace makes a destination for the rail; NewBottomPlace one for the bar.
func NewPlace(icon, text string, chosen bool, act func()) *Place {
	return newPlace(icon, text, chosen, false, act)
}

// NewBottomPlace makes a destination for the bottom bar.
func NewBottomPlace(icon, text string, chosen bool, act func()) *Place {
	return newPlace(icon, text, chosen, true, act)
}

func newPlace(icon, text string, chosen, below bool, act func()) *Place {
	p := &Place{icon: icon, text: text, chosen: chosen, below: below, shape: canvas.NewRectangle(color.Transparent), label: canvas.NewText(text, color.Transparent)}
	p.image = NewIcon(icon, 22, Ink2)
	p.image.fixed = true
	p.act, p.redraw = act, func() { p.Refresh() }
	p.ExtendBaseWidget(p)
	return p
}

// Text gives the label.
func (p *Place) Text() string { return p.text }

// CreateRenderer draws shape, icon and label.
func (p *Place) CreateRenderer() fyne.WidgetRenderer {
	p.ring = newRing()
	p.paint()
	return &face{
		objects: []fyne.CanvasObject{p.shape, p.image, p.label, p.ring},
		layout:  p.layout, paint: p.paint,
		min: func() fyne.Size {
			if p.below {
				return fyne.NewSize(64, 60)
			}
			return fyne.NewSize(p.label.MinSize().Width+70, max(44, p.label.MinSize().Height+16))
		},
	}
}

func (p *Place) layout(s fyne.Size) {
	m := p.label.MinSize()
	if p.below {
		place(p.shape, (s.Width-56)/2, 5, 56, 28)
		place(p.image, (s.Width-22)/2, 9, 22, 22)
		place(p.label, (s.Width-m.Width)/2, 35, m.Width, m.Height)
		place(p.ring, 2, 2, s.Width-4, s.Height-4)
		return
	}
	place(p.shape, 0, 0, s.Width, s.Height)
	place(p.image, 12, (s.Height-20)/2, 20, 20)
	place(p.label, 44, (s.Height-m.Height)/2, m.Width, m.Height)
	p.placeRing(s)
}

func (p *Place) paint() {
	colour := Ink2
	p.label.TextSize, p.label.TextStyle = 16*scale(), fyne.TextStyle{}
	if p.below {
		p.label.TextSize, p.label.TextStyle = 12*min(scale(), 1.3), fyne.TextStyle{Italic: true}
	}
	p.shape.FillColor, p.shape.StrokeWidth, p.shape.CornerRadius = color.Transparent, 0, 14
	if p.hovered && !p.chosen {
		p.shape.FillColor = veil()
	}
	if p.chosen {
		colour = Pine
		p.label.TextStyle = fyne.TextStyle{Bold: true}
		if p.below {
			Look{Fill: PineSoft, Radius: 14}.paint(p.shape)
		} else {
			p.shape.FillColor, p.shape.StrokeColor, p.shape.StrokeWidth = Color(Surface), Color(Line), 1
		}
	}
	p.label.Color = Color(colour)
	p.label.Hidden = p.below && scale() > 1.3 && !p.chosen
	p.image.Set(p.icon, colour)
	p.paintRing(14)
}

// Rail is the column of destinations at the start of a wide window, 216 wide.
func Rail(head fyne.CanvasObject, places []fyne.CanvasObject, foot fyne.CanvasObject) fyne.CanvasObject {
	c := Column(4, Pad(16, 12, 16, 12, head))
	for _, p := range places {
		c.Add(p)
	}
	c.Add(Spacer())
	c.Add(foot)
	rail := NewBox(RailLook, Over(Gap(215*min(scale(), 1.4), 0), Pad(4, 12, 24, 12, c)))
	return container.New(edged{}, rail, NewBox(Look{Fill: Line}, Gap(1, 1)))
}

// edged puts a hairline at the end of an object, as high as it, without the gap
// that Fyne's border has.
type edged struct{}

func (edged) Layout(o []fyne.CanvasObject, s fyne.Size) {
	place(o[0], 0, 0, s.Width-1, s.Height)
	place(o[1], s.Width-1, 0, 1, s.Height)
}

func (edged) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize().AddWidthHeight(1, 0) }

// BottomBar is the row of destinations at the bottom of a narrow window, 68 high.
func BottomBar(places ...fyne.CanvasObject) fyne.CanvasObject {
	return Column(0, Hairline(), NewBox(BarLook, Pad(4, 8, 4, 8, Even(0, places...))))
}
