package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// ending is how an outcome is told on Home.
type ending struct {
	tone             tone
	icon, head, body string // keys
}

func endings() map[string]ending {
	return map[string]ending{
		kindDone:     {good, "check", "result.done", "result.done.body"},
		kindBurned:   {warm, "warning", "result.burned", "result.burned.body"},
		kindExpired:  {plain, "clock", "result.ended", "result.ended.body"},
		kindStopped:  {plain, "stop", "result.stopped", "result.stopped.body"},
		kindAnswered: {plain, "devices", "result.elsewhere", "result.elsewhere.body"},
	}
}

// outcomeCard tells how the last request ended, until it is put away or another page
// opens.
func (u *UI) outcomeCard(shape) fyne.CanvasObject {
	if u.outcome == nil {
		return nil
	}
	e, ok := endings()[u.outcome.kind]
	if !ok {
		return nil
	}
	u.outcome.seen = true
	r := u.outcome.request
	if asksMore(r) && u.outcome.kind == kindDone {
		e.head = "result.action"
	}
	values := with{"Service": r.Service, "Browser": orElse(r.Agent, "word.unknown-program"), "Device": u.outcome.device}
	close := widgets.NewButton(widgets.QuietButton, say("do.close"), u.dismiss).Small()
	texts := widgets.Column(2, widgets.NewText(say(e.head, values), widgets.Strong, widgets.Ink), widgets.NewText(say(e.body, values), widgets.Small, widgets.Ink))
	row := widgets.Lead(14, 24, widgets.NewIcon(e.icon, 22, noticeColour(e.tone)), texts)
	return widgets.NewBox(cardOf(e.tone), widgets.Pad(16, 20, 8, 20, widgets.Column(2, row, widgets.Row(0, widgets.Grow(widgets.Gap(0, 0)), close))))
}

// tellOutcome puts the card below the first of a page's objects, its title.
func (u *UI) tellOutcome(s shape, content fyne.CanvasObject) {
	column, ok := content.(*fyne.Container)
	if !ok || len(column.Objects) == 0 {
		return
	}
	if card := u.outcomeCard(s); card != nil {
		column.Objects[0] = widgets.Column(16, column.Objects[0], card)
	}
}

// forgetOutcome puts an outcome away that was seen: it is told on one page only.
func (u *UI) forgetOutcome() {
	if u.outcome != nil && u.outcome.seen {
		u.outcome = nil
	}
}

// notMeSheet says what Not me did, and what to do now.
type notMeSheet struct {
	u       *UI
	outcome outcome
}

func (p *notMeSheet) leave() { p.u.dismiss() }

func (p *notMeSheet) take(old front) bool {
	before, ok := old.(*notMeSheet)
	return ok && before.outcome == p.outcome
}

func (p *notMeSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	rows := []fyne.CanvasObject{widgets.NewItem(widgets.ItemText{
		Icon: "password", Tile: tileOf(warm), IconColour: widgets.Brass,
		Name: say("result.not-me.change"), Second: say("result.not-me.change.more"),
	}, nil)}
	if live, _ := p.u.apps(); len(live) > 0 {
		rows = append(rows, row("apps", say("result.not-me.apps"), say("apps.remove-all.more"), p.endApps))
	}
	advice := widgets.List(append(rows, row("person", say("result.not-me.mistake"), say("result.not-me.mistake.more"), nil))...)
	head := heading(say("result.not-me"), say("result.not-me.body", with{"Service": p.outcome.request.Service}))
	if asksMore(p.outcome.request) {
		head = heading(say("result.not-me.action"), say("result.not-me.action.body"))
	}
	content = widgets.Column(16, head, advice)
	change := widgets.NewButton(widgets.PineButton, say("change.do"), func() {
		p.leave()
		p.u.goTo(newChangePage(p.u, &homePage{u: p.u}))
	})
	close := widgets.NewButton(widgets.SecondButton, say("do.close"), p.leave)
	return content, beside(s, close, change)
}

// endApps asks whether all app passwords are to end: Not me ends none by itself.
func (p *notMeSheet) endApps() {
	p.leave()
	p.u.visit(placeApps)
	p.u.askRemoveApps(p.u.tellApps)
}
