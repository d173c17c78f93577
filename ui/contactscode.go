package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// confirmPage takes the digits that were sent to an address.
type confirmPage struct {
	u       *UI
	before  page
	contact app.Contact
	code    *widgets.Field
	button  *widgets.Button
}

// contactDigits is how many were sent.
const contactDigits = 8

func newConfirmPage(u *UI, before page, c app.Contact) page {
	p := &confirmPage{u: u, before: before, contact: c, code: widgets.NewField(say("contact.code"), say("contact.code.hint"))}
	p.button = widgets.NewButton(widgets.PineButton, say("contact.confirm"), p.send)
	p.button.Disable()
	p.code.Entry.PlaceHolder = "1234 5678"
	p.code.Entry.OnSubmitted, p.code.Entry.OnEscape = func(string) { p.send() }, p.leave
	p.code.Entry.OnChanged = func(string) {
		p.code.SetWrong("")
		enable(p.button, len(onlyDigits(p.code.Text())) == contactDigits)
	}
	return p
}

// onlyDigits leaves out everything else.
func onlyDigits(text string) string {
	digits := ""
	for _, r := range text {
		if r >= '0' && r <= '9' {
			digits += string(r)
		}
	}
	return digits
}

func (p *confirmPage) focus() fyne.Focusable { return p.code.Entry }
func (p *confirmPage) leave()                { p.u.goTo(p.before) }

func (p *confirmPage) draw(s shape) fyne.CanvasObject {
	body := say("contact.code.mail", with{"Address": p.contact.Address})
	if p.contact.Medium == mediumText {
		body = say("contact.code.text", with{"Address": p.contact.Address})
	}
	again := widgets.NewButton(widgets.QuietButton, say("contact.again"), func() {
		next := newContactPage(p.u, p.before).(*contactPage)
		if p.contact.Medium == mediumText {
			next.choose(1)
		}
		next.address.Entry.SetText(p.contact.Address)
		p.u.goTo(next)
	}).Small()
	remove := widgets.NewButton(widgets.QuietBrickButton, say("contact.remove.do"), func() { p.u.askRemoveContact(p.contact) }).Small()
	content := widgets.Column(20, heading(say("contact.code.title"), body), p.code,
		widgets.Column(4, widgets.Start(again), widgets.Start(remove)))
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *confirmPage) send() {
	code := onlyDigits(p.code.Text())
	if p.button.Disabled() || len(code) != contactDigits {
		return
	}
	u := p.u
	setBusy(p.button, true, say("contact.confirm"))
	u.call(func(ctx context.Context) error { return u.device.ConfirmContact(ctx, p.contact.ID, code) }, func(err error) {
		setBusy(p.button, false, say("contact.confirm"))
		switch {
		case u.page != p:
		case err == nil:
			u.tellRecovery(say("contact.done"), say("contact.done.body", with{"Address": p.contact.Address}))
		default:
			p.code.SetWrong(codeSentence(err))
			u.stage.draw()
		}
	})
}

// codeSentence says why the digits do not do.
func codeSentence(err error) string {
	switch app.TroubleOf(err) {
	case app.TroublePassword:
		return say("contact.code.wrong")
	case app.TroubleGone:
		return say("contact.code.gone")
	}
	return sentence(err)
}
