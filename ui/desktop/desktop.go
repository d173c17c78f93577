// Package desktop is what surrounds the window: the icon in the tray, the
// notification that somebody asks, the rule that a closed window keeps ringing,
// the claim to be the only window on a data folder.
//
// It draws no screen, knows no sign-in, and what it says to the desktop is
// constant: no service, no name, no code. It never imports Fyne's driver.
//
// Source: docs/design/0003-desktop.md.
package desktop

import (
	"context"
	"log/slog"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui"
)

// checkLife is how long one check may take; chosen arbitrarily.
const checkLife = 30 * time.Second

// Options are what the desktop needs beside the app. Every field may be zero.
type Options struct {
	// Minimise puts the window into the task bar and reports whether it could.
	Minimise func(w fyne.Window) bool
	// Dispatch runs f on the window's goroutine; default fyne.Do.
	Dispatch func(f func())
	// Quit ends the app; default the fyne.App's.
	Quit func()
	Log  *slog.Logger
}

// Front is the window that the desktop surrounds, as *ui.UI has it.
type Front interface {
	Window() fyne.Window
	Show()
}

// Device is the trusted device behind the window. Its methods may be called from
// any goroutine.
type Device interface {
	View() app.View
	CheckNow(ctx context.Context) error
}

// Teller is a Device that knows what its person was not told of yet; see
// app.Device.TakeNews.
type Teller interface {
	Watch(see func(app.View)) (stop func())
	TakeNews(ctx context.Context) (bool, error)
}

var _ Teller = (*app.Device)(nil)

// Desktop is the desktop around one window. Its methods are for the window's
// goroutine and return at once; Close is called when that has ended.
type Desktop struct {
	o      Options
	shell  *shell
	front  Front
	device Device
	hidden bool // closed by the person, and not brought back since
}

var _ ui.Desktop = (*Desktop)(nil)

// New reaches for the desktop. The tray is empty until Surround.
func New(a fyne.App, o Options) *Desktop {
	if o.Minimise == nil {
		o.Minimise = func(fyne.Window) bool { return false }
	}
	if o.Dispatch == nil {
		o.Dispatch = fyne.Do
	}
	if o.Quit == nil {
		o.Quit = a.Quit
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desktop{o: o}
	d.shell = newShell(a, hooks{
		show:     func() { o.Dispatch(d.show) },
		check:    func() { o.Dispatch(d.check) },
		quit:     func() { o.Dispatch(o.Quit) },
		trayGone: func() { o.Dispatch(d.unhide) },
	}, o.Log)
	return d
}

// Surround puts the window into the desktop: from now on closing it keeps the
// device ringing, and the tray brings it back.
func (d *Desktop) Surround(f Front) {
	d.front = f
	f.Window().SetCloseIntercept(d.closed)
	d.shell.begin()
}

// Serve says which device rings, once it is open. It may be called from any
// goroutine. Of a Teller's news the person is told, quietly.
func (d *Desktop) Serve(device Device) {
	d.o.Dispatch(func() { d.device = device })
	if t, ok := device.(Teller); ok {
		t.Watch(func(v app.View) { d.tell(t, v) })
	}
}

// tell says once that there is news. It brings no window forward: nobody has to answer
// within minutes.
func (d *Desktop) tell(t Teller, v app.View) {
	if !v.News {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), checkLife)
	defer cancel()
	fresh, err := t.TakeNews(ctx)
	if err != nil {
		d.o.Log.Warn("desktop: telling news", "cause", err)
	}
	if fresh {
		d.o.Dispatch(d.shell.sayNews)
	}
}

// Ring says that somebody asks.
func (d *Desktop) Ring() { d.shell.ring() }

// Quiet takes the ringing back.
func (d *Desktop) Quiet() { d.shell.quiet() }

// TrayState draws the tray's icon.
func (d *Desktop) TrayState(s ui.TrayState) { d.shell.draw(s) }

// Close takes icon and notification away.
func (d *Desktop) Close() { d.shell.close() }

// Front brings the window to the front.
func (d *Desktop) Front() { d.o.Dispatch(d.show) }

func (d *Desktop) show() {
	if d.front == nil {
		return
	}
	d.hidden = false
	d.front.Show()
}

// check asks the backend, from the tray's menu. How it went stands on Home.
func (d *Desktop) check() {
	if device := d.device; device != nil {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), checkLife)
			defer cancel()
			if err := device.CheckNow(ctx); err != nil {
				d.o.Log.Info("desktop: checking now", "cause", err)
			}
		}()
	}
}

// unhide shows the window if what would bring it back is gone.
func (d *Desktop) unhide() {
	if d.hidden {
		d.show()
	}
}

// closed is what happens when the person closes the window: nothing rings yet,
// so it was all; or it goes where they can see that it goes on.
func (d *Desktop) closed() {
	w := d.front.Window()
	switch {
	case d.device == nil || d.device.View().Stage == app.StageNew:
		d.o.Quit()
	case d.shell.hasTray():
		d.hidden = true
		w.Hide()
	case d.o.Minimise(w):
	default:
		w.Hide()
		d.shell.sayKept()
	}
}
