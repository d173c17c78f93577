package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

func (p *appsPage) rows(s shape, apps []app.AppPassword) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, a := range apps {
		rows = append(rows, p.row(s, a))
	}
	return widgets.List(rows...)
}

// row is quieter for one that counts no more; it says so in a word too.
func (p *appsPage) row(s shape, a app.AppPassword) fyne.CanvasObject {
	item := widgets.ItemText{Icon: serviceIcon(a.Kind), Name: a.Name, Second: p.u.appLine(a), Quiet: !a.Counts()}
	open := func() { p.u.goTo(&appPage{u: p.u, id: a.ID}) }
	if !a.Idle {
		return widgets.NewItem(item, open)
	}
	if s.wide && !s.stacked {
		item.End = chip(widgets.Tile, widgets.NewLine(say("apps.needed"), widgets.Section, widgets.Ink2))
	} else {
		item.Second, item.Colour = say("apps.dot", with{"First": item.Second, "Second": say("apps.needed")}), widgets.Brass
	}
	return widgets.NewItem(item, open)
}

// appLine says what an app password opens and what became of it.
func (u *UI) appLine(a app.AppPassword) string {
	more := u.usedWords(a)
	if !a.Counts() {
		more = u.endedWords(a)
	} else if !a.Expires.IsZero() {
		more = say("apps.dot", with{"First": more, "Second": say("apps.until", with{"Date": date(a.Expires, u.now())})})
	}
	return say("apps.dot", with{"First": a.Title, "Second": more})
}

// usedWords says within a line when it was used last.
func (u *UI) usedWords(a app.AppPassword) string {
	switch {
	case a.Last.IsZero():
		return say("apps.never")
	case a.Idle:
		return say("apps.unused", with{"Date": date(a.Last, u.now())})
	case a.Network == "":
		return say("apps.used", with{"Moment": agoByMinute(a.Last, u.now())})
	}
	return say("apps.used-from", with{"Moment": agoByMinute(a.Last, u.now()), "Network": a.Network})
}

// agoByMinute is ago for what is known to the minute only.
func agoByMinute(t, now time.Time) string {
	if now.Sub(t) < time.Minute {
		return say("when.just-now")
	}
	return ago(t, now)
}

// endedWords says within a line why it counts no more.
func (u *UI) endedWords(a app.AppPassword) string {
	switch a.State {
	case app.AppExpired:
		return say("apps.expired", with{"Date": date(a.Expires, u.now())})
	case app.AppCut:
		return say("apps.cut", with{"Date": dayWord(a.Ended, u.now())})
	case app.AppGone:
		return say("apps.gone")
	}
	return say("apps.removed", with{"Date": dayWord(a.Ended, u.now())})
}

// staleHead names a program that uses what counts no more.
func staleHead(a app.AppPassword) string {
	switch a.State {
	case app.AppExpired:
		return say("apps.stale.expired", with{"Name": a.Name})
	case app.AppGone:
		return say("apps.stale.gone", with{"Name": a.Name})
	}
	return say("apps.stale", with{"Name": a.Name})
}

// serviceIcon draws a kind of service.
func serviceIcon(kind string) string {
	switch kind {
	case "mail":
		return "mail"
	case "chat":
		return "chat"
	case "calls":
		return "call"
	case "calendars":
		return "calendar"
	case "network":
		return "wifi"
	case "shell":
		return "terminal"
	case "web":
		return "globe"
	}
	return "apps"
}

// staleRows lead from Home to what is wrong with app passwords: one line for all.
func (p *homePage) staleRows() []fyne.CanvasObject {
	stale := p.u.staleApps()
	if len(stale) == 0 {
		return nil
	}
	second := staleHead(stale[0])
	if len(stale) > 1 {
		second = count("apps.stale.many", len(stale))
	}
	return []fyne.CanvasObject{widgets.NewItem(widgets.ItemText{
		Icon: "repeat", Tile: tileOf(warm), IconColour: widgets.Brass, Name: say("go.apps"), Second: second, Colour: widgets.Brass,
	}, func() { p.u.visit(placeApps) })}
}

// isOfAppPassword reports whether a line of the device list tells of app passwords.
func isOfAppPassword(a app.Activity) bool {
	return a.Kind == app.EntryCred || a.Kind == app.EntryRevoked
}

// aboutApp tells of the one app password that was made or ended, by its name.
func aboutApp(a app.Activity, w wording) wording {
	w.title, w.more = "activity.app-made", "activity.app.on"
	if a.Kind == app.EntryRevoked {
		w.title = "activity.app-ended"
	}
	if a.By == "" {
		w.more = "activity.app.for"
	}
	return w
}
