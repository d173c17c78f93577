package main

import (
	"fmt"
	"os"
)

// noWindow is what there is to say where Fyne finds no display or no OpenGL.
const noWindow = "countersign: no window can be opened here. countersignctl is the same trusted device in a terminal: countersignctl --help"

// opening is the time until the window is there. Fyne panics in it where it finds
// no display; what panics later is a mistake, and is left to be seen.
type opening struct {
	over bool
	code *int
}

func watchOpening(code *int) *opening { return &opening{code: code} }

func (o *opening) done() { o.over = true }

// recovered is deferred: it turns a panic of the opening into a sentence.
func (o *opening) recovered() {
	if o.over {
		return
	}
	if cause := recover(); cause != nil {
		fmt.Fprintln(os.Stderr, noWindow)
		*o.code = exitFailed
	}
}
