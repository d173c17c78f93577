package scan

import (
	"context"
	"image"
)

// Camera opens the first camera, gives every frame to see, and answers the text of
// the first QR code; it tries five frames a second. see is called from the same
// goroutine, may keep the frame but not change it, and holds up the camera while it
// runs. It ends with the context's error, or with ErrNoCamera where there is none,
// none that works, or it was pulled out. The camera is closed on return.
func Camera(ctx context.Context, see func(image.Image)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	return camera(ctx, see)
}

// CameraThere reports whether Camera is worth an offer. It only looks whether the
// system names a camera that may be opened, and does not wake it: Camera can still
// answer ErrNoCamera.
func CameraThere() bool { return cameraThere() }
