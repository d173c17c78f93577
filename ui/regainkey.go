package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// fresh is a new recovery key on its way to paper and back.
type fresh struct {
	key    trust.RecoveryKey
	name   string // of the way it is part of
	body   string // why there is a new one
	before page
	typed  func(back page, typed string) // goes on once it was typed back right
}

// freshKeyPage shows the new key, to be written down.
type freshKeyPage struct {
	u     *UI
	fresh fresh
	back  *freshBackPage // what was typed there stays
}

func newFreshKeyPage(u *UI, f fresh) page {
	p := &freshKeyPage{u: u, fresh: f}
	p.back = newFreshBackPage(p)
	return p
}

func (p *freshKeyPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, p.fresh.name, p.leave), heading(say("regain.new"), p.fresh.body))
	content := widgets.Column(20, head, widgets.NewKeyTiles(p.fresh.key.Groups()),
		widgets.Column(10, hint("remove", widgets.Ink2, say("regain.new.old")), hint("info", widgets.Ink2, say("key.only-here"))))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("key.written"), func() { p.u.goTo(p.back) }))
}

func (p *freshKeyPage) leave() { p.u.goTo(p.fresh.before) }

// freshBackPage takes the new key typed back from paper.
type freshBackPage struct {
	u     *UI
	shown *freshKeyPage
	entry *widgets.KeyEntry
	next  *widgets.Button
}

func newFreshBackPage(shown *freshKeyPage) *freshBackPage {
	p := &freshBackPage{u: shown.u, shown: shown}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.goOn)
	p.entry = newKeyEntry(p.goOn, p.leave)
	p.entry.OnChanged = func(typed string) {
		wrong := markKey(p.entry, p.shown.fresh.key, typed)
		enable(p.next, p.entry.Full() && wrong == 0)
	}
	p.next.Disable()
	return p
}

func (p *freshBackPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, p.shown.fresh.name, p.leave), heading(say("back.title"), say("back.body")))
	return task(s, widgets.Column(20, head, p.entry), p.next, widgets.NewButton(widgets.SecondButton, say("back.show"), p.leave))
}

func (p *freshBackPage) focus() fyne.Focusable { return p.entry }
func (p *freshBackPage) leave()                { p.u.goTo(p.shown) }

func (p *freshBackPage) goOn() {
	if !p.next.Disabled() {
		p.shown.fresh.typed(p, p.entry.Text())
	}
}
