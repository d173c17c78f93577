package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// tellPage asks in set-up where the person can be told, and confirms the address on
// the same page. All of it can be left for later.
type tellPage struct {
	u             *UI
	password      string // typed two pages ago
	medium        int    // into media
	address, code *widgets.Field
	next          *widgets.Button
	sent          app.Contact // gets the code; without an ID nothing was sent
	asked         string      // what was typed when it was sent
	done          string      // confirmed last
	busy          bool
}

func newTellPage(u *UI, password string) *tellPage {
	p := &tellPage{u: u, password: password}
	p.code = widgets.NewField(say("contact.code"), say("contact.code.hint"))
	p.code.Entry.PlaceHolder = "1234 5678"
	p.code.Entry.OnSubmitted, p.code.Entry.OnEscape = func(string) { p.goOn() }, p.leave
	p.code.Entry.OnChanged = func(string) { p.code.SetWrong(""); p.settle() }
	p.next = widgets.NewButton(widgets.PineButton, "", p.goOn)
	p.begin()
	return p
}

// canBeTold reports whether the server sends messages to addresses at all.
func (u *UI) canBeTold() bool { return u.mayAdd(mediumMail) || u.mayAdd(mediumText) }

// begin asks for another address, by mail if that can be had.
func (p *tellPage) begin() {
	p.sent, p.asked, p.done, p.medium = app.Contact{}, "", "", 0
	if !p.u.mayAdd(mediumMail) || p.u.reached() > 0 && p.u.mayAdd(mediumText) {
		p.medium = 1
	}
	p.choose(p.medium)
}

// choose makes the field for a medium.
func (p *tellPage) choose(medium int) {
	p.medium, p.address, p.sent = medium, newAddressField(media[medium]), app.Contact{}
	p.address.Entry.OnEscape = p.leave
	p.address.Entry.OnSubmitted = func(string) { p.goOn() }
	p.address.Entry.OnChanged = func(text string) {
		p.address.SetWrong("")
		if p.sent.ID != "" && text != p.asked { // the code went to another address
			p.sent = app.Contact{}
			p.u.stage.draw()
		}
	}
	p.settle()
}

func (p *tellPage) focus() fyne.Focusable {
	if p.sent.ID != "" {
		return p.code.Entry
	}
	return p.address.Entry
}

func (p *tellPage) leave() { p.u.goTo(&trialPage{u: p.u}) }

func (p *tellPage) draw(s shape) fyne.CanvasObject {
	p.settle()
	if p.done != "" {
		return p.drawDone(s)
	}
	content := widgets.Column(20, heading(say("tell.title"), p.words()))
	if p.u.mayAdd(mediumMail) && p.u.mayAdd(mediumText) {
		content.Add(widgets.NewSegments([]string{say("contact.by-mail"), say("contact.by-text")}, p.medium, func(n int) {
			p.choose(n)
			p.u.stage.draw()
		}))
	}
	content.Add(p.address)
	switch {
	case p.sent.ID != "":
		again := widgets.NewButton(widgets.QuietButton, say("contact.again"), p.send).Small()
		content.Add(widgets.Column(4, p.code, widgets.Start(again)))
	case p.u.view.Joining:
		content.Add(hint("clock", widgets.Brass, say("trial.joining")))
	case media[p.medium] == mediumText:
		content.Add(hint("info", widgets.Ink2, say("contact.text.weak")))
	}
	return p.u.step(s, 4, nil, content, p.next, widgets.NewButton(widgets.QuietButton, say("tell.later"), p.leave))
}

// words say what an address is for, or where the code is.
func (p *tellPage) words() string {
	switch {
	case p.sent.ID == "":
		return say("tell.body")
	case p.sent.Medium == mediumText:
		return say("contact.code.text", with{"Address": p.sent.Address})
	}
	return say("contact.code.mail", with{"Address": p.sent.Address})
}

// drawDone says what is confirmed, and offers the other way to be told.
func (p *tellPage) drawDone(s shape) fyne.CanvasObject {
	content := widgets.Column(20, title(say("tell.title")),
		agreeCard(good, "check", say("contact.done"), say("contact.done.body", with{"Address": p.done})))
	actions := []fyne.CanvasObject{p.next}
	if media[p.medium] == mediumMail && p.u.mayAdd(mediumText) {
		actions = append(actions, widgets.NewButton(widgets.SecondButton, say("tell.phone"), func() { p.begin(); p.u.goTo(p) }))
	}
	return p.u.step(s, 4, nil, content, actions...)
}

// settle says what the main button does next, and whether it can.
func (p *tellPage) settle() {
	text, ready := p.nextWords(), !p.u.view.Joining
	if p.done == "" && p.sent.ID != "" {
		ready = len(onlyDigits(p.code.Text())) == contactDigits
	}
	setBusy(p.next, p.busy, text)
	enable(p.next, ready && !p.busy)
}

func (p *tellPage) nextWords() string {
	switch {
	case p.done != "":
		return say("do.continue")
	case p.sent.ID != "":
		return say("contact.confirm")
	}
	return say("contact.send")
}

// goOn does what the main button says.
func (p *tellPage) goOn() {
	switch {
	case p.next.Disabled():
	case p.done != "":
		p.leave()
	case p.sent.ID != "":
		p.confirm()
	default:
		p.send()
	}
}

func (p *tellPage) send() {
	text := p.address.Text()
	address, add := strings.TrimSpace(text), p.u.device.AddMail
	if media[p.medium] == mediumText {
		address, add = plainNumber(address), p.u.device.AddPhone
	}
	if address == "" {
		p.address.SetWrong(say("contact.missing"))
		p.u.stage.draw()
		return
	}
	var c app.Contact
	p.call(func(ctx context.Context) (err error) {
		c, err = add(ctx, address, shortLanguage(), p.password)
		return err
	}, func(err error) {
		if err != nil {
			p.address.SetWrong(contactSentence(err))
			p.u.stage.draw()
			return
		}
		p.sent, p.asked = c, text
		p.code.Entry.SetText("")
		p.u.goTo(p)
	})
}

func (p *tellPage) confirm() {
	sent, code := p.sent, onlyDigits(p.code.Text())
	p.call(func(ctx context.Context) error { return p.u.device.ConfirmContact(ctx, sent.ID, code) }, func(err error) {
		if err != nil {
			p.code.SetWrong(codeSentence(err))
		} else {
			p.done = sent.Address
		}
		p.u.goTo(p)
	})
}

// call does one thing at a time, and forgets its end once the page is left.
func (p *tellPage) call(work func(ctx context.Context) error, done func(err error)) {
	if p.busy {
		return
	}
	p.busy = true
	p.settle()
	p.u.call(work, func(err error) {
		p.busy = false
		if p.u.page == page(p) {
			done(err)
		}
	})
}
