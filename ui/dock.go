package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"github.com/countersign/countersign/ui/widgets"
)

// before puts an edge of its own width before the rest; below puts one of its own
// height under it. Fyne's border leaves a gap between them.
func before(edge, rest fyne.CanvasObject) fyne.CanvasObject {
	return container.New(dock{}, edge, rest)
}

func below(rest, edge fyne.CanvasObject) fyne.CanvasObject {
	return container.New(dock{under: true}, rest, edge)
}

type dock struct{ under bool }

func (d dock) Layout(o []fyne.CanvasObject, size fyne.Size) {
	edge, rest := o[0], o[1]
	if d.under { // keys reach what stands first, first
		edge, rest = o[1], o[0]
		h := min(widgets.HeightFor(edge, size.Width), size.Height)
		edge.Move(fyne.NewPos(0, size.Height-h))
		edge.Resize(fyne.NewSize(size.Width, h))
		rest.Move(fyne.Position{})
		rest.Resize(fyne.NewSize(size.Width, size.Height-h))
		return
	}
	w := min(edge.MinSize().Width, size.Width)
	edge.Move(fyne.Position{})
	edge.Resize(fyne.NewSize(w, size.Height))
	rest.Move(fyne.NewPos(w, 0))
	rest.Resize(fyne.NewSize(size.Width-w, size.Height))
}

func (d dock) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	if d.under {
		return fyne.NewSize(max(a.Width, b.Width), a.Height+b.Height)
	}
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}
