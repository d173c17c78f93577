//go:build windows || (darwin && cgo && !ios)

package scan

import (
	"image"

	"github.com/kbinani/screenshot"
)

// displays answers a picture of every display that can be read.
func displays() ([]image.Image, error) {
	var pictures []image.Image
	for i := range screenshot.NumActiveDisplays() {
		b := screenshot.GetDisplayBounds(i)
		if b.Empty() || tooLarge(b.Dx(), b.Dy()) {
			continue
		}
		if img, err := screenshot.CaptureRect(b); err == nil {
			pictures = append(pictures, img)
		}
	}
	if len(pictures) == 0 {
		return nil, ErrNoScreen
	}
	return pictures, nil
}
