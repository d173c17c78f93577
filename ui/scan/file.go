package scan

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

const (
	// maxPixels is what a file may claim to hold, looked at before anything of that
	// size is made. The largest photos of common phones have 12 million, of their
	// best modes more; chosen so that the worst decoder needs half a gigabyte.
	maxPixels = 40 << 20
	// maxBytes is what a file may have; chosen arbitrarily, above a PNG of the
	// largest screens.
	maxBytes = 32 << 20
	// maxScans is how many passes a JPEG may make over the picture. Progressive ones
	// make about ten; thousands fit into a small file and cost seconds each hundred.
	maxScans = 64
)

// format is a kind of file. The registry of package image is left alone: what else
// a program has registered there is not looked after here.
type format struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func formats() []format {
	return []format{
		{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
		{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
		{"GIF8", gif.DecodeConfig, gif.Decode},
	}
}

// Read answers the text of the QR code in a PNG, JPEG or GIF, of a moving GIF in
// its first picture. It reads r to its end or to 32 MiB. The error is ErrPicture,
// ErrLarge or ErrNone. It takes up to seconds: call it away from the window.
func Read(r io.Reader) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return "", ErrPicture
	}
	if len(body) > maxBytes {
		return "", ErrLarge
	}
	img, err := open(body)
	if err != nil {
		return "", err
	}
	return Decode(img)
}

// open decodes a file after it has looked at what that will cost.
func open(body []byte) (image.Image, error) {
	for _, f := range formats() {
		if !bytes.HasPrefix(body, []byte(f.magic)) {
			continue
		}
		config, err := f.config(bytes.NewReader(body))
		if err != nil {
			return nil, ErrPicture
		}
		if tooLarge(config.Width, config.Height) {
			return nil, ErrLarge
		}
		if manyScans(body) {
			return nil, ErrPicture
		}
		img, err := f.decode(bytes.NewReader(body))
		if err != nil {
			return nil, ErrPicture
		}
		return img, nil
	}
	return nil, ErrPicture
}

// tooLarge reports whether a picture of the size is not read. The product may not
// fit where an int has 32 bits.
func tooLarge(width, height int) bool {
	return int64(width)*int64(height) > maxPixels
}

// manyScans reports whether a JPEG makes more passes than a picture needs. Within
// the data of a pass the two bytes do not occur, so counting them counts passes.
func manyScans(body []byte) bool {
	startOfScan := []byte{0xff, 0xda}
	return bytes.HasPrefix(body, []byte{0xff, 0xd8}) && bytes.Count(body, startOfScan) > maxScans
}
