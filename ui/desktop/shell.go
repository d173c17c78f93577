package desktop

import (
	"fyne.io/fyne/v2/lang"

	"github.com/countersign/countersign/assets"
	"github.com/countersign/countersign/ui"
)

// hooks are what the person does outside the window. They may be called from any
// goroutine.
type hooks struct {
	show, check, quit func()
	trayGone          func() // what showed the icon ended
}

// trayIcon gives a state's drawing: three shapes, not three colours.
func trayIcon(s ui.TrayState) (name string, png []byte) {
	switch s {
	case ui.TrayAsking:
		name = "tray-asking-64.png"
	case ui.TrayOffline:
		name = "tray-offline-64.png"
	default:
		name = "tray-idle-64.png"
	}
	return name, assets.Art(name)
}

// menuItem is one line of the tray's menu.
type menuItem struct {
	label string
	do    func()
}

func (h hooks) menu() []menuItem {
	return []menuItem{
		{lang.X("tray.open", "tray.open"), h.show},
		{lang.X("do.check-now", "do.check-now"), h.check},
		{lang.X("tray.quit", "tray.quit"), h.quit},
	}
}

// message is what a notification says. It is constant, as others read it too:
// on a locked screen, in the desktop's history, on the session bus.
type message struct{ title, body string }

func askingMessage() message {
	return message{lang.X("home.asking", "home.asking"), lang.X("bell.body", "bell.body")}
}

func newsMessage() message {
	return message{lang.X("bell.news", "bell.news"), lang.X("bell.news.body", "bell.news.body")}
}

func keptMessage() message {
	return message{lang.X("bell.kept", "bell.kept"), lang.X("bell.kept.body", "bell.kept.body")}
}
