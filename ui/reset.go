package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// resetPage brings a forgotten password back on a trusted device: at once with the
// recovery key, or after a wait with the device alone.
type resetPage struct {
	u       *UI
	before  page
	key     *resetKeyPage // what was typed there stays
	pair    *passwordPair // the new password, after the wait
	next    *widgets.Button
	trouble string
	waited  bool // it has shown a wait
	setting bool // the password is on its way
	done    bool
}

func newResetPage(u *UI) page {
	p := &resetPage{u: u, before: u.page}
	p.key = newResetKeyPage(p)
	p.pair = newPasswordPair(u, p.set, p.leave)
	p.next = widgets.NewButton(widgets.PineButton, say("reset.set"), p.set)
	return p
}

func (p *resetPage) leave() { p.u.goTo(p.before) }

// asked gives this device's wait for another password.
func (u *UI) askedReset() (app.Wait, bool) {
	for _, w := range u.view.Waits {
		if w.Kind == waitPassword && w.This {
			return w, true
		}
	}
	return app.Wait{}, false
}

func (p *resetPage) draw(s shape) fyne.CanvasObject {
	w, asked := p.u.askedReset()
	p.waited = p.waited || asked
	switch {
	case p.done:
		return resetDone(s, p.leave, say("reset.done.alone"))
	case asked && p.u.waitOver(w), p.setting:
		return p.drawSet(s)
	case asked:
		return p.drawWaits(s, w)
	}
	return p.drawChoice(s)
}

func (p *resetPage) focus() fyne.Focusable {
	if w, asked := p.u.askedReset(); asked && p.u.waitOver(w) && !p.done {
		return p.pair.next.Entry
	}
	return nil
}

func (p *resetPage) head(s shape, title, body string) fyne.CanvasObject {
	return widgets.Column(12, backTo(s, say("reset.name"), p.leave), heading(title, body))
}

// drawChoice asks whether the recovery key is at hand.
func (p *resetPage) drawChoice(s shape) fyne.CanvasObject {
	u := p.u
	rows := []fyne.CanvasObject{
		widgets.NewItem(widgets.ItemText{
			Icon: "recovery", Tile: widgets.PineTile, IconColour: widgets.Pine, Name: say("reset.with-key"), Second: say("reset.with-key.more"),
		}, u.unlessHalted(func() { u.goTo(p.key) })),
		widgets.NewItem(widgets.ItemText{Icon: "clock", Name: say("reset.alone"), Second: say("reset.alone.more")},
			u.unlessHalted(func() { u.goTo(&resetAskPage{u: u, before: p}) })),
	}
	content := widgets.Column(16, p.head(s, say("reset.title"), say("reset.body")), widgets.List(rows...))
	if p.waited {
		content.Add(widgets.Notice(widgets.SoftBrass, "info", widgets.Brass, say("reset.gone"), say("reset.gone.more")))
	}
	if u.view.Link.State == app.Offline {
		content.Add(hint("offline", widgets.Brass, say("reset.offline")))
	}
	if u.view.Fork != nil || u.view.Notice == app.NoticeFrozen {
		content.Add(hint("warning", widgets.Brick, say("trouble.frozen")))
	}
	return task(s, content, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

// unlessHalted gives act, or nothing where this device signs nothing any more.
func (u *UI) unlessHalted(act func()) func() {
	if u.view.Fork != nil || u.view.Notice == app.NoticeFrozen {
		return nil
	}
	return act
}

func (p *resetPage) drawWaits(s shape, w app.Wait) fyne.CanvasObject {
	until := moment(w.Until, p.u.now())
	ring := widgets.NewCountdown(widgets.LargeCountdown)
	p.u.countWait(w, ring, longRest, func() {})
	content := widgets.Column(20, p.head(s, say("reset.waits"), say("reset.waits.body", with{"Moment": until})),
		widgets.Centred(0, ring), hint("bell", widgets.Ink2, say("reset.waits.told")), hint("recovery", widgets.Ink2, say("reset.waits.key")))
	return task(s, content,
		widgets.NewButton(widgets.PineButton, say("reset.waits.do"), func() { p.u.goTo(p.key) }),
		widgets.NewButton(widgets.SecondButton, say("reset.stop"), func() { p.u.askStop(w) }))
}

func (p *resetPage) drawSet(s shape) fyne.CanvasObject {
	content := widgets.Column(18, p.head(s, say("reset.over"), say("reset.over.body")), p.pair.draw())
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	content.Add(hint("info", widgets.Ink2, say("reset.over.copy")))
	return task(s, content, p.next)
}

// set sets the password once the wait is over.
func (p *resetPage) set() {
	if p.next.Disabled() || !p.pair.fits() {
		return
	}
	setBusy(p.next, true, say("reset.set"))
	p.setting, p.trouble = true, ""
	p.u.call(func(ctx context.Context) error { return p.u.device.FinishReset(ctx, p.pair.text()) }, func(err error) {
		setBusy(p.next, false, say("reset.set"))
		p.setting = false
		switch {
		case err == nil:
			p.done = true
			p.pair.clear()
			p.u.stage.fresh()
		case app.TroubleOf(err) == app.TroublePassword:
			p.pair.next.SetWrong(say("trouble.password-refused"))
		default:
			p.trouble = sentence(err)
		}
		p.u.stage.draw()
	})
}

// resetDone says that the new password counts.
func resetDone(s shape, leave func(), more string) fyne.CanvasObject {
	content := widgets.Column(16, bigIcon("check", widgets.Pine), heading(say("change.done"), say("reset.done")),
		hint("recovery", widgets.Ink2, more))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), leave))
}

// resetAskPage says what a new password by a device alone means, and asks for it.
type resetAskPage struct {
	u       *UI
	before  *resetPage
	next    *widgets.Button
	trouble string
}

func (p *resetAskPage) leave() { p.u.goTo(p.before) }

func (p *resetAskPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("reset.name"), p.leave), heading(say("reset.ask"), say("reset.ask.body")))
	rows := widgets.List(
		widgets.NewItem(widgets.ItemText{Icon: "clock", Name: say("reset.ask.wait"), Second: say("reset.ask.wait.more")}, nil),
		widgets.NewItem(widgets.ItemText{Icon: "bell", Name: say("reset.ask.told"), Second: say("reset.ask.told.more")}, nil),
		widgets.NewItem(widgets.ItemText{Icon: "password", Name: say("reset.ask.then"), Second: say("reset.ask.then.more")}, nil))
	content := widgets.Column(16, head, rows)
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	if p.next == nil {
		p.next = widgets.NewButton(widgets.PineButton, say("reset.ask.do"), p.ask)
	}
	return task(s, content, p.next)
}

// ask asks; from then on the view has a wait, and the page before shows it.
func (p *resetAskPage) ask() {
	if p.next.Disabled() {
		return
	}
	setBusy(p.next, true, say("reset.ask.do"))
	p.trouble = ""
	p.u.call(func(ctx context.Context) error {
		_, err := p.u.device.AskReset(ctx)
		return err
	}, func(err error) {
		setBusy(p.next, false, say("reset.ask.do"))
		switch {
		case p.u.page != page(p):
			return
		case err == nil:
			p.leave()
			return
		case app.TroubleOf(err) == app.TroubleGone:
			p.trouble = say("reset.ask.never")
		default:
			p.trouble = sentence(err)
		}
		p.u.stage.draw()
	})
}
