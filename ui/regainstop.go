package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// regainStopSheet asks before this device gives its way back up. With the password
// the wait ends at the backend, too; without it this device only forgets it.
type regainStopSheet struct {
	u        *UI
	password *widgets.Field
	stop     *widgets.Button
	forget   *widgets.Button
}

func newRegainStopSheet(u *UI) *regainStopSheet {
	p := &regainStopSheet{u: u}
	p.password = widgets.NewPasswordField(say("account.password"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted = func(string) { p.send() }
	p.password.Entry.OnEscape = p.leave
	p.stop = widgets.NewButton(widgets.BrickButton, say("regain.stop.do"), p.send)
	p.forget = widgets.NewButton(widgets.QuietButton, say("regain.stop.here"), func() { p.cancel("") }).Small()
	return p
}

func (p *regainStopSheet) focus() fyne.Focusable { return p.password.Entry }
func (p *regainStopSheet) leave()                { p.u.raise(nil) }

func (p *regainStopSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	here := widgets.Column(0, small(say("regain.stop.here.more")), widgets.Start(p.forget))
	content = widgets.Column(16, heading(say("regain.stop.title"), say("regain.stop.body")), p.password, here)
	return content, beside(s, widgets.NewButton(widgets.SecondButton, say("regain.stop.stay"), p.leave), p.stop)
}

func (p *regainStopSheet) send() {
	if p.stop.Disabled() {
		return
	}
	if p.password.Text() == "" {
		p.sad(say("regain.password.missing"))
		return
	}
	p.cancel(p.password.Text())
}

func (p *regainStopSheet) cancel(password string) {
	if p.stop.Disabled() {
		return
	}
	p.setBusy(true)
	p.u.call(func(ctx context.Context) error { return p.u.device.CancelRegain(ctx, password) }, func(err error) {
		p.setBusy(false)
		switch {
		case err == nil:
			p.leave()
		case app.TroubleOf(err) == app.TroubleGone:
			p.sad(say("regain.under-way"))
		default:
			p.sad(sentence(err))
		}
	})
}

func (p *regainStopSheet) sad(why string) {
	p.password.SetWrong(why)
	p.u.stage.drawFront()
}

func (p *regainStopSheet) setBusy(busy bool) {
	setBusy(p.stop, busy, say("regain.stop.do"))
	enable(p.forget, !busy)
}
