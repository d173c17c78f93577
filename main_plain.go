//go:build !e2e

package main

import "fyne.io/fyne/v2"

// checksThreads makes Fyne complain of calls from a wrong goroutine.
const checksThreads = false

// underTest lets tests look at the window; here there are none.
func underTest(fyne.Window) {}
