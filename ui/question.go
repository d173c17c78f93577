package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// questionSheet asks before something ends that cannot be taken up again.
type questionSheet struct {
	u                       *UI
	title, body, stay, stop string
	act                     func() // what stop does
}

func (p *questionSheet) leave() { p.u.raise(nil) }

func (p *questionSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	stop := widgets.NewButton(widgets.BrickButton, p.stop, func() { p.leave(); p.act() })
	return heading(p.title, p.body), beside(s, widgets.NewButton(widgets.SecondButton, p.stay, p.leave), stop)
}

// fieldSheet asks for one line of text.
type fieldSheet struct {
	u             *UI
	title, action string
	field         *widgets.Field
	work          func(text string, done func(err error))
	sentence      func(err error) string // nil: what is said everywhere
}

// askLine brings up a field with text in it.
func (u *UI) askLine(p *fieldSheet, text string) {
	p.u = u
	p.field.Entry.SetText(text)
	p.field.Entry.OnSubmitted = func(string) { p.send() }
	p.field.Entry.OnEscape = p.leave
	u.raise(p)
}

func (p *fieldSheet) focus() fyne.Focusable { return p.field.Entry }
func (p *fieldSheet) leave()                { p.u.raise(nil) }

func (p *fieldSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	return widgets.Column(16, widgets.NewText(p.title, widgets.Title, widgets.Ink), p.field),
		beside(s, widgets.NewButton(widgets.SecondButton, say("do.cancel"), p.leave), widgets.NewButton(widgets.PineButton, p.action, p.send))
}

func (p *fieldSheet) send() {
	p.work(p.field.Text(), func(err error) {
		if err == nil {
			p.leave()
			return
		}
		tell := sentence
		if p.sentence != nil {
			tell = p.sentence
		}
		p.field.SetWrong(tell(err))
		p.u.stage.drawFront()
	})
}
