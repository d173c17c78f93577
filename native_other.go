//go:build android || ios || js || mobile

package main

import "fyne.io/fyne/v2"

// hasDisplay is true: the system starts an app to show it.
func hasDisplay() bool { return true }

// hasSurface is true for the same reason.
func hasSurface(fyne.Window) bool { return true }
