package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Fact is one line of what a person decides on.
type Fact struct {
	Icon  string
	Label string
	Value fyne.CanvasObject // one text, or a Column of them
}

// Facts lists facts with hairlines: icon, label, value. From 160 % text on, the
// icons go and labels stand above values.
func Facts(facts ...Fact) fyne.CanvasObject {
	c := Column(0)
	for i, f := range facts {
		if i > 0 {
			c.Add(Hairline())
		}
		c.Add(Pad(10, 0, 10, 0, f.object()))
	}
	return c
}

func (f Fact) object() fyne.CanvasObject {
	label := NewText(f.Label, Small, Ink2)
	if scale() >= 1.6 {
		return Column(2, label, f.Value)
	}
	return container.New(&factLayout{}, NewIcon(f.Icon, 20, Ink2), label, f.Value)
}

// factLayout aligns icon, label and value at their first lines: 34 for the icon,
// 80 for the label, the rest for the value.
type factLayout struct{}

const (
	factLabel = 34
	factValue = 114
)

func (factLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	place(o[0], 0, 2, 20, 20)
	place(o[1], factLabel, 2, factValue-factLabel-8, HeightFor(o[1], factValue-factLabel-8))
	place(o[2], factValue, 0, s.Width-factValue, HeightFor(o[2], s.Width-factValue))
}

func (factLayout) heightFor(o []fyne.CanvasObject, width float32) float32 {
	return max(HeightFor(o[2], width-factValue), HeightFor(o[1], factValue-factLabel-8)+2, 24)
}

func (f factLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	m := o[2].MinSize()
	w := m.Width + factValue
	return fyne.NewSize(w, f.heightFor(o, max(w, o[2].Size().Width+factValue)))
}
