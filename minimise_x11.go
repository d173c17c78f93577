//go:build (linux || freebsd || openbsd || netbsd) && !android && !mobile

package main

// #cgo pkg-config: x11
// #include <X11/Xlib.h>
//
// static int countersign_minimise(unsigned long window) {
// 	Display *display = XOpenDisplay(NULL);
// 	if (display == NULL) return 0;
// 	int done = XIconifyWindow(display, window, DefaultScreen(display));
// 	XCloseDisplay(display);
// 	return done;
// }
import "C"

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// minimise puts the window into the task bar, which Fyne has no word for, and
// reports whether it could: on Wayland it cannot.
func minimise(w fyne.Window) (done bool) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return false
	}
	native.RunNative(func(context any) {
		if x11, ok := context.(driver.X11WindowContext); ok && x11.WindowHandle != 0 {
			done = C.countersign_minimise(C.ulong(x11.WindowHandle)) != 0
		}
	})
	return done
}
