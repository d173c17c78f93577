package scan

import (
	"image"
	"math/rand/v2"
	"testing"
)

// BenchmarkNothing is what pictures cost that hold no code: all rungs are climbed.
func BenchmarkNothing(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"camera", 640, 480}, {"screen", 1920, 1080}, {"large screen", 3840, 2160}, {"largest", 8192, 5120}} {
		b.Run(size.name, func(b *testing.B) {
			img := image.NewYCbCr(image.Rect(0, 0, size.w, size.h), image.YCbCrSubsampleRatio420)
			chance := rand.New(rand.NewPCG(1, 2))
			for i := range img.Y {
				img.Y[i] = uint8(chance.IntN(256))
			}
			for b.Loop() {
				if text, err := Decode(img); text != "" || err != ErrNone {
					b.Fatalf("read %q, %v", text, err)
				}
			}
		})
	}
}
