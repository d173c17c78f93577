package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// deedSheet says what something does before it is done, does it, and says below
// if it could not be done.
type deedSheet struct {
	u                     *UI
	title, body, stay, do string
	danger                bool
	work                  func(ctx context.Context) error
	done                  func() // takes the sheet away, or puts another in its place
	button                *widgets.Button
	wrong                 string
}

func (p *deedSheet) leave() { p.u.raise(nil) }

func (p *deedSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	kind := widgets.PineButton
	if p.danger {
		kind = widgets.BrickButton
	}
	p.button = widgets.NewButton(kind, p.do, p.send)
	content = heading(p.title, p.body)
	if p.wrong != "" {
		content = widgets.Column(16, content, hint("warning", widgets.Brick, p.wrong))
	}
	return content, beside(s, widgets.NewButton(widgets.SecondButton, p.stay, p.leave), p.button)
}

func (p *deedSheet) send() {
	if p.button.Disabled() {
		return
	}
	setBusy(p.button, true, p.do)
	p.u.call(p.work, func(err error) {
		setBusy(p.button, false, p.do)
		switch {
		case err == nil:
			p.done()
		case p.u.prompt == p:
			p.wrong = sentence(err)
			p.u.stage.drawFront()
		}
	})
}

// noteSheet tells something, and what may be done next.
type noteSheet struct {
	u           *UI
	title, body string
	do          string // "" = nothing further
	act         func()
	also        []fyne.CanvasObject // what is to be done beside that, as rows
}

func (p *noteSheet) leave() { p.u.raise(nil) }

func (p *noteSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	content = heading(p.title, p.body)
	if len(p.also) > 0 {
		content = widgets.Column(16, content, widgets.List(p.also...))
	}
	if p.do == "" {
		return content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave)
	}
	next := widgets.NewButton(widgets.PineButton, p.do, func() { p.leave(); p.act() })
	return content, beside(s, widgets.NewButton(widgets.SecondButton, say("do.close"), p.leave), next)
}
