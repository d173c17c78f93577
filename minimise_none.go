//go:build !(linux || freebsd || openbsd || netbsd) || android || mobile

package main

import "fyne.io/fyne/v2"

// minimise is not needed: there is a tray, or the system keeps the window.
func minimise(fyne.Window) bool { return false }
