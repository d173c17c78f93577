package scan

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/skip2/go-qrcode"
)

// link is what a trusted device shows for a pairing: a short host, eight symbols of
// the code and the 26 of the offer's key.
const link = "HTTPS://ID.EXAMPLE.ORG/P#1.7QK2M9XW.A4B8C6D5E3F7G9H2J4K6M8N5PQ"

// modules answers a code as it is drawn: true is dark, with its quiet border.
func modules(t testing.TB, text string) [][]bool {
	t.Helper()
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		t.Fatal(err)
	}
	return code.Bitmap()
}

// shot says how a camera sees a code. Lengths are in pixels.
type shot struct {
	w, h     int
	module   float64 // side of a module
	turn     float64 // degrees
	tilt     float64 // how much the far edge is shorter, 0 to 1
	blur     float64 // spread of the lens
	noise    float64 // spread of the sensor, of 255
	gradient float64 // how much darker the dark side is, 0 to 1
	dark     float64 // how much of the light is missing, 0 to 1
	clutter  bool    // a busy place around the code instead of a plain one
	jpeg     int     // quality, 0 for none
	inverted bool
}

// take answers what the camera sees.
func (s shot) take(t testing.TB, code [][]bool, seed uint64) image.Image {
	t.Helper()
	chance := rand.New(rand.NewPCG(seed, 7))
	light := s.paint(code, chance)
	light = smear(light, s.w, s.h, s.blur)
	img := image.NewGray(image.Rect(0, 0, s.w, s.h))
	for i, l := range light {
		across := float64(i%s.w) / float64(s.w)
		l = l * (1 - s.gradient*across) * (1 - s.dark)
		img.Pix[i] = uint8(math.Max(0, math.Min(255, l+chance.NormFloat64()*s.noise)))
	}
	if s.jpeg == 0 {
		return img
	}
	return squeeze(t, img, s.jpeg)
}

// paint answers the light before the lens: every pixel is the mean of 16 points.
func (s shot) paint(code [][]bool, chance *rand.Rand) []float64 {
	behind := backdrop(s.w, s.h, s.clutter, chance)
	sin, cos := math.Sincos(s.turn * math.Pi / 180)
	side := float64(len(code)) * s.module
	for y := range s.h {
		for x := range s.w {
			sum := 0.0
			for k := range 16 {
				dx := float64(x) + (float64(k%4)+.5)/4 - float64(s.w)/2
				dy := float64(y) + (float64(k/4)+.5)/4 - float64(s.h)/2
				u, v := dx*cos+dy*sin, dy*cos-dx*sin
				far := 1 - s.tilt*u/side
				sum += s.point(code, u/far/s.module, v/far/s.module, behind[y*s.w+x])
			}
			behind[y*s.w+x] = sum / 16
		}
	}
	return behind
}

// point answers the light at a place given in modules from the code's middle.
func (s shot) point(code [][]bool, u, v, behind float64) float64 {
	n := float64(len(code))
	col, row := int(math.Floor(u+n/2)), int(math.Floor(v+n/2))
	switch {
	case col < 0 || row < 0 || col >= len(code) || row >= len(code):
		return behind
	case code[row][col] != s.inverted:
		return 30
	}
	return 225
}

// backdrop is a plain wall, or leaves of all sizes and lights.
func backdrop(w, h int, clutter bool, chance *rand.Rand) []float64 {
	light := make([]float64, w*h)
	for i := range light {
		light[i] = 170
	}
	if !clutter {
		return light
	}
	for range 600 {
		cx, cy, r, l := chance.IntN(w), chance.IntN(h), 3+chance.IntN(30), chance.Float64()*255
		for y := max(0, cy-r); y < min(h, cy+r); y++ {
			for x := max(0, cx-r); x < min(w, cx+r); x++ {
				light[y*w+x] = l
			}
		}
	}
	return light
}

// smear is a lens that is not sharp: a Gauss bell, by rows and by columns.
func smear(light []float64, w, h int, spread float64) []float64 {
	if spread == 0 {
		return light
	}
	reach := int(3*spread) + 1
	bell := make([]float64, 2*reach+1)
	total := 0.0
	for i := range bell {
		d := float64(i - reach)
		bell[i] = math.Exp(-d * d / (2 * spread * spread))
		total += bell[i]
	}
	pass := func(from []float64, dx, dy int) []float64 {
		to := make([]float64, len(from))
		for y := range h {
			for x := range w {
				for i, weight := range bell {
					px := min(max(x+(i-reach)*dx, 0), w-1)
					py := min(max(y+(i-reach)*dy, 0), h-1)
					to[y*w+x] += from[py*w+px] * weight / total
				}
			}
		}
		return to
	}
	return pass(pass(light, 1, 0), 0, 1)
}

// squeeze answers a picture after it was a JPEG.
func squeeze(t testing.TB, img image.Image, quality int) image.Image {
	t.Helper()
	out, err := jpeg.Decode(bytes.NewReader(asJPEG(t, img, quality)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func asJPEG(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flat answers a picture as a screen shows a code: whole pixels, no noise.
func flat(code [][]bool, module int, dark, light color.Color) *image.NRGBA {
	side := len(code) * module
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := light
			if code[y/module][x/module] {
				c = dark
			}
			img.Set(x, y, c)
		}
	}
	return img
}
