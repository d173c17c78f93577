package scan

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"
)

func TestScreenEndedBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if text, err := Screen(ctx); text != "" || err != context.Canceled {
		t.Errorf("read %q, %v", text, err)
	}
}

func TestDisplays(t *testing.T) {
	code := flat(modules(t, link), 4, color.Black, color.White)
	blank, wall := image.NewGray(image.Rect(0, 0, 300, 200)), image.NewGray(image.Rect(0, 0, 20000, 20000))
	shoot := func(err error, pictures ...image.Image) func() ([]image.Image, error) {
		return func() ([]image.Image, error) { return pictures, err }
	}
	for _, c := range []struct {
		name  string
		shoot func() ([]image.Image, error)
		text  string
		err   error
	}{
		{"on the only one", shoot(nil, code), link, nil},
		{"on the second", shoot(nil, blank, code), link, nil},
		{"beside one that is too large", shoot(nil, wall, code), link, nil},
		{"on none", shoot(nil, blank, blank), "", ErrNone},
		{"none, one too large", shoot(nil, wall, blank), "", ErrLarge},
		{"no display", shoot(nil), "", ErrNoScreen},
		{"not allowed", shoot(errors.New("not allowed")), "", ErrNoScreen},
	} {
		if text, err := decodeAll(t.Context(), c.shoot); text != c.text || err != c.err {
			t.Errorf("%s: read %q, %v", c.name, text, err)
		}
	}
}
