package scan

import (
	"context"
	"errors"
	"image"
	"image/color"
	"testing"
	"testing/synctest"
	"time"
)

// film plays frames as a camera does, 30 a second, the last for ever.
func film(frames ...func() (image.Image, error)) func() (image.Image, error) {
	at := -1
	return func() (image.Image, error) {
		time.Sleep(time.Second / 30)
		at = min(at+1, len(frames)-1)
		return frames[at]()
	}
}

func plain() (image.Image, error)  { return image.NewGray(image.Rect(0, 0, 64, 48)), nil }
func spoilt() (image.Image, error) { return nil, ErrPicture }
func late() (image.Image, error)   { return nil, errLate }

func coded(t *testing.T) func() (image.Image, error) {
	img := flat(modules(t, link), 4, color.Black, color.White)
	return func() (image.Image, error) { return img, nil }
}

func TestWatchReadsAndShows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin, seen := time.Now(), 0
		text, err := watch(t.Context(), film(plain, spoilt, plain, late, plain, coded(t)), func(img image.Image) {
			if img == nil {
				t.Error("saw nothing")
			}
			seen++
		})
		if text != link || err != nil {
			t.Errorf("read %q, %v", text, err)
		}
		if took := time.Since(begin); seen < 4 || took > time.Second {
			t.Errorf("%d frames seen, %v", seen, took)
		}
	})
}

func TestWatchEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		tries := 0
		text, err := watch(ctx, film(func() (image.Image, error) {
			return counted{Image: image.NewGray(image.Rect(0, 0, 64, 48)), looks: &tries}, nil
		}), func(image.Image) {})
		if text != "" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("read %q, %v", text, err)
		}
		if tries < 10 || tries > 16 {
			t.Errorf("%d tries in three seconds, want about five each second", tries)
		}
	})
}

// counted counts how often the light of a picture was taken.
type counted struct {
	image.Image
	looks *int
}

func (c counted) At(x, y int) color.Color {
	if x == 0 && y == 0 {
		*c.looks++
	}
	return c.Image.At(x, y)
}

func TestWatchGivesUp(t *testing.T) {
	for name, frame := range map[string]func() (image.Image, error){
		"spoilt": spoilt, "late": late,
		"gone": func() (image.Image, error) { return nil, errors.New("no such device") },
	} {
		synctest.Test(t, func(t *testing.T) {
			text, err := watch(t.Context(), film(plain, frame), func(image.Image) {})
			if text != "" || err != ErrNoCamera {
				t.Errorf("%s: read %q, %v", name, text, err)
			}
		})
	}
}
