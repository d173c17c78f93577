package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// devicesPage lists the account's trusted devices.
type devicesPage struct{ u *UI }

func (p *devicesPage) destination() place { return placeDevices }

func (p *devicesPage) draw(s shape) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, d := range p.u.view.Devices {
		rows = append(rows, p.row(s, d))
	}
	content := widgets.Column(20, heading(say("devices.title"), say("devices.body")))
	if len(rows) > 0 {
		content.Add(widgets.List(rows...))
	}
	content.Add(hint("info", widgets.Ink2, say("devices.pairing")))
	return p.u.scrolled(s, content)
}

func (p *devicesPage) row(s shape, d app.Member) fyne.CanvasObject {
	item := widgets.ItemText{Icon: kindIcon(d.Kind), Name: d.Name, Second: p.state(d)}
	if d.This {
		item.Tile, item.IconColour = tileOf(good), widgets.Pine
	}
	if !s.stacked {
		item.End = badge(d.Online)
	}
	return widgets.NewItem(item, nil)
}

func (p *devicesPage) state(d app.Member) string {
	now := p.u.now()
	switch {
	case d.This:
		return say("devices.this", with{"Date": date(d.Since, now)})
	case d.Online:
		return say("devices.here", with{"Date": date(d.Since, now)})
	case d.Seen.IsZero():
		return say("devices.never", with{"Date": date(d.Since, now)})
	}
	return say("devices.seen", with{"Ago": ago(d.Seen, now)})
}

// badge says in a word whether a device would ring now.
func badge(online bool) fyne.CanvasObject {
	look, colour, word := widgets.Look{Fill: widgets.Tile, Radius: 14}, widgets.Ink2, say("devices.quiet")
	if online {
		look, colour, word = widgets.Look{Fill: widgets.PineSoft, Radius: 14}, widgets.Pine, say("devices.online")
	}
	return widgets.NewBox(look, widgets.Pad(5, 11, 5, 11, widgets.NewLine(word, widgets.Section, colour)))
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
