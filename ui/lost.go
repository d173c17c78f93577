package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// thing is one of the three things any two of which bring back the third.
type thing struct {
	icon, name, state string
	missing           bool
}

// lostCard says whether the person would get back in without this device, and
// if not, the one thing to do.
func (p *homePage) lostCard(s shape) fyne.CanvasObject {
	u := p.u
	saviour, held := u.saviour()
	if saviour != "" && !held {
		return p.lost(s, good, say("home.lost.yes"), say("home.lost.with", with{"Device": saviour}), p.typeBack(widgets.SecondButton))
	}
	if held {
		return p.lost(s, warm, say("home.lost.not-yet"), say("home.lost.held", with{"Device": saviour}), p.typeBack(widgets.SecondButton))
	}
	pair := widgets.NewButton(widgets.PineButton, say("devices.pair"), func() { u.goTo(newPairPage(u)) }).WithIcon("plus")
	enable(pair, u.mayNotPair() == "")
	return p.lost(s, warm, say("home.lost.not-yet"), say("home.lost.pair"), pair, p.typeBack(widgets.SecondButton))
}

// saviour names another device that could allow a sign-in, rather one that is not
// held for being new.
func (u *UI) saviour() (name string, held bool) {
	for _, d := range u.others() {
		if !lasts(d.Held, u.now()) {
			return d.Name, false
		}
		name, held = d.Name, true
	}
	return name, held
}

// typeBack is the way to prove the recovery key, nil once it is proved.
func (p *homePage) typeBack(k widgets.Kind) fyne.CanvasObject {
	if !p.u.view.Recovery.Set || !p.u.view.Recovery.Proved.IsZero() {
		return nil
	}
	return widgets.NewButton(k, say("home.lost.type-back"), func() { p.u.goTo(newCheckPage(p.u, p)) })
}

func (p *homePage) lost(s shape, t tone, head, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	icon := "warning"
	if t == good {
		icon = "check"
	}
	column := widgets.Column(14,
		widgets.Row(12, widgets.NewIcon(icon, 24, colourOf(t)), widgets.Grow(widgets.NewText(head, widgets.Strong, widgets.Ink))),
		p.thingsCard(s, p.things()), widgets.NewText(text, widgets.Small, widgets.Ink))
	for _, a := range actions {
		if a != nil {
			column.Add(a)
		}
	}
	return widgets.NewBox(cardOf(t), widgets.Pad(18, 20, 20, 20, column))
}

func (p *homePage) things() []thing {
	u := p.u
	devices := thing{"devices", say("home.lost.devices"), say("home.lost.devices.one"), true}
	if n := len(u.view.Devices) - 1; n > 0 {
		devices.state, devices.missing = count("home.lost.devices.more", n), false
	}
	key := thing{"recovery", say("home.lost.key"), say("home.lost.key.unproved"), true}
	switch {
	case !u.view.Recovery.Set:
		key.state = say("home.lost.key.none")
	case !u.view.Recovery.Proved.IsZero():
		key.state = say("home.lost.key.proved", with{"Day": dayWord(u.view.Recovery.Proved, u.now())})
		key.missing = false
	}
	return []thing{{"password", say("home.lost.password"), say("home.lost.password.known"), false}, devices, key}
}

func (t thing) colours() (icon, state fyne.ThemeColorName) {
	if t.missing {
		return widgets.Brass, widgets.Brass
	}
	return widgets.Pine, widgets.Ink2
}

// thingsCard shows the three side by side in a wide window, else below each other.
func (p *homePage) thingsCard(s shape, things []thing) fyne.CanvasObject {
	var cells []fyne.CanvasObject
	for _, t := range things {
		icon, state := t.colours()
		name := widgets.NewText(t.name, widgets.RowName, widgets.Ink)
		switch {
		case s.wide && !s.stacked:
			texts := widgets.Column(0, widgets.NewText(t.name, widgets.SmallB, widgets.Ink), widgets.NewText(t.state, widgets.Caption, state))
			cells = append(cells, widgets.NewBox(widgets.Look{Fill: widgets.Surface, Edge: widgets.Line, Stroke: 1, Radius: 12},
				widgets.Pad(12, 12, 12, 12, widgets.Column(8, widgets.Start(widgets.NewIcon(t.icon, 22, icon)), texts))))
		case s.stacked || !p.sideBySide(things):
			cells = append(cells, widgets.Pad(10, 14, 10, 14, widgets.Column(0, name, widgets.NewText(t.state, widgets.Small, state))))
		default:
			end := widgets.NewLine(t.state, widgets.Small, state)
			cells = append(cells, widgets.Pad(10, 14, 10, 14, widgets.Row(12, widgets.NewIcon(t.icon, 22, icon), widgets.Grow(name), end)))
		}
	}
	if s.wide && !s.stacked {
		return widgets.Even(8, cells...)
	}
	column := widgets.Column(0)
	for i, c := range cells {
		if i > 0 {
			column.Add(widgets.Pad(0, 14, 0, 14, widgets.Hairline()))
		}
		column.Add(c)
	}
	return widgets.NewBox(widgets.Look{Fill: widgets.Surface, Radius: 12}, column)
}

// sideBySide reports whether each name and its state fit in one line of the card.
func (p *homePage) sideBySide(things []thing) bool {
	room := p.u.window.Canvas().Size().Width - 2*20 - 2*20 - 2*14 - 22 - 2*12
	for _, t := range things {
		name, state := widgets.NewLine(t.name, widgets.RowName, widgets.Ink), widgets.NewLine(t.state, widgets.Small, widgets.Ink)
		if name.MinSize().Width+state.MinSize().Width > room {
			return false
		}
	}
	return true
}
