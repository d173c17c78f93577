package e2e

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// xwd is the head of an X window dump, as Xvfb keeps its picture: 25 big-endian
// numbers (X11/XWDFile.h), a name, the colour map, the pixels.
type xwd struct {
	HeaderSize, Version, Format, Depth, Width, Height, XOffset, ByteOrder,
	BitmapUnit, BitOrder, BitmapPad, BitsPerPixel, BytesPerLine, Visual,
	RedMask, GreenMask, BlueMask, BitsPerRGB, MapEntries, Colours,
	WindowWidth, WindowHeight, WindowX, WindowY, Border uint32
}

const (
	xwdVersion   = 7
	zPixmap      = 2
	leastFirst   = 0
	colourLength = 12 // bytes of an entry in the colour map
)

var errXWD = errors.New("not a picture of a display with 24 bits for a point")

// readXWD reads a picture with 8 bits for each of blue, green, red.
func readXWD(data []byte) (image.Image, error) {
	var h xwd
	if _, err := binary.Decode(data, binary.BigEndian, &h); err != nil {
		return nil, errXWD
	}
	if h.Version != xwdVersion || h.Format != zPixmap || h.BitsPerPixel != 32 || h.ByteOrder != leastFirst || h.RedMask != 0xFF0000 {
		return nil, errXWD
	}
	from := uint64(h.HeaderSize) + uint64(h.Colours)*colourLength
	if from+uint64(h.BytesPerLine)*uint64(h.Height) > uint64(len(data)) || uint64(h.Width)*4 > uint64(h.BytesPerLine) {
		return nil, errXWD
	}
	pixels := data[from:]
	out := image.NewNRGBA(image.Rect(0, 0, int(h.Width), int(h.Height)))
	for y := range int(h.Height) {
		line := pixels[y*int(h.BytesPerLine):]
		for x := range int(h.Width) {
			p := line[4*x:]
			out.SetNRGBA(x, y, color.NRGBA{R: p[2], G: p[1], B: p[0], A: 0xFF})
		}
	}
	return out, nil
}

// frame is what the display shows now.
func (d *desk) frame() []byte {
	data, err := os.ReadFile(filepath.Join(d.frames, "Xvfb_screen0"))
	if err != nil {
		d.t.Fatal(err)
	}
	return data
}

// stillFor is how long the display has to hold still for a picture, as often as
// it is looked at: what was drawn a moment ago may be half there.
const stillFor = 300 * time.Millisecond / pollEvery

// photograph writes the display to a PNG file.
func (d *desk) photograph(path string) {
	d.t.Helper()
	last, still := d.frame(), 0
	eventually(stillness, func() bool {
		now := d.frame()
		still++
		if !bytes.Equal(now, last) {
			last, still = now, 0
		}
		return still >= int(stillFor)
	})
	picture, err := readXWD(last)
	if err != nil {
		d.t.Fatal(err)
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		d.t.Fatal(err)
	}
	writeFile(d.t, path, file.String(), 0o644)
}

func TestReadXWD(t *testing.T) {
	h := xwd{HeaderSize: 100, Version: 7, Format: 2, Width: 2, Height: 1, BitsPerPixel: 32, BytesPerLine: 8, RedMask: 0xFF0000, Colours: 1}
	var data bytes.Buffer
	if err := binary.Write(&data, binary.BigEndian, h); err != nil {
		t.Fatal(err)
	}
	data.Write(make([]byte, colourLength))
	data.Write([]byte{1, 2, 3, 0, 4, 5, 6, 0})
	got, err := readXWD(data.Bytes())
	if err != nil || got.At(1, 0) != (color.NRGBA{R: 6, G: 5, B: 4, A: 0xFF}) {
		t.Errorf("second point %v, %v", got, err)
	}
	for cut := range data.Len() {
		if _, err := readXWD(data.Bytes()[:cut]); err == nil {
			t.Errorf("read a picture cut off after %d bytes", cut)
		}
	}
}
