package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// trialPage is the fourth step: one real sign-in, before anything depends on it.
type trialPage struct{ u *UI }

func (p *trialPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	where := widgets.List(
		widgets.NewItem(widgets.ItemText{Icon: "globe", Name: say("trial.address"), Second: u.view.Server}, nil),
		widgets.NewItem(widgets.ItemText{Icon: "person", Name: say("trial.name"), Second: u.view.Name}, nil))
	content := widgets.Column(20, heading(say("trial.title"), say("trial.body")), where, p.waiting())
	open := widgets.NewButton(widgets.PineButton, say("trial.open"), func() { u.openPage(u.view.Server) })
	later := widgets.NewButton(widgets.QuietButton, say("trial.later"), func() { u.visit(placeHome) })
	enable(open, !u.view.Joining)
	return u.step(s, 4, nil, content, open, later)
}

// isTrial reports whether a page belongs to the last step of set-up.
func isTrial(p page) bool {
	switch p.(type) {
	case *trialPage, *tellPage:
		return true
	}
	return false
}

// waiting says what this page waits for.
func (p *trialPage) waiting() fyne.CanvasObject {
	u := p.u
	switch {
	case u.view.Joining:
		return hint("clock", widgets.Brass, say("trial.joining"))
	case u.view.Link.State == app.Offline:
		text := widgets.NewText("", widgets.Small, widgets.Brass)
		u.stage.count(time.Second, func() bool {
			text.SetText(say("trial.offline", with{"Left": left(u.view.Link.Next, u.now())}))
			return true
		})
		return widgets.Row(10, widgets.NewIcon("offline", 20, widgets.Brass), widgets.Grow(text))
	}
	return hint("clock", widgets.Ink2, say("trial.waiting"))
}

// readyPage says that two-step sign-in is on, and what to remember.
type readyPage struct{ u *UI }

func (p *readyPage) draw(s shape) fyne.CanvasObject {
	tips := widgets.List(
		widgets.NewItem(widgets.ItemText{Icon: "recovery", Name: say("ready.key"), Second: say("ready.key.more")}, nil),
		widgets.NewItem(widgets.ItemText{Icon: "signin", Name: say("ready.code"), Second: say("ready.code.more")}, nil))
	content := widgets.Column(24, widgets.Start(widgets.NewMark(64, widgets.MarkWhole)),
		heading(say("ready.title"), say("ready.body")), tips)
	return task(s, content, widgets.NewButton(widgets.PineButton, say("ready.done"), p.leave))
}

func (p *readyPage) leave() { p.u.visit(placeHome) }

// openPage opens an address in the browser. Where there is none nothing happens:
// every page that offers it shows the address as text, too.
func (u *UI) openPage(address string) { _ = u.o.OpenURL(address) }
