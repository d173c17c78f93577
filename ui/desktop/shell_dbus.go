//go:build (linux || freebsd || openbsd || netbsd) && !android

package desktop

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"github.com/godbus/dbus/v5"

	"github.com/countersign/countersign/ui"
)

// callLife is how long one call to the desktop may take; chosen arbitrarily.
const callLife = 3 * time.Second

// shell is a desktop on the session bus. The window's goroutine only writes down
// what it wants; a goroutine of the shell's own talks to the bus, which may hang.
type shell struct {
	hooks hooks
	log   *slog.Logger
	id    string // the app's

	tray  atomic.Bool   // somebody shows the icon
	news  chan struct{} // one token: want changed
	begun chan struct{} // closed by begin
	end   context.CancelFunc
	ended chan struct{}

	mu   sync.Mutex
	want wanted
}

// wanted is what the desktop should show.
type wanted struct {
	asking bool
	rings  int // how often it rang
	kept   int // how often the window was closed with nothing left to see
	news   int // how often there was news
	state  ui.TrayState
}

func newShell(a fyne.App, h hooks, log *slog.Logger) *shell {
	ctx, cancel := context.WithCancel(context.Background())
	s := &shell{
		hooks: h, log: log, id: a.UniqueID(),
		news: make(chan struct{}, 1), begun: make(chan struct{}), end: cancel, ended: make(chan struct{}),
	}
	go s.run(ctx)
	return s
}

func (s *shell) begin()               { close(s.begun) }
func (s *shell) hasTray() bool        { return s.tray.Load() }
func (s *shell) ring()                { s.change(func(w *wanted) { w.asking = true; w.rings++ }) }
func (s *shell) quiet()               { s.change(func(w *wanted) { w.asking = false }) }
func (s *shell) sayKept()             { s.change(func(w *wanted) { w.kept++ }) }
func (s *shell) sayNews()             { s.change(func(w *wanted) { w.news++ }) }
func (s *shell) draw(st ui.TrayState) { s.change(func(w *wanted) { w.state = st }) }

func (s *shell) close() {
	s.end()
	<-s.ended
}

func (s *shell) change(f func(*wanted)) {
	s.mu.Lock()
	f(&s.want)
	s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *shell) wants() wanted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.want
}

// run talks to the session bus until ctx ends or the bus does. Without a bus
// there is no tray and no notification, and the window comes to the front anyway.
func (s *shell) run(ctx context.Context) {
	defer close(s.ended)
	select {
	case <-s.begun:
	case <-ctx.Done():
		return
	}
	conn, err := connect(ctx)
	if err != nil {
		s.log.Info("desktop: no session bus", "cause", err)
		return
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	bar, bell := newBar(ctx, conn, s), newBell(conn, s)
	defer bell.end()
	defer bar.end()
	defer s.tray.Store(false)
	s.serve(ctx, signals, bar, bell)
}

func (s *shell) serve(ctx context.Context, signals <-chan *dbus.Signal, b *bar, n *bell) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.news:
			b.draw(s.wants().state)
			n.settle(ctx, s.wants())
		case signal, open := <-signals:
			if !open || signal == nil {
				return
			}
			b.heard(ctx, signal)
			n.heard(signal)
		}
	}
}

// setTray keeps whether somebody shows the icon, and tells if nobody does any more.
func (s *shell) setTray(shown bool) {
	if was := s.tray.Swap(shown); was && !shown {
		s.hooks.trayGone()
	}
}
