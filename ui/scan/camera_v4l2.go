//go:build linux && !android

package scan

import (
	"context"
	"image"
	"path/filepath"
	"slices"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"
)

const (
	// The formats' codes, little-endian four letters, from linux/videodev2.h.
	formatYUYV webcam.PixelFormat = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
	formatJPEG webcam.PixelFormat = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24

	// The size wished for: every camera has it, and a code that fills half of it has
	// six pixels a module.
	wishWidth, wishHeight = 640, 480

	buffers = 4 // of the driver; few, so that the preview is not old
)

func camera(ctx context.Context, see func(image.Image)) (string, error) {
	for _, path := range cameraPaths() {
		c, err := openCamera(path)
		if err != nil {
			continue
		}
		defer c.cam.Close()
		return watch(ctx, c.next, see)
	}
	return "", ErrNoCamera
}

func cameraThere() bool { return len(cameraPaths()) > 0 }

// cameraPaths answers the video devices this person may use. Some may turn out to
// be no cameras: they also carry what a camera tells beside its pictures.
func cameraPaths() []string {
	paths, err := filepath.Glob("/dev/video*")
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(paths, func(path string) bool {
		return unix.Access(path, unix.R_OK|unix.W_OK) != nil
	})
}

// v4l2 is an open camera of Linux that makes frames.
type v4l2 struct {
	cam    *webcam.Webcam
	format webcam.PixelFormat
	w, h   int
}

// openCamera makes a device stream, or answers ErrNoCamera where it cannot.
func openCamera(path string) (*v4l2, error) {
	cam, err := webcam.Open(path)
	if err != nil {
		return nil, ErrNoCamera
	}
	c := &v4l2{cam: cam}
	if !c.choose() || cam.SetBufferCount(buffers) != nil || cam.StartStreaming() != nil {
		cam.Close()
		return nil, ErrNoCamera
	}
	return c, nil
}

// choose agrees on a format and a size. YUYV comes first, as nothing is lost in it.
// Only a size that the camera has named is asked for: the library does not tell
// which one a driver takes instead.
func (c *v4l2) choose() bool {
	formats := c.cam.GetSupportedFormats()
	for _, f := range []webcam.PixelFormat{formatYUYV, formatJPEG} {
		if _, ok := formats[f]; !ok {
			continue
		}
		w, h, ok := nearest(c.cam.GetSupportedFrameSizes(f))
		if !ok {
			continue
		}
		if got, _, _, err := c.cam.SetImageFormat(f, w, h); err == nil && got == f {
			c.format, c.w, c.h = f, int(w), int(h)
			return true
		}
	}
	return false
}

// nearest answers of the sizes the one closest to the wish by its width and height.
func nearest(sizes []webcam.FrameSize) (w, h uint32, ok bool) {
	best := uint32(0)
	for _, s := range sizes {
		sw := within(wishWidth, s.MinWidth, s.MaxWidth, s.StepWidth)
		sh := within(wishHeight, s.MinHeight, s.MaxHeight, s.StepHeight)
		if sw == 0 || sh == 0 {
			continue
		}
		off := max(sw, wishWidth) - min(sw, wishWidth) + max(sh, wishHeight) - min(sh, wishHeight)
		if !ok || off < best {
			w, h, best, ok = sw, sh, off, true
		}
	}
	return w, h, ok
}

// within answers the length a camera has that is closest to the wish from below,
// or its least.
func within(wish, least, most, step uint32) uint32 {
	length := max(least, min(wish, most))
	if step > 1 {
		length -= (length - least) % step
	}
	return length
}

// next waits up to a second for a frame and answers a copy of it.
func (c *v4l2) next() (image.Image, error) {
	if err := c.cam.WaitForFrame(1); err != nil {
		if _, late := err.(*webcam.Timeout); late {
			return nil, errLate
		}
		return nil, ErrNoCamera
	}
	frame, index, err := c.cam.GetFrame()
	if err != nil {
		return nil, ErrNoCamera
	}
	defer c.cam.ReleaseFrame(index)
	if c.format == formatJPEG {
		return motionJPEG(frame)
	}
	return yuyv(frame, c.w, c.h)
}
