package scan

import (
	"context"
	"errors"
	"image"
)

// Screen answers the text of a QR code that is on one of the displays now. The
// error is ErrNone, ErrNoScreen, ErrLarge where a display is, or the context's.
// What is seen stays in this process's memory and is let go on return. It takes up
// to seconds; where the system hangs, Screen still ends with the context, and the
// picture it then gets is dropped.
//
// Read on Windows, on macOS in a program built with cgo, and on X11. Wayland lets
// no program look at the screen by itself: there, on phones and in browsers it is
// ErrNoScreen.
func Screen(ctx context.Context) (string, error) {
	type answer struct {
		text string
		err  error
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	done := make(chan answer, 1)
	go func() {
		text, err := decodeAll(ctx, displays)
		done <- answer{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-done:
		return a.text, a.err
	}
}

// decodeAll answers the first text on any of the pictures that shoot answers. A
// display that cannot be read does not hide the others.
func decodeAll(ctx context.Context, shoot func() ([]image.Image, error)) (string, error) {
	pictures, err := shoot()
	if err != nil || len(pictures) == 0 {
		return "", ErrNoScreen
	}
	worst := ErrNone
	for _, img := range pictures {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		text, err := Decode(img)
		if err == nil {
			return text, nil
		}
		if errors.Is(err, ErrLarge) {
			worst = ErrLarge
		}
	}
	return "", worst
}
