//go:build linux && !android

package scan

import (
	"testing"

	"github.com/blackjack/webcam"
)

func TestNearestSize(t *testing.T) {
	one := func(w, h uint32) webcam.FrameSize {
		return webcam.FrameSize{MinWidth: w, MaxWidth: w, MinHeight: h, MaxHeight: h}
	}
	for _, c := range []struct {
		name  string
		sizes []webcam.FrameSize
		w, h  uint32
		ok    bool
	}{
		{"none", nil, 0, 0, false},
		{"a size of nothing", []webcam.FrameSize{{}}, 0, 0, false},
		{"the wish", []webcam.FrameSize{one(1280, 720), one(640, 480), one(320, 240)}, 640, 480, true},
		{"the closest", []webcam.FrameSize{one(1920, 1080), one(160, 120), one(640, 360)}, 640, 360, true},
		{"any size in steps", []webcam.FrameSize{{MinWidth: 48, MaxWidth: 1920, StepWidth: 16, MinHeight: 32, MaxHeight: 1080, StepHeight: 32}}, 640, 480, true},
		{"steps that miss it", []webcam.FrameSize{{MinWidth: 50, MaxWidth: 1920, StepWidth: 100, MinHeight: 480, MaxHeight: 1080, StepHeight: 1}}, 550, 480, true},
		{"all larger", []webcam.FrameSize{{MinWidth: 800, MaxWidth: 1920, StepWidth: 16, MinHeight: 600, MaxHeight: 1080, StepHeight: 8}}, 800, 600, true},
	} {
		if w, h, ok := nearest(c.sizes); w != c.w || h != c.h || ok != c.ok {
			t.Errorf("%s: %d by %d, %v, want %d by %d", c.name, w, h, ok, c.w, c.h)
		}
	}
}

// What is no camera is never one, whatever the file.
func TestOpenCameraRefusesOthers(t *testing.T) {
	for _, path := range []string{"/dev/null", "/dev/video-none", t.TempDir()} {
		if c, err := openCamera(path); c != nil || err != ErrNoCamera {
			t.Errorf("%s: %v, %v", path, c, err)
		}
	}
}
