package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// regainPage asks for the account and the password of somebody who comes back, and
// for what this device is called.
type regainPage struct {
	u                              *UI
	before                         page
	server, name, password, device *widgets.Field
	kinds                          *kindChoice
	next                           *widgets.Button
	key                            *regainKeyPage // what was typed there stays
	busy                           bool
}

func newRegainPage(u *UI, before page) page {
	p := &regainPage{u: u, before: before, kinds: newKindChoice(u.o.Kind)}
	p.server = widgets.NewField(say("join.server"), say("regain.server.hint"))
	p.server.Entry.PlaceHolder = say("join.server.place")
	p.name = widgets.NewField(say("account.name"), "")
	p.password = widgets.NewPasswordField(say("account.password"), "", say("do.show"), say("do.hide"))
	p.device = widgets.NewField(say("account.device"), say("join.name.hint"))
	p.device.Entry.SetText(u.o.DeviceName)
	for _, f := range p.fields() {
		f.Entry.OnSubmitted = func(string) { p.goOn() }
		f.Entry.OnEscape = p.leave
		f.Entry.OnChanged = func(string) { p.forgive(f) }
	}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.goOn)
	p.key = newRegainKeyPage(p)
	return p
}

func (p *regainPage) fields() []*widgets.Field {
	return []*widgets.Field{p.server, p.name, p.password, p.device}
}

func (p *regainPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("regain.title"), say("regain.body")))
	return task(s, widgets.Column(18, head, p.server, p.name, p.password, p.device, p.kinds.draw(s)), p.next)
}

func (p *regainPage) focus() fyne.Focusable { return p.server.Entry }
func (p *regainPage) leave()                { p.u.goTo(p.before) }

// forgive takes a complaint back as soon as the person mends it.
func (p *regainPage) forgive(f *widgets.Field) {
	if f.Wrong() != "" {
		f.SetWrong("")
		p.u.stage.draw()
	}
}

// complete complains about what is missing.
func (p *regainPage) complete() bool {
	good := true
	for _, f := range []struct {
		field   *widgets.Field
		missing string
	}{
		{p.server, "regain.server.missing"}, {p.name, "regain.name.missing"},
		{p.password, "regain.password.missing"}, {p.device, "account.device.missing"},
	} {
		if strings.TrimSpace(f.field.Text()) == "" {
			f.field.SetWrong(say(f.missing))
			good = false
		}
	}
	return good
}

// goOn looks the server up first, so that a mistyped address is known here.
func (p *regainPage) goOn() {
	if p.busy {
		return
	}
	if !p.complete() {
		p.u.stage.draw()
		return
	}
	p.setBusy(true)
	p.u.call(func(ctx context.Context) error {
		_, err := p.u.device.LookUp(ctx, strings.TrimSpace(p.server.Text()))
		return err
	}, func(err error) {
		p.setBusy(false)
		switch {
		case p.u.page != page(p):
			return
		case err == nil:
			p.u.goTo(p.key)
			return
		}
		p.complain(err)
	})
}

// complain says at the field that it is about what will not do.
func (p *regainPage) complain(err error) {
	switch app.TroubleOf(err) {
	case app.TroubleAddress:
		p.server.SetWrong(say("join.server.wrong"))
	case app.TroubleUnreachable:
		p.server.SetWrong(say("trouble.reach"))
	case app.TroubleName:
		p.device.SetWrong(say("regain.device.wrong"))
	default:
		p.server.SetWrong(sentence(err))
	}
	p.u.goTo(p)
}

func (p *regainPage) input() app.RegainInput {
	return app.RegainInput{
		Server: strings.TrimSpace(p.server.Text()), Name: strings.TrimSpace(p.name.Text()), Password: p.password.Text(),
		Key: p.key.entry.Text(), DeviceName: strings.TrimSpace(p.device.Text()), Kind: p.kinds.chosen,
	}
}

func (p *regainPage) setBusy(busy bool) {
	p.busy = busy
	setBusy(p.next, busy, say("do.continue"))
}

// regainKeyPage takes the recovery key from the person's paper, and asks.
type regainKeyPage struct {
	u     *UI
	form  *regainPage
	entry *widgets.KeyEntry
	next  *widgets.Button
	busy  bool
	wrong string // what is wrong with more than the key
}

func newRegainKeyPage(form *regainPage) *regainKeyPage {
	p := &regainKeyPage{u: form.u, form: form}
	p.next = widgets.NewButton(widgets.PineButton, say("regain.do"), p.send)
	p.entry = newKeyEntry(p.send, p.leave)
	p.entry.OnChanged = func(string) {
		p.entry.SetWrong("")
		enable(p.next, p.entry.Full() && !p.busy)
		if p.wrong != "" {
			p.wrong = ""
			p.u.stage.draw()
		}
	}
	p.next.Disable()
	return p
}

func (p *regainKeyPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("regain.key"), say("regain.key.body")))
	content := widgets.Column(20, head, p.entry)
	if p.wrong != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.wrong, ""))
	}
	content.Add(hint("info", widgets.Ink2, say("regain.told")))
	return task(s, content, p.next)
}

func (p *regainKeyPage) focus() fyne.Focusable { return p.entry }
func (p *regainKeyPage) leave()                { p.u.goTo(p.form) }

// send asks for the way back. From then on the view says how far it is, even if
// there was no answer.
func (p *regainKeyPage) send() {
	if p.busy || p.next.Disabled() {
		return
	}
	p.setBusy(true)
	in := p.form.input()
	p.u.call(func(ctx context.Context) error { return p.u.device.BeginRegain(ctx, in) }, func(err error) {
		p.setBusy(false)
		switch {
		case p.u.view.Regaining != nil:
			p.u.goTo(newRegainingPage(p.u))
		case err != nil && p.u.page == page(p):
			p.sad(err)
		}
	})
}

func (p *regainKeyPage) sad(err error) {
	switch app.TroubleOf(err) {
	case app.TroubleKey:
		p.entry.SetWrong(say("back.unread"))
	case app.TroublePassword:
		p.wrong = say("regain.wrong")
	case app.TroubleAddress, app.TroubleOrigin, app.TroubleName:
		p.form.complain(err)
		return
	default:
		p.wrong = sentence(err)
	}
	p.u.stage.draw()
}

func (p *regainKeyPage) setBusy(busy bool) {
	p.busy = busy
	setBusy(p.next, busy, say("regain.do"))
	enable(p.next, !busy && p.entry.Full())
}
