package widgets

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"github.com/skip2/go-qrcode"
)

// QR shows a text as a QR picture: dark on white in every theme, with a quiet zone
// of four modules, every module a whole number of pixels.
type QR struct {
	widget.BaseWidget
	modules [][]bool // true is dark; without the quiet zone
	side    float32
	frame   *canvas.Rectangle
	raster  *canvas.Raster
}

// quiet is the empty edge that readers need, in modules: ISO/IEC 18004.
const quiet = 4

// NewQR draws text at side by side units, at most. Upper-case letters and digits
// alone make larger modules.
func NewQR(text string, side float32) (*QR, error) {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("drawing QR picture: %w", err)
	}
	code.DisableBorder = true
	q := &QR{modules: code.Bitmap(), side: side, frame: canvas.NewRectangle(color.Transparent)}
	q.raster = canvas.NewRaster(q.draw)
	q.raster.ScaleMode = canvas.ImageScalePixels
	q.ExtendBaseWidget(q)
	return q, nil
}

// draw paints the modules into w by h pixels.
func (q *QR) draw(w, h int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Transparent, color.Black})
	n := len(q.modules) + 2*quiet
	pixels := min(w, h) / n
	left, top := (w-pixels*n)/2+quiet*pixels, (h-pixels*n)/2+quiet*pixels
	for y, row := range q.modules {
		for x, dark := range row {
			if dark {
				fill(img, image.Rect(0, 0, pixels, pixels).Add(image.Pt(left+x*pixels, top+y*pixels)))
			}
		}
	}
	return img
}

func fill(img *image.Paletted, r image.Rectangle) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetColorIndex(x, y, 1)
		}
	}
}

// HeightFor gives the side of the square that fits the width.
func (q *QR) HeightFor(width float32) float32 { return min(q.side, width) }

// CreateRenderer draws the picture on a white card.
func (q *QR) CreateRenderer() fyne.WidgetRenderer {
	paint := func() {
		CardLook.paint(q.frame)
		q.frame.FillColor = color.White
	}
	paint()
	return &face{
		objects: []fyne.CanvasObject{q.frame, q.raster},
		layout: func(s fyne.Size) {
			side := min(s.Width, s.Height, q.side)
			place(q.frame, 0, 0, side, side)
			place(q.raster, 0, 0, side, side)
		},
		min:   func() fyne.Size { return fyne.NewSquareSize(min(q.side, 200)) },
		paint: paint,
	}
}
