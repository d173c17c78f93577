package scan

import (
	"context"
	"image"
	"testing"
)

func TestCameraEndedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text, err := Camera(ctx, func(image.Image) { t.Error("a frame was shown") })
	if text != "" || err != context.Canceled {
		t.Errorf("read %q, %v", text, err)
	}
}

func TestCameraWithoutOne(t *testing.T) {
	if CameraThere() {
		t.Skip("there is a camera here, which this test leaves alone")
	}
	text, err := Camera(t.Context(), func(image.Image) { t.Error("a frame was shown") })
	if text != "" || err != ErrNoCamera {
		t.Errorf("read %q, %v", text, err)
	}
}
