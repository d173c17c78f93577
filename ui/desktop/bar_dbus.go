//go:build (linux || freebsd || openbsd || netbsd) && !android

package desktop

import (
	"context"

	"fyne.io/fyne/v2/lang"
	"fyne.io/systray"
	"github.com/godbus/dbus/v5"

	"github.com/countersign/countersign/ui"
)

const (
	watcher     = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	ownerSignal = "org.freedesktop.DBus.NameOwnerChanged"
	hostSignal  = watcher + ".StatusNotifierHostRegistered"
	lostSignal  = watcher + ".StatusNotifierHostUnregistered"
)

// bar is our place in the tray. Not every desktop has a tray, and a tray may
// start after us or end before us: an icon that nobody shows would lose the
// window, so the bar watches who shows it.
type bar struct {
	conn  *dbus.Conn
	shell *shell
	drawn ui.TrayState
	put   func() // takes the icon away; nil = never given
}

func newBar(ctx context.Context, conn *dbus.Conn, s *shell) *bar {
	b := &bar{conn: conn, shell: s, drawn: s.wants().state}
	matches := [][]dbus.MatchOption{
		{dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcher)},
		{dbus.WithMatchInterface(watcher)},
	}
	for _, m := range matches {
		if err := conn.AddMatchSignalContext(ctx, m...); err != nil {
			s.log.Warn("desktop: watching the tray", "cause", err)
			return b
		}
	}
	b.look(ctx)
	return b
}

// heard takes note of a tray that comes or goes.
func (b *bar) heard(ctx context.Context, signal *dbus.Signal) {
	switch signal.Name {
	case ownerSignal, hostSignal, lostSignal:
		b.look(ctx)
	}
}

// look finds out whether the icon is shown, and gives it to a tray that is new.
func (b *bar) look(ctx context.Context) {
	shown := b.hasHost(ctx)
	if shown && b.put == nil {
		b.guard(b.give)
	}
	b.shell.setTray(shown)
}

// hasHost reports whether there is a tray with somebody who draws it. A watcher
// that does not say counts as one.
func (b *bar) hasHost(ctx context.Context) bool {
	var owned bool
	if err := call(ctx, b.conn.BusObject(), "org.freedesktop.DBus.NameHasOwner", watcher).Store(&owned); err != nil || !owned {
		return false
	}
	var host bool
	err := call(ctx, b.conn.Object(watcher, watcherPath), "org.freedesktop.DBus.Properties.Get", watcher, "IsStatusNotifierHostRegistered").Store(&host)
	return err != nil || host
}

// give puts icon and menu on the bus. From then on systray registers them with
// whichever tray comes.
func (b *bar) give() {
	h, life := b.shell.hooks, make(chan struct{})
	systray.SetTitle(lang.X("app.name", "app.name"))
	systray.SetTooltip(lang.X("app.name", "app.name"))
	systray.SetOnTapped(h.show)
	_, png := trayIcon(b.drawn)
	systray.SetIcon(png)
	for _, m := range h.menu() {
		go clicks(systray.AddMenuItem(m.label, "").ClickedCh, m.do, life)
	}
	start, end := systray.RunWithExternalLoop(nil, nil)
	b.put = func() { close(life); end() }
	start()
}

func clicks(clicked <-chan struct{}, do func(), life <-chan struct{}) {
	for {
		select {
		case <-clicked:
			do()
		case <-life:
			return
		}
	}
}

func (b *bar) draw(s ui.TrayState) {
	if s == b.drawn {
		return
	}
	b.drawn = s
	if b.put != nil {
		_, png := trayIcon(s)
		b.guard(func() { systray.SetIcon(png) })
	}
}

// guard does something with systray, which panics where the bus has ended: no
// reason to stop ringing.
func (b *bar) guard(do func()) {
	defer func() {
		if cause := recover(); cause != nil {
			b.shell.log.Warn("desktop: drawing the icon", "cause", cause)
		}
	}()
	do()
}

func (b *bar) end() {
	if b.put != nil {
		b.put()
	}
}
