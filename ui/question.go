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

// nameSheet asks what a device is called here.
type nameSheet struct {
	u      *UI
	name   *widgets.Field
	button *widgets.Button
	work   func(name string, done func(err error))
}

// askName brings up a field with the name as it is.
func (u *UI) askName(now string, work func(name string, done func(err error))) {
	p := &nameSheet{u: u, name: widgets.NewField(say("member.call.label"), say("member.call.hint")), work: work}
	p.name.Entry.SetText(now)
	p.name.Entry.OnSubmitted = func(string) { p.send() }
	p.name.Entry.OnEscape = p.leave
	p.button = widgets.NewButton(widgets.PineButton, say("member.call.do"), p.send)
	u.raise(p)
}

func (p *nameSheet) focus() fyne.Focusable { return p.name.Entry }
func (p *nameSheet) leave()                { p.u.raise(nil) }

func (p *nameSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	return widgets.Column(16, widgets.NewText(say("member.call"), widgets.Title, widgets.Ink), p.name),
		beside(s, widgets.NewButton(widgets.SecondButton, say("do.cancel"), p.leave), p.button)
}

func (p *nameSheet) send() {
	p.work(p.name.Text(), func(err error) {
		if err != nil {
			p.name.SetWrong(sentence(err))
			p.u.stage.drawFront()
			return
		}
		p.leave()
	})
}
