package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// thing is one of the three things any two of which bring back the third.
type thing struct {
	icon, name, state string
	missing           bool
}

func (u *UI) things() []thing {
	password := thing{"password", say("home.lost.password"), say("home.lost.password.known"), false}
	if u.view.Notice == app.NoticePassword {
		password.state, password.missing = say("home.lost.password.others"), true
	}
	devices := thing{"devices", say("home.lost.devices"), say("home.lost.devices.one"), true}
	if n := len(u.view.Devices) - 1; n > 0 {
		devices.state, devices.missing = count("home.lost.devices.more", n), false
	}
	return []thing{password, devices, u.keyThing()}
}

func (u *UI) keyThing() thing {
	key := thing{"recovery", say("home.lost.key"), say("home.lost.key.unproved"), true}
	switch {
	case !u.view.Recovery.Set:
		key.state = say("home.lost.key.none")
	case !u.view.Recovery.Proved.IsZero():
		key.state = say("home.lost.key.proved", with{"Day": past(u.view.Recovery.Proved, u.now())})
		key.missing = false
	}
	return key
}

func (t thing) colours() (icon, state fyne.ThemeColorName) {
	if t.missing {
		return widgets.Brass, widgets.Brass
	}
	return widgets.Pine, widgets.Ink2
}

// thingsCard shows the three side by side in a wide window, else below each other.
func (u *UI) thingsCard(s shape, things []thing) fyne.CanvasObject {
	if s.wide && !s.stacked {
		return thingsBeside(things)
	}
	column := widgets.Column(0)
	apart := s.stacked || !u.sideBySide(things)
	for i, t := range things {
		if i > 0 {
			column.Add(widgets.Pad(0, 14, 0, 14, widgets.Hairline()))
		}
		column.Add(t.row(apart))
	}
	return widgets.NewBox(widgets.Look{Fill: widgets.Surface, Radius: 12}, column)
}

func thingsBeside(things []thing) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, t := range things {
		icon, state := t.colours()
		texts := widgets.Column(0, widgets.NewText(t.name, widgets.SmallB, widgets.Ink), widgets.NewText(t.state, widgets.Caption, state))
		cells = append(cells, widgets.NewBox(widgets.Look{Fill: widgets.Surface, Edge: widgets.Line, Stroke: 1, Radius: 12},
			widgets.Pad(12, 12, 12, 12, widgets.Column(8, widgets.Start(widgets.NewIcon(t.icon, 22, icon)), texts))))
	}
	return widgets.Even(8, cells...)
}

// row has the state at its end, or below the name.
func (t thing) row(apart bool) fyne.CanvasObject {
	icon, state := t.colours()
	name := widgets.NewText(t.name, widgets.RowName, widgets.Ink)
	if apart {
		return widgets.Pad(10, 14, 10, 14, widgets.Column(0, name, widgets.NewText(t.state, widgets.Small, state)))
	}
	end := widgets.NewLine(t.state, widgets.Small, state)
	return widgets.Pad(10, 14, 10, 14, widgets.Row(12, widgets.NewIcon(t.icon, 22, icon), widgets.Grow(name), end))
}

// sideBySide reports whether each name and its state fit in one line of the card.
func (u *UI) sideBySide(things []thing) bool {
	room := u.window.Canvas().Size().Width - 2*20 - 2*20 - 2*14 - 22 - 2*12
	for _, t := range things {
		name, state := widgets.NewLine(t.name, widgets.RowName, widgets.Ink), widgets.NewLine(t.state, widgets.Small, widgets.Ink)
		if name.MinSize().Width+state.MinSize().Width > room {
			return false
		}
	}
	return true
}
