//go:build e2e

package main

import (
	"encoding/json"
	"net"
	"os"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// checksThreads makes Fyne complain of calls from a wrong goroutine; the story
// fails if it does.
const checksThreads = true

// socketVariable names the socket at which the window tells what it shows.
const socketVariable = "COUNTERSIGN_E2E"

// shown is one thing in the window, in pixels from the window's corner. The shape
// is known to .ci/e2e.
type shown struct {
	Type, Text        string
	X, Y, W, H        int
	Focused, Disabled bool
	Layer             int // 0 = the window's own content, above it the overlays
}

// underTest lets tests look at the window: whoever connects to the socket gets
// what it shows as JSON.
func underTest(w fyne.Window) {
	path := os.Getenv(socketVariable)
	if path == "" {
		return
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var all []shown
			fyne.DoAndWait(func() { all = look(w) })
			_ = json.NewEncoder(c).Encode(all)
			_ = c.Close()
		}
	}()
}

// look lists everything in the window, the lowest layer first.
func look(w fyne.Window) []shown {
	l := looker{canvas: w.Canvas()}
	l.walk(w.Content())
	for _, o := range w.Canvas().Overlays().List() {
		l.layer++
		l.walk(o)
	}
	return l.all
}

type looker struct {
	canvas fyne.Canvas
	layer  int
	all    []shown
}

func (l *looker) walk(o fyne.CanvasObject) {
	if o == nil || !o.Visible() {
		return
	}
	l.add(o)
	switch t := o.(type) {
	case *fyne.Container:
		for _, c := range t.Objects {
			l.walk(c)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(t).Objects() {
			l.walk(c)
		}
	}
}

func (l *looker) add(o fyne.CanvasObject) {
	at, scale := fyne.CurrentApp().Driver().AbsolutePositionForObject(o), l.canvas.Scale()
	pixels := func(units float32) int { return int(units * scale) }
	s := shown{
		Type: reflect.Indirect(reflect.ValueOf(o)).Type().String(), Text: textOf(o), Layer: l.layer,
		X: pixels(at.X), Y: pixels(at.Y), W: pixels(o.Size().Width), H: pixels(o.Size().Height),
	}
	if f, ok := o.(fyne.Focusable); ok {
		s.Focused = l.canvas.Focused() == f
	}
	if d, ok := o.(fyne.Disableable); ok {
		s.Disabled = d.Disabled()
	}
	l.all = append(l.all, s)
}

// textOf gives what is written on an object: Fyne's have a field for it, our own
// widgets a method.
func textOf(o fyne.CanvasObject) string {
	if t, ok := o.(interface{ Text() string }); ok {
		return t.Text()
	}
	v := reflect.Indirect(reflect.ValueOf(o))
	if v.Kind() != reflect.Struct {
		return ""
	}
	if f := v.FieldByName("Text"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}
