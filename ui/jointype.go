package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// joinTypePage takes what can be typed where nothing can be scanned: the server and
// eight symbols.
type joinTypePage struct {
	u       *UI
	before  *joinWaysPage
	server  *widgets.Field
	symbols *widgets.KeyEntry
	next    *widgets.Button
}

// Eight symbols stand in two groups of four, as the trusted device shows them.
const (
	symbolGroups    = 2
	symbolsPerGroup = 4
)

func newJoinTypePage(u *UI, before *joinWaysPage) page {
	p := &joinTypePage{u: u, before: before, server: widgets.NewField(say("join.server"), "")}
	p.server.Entry.PlaceHolder = say("join.server.place")
	p.symbols = widgets.NewKeyEntry(symbolGroups, symbolsPerGroup, "", cleanSymbol)
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.send)
	p.server.Entry.OnSubmitted = func(string) { u.window.Canvas().Focus(p.symbols) }
	p.server.Entry.OnEscape, p.symbols.OnEscape = p.leave, p.leave
	p.server.Entry.OnChanged = func(string) { p.server.SetWrong(""); p.allow() }
	p.symbols.OnChanged = func(string) { p.symbols.SetWrong(""); p.allow() }
	p.symbols.OnSubmitted = p.send
	p.allow()
	return p
}

func (p *joinTypePage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(0, backTitle(say("join.type"), p.leave), lead(say("join.type.body", with{"Choice": say("devices.pair")})))
	symbols := widgets.Column(6, widgets.NewText(say("join.symbols"), widgets.SmallB, widgets.Ink), p.symbols)
	return task(s, widgets.Column(20, head, p.server, symbols), p.next)
}

func (p *joinTypePage) focus() fyne.Focusable { return p.server.Entry }
func (p *joinTypePage) leave()                { p.before.trouble = ""; p.u.goTo(p.before) }

func (p *joinTypePage) allow() { enable(p.next, p.server.Text() != "" && p.symbols.Full()) }

func (p *joinTypePage) send() {
	if p.next.Disabled() {
		return
	}
	setBusy(p.next, true, say("do.continue"))
	in := p.before.input
	in.Server, in.Symbols = p.server.Text(), p.symbols.Text()
	p.before.join(in, p.sad)
}

func (p *joinTypePage) sad(err error) {
	setBusy(p.next, false, say("do.continue"))
	switch app.TroubleOf(err) {
	case app.TroubleAddress:
		p.server.SetWrong(say("join.server.wrong"))
	case app.TroubleUnreachable, app.TroubleOrigin, app.TroubleVersion:
		p.server.SetWrong(joinSentence(err))
	default:
		p.symbols.SetWrong(joinSentence(err))
	}
	p.u.stage.draw()
}
