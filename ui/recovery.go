package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// checkPage is the drill: the recovery key typed from paper. Nothing changes by it.
type checkPage struct {
	u      *UI
	before page
	entry  *widgets.KeyEntry
	next   *widgets.Button
	right  bool
}

func newCheckPage(u *UI, before page) page {
	p := &checkPage{u: u, before: before}
	p.next = widgets.NewButton(widgets.PineButton, say("check.do"), p.check)
	p.entry = newKeyEntry(p.check, p.leave)
	p.entry.OnChanged = func(string) {
		p.entry.SetWrong("")
		enable(p.next, p.entry.Full())
	}
	p.next.Disable()
	return p
}

func (p *checkPage) draw(s shape) fyne.CanvasObject {
	if p.right {
		content := widgets.Column(16, bigIcon("check", widgets.Pine), heading(say("check.done"), say("check.done.body")))
		return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
	}
	content := widgets.Column(20, heading(say("check.title"), say("check.body")), p.entry)
	return task(s, content, p.next, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *checkPage) focus() fyne.Focusable { return p.entry }
func (p *checkPage) leave()                { p.u.goTo(p.before) }

func (p *checkPage) check() {
	if !p.entry.Full() {
		return
	}
	p.u.call(func(context.Context) error { return p.u.device.CheckRecovery(p.entry.Text()) }, func(err error) {
		if err != nil {
			p.entry.SetWrong(sentence(err))
			return
		}
		p.right = true
		p.u.stage.draw()
	})
}

// shownKeyPage shows the recovery key again.
type shownKeyPage struct {
	u      *UI
	before page
	key    trust.RecoveryKey
}

func (p *shownKeyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("show.title"), say("show.body")), widgets.NewKeyTiles(p.key.Groups()),
		hint("info", widgets.Ink2, say("key.only-here")))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
}

func (p *shownKeyPage) leave() { p.u.goTo(p.before) }

// askToShowKey asks for the password and shows the key.
func (u *UI) askToShowKey(before page) {
	var key trust.RecoveryKey
	u.ask(&promptSheet{
		u: u, title: say("password.show.title"), body: say("password.show.body"), action: say("password.show.do"),
		work: func(ctx context.Context, password string) (err error) {
			key, err = u.device.ShowRecovery(ctx, password)
			return err
		},
		done: func() { u.goTo(&shownKeyPage{u: u, before: before, key: key}) },
	})
}
