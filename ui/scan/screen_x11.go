//go:build (linux && !android) || freebsd || openbsd || netbsd

package scan

import (
	"image"
	"io"
	"os"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// displays answers the root window, which spans all displays. The picture comes
// through the connection and not through shared memory, which every user of the
// computer could attach to.
func displays() ([]image.Image, error) {
	if os.Getenv("DISPLAY") == "" || os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("XDG_SESSION_TYPE") == "wayland" {
		return nil, ErrNoScreen
	}
	xgb.Logger.SetOutput(io.Discard) // it reports on standard error what is no error
	conn, err := xgb.NewConn()
	if err != nil {
		return nil, ErrNoScreen
	}
	defer conn.Close()
	img, err := shootRoot(conn)
	if err != nil {
		return nil, err
	}
	return []image.Image{img}, nil
}

// shootRoot answers the picture of the root window. Only pixels of four bytes, blue
// first, are read: all servers of today have them.
func shootRoot(conn *xgb.Conn) (image.Image, error) {
	setup := xproto.Setup(conn)
	if conn.DefaultScreen >= len(setup.Roots) {
		return nil, ErrNoScreen // DISPLAY names a screen that the server lacks
	}
	screen := setup.DefaultScreen(conn)
	w, h := int(screen.WidthInPixels), int(screen.HeightInPixels)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || tooLarge(w, h) {
		return nil, ErrNoScreen
	}
	const allPlanes = 1<<32 - 1
	reply, err := xproto.GetImage(conn, xproto.ImageFormatZPixmap, xproto.Drawable(screen.Root),
		0, 0, uint16(w), uint16(h), allPlanes).Reply()
	if err != nil || reply.Depth != 24 && reply.Depth != 32 {
		return nil, ErrNoScreen
	}
	return bgrx(reply.Data, w, h)
}

// bgrx answers the picture in rows of blue, green, red and a byte without meaning.
// It takes the bytes over.
func bgrx(pix []byte, w, h int) (image.Image, error) {
	if w <= 0 || h <= 0 || len(pix) != 4*w*h {
		return nil, ErrNoScreen
	}
	for i := 0; i < len(pix); i += 4 {
		pix[i], pix[i+2], pix[i+3] = pix[i+2], pix[i], 255
	}
	return &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, nil
}
