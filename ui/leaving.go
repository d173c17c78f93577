package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// leavingPage switches two-step sign-in off: what it means, the password, the wait.
type leavingPage struct {
	u        *UI
	before   page
	password *widgets.Field
	button   *widgets.Button
	wait     *app.Wait // asked for
}

func newLeavingPage(u *UI, before page) page {
	p := &leavingPage{u: u, before: before}
	p.password = widgets.NewPasswordField(say("password.label"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted, p.password.Entry.OnEscape = func(string) { p.send() }, p.leave
	p.password.Entry.OnChanged = func(string) { p.password.SetWrong("") }
	p.button = widgets.NewButton(widgets.BrickButton, say("wait.off.do"), p.send)
	return p
}

func (p *leavingPage) focus() fyne.Focusable { return p.password.Entry }
func (p *leavingPage) leave()                { p.u.goTo(p.before) }

func (p *leavingPage) draw(s shape) fyne.CanvasObject {
	if p.wait != nil {
		return p.drawAsked(s)
	}
	if w, running := p.u.leaveWait(); running {
		p.wait = &w
		return p.drawAsked(s)
	}
	content := widgets.Column(20, heading(say("wait.off.title"), say("wait.off.body")),
		hint("password", widgets.Ink2, say("wait.off.password")), hint("clock", widgets.Ink2, say("wait.off.wait")), p.password)
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

// drawAsked says when it is off, or that it is.
func (p *leavingPage) drawAsked(s shape) fyne.CanvasObject {
	u := p.u
	head, body := say("wait.off.asked", with{"Moment": moment(p.wait.Until, u.now())}), say("wait.off.asked.body")
	if u.view.Left || u.waitOver(*p.wait) {
		head, body = say("wait.left"), say("wait.left.body")
	}
	content := widgets.Column(16, bigIcon("clock", widgets.Brass), heading(head, body))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), func() { u.visit(placeHome) }))
}

// leaveWait gives the wait for two-step sign-in to be off.
func (u *UI) leaveWait() (app.Wait, bool) {
	for _, w := range u.view.Waits {
		if w.Kind == waitLeave {
			return w, true
		}
	}
	return app.Wait{}, false
}

func (p *leavingPage) send() {
	if p.button.Disabled() {
		return
	}
	if p.password.Text() == "" {
		p.password.SetWrong(say("change.present.missing"))
		return
	}
	u := p.u
	setBusy(p.button, true, say("wait.off.do"))
	var w app.Wait
	u.call(func(ctx context.Context) (err error) {
		w, err = u.device.Leave(ctx, p.password.Text())
		return err
	}, func(err error) {
		setBusy(p.button, false, say("wait.off.do"))
		if err != nil {
			p.password.SetWrong(sentence(err))
		} else {
			p.wait = &w
		}
		if u.page == p {
			u.stage.fresh()
			u.stage.draw()
		}
	})
}

// leftCard says that two-step sign-in is off; nil while it is on.
func (u *UI) leftCard() fyne.CanvasObject {
	if !u.view.Left {
		return nil
	}
	return widgets.Notice(widgets.SoftBrass, "info", widgets.Brass, say("wait.left"), say("wait.left.body"),
		widgets.NewButton(widgets.SecondButton, say("pair.again"), u.askForget).Small())
}
