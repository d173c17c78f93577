package scan

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

const (
	// smallest is the side in pixels below which nothing is looked for: the smallest
	// QR code has 21 modules.
	smallest = 21
	// doublePixels is up to which size a picture is also tried at twice its size.
	doublePixels = 1 << 20
	// halvePixels is from which size a picture is also tried smaller, which is the
	// cure for a lens that is not sharp.
	halvePixels = 1 << 18
	// maxPatterns is how many corner marks a picture may seem to have. The decoder
	// looks at all triples of them, so a picture full of marks would take hours; a
	// photo of leaves has a few dozen.
	maxPatterns = 200
)

// Decode answers the text of a QR code in the picture; where there are several, of
// one of them. It tries the picture as it is, then ever harder. The error is
// ErrNone or ErrLarge. Safe for concurrent use while nobody changes the picture;
// takes milliseconds for a clean code, up to seconds for a large picture without.
func Decode(img image.Image) (string, error) {
	b := img.Bounds()
	if b.Dx() < smallest || b.Dy() < smallest {
		return "", ErrNone
	}
	if tooLarge(b.Dx(), b.Dy()) {
		return "", ErrLarge
	}
	text, _ := climb(newPlaneOf(img))
	if text == "" {
		return "", ErrNone
	}
	return text, nil
}

// rung is one way to look at a picture.
type rung struct {
	name string
	see  func() string
}

// climb answers the first text found and the rung it was found on, or nothing.
func climb(p *plane) (text, on string) {
	for _, r := range ladder(p) {
		if text := r.see(); text != "" {
			return text, r.name
		}
	}
	return "", ""
}

// ladder is what is tried, the cheap and likely first.
func ladder(p *plane) []rung {
	if p.w < smallest || p.h < smallest {
		return nil
	}
	soft := p.soften()
	rungs := []rung{
		{"as it is", func() string { return read(p, local) }},
		{"softened", func() string { return read(soft, local) }},
		{"local threshold", func() string { return read(soft.threshold(24), whole) }},
	}
	if p.w*p.h >= halvePixels {
		half := soft.halve()
		rungs = append(rungs,
			rung{"half", func() string { return read(half, local) }},
			rung{"quarter", func() string { return read(half.halve(), local) }})
	}
	if p.w*p.h <= doublePixels {
		rungs = append(rungs,
			rung{"double", func() string { return read(soft.double().soften().threshold(40), whole) }})
	}
	return append(rungs,
		rung{"inverted", func() string { return read(p.invert(), local) }},
		rung{"inverted, local threshold", func() string { return read(soft.invert().threshold(24), whole) }})
}

// binarize is how the decoder tells black from white: local by blocks, whole by one
// threshold for all.
type binarize func(gozxing.LuminanceSource) gozxing.Binarizer

func local(s gozxing.LuminanceSource) gozxing.Binarizer { return gozxing.NewHybridBinarizer(s) }
func whole(s gozxing.LuminanceSource) gozxing.Binarizer { return gozxing.NewGlobalHistgramBinarizer(s) }

// read answers the text the decoder finds, "" for none. The decoder is not ours and
// the picture may be made against it: whatever it stumbles over is no text. That is
// also how crowd ends it, for it has no other way out.
func read(p *plane, by binarize) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	source, err := gozxing.NewPlanarYUVLuminanceSource(p.pix, p.w, p.h, 0, 0, p.w, p.h, false)
	if err != nil {
		return ""
	}
	bitmap, err := gozxing.NewBinaryBitmap(by(source))
	if err != nil {
		return ""
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_TRY_HARDER:                 true,
		gozxing.DecodeHintType_NEED_RESULT_POINT_CALLBACK: crowd(),
	})
	if err != nil {
		return ""
	}
	return result.GetText()
}

// crowd counts the marks the decoder finds and stops it where they are too many.
func crowd() gozxing.ResultPointCallback {
	found := 0
	return func(gozxing.ResultPoint) {
		if found++; found > maxPatterns {
			panic("too many marks")
		}
	}
}
