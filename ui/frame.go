package ui

import (
	"net/url"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// stop is one destination as rail and bottom bar show it.
type stop struct {
	place place
	icon  string
	key   string
	open  func(u *UI) page
}

func stops() []stop {
	return []stop{
		{placeHome, "home", "go.home", func(u *UI) page { return &homePage{u: u} }},
		{placeDevices, "devices", "go.devices", newDevicesPage},
		{placeApps, "apps", "go.apps", newAppsPage},
		{placeRecovery, "recovery", "go.recovery", newRecoveryPage},
		{placeActivity, "activity", "go.activity", func(u *UI) page { return &activityPage{u: u} }},
		{placeSettings, "settings", "go.settings", func(u *UI) page { return &settingsPage{u: u} }},
	}
}

// visit opens a destination.
func (u *UI) visit(p place) {
	for _, s := range stops() {
		if s.place == p {
			u.leaveFor(func() { u.goTo(s.open(u)) })
		}
	}
}

// leaveFor goes on once the page has nothing under way any more.
func (u *UI) leaveFor(then func()) {
	if p, ok := u.page.(parting); ok {
		p.part(then)
		return
	}
	then()
}

// frame puts the destinations around a page.
func (u *UI) frame(s shape, at place, body fyne.CanvasObject) fyne.CanvasObject {
	if s.wide {
		return before(u.rail(at), body)
	}
	var places []fyne.CanvasObject
	if at == placeRecovery || at == placeSettings {
		at = placeHome // there they are opened: the bar has room for four
	}
	for _, stop := range stops() {
		if stop.place != placeRecovery && stop.place != placeSettings {
			places = append(places, widgets.NewBottomPlace(stop.icon, say(stop.key), stop.place == at, func() { u.visit(stop.place) }))
		}
	}
	return below(body, widgets.BottomBar(places...))
}

// rail has Settings apart, at its foot, above whose account this is.
func (u *UI) rail(at place) fyne.CanvasObject {
	var places []fyne.CanvasObject
	var last fyne.CanvasObject
	for _, stop := range stops() {
		p := widgets.NewPlace(stop.icon, say(stop.key), stop.place == at, func() { u.visit(stop.place) })
		if stop.place == placeSettings {
			last = p
			continue
		}
		places = append(places, p)
	}
	head := widgets.Row(10, widgets.NewMark(24, widgets.MarkWhole), widgets.Grow(widgets.NewText(say("app.name"), widgets.Strong, widgets.Ink)))
	who := widgets.Pad(12, 12, 0, 12, u.who(widgets.Section, widgets.Caption))
	return widgets.Rail(head, places, widgets.Column(4, last, who))
}

// who names the account and its server.
func (u *UI) who(name, server widgets.Style) fyne.CanvasObject {
	return widgets.Column(0,
		widgets.NewText(u.view.Name, name, widgets.Ink).AtMost(2),
		widgets.NewText(host(u.view.Server), server, widgets.Ink2))
}

// host gives the part of an origin that people know.
func host(origin string) string {
	at, err := url.Parse(origin)
	if err != nil || at.Host == "" {
		return origin
	}
	return at.Host
}
