//go:build linux && !android

package desktop

import (
	"context"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui"
)

// front is a window that knows whether it can be seen.
type front struct {
	window
	visible bool
}

func (f *front) Window() fyne.Window { return &f.window }
func (f *front) Show()               { f.visible = true }

type window struct {
	fyne.Window
	of    *front
	close func()
}

func (w *window) Hide()                      { w.of.visible = false }
func (w *window) SetCloseIntercept(c func()) { w.close = c }

type device struct {
	stage   app.Stage
	checked chan struct{}
}

func (d device) View() app.View                 { return app.View{Stage: d.stage} }
func (d device) CheckNow(context.Context) error { d.checked <- struct{}{}; return nil }

// around gives a desktop without a bus around a window, and what happened.
func around(t *testing.T, minimises bool) (d *Desktop, f *front, quits *int) {
	t.Helper()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "autolaunch:")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	a := test.NewTempApp(t)
	quits = new(int)
	f = &front{window: window{Window: test.NewTempWindow(t, nil)}, visible: true}
	f.of = f
	d = New(a, Options{
		Minimise: func(fyne.Window) bool { return minimises }, Dispatch: func(f func()) { f() }, Quit: func() { *quits++ },
	})
	t.Cleanup(d.Close)
	d.Surround(f)
	return d, f, quits
}

func TestClosingEndsWhatDoesNotRing(t *testing.T) {
	d, f, quits := around(t, true)
	f.close()
	if *quits != 1 {
		t.Errorf("before the device is open, closing quits %d times", *quits)
	}
	d.Serve(device{stage: app.StageNew})
	f.close()
	if *quits != 2 {
		t.Errorf("without an account, closing quits %d times", *quits-1)
	}
}

func TestClosingKeepsWhatRings(t *testing.T) {
	for _, stage := range []app.Stage{app.StageTrial, app.StageOn} {
		for _, minimises := range []bool{true, false} {
			d, f, quits := around(t, minimises)
			d.Serve(device{stage: stage})
			f.close()
			if *quits != 0 || f.visible != minimises {
				t.Errorf("stage %d, minimises %v: quit %d times, visible %v", stage, minimises, *quits, f.visible)
			}
			d.Front()
			if !f.visible {
				t.Errorf("stage %d, minimises %v: it does not come back", stage, minimises)
			}
		}
	}
}

// A window in the tray comes back when the tray ends; one that the person put
// away otherwise stays where it is.
func TestTrayThatEndsGivesTheWindowBack(t *testing.T) {
	d, f, _ := around(t, false)
	d.Serve(device{stage: app.StageOn})
	d.shell.tray.Store(true)
	f.close()
	if f.visible {
		t.Fatal("it is not in the tray")
	}
	d.shell.setTray(false)
	if !f.visible {
		t.Error("it is lost")
	}
	f.visible = false
	d.shell.setTray(true)
	d.shell.setTray(false)
	if f.visible {
		t.Error("it comes though nobody closed it into the tray")
	}
}

// newsy is a device with news, until somebody took it.
type newsy struct {
	device
	see   func(app.View)
	fresh bool
}

func (n *newsy) Watch(see func(app.View)) func() { n.see = see; return func() {} }
func (n *newsy) TakeNews(context.Context) (bool, error) {
	fresh := n.fresh
	n.fresh = false
	return fresh, nil
}

// News is told once, and not by bringing the window forward.
func TestNewsIsToldOnce(t *testing.T) {
	d, f, _ := around(t, false)
	n := &newsy{device: device{stage: app.StageOn}, fresh: true}
	d.Serve(n)
	f.close()
	for range 3 {
		n.see(app.View{Stage: app.StageOn, News: true})
	}
	if told := d.shell.wants().news; told != 1 || f.visible {
		t.Errorf("told %d times, the window is visible: %v", told, f.visible)
	}
}

// The device that the window has is one that tells.
func TestTheWindowsDeviceTells(t *testing.T) {
	var d Device = ui.Of(nil)
	if _, ok := d.(Teller); !ok {
		t.Error("nobody is ever told of news")
	}
}

func TestMenuChecks(t *testing.T) {
	d, _, _ := around(t, false)
	d.check() // nothing to ask yet
	serving := device{stage: app.StageOn, checked: make(chan struct{})}
	d.Serve(serving)
	d.check()
	<-serving.checked
}

// A closed window with no tray and no task bar says once how it comes back.
func TestClosedWindowSaysHowItComesBack(t *testing.T) {
	newBus(t)
	server := newServer(t, "actions")
	s, _ := begunShell(t)
	s.sayKept()
	one := server.heard(t, 1, 0)[0]
	if one.title != keptMessage().title || one.body != keptMessage().body || one.urgency != 1 {
		t.Errorf("it says %+v", one)
	}
	s.ring()
	if next := server.heard(t, 2, 0)[1]; next.replaces != one.id || next.title != askingMessage().title {
		t.Errorf("then somebody asks, and it says %+v", next)
	}
}
