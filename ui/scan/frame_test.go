package scan

import (
	"bytes"
	"image"
	"image/color"
	"testing"
)

func TestYUYV(t *testing.T) {
	frame := []byte{
		10, 100, 20, 200, 30, 101, 40, 201,
		50, 102, 60, 202, 70, 103, 80, 203,
	}
	img, err := yuyv(frame, 4, 2)
	if err != nil {
		t.Fatal(err)
	}
	clear(frame)
	for at, want := range map[image.Point]color.YCbCr{
		{X: 0, Y: 0}: {Y: 10, Cb: 100, Cr: 200},
		{X: 1, Y: 0}: {Y: 20, Cb: 100, Cr: 200},
		{X: 3, Y: 0}: {Y: 40, Cb: 101, Cr: 201},
		{X: 2, Y: 1}: {Y: 70, Cb: 103, Cr: 203},
	} {
		if got := img.At(at.X, at.Y); got != want {
			t.Errorf("at %v: %v, want %v", at, got, want)
		}
	}
}

func TestYUYVRefusesOtherSizes(t *testing.T) {
	for _, c := range []struct{ length, w, h int }{
		{0, 0, 0}, {15, 4, 2}, {17, 4, 2}, {0, 4, 2}, {12, 3, 2}, {16, -4, -2}, {16, 4, 0}, {16, 1<<31 - 2, 1<<31 - 1},
	} {
		if img, err := yuyv(make([]byte, c.length), c.w, c.h); img != nil || err != ErrPicture {
			t.Errorf("%v: %v, %v", c, img, err)
		}
	}
}

// asYUYV answers a frame as a camera makes it of the picture.
func asYUYV(img image.Image) []byte {
	b := img.Bounds()
	var frame []byte
	for y := range b.Dy() {
		for x := range b.Dx() {
			light := color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray)
			frame = append(frame, light.Y, 128)
		}
	}
	return frame
}

// withoutTables answers a JPEG without its Huffman tables.
func withoutTables(body []byte) []byte {
	from, to := bytes.Index(body, []byte{0xff, 0xc4}), bytes.Index(body, []byte{0xff, 0xda})
	return append(body[:from:from], body[to:]...)
}

func TestFramesOfCode(t *testing.T) {
	seen := shot{w: 640, h: 480, module: 6, turn: 20, blur: .8, noise: 5}.take(t, modules(t, link), 1)
	body := asJPEG(t, seen, 75)
	for name, frame := range map[string]func() (image.Image, error){
		"YUYV":                    func() (image.Image, error) { return yuyv(asYUYV(seen), 640, 480) },
		"JPEG":                    func() (image.Image, error) { return motionJPEG(body) },
		"JPEG without its tables": func() (image.Image, error) { return motionJPEG(withoutTables(body)) },
		"JPEG in a larger buffer": func() (image.Image, error) { return motionJPEG(append(body, make([]byte, 5000)...)) },
	} {
		img, err := frame()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text, err := Decode(img); text != link || err != nil {
			t.Errorf("%s: read %q, %v", name, text, err)
		}
	}
}

func TestMotionJPEGRefuses(t *testing.T) {
	body := asJPEG(t, image.NewGray(image.Rect(0, 0, 64, 64)), 75)
	for name, frame := range map[string][]byte{
		"nothing": nil, "a cut frame": body[:len(body)/2], "no begin": body[2:], "a PNG": asPNG(t, image.NewGray(image.Rect(0, 0, 9, 9))),
		"claims": boastJPEG(t, 60000, 60000),
	} {
		if img, err := motionJPEG(frame); img != nil || err == nil {
			t.Errorf("%s: %v, %v", name, img, err)
		}
	}
}
