package main

import (
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"fyne.io/fyne/v2"
)

// ending knows when the program begins to end. What comes for the window after
// that is dropped: once Fyne's loop has ended it would run wherever it came from,
// beside the window's goroutine.
type ending struct {
	begun   atomic.Bool
	signals chan os.Signal
}

// watchEnding notices signals, which Fyne turns into Quit, and the end of the loop.
func watchEnding(a fyne.App) *ending {
	e := &ending{signals: make(chan os.Signal, 1)}
	signal.Notify(e.signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		for range e.signals {
			e.begun.Store(true)
		}
	}()
	a.Lifecycle().SetOnStopped(func() { e.begun.Store(true) })
	return e
}

// dispatch runs f on the window's goroutine, as long as there is one.
func (e *ending) dispatch(f func()) {
	if !e.begun.Load() {
		fyne.Do(f)
	}
}

// quit ends the program.
func (e *ending) quit(a fyne.App) {
	e.begun.Store(true)
	a.Quit()
}

func (e *ending) done() {
	signal.Stop(e.signals)
	close(e.signals)
}
