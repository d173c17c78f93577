// Command bare is a Fyne window with one label and no more: what the start of the
// app is measured against.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/widget"
)

func main() {
	w := app.NewWithID("io.github.countersign.bare").NewWindow("Bare")
	w.SetContent(widget.NewLabel("Your own devices vouch for you."))
	w.Resize(fyne.NewSize(1000, 680))
	w.ShowAndRun()
}
