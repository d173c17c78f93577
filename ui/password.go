package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// promptSheet asks for the password, for one thing.
type promptSheet struct {
	u                   *UI
	title, body, action string
	work                func(ctx context.Context, password string) error
	done                func()
	danger              bool                     // what is asked for cannot be undone
	waits               func(rest time.Duration) // it begins a wait first; nil = it never does
	password            *widgets.Field
	button              *widgets.Button
}

// ask brings a prompt up. A request that comes in goes before it.
func (u *UI) ask(p *promptSheet) {
	p.password = widgets.NewPasswordField(say("password.label"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted = func(string) { p.send() }
	p.password.Entry.OnEscape = p.leave
	kind := widgets.PineButton
	if p.danger {
		kind = widgets.BrickButton
	}
	p.button = widgets.NewButton(kind, p.action, p.send)
	u.raise(p)
}

// raise brings up what the page asks over itself; nil takes it away.
func (u *UI) raise(p sheetPage) {
	u.prompt = p
	u.settleFront()
	u.stage.draw()
}

func (p *promptSheet) focus() fyne.Focusable { return p.password.Entry }

func (p *promptSheet) leave() { p.u.raise(nil) }

func (p *promptSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	content = widgets.Column(20, heading(p.title, p.body), p.password)
	return content, beside(s, widgets.NewButton(widgets.SecondButton, say("do.cancel"), p.leave), p.button)
}

func (p *promptSheet) send() {
	if p.button.Disabled() || p.password.Text() == "" {
		return
	}
	setBusy(p.button, true, p.action)
	p.u.call(func(ctx context.Context) error { return p.work(ctx, p.password.Text()) }, func(err error) {
		setBusy(p.button, false, p.action)
		if p.waits != nil && app.TroubleOf(err) == app.TroubleWait {
			p.leave()
			p.waits(app.RetryOf(err))
			return
		}
		if err != nil {
			p.password.SetWrong(sentence(err))
			p.u.stage.drawFront()
			return
		}
		p.leave()
		p.done()
	})
}

// askResume lets new browsers ask again.
func (u *UI) askResume() {
	u.ask(&promptSheet{
		u: u, title: say("password.resume.title"), body: say("password.resume.body"), action: say("password.resume.do"),
		work: u.device.Resume, done: func() {},
	})
}

// askDoor lets one new browser ask.
func (u *UI) askDoor() {
	u.ask(&promptSheet{
		u: u, title: say("password.door.title"), body: say("password.door.body"), action: say("password.door.do"),
		work: func(ctx context.Context, password string) error {
			_, err := u.device.OpenDoor(ctx, password)
			return err
		},
		done: func() {},
	})
}

// doorCard shows the letters that the page passing an open door must show.
func (u *UI) doorCard(d app.Door) fyne.CanvasObject {
	texts := widgets.Column(2, widgets.NewText(say("door.title"), widgets.Heading, widgets.Ink),
		widgets.NewText(say("door.body", with{"Clock": clock(d.Until)}), widgets.Small, widgets.Ink))
	column := widgets.Column(14, texts, widgets.Start(widgets.Letters(d.Letters)))
	return widgets.NewBox(widgets.CardLook, widgets.Pad(20, 20, 20, 20, column))
}
