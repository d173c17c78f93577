package widgets

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"

	"github.com/countersign/countersign/ui/scan"
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

// What reaches the screen is what counts: at every scale of a display each module
// is drawn in whole pixels, black on white, and a reader reads it.
func TestQRIsCrispAtEveryScale(t *testing.T) {
	const link = "https://id.lindqvist.example/p#1.7QK2M9XW.0123456789ABCDEFGHJKMNPQRS"
	for _, scale := range []float32{1, 1.25, 1.5, 1.75, 2, 3} {
		app := themed(t, Dark, 1)
		q, err := NewQR(link, 272)
		if err != nil {
			t.Fatal(err)
		}
		canvas := software.NewCanvas()
		canvas.SetScale(scale)
		canvas.SetPadded(false)
		canvas.SetContent(container.NewWithoutLayout(q))
		q.Move(fyne.NewPos(13, 7))
		q.Resize(fyne.NewSquareSize(272))
		canvas.Resize(fyne.NewSize(300, 290))
		img := canvas.Capture()
		app.Quit()
		if grey := greyIn(img, image.Rect(30, 24, 270, 264), scale); grey > 0 {
			t.Errorf("scale %v: %d pixels are neither black nor white", scale, grey)
		}
		if got, err := scan.Decode(img); err != nil || got != link {
			t.Errorf("scale %v: read %q, %v", scale, got, err)
		}
	}
}

// greyIn counts what is neither black nor white in r, given in units.
func greyIn(img image.Image, r image.Rectangle, scale float32) int {
	grey := 0
	for y := int(float32(r.Min.Y) * scale); y < int(float32(r.Max.Y)*scale); y++ {
		for x := int(float32(r.Min.X) * scale); x < int(float32(r.Max.X)*scale); x++ {
			c := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
			if c.Y != 0 && c.Y != 255 {
				grey++
			}
		}
	}
	return grey
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
