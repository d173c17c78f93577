//go:build (linux && !android) || freebsd || openbsd || netbsd

package scan

import (
	"image"
	"image/color"
	"os"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Where there is no display, or none that may be read, that is one answer: no
// crash, and no reading of the other display that Wayland keeps for old programs.
func TestScreenWithoutOne(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"nothing":            {"DISPLAY": "", "WAYLAND_DISPLAY": ""},
		"nobody there":       {"DISPLAY": ":59999", "WAYLAND_DISPLAY": ""},
		"no display's name":  {"DISPLAY": "garbage", "WAYLAND_DISPLAY": ""},
		"Wayland":            {"WAYLAND_DISPLAY": "wayland-0"},
		"Wayland by session": {"WAYLAND_DISPLAY": "", "XDG_SESSION_TYPE": "wayland"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range env {
				t.Setenv(key, value)
			}
			if text, err := Screen(t.Context()); text != "" || err != ErrNoScreen {
				t.Errorf("read %q, %v", text, err)
			}
		})
	}
}

// A picture's red is the third byte of X, and whatever is no whole picture is none.
func TestBGRX(t *testing.T) {
	img, err := bgrx([]byte{1, 2, 3, 0, 4, 5, 6, 77}, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := img.At(1, 0), (color.RGBA{6, 5, 4, 255}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	for _, c := range []struct{ length, w, h int }{{0, 0, 0}, {7, 2, 1}, {9, 2, 1}, {4, -1, -1}} {
		if img, err := bgrx(make([]byte, c.length), c.w, c.h); img != nil || err != ErrNoScreen {
			t.Errorf("%v: %v, %v", c, img, err)
		}
	}
}

// TestScreenReads shows a code in a window of a real display and reads it there.
func TestScreenReads(t *testing.T) {
	if os.Getenv("DISPLAY") == "" || os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("XDG_SESSION_TYPE") == "wayland" {
		t.Skip("DISPLAY names no X server: run it under xvfb-run")
	}
	conn, err := xgb.NewConn()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if text, err := Screen(t.Context()); text != "" || err != ErrNone {
		t.Fatalf("before it is shown: read %q, %v", text, err)
	}
	show(t, conn, flat(modules(t, link), 4, color.Black, color.White))
	if text, err := Screen(t.Context()); text != link || err != nil {
		t.Errorf("read %q, %v", text, err)
	}
}

// show puts a picture into a window that no window manager touches, and waits until
// the server has it on the screen.
func show(t *testing.T, conn *xgb.Conn, img *image.NRGBA) {
	t.Helper()
	screen := xproto.Setup(conn).DefaultScreen(conn)
	window, err := xproto.NewWindowId(conn)
	if err != nil {
		t.Fatal(err)
	}
	context, err := xproto.NewGcontextId(conn)
	if err != nil {
		t.Fatal(err)
	}
	w, h := uint16(img.Rect.Dx()), uint16(img.Rect.Dy())
	xproto.CreateWindow(conn, screen.RootDepth, window, screen.Root, 40, 50, w, h, 0, xproto.WindowClassInputOutput,
		screen.RootVisual, xproto.CwOverrideRedirect|xproto.CwEventMask, []uint32{1, xproto.EventMaskExposure})
	xproto.CreateGC(conn, context, xproto.Drawable(window), 0, nil)
	xproto.MapWindow(conn, window)
	deadline := time.AfterFunc(10*time.Second, conn.Close)
	if event, err := conn.WaitForEvent(); event == nil || err != nil {
		t.Fatalf("showing the window: %v, %v", event, err)
	}
	deadline.Stop()
	err = xproto.PutImageChecked(conn, xproto.ImageFormatZPixmap, xproto.Drawable(window), context, w, h, 0, 0, 0,
		screen.RootDepth, img.Pix).Check()
	if err != nil {
		t.Fatal(err)
	}
}
