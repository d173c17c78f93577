package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// devicesPage lists the account's trusted devices.
type devicesPage struct {
	u       *UI
	removed string // the device that was just removed
}

// newDevicesPage asks what the other devices have said of the list meanwhile.
func newDevicesPage(u *UI) page {
	u.call(u.device.CheckNow, func(error) {})
	return &devicesPage{u: u}
}

func (p *devicesPage) destination() place { return placeDevices }

func (p *devicesPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(16, p.head(s))
	alarm := p.u.alarm()
	if alarm != nil {
		content.Add(alarm)
	} else if why := p.u.mayNotPair(); why != "" {
		content.Add(hint("info", widgets.Ink2, why))
	}
	if p.removed != "" {
		content.Add(agreeCard(good, "check", say("remove.done", with{"Device": p.removed}), say("remove.done.body")))
	}
	content.Add(p.list(s))
	if !s.wide || s.stacked {
		content.Add(p.pairButton())
	}
	if card := p.u.accord(); card != nil && alarm == nil {
		content.Add(card)
	}
	return p.u.scrolled(s, content)
}

func (p *devicesPage) list(s shape) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, d := range p.u.view.Devices {
		rows = append(rows, p.row(s, d))
	}
	return widgets.List(rows...)
}

// head has the way to another device at its end, where there is room.
func (p *devicesPage) head(s shape) fyne.CanvasObject {
	head := heading(say("devices.title"), say("devices.body"))
	if !s.wide || s.stacked {
		return head
	}
	return widgets.Pad(0, 0, 8, 0, widgets.Row(16, widgets.Grow(head), p.pairButton().Small()))
}

func (p *devicesPage) pairButton() *widgets.Button {
	b := widgets.NewButton(widgets.PineButton, say("devices.pair"), func() { p.u.goTo(newPairPage(p.u)) }).WithIcon("plus")
	enable(b, p.u.mayNotPair() == "")
	return b
}

// mayNotPair says why this device cannot let another join now; "" if it can.
func (u *UI) mayNotPair() string {
	this, _ := u.member(u.view.This)
	switch {
	case u.view.Notice == app.NoticeFrozen || u.view.Fork != nil:
		return say("trouble.frozen")
	case u.view.Notice == app.NoticeRemoved:
		return say("trouble.removed")
	case lasts(this.Young, u.now()):
		return say("devices.pair.young", with{"Until": moment(this.Young, u.now())})
	case u.view.Link.State == app.Offline:
		return say("devices.pair.offline")
	}
	return ""
}

// member gives a device of the account.
func (u *UI) member(id trust.DeviceID) (app.Member, bool) {
	for _, d := range u.view.Devices {
		if d.ID == id {
			return d, true
		}
	}
	return app.Member{}, false
}

// lasts reports whether a wait has not ended yet.
func lasts(end, now time.Time) bool { return end.After(now) }

func (p *devicesPage) row(s shape, d app.Member) fyne.CanvasObject {
	t := toneOf(d, p.u.now())
	item := widgets.ItemText{
		Icon: kindIcon(d.Kind), Name: d.Name, Second: p.u.standing(d), Tile: tileOf(t), IconColour: colourOf(t),
	}
	if !s.stacked {
		item.End = badge(d, p.u.now())
	}
	return widgets.NewItem(item, func() { p.u.goTo(&memberPage{u: p.u, id: d.ID}) })
}

// toneOf lights up a device that is new, and this one.
func toneOf(d app.Member, now time.Time) tone {
	switch {
	case lasts(d.Young, now) || lasts(d.Held, now):
		return warm
	case d.This:
		return good
	}
	return plain
}

// standing says in a line what matters most about a device.
func (u *UI) standing(d app.Member) string {
	now := u.now()
	switch {
	case lasts(d.Held, now):
		return say("devices.held", with{"Until": moment(d.Held, now)})
	case lasts(d.Young, now):
		return say("devices.young", with{"Until": moment(d.Young, now)})
	case d.This:
		return say("devices.this", with{"Date": date(d.Since, now)})
	case d.Online:
		return say("devices.here", with{"Date": date(d.Since, now)})
	case d.Seen.IsZero():
		return say("devices.never", with{"Date": date(d.Since, now)})
	}
	return say("devices.seen", with{"Ago": past(d.Seen, now)})
}

// badge says in a word whether a device is new, or else whether it would ring now.
func badge(d app.Member, now time.Time) fyne.CanvasObject {
	switch {
	case toneOf(d, now) == warm:
		word := widgets.NewLine(say("devices.new"), widgets.Section, widgets.Brass)
		return chip(widgets.BrassSoft, widgets.Row(6, widgets.NewIcon("clock", 14, widgets.Brass), word))
	case d.Online:
		return chip(widgets.PineSoft, widgets.NewLine(say("devices.online"), widgets.Section, widgets.Pine))
	}
	return chip(widgets.Tile, widgets.NewLine(say("devices.quiet"), widgets.Section, widgets.Ink2))
}

func chip(fill fyne.ThemeColorName, o fyne.CanvasObject) fyne.CanvasObject {
	return widgets.NewBox(widgets.Look{Fill: fill, Radius: 14}, widgets.Pad(5, 11, 5, 11, o))
}

func kindIcon(k trust.Kind) string {
	switch k {
	case trust.Phone, trust.Tablet:
		return "phone"
	case trust.Laptop:
		return "laptop"
	case trust.Terminal:
		return "terminal"
	}
	return "desktop"
}
