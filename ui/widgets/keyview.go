package widgets

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// KeyTiles shows a recovery key: each group in its own numbered tile.
type KeyTiles struct {
	widget.BaseWidget
	groups []string
	tiles  []*keyTile
	grid   keyGrid
}

// NewKeyTiles shows at least one group; all are as long as the first. They stand
// in four columns where there is room, else in two, else in one.
func NewKeyTiles(groups []string) *KeyTiles {
	k := &KeyTiles{groups: groups, grid: keyGrid{count: len(groups), symbols: len(groups[0]), gap: 8}}
	for i, g := range groups {
		k.tiles = append(k.tiles, newKeyTile(i, len(g)))
	}
	k.ExtendBaseWidget(k)
	return k
}

// HeightFor gives the height of all rows.
func (k *KeyTiles) HeightFor(width float32) float32 { return k.grid.height(width) }

// CreateRenderer draws the tiles.
func (k *KeyTiles) CreateRenderer() fyne.WidgetRenderer {
	f := &face{layout: k.layout, min: func() fyne.Size { return k.grid.min(k.Size().Width) }}
	f.paint = func() {
		for i, t := range k.tiles {
			t.paint(k.groups[i])
		}
		k.layout(k.Size())
	}
	for _, t := range k.tiles {
		f.objects = append(f.objects, t.objects()...)
	}
	f.paint()
	return f
}

func (k *KeyTiles) layout(s fyne.Size) {
	for i, t := range k.tiles {
		p := k.grid.at(i, s.Width)
		t.place(p.X, p.Y, k.grid.tile(s.Width))
	}
}
