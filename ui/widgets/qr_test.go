package widgets

import (
	"image"
	"image/color"
	"testing"
)

// Readers need whole modules and an empty edge of four of them, dark on light in
// every theme (ISO/IEC 18004).
func TestQRHasWholeModulesAndAQuietZone(t *testing.T) {
	themed(t, Dark, 1)
	q, err := NewQR("COUNTERSIGN:7QK2M9XW", 272)
	if err != nil {
		t.Fatal(err)
	}
	n := len(q.modules) + 2*quiet
	for _, side := range []int{n, 3 * n, 3*n + 7, 272, 544} {
		img := q.draw(side, side)
		pixels := side / n
		first := firstDark(img)
		if first.X < quiet*pixels || first.Y < quiet*pixels {
			t.Errorf("%d pixels: the first module is at %v, quiet zone %d", side, first, quiet*pixels)
		}
		// The finder pattern begins with seven dark modules in a row.
		if got := darkRun(img, first); got != 7*pixels {
			t.Errorf("%d pixels: the finder is %d wide, want %d", side, got, 7*pixels)
		}
	}
	q.CreateRenderer()
	if q.frame.FillColor != color.White {
		t.Errorf("dark modules on %v", q.frame.FillColor)
	}
}

func TestQRRefusesWhatDoesNotFit(t *testing.T) {
	themed(t, Light, 1)
	if _, err := NewQR(string(make([]byte, 4000)), 272); err == nil {
		t.Error("4000 bytes became a QR picture")
	}
}

func dark(img image.Image, x, y int) bool {
	r, g, b, a := img.At(x, y).RGBA()
	return a != 0 && r+g+b == 0
}

func firstDark(img image.Image) image.Point {
	size := img.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			if dark(img, x, y) {
				return image.Pt(x, y)
			}
		}
	}
	return image.Point{}
}

func darkRun(img image.Image, from image.Point) int {
	n := 0
	for dark(img, from.X+n, from.Y) {
		n++
	}
	return n
}
