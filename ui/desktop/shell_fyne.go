//go:build !(linux || freebsd || openbsd || netbsd) || android

package desktop

import (
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"github.com/countersign/countersign/ui"
)

// shell is a desktop as Fyne reaches it: Windows, macOS. Telephones and web pages
// have no tray; their system has its own way to keep an app.
type shell struct {
	app   fyne.App
	tray  desktop.App // nil = none
	hooks hooks
	asks  bool
	drawn ui.TrayState
}

func newShell(a fyne.App, h hooks, _ *slog.Logger) *shell {
	tray, _ := a.(desktop.App)
	if a.Driver().Device().IsMobile() || a.Driver().Device().IsBrowser() {
		tray = nil
	}
	return &shell{app: a, tray: tray, hooks: h}
}

// begin gives the icon its menu, which Fyne wants before the app runs.
func (s *shell) begin() {
	if s.tray == nil {
		return
	}
	menu := fyne.NewMenu("")
	for _, m := range s.hooks.menu() {
		menu.Items = append(menu.Items, fyne.NewMenuItem(m.label, m.do))
	}
	menu.Items[len(menu.Items)-1].IsQuit = true
	s.tray.SetSystemTrayMenu(menu)
	s.tray.SetSystemTrayIcon(iconResource(s.drawn))
}

func (s *shell) hasTray() bool { return s.tray != nil }

func (s *shell) draw(st ui.TrayState) {
	if s.tray == nil || st == s.drawn {
		return
	}
	s.drawn = st
	s.tray.SetSystemTrayIcon(iconResource(st))
}

// ring sends Fyne's notification. It takes no answer and cannot be taken back,
// and on Windows its text goes through a script: it may only be constant.
func (s *shell) ring() {
	if m := askingMessage(); !s.asks {
		s.asks = true
		s.app.SendNotification(fyne.NewNotification(m.title, m.body))
	}
}

func (s *shell) quiet() { s.asks = false }

func (s *shell) sayKept() {
	m := keptMessage()
	s.app.SendNotification(fyne.NewNotification(m.title, m.body))
}

func (s *shell) sayNews() {
	m := newsMessage()
	s.app.SendNotification(fyne.NewNotification(m.title, m.body))
}

func (s *shell) close() {}

func iconResource(s ui.TrayState) fyne.Resource { return fyne.NewStaticResource(trayIcon(s)) }
