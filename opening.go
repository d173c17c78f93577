package main

import (
	"bytes"
	"fmt"
	"log"
	"os"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui"
)

// noWindow is what there is to say where Fyne finds no display or no OpenGL.
const noWindow = "countersign: no window can be opened here. countersignctl is the same trusted device in a terminal: countersignctl --help"

// openWindow makes the window with newUI. Without a display Fyne only logs, and
// would run without ever showing anything; then there is none.
func openWindow(newUI func() *ui.UI) (*ui.UI, bool) {
	var said bytes.Buffer
	log.SetOutput(&said)
	u := newUI()
	log.SetOutput(os.Stderr)
	if !hasDisplay() {
		fmt.Fprintln(os.Stderr, noWindow)
		return nil, false
	}
	_, _ = os.Stderr.Write(said.Bytes())
	return u, true
}

// seeWindow quits where the window could not be drawn, as there is no OpenGL, and
// then gives code its value. It is called as the app begins to run.
func seeWindow(a fyne.App, w fyne.Window, code *int) {
	if !hasSurface(w) {
		fmt.Fprintln(os.Stderr, noWindow)
		*code = exitFailed
		a.Quit()
	}
}
