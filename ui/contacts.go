package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// How an address is reached, as the account's backend calls it.
const (
	mediumMail = "mail"
	mediumText = "text" // text messages to a telephone
)

// mostContacts is how many addresses an account may have of each medium.
const mostContacts = 2

// contactList shows where security mails and messages go, and adds to them.
func (u *UI) contactList(before page) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, c := range u.view.Contacts {
		rows = append(rows, u.contactRow(before, c))
		if textsMayLetIn(u.view, c) {
			rows = append(rows, u.textRow(c))
		}
	}
	if u.mayAdd(mediumMail) || u.mayAdd(mediumText) {
		more := say("contact.add.more")
		if len(rows) == 0 {
			more = say("contact.add.first")
		}
		rows = append(rows, row("plus", say("contact.add"), more, func() { u.goTo(newContactPage(u, before)) }))
	}
	if len(rows) == 0 {
		rows = append(rows, row("info", say("contact.none"), say("contact.none.more"), nil))
	}
	return widgets.List(rows...)
}

func (u *UI) contactRow(before page, c app.Contact) fyne.CanvasObject {
	item := widgets.ItemText{Icon: contactIcon(c), Name: c.Address, Second: say("contact.confirmed")}
	act := func() { u.askRemoveContact(c) }
	if !c.Confirmed {
		item.Second, item.Colour, item.Tile, item.IconColour = say("contact.unconfirmed"), widgets.Brass, tileOf(warm), widgets.Brass
		act = func() { u.goTo(newConfirmPage(u, before, c)) }
	}
	return widgets.NewItem(item, act)
}

func contactIcon(c app.Contact) string {
	if c.Medium == mediumText {
		return "chat"
	}
	return "mail"
}

// mayAdd reports whether the server sends by a medium, and there is room for
// another address of it.
func (u *UI) mayAdd(medium string) bool {
	there, n := false, 0
	for _, m := range u.view.Media {
		there = there || string(m) == medium
	}
	for _, c := range u.view.Contacts {
		if string(c.Medium) == medium {
			n++
		}
	}
	return there && n < mostContacts
}

// reached counts the addresses that are told of everything.
func (u *UI) reached() (n int) {
	for _, c := range u.view.Contacts {
		if c.Confirmed {
			n++
		}
	}
	return n
}

// textsMayLetIn reports whether a code sent to a number lets in, or could.
func textsMayLetIn(v app.View, c app.Contact) bool {
	return c.SignIn || v.Text && c.Confirmed && c.Medium == mediumText
}

// textRow says whether a code sent to a number lets in, and switches it.
func (u *UI) textRow(c app.Contact) fyne.CanvasObject {
	item := widgets.ItemText{Icon: "signin", Name: say("contact.sign-in"), Second: say("contact.sign-in.off")}
	if c.SignIn {
		item.Second, item.Colour = say("contact.sign-in.on"), widgets.Brass
	}
	return widgets.NewItem(item, func() { u.askAllowText(c) })
}

// askAllowText says what a number is worth, and asks for the password.
func (u *UI) askAllowText(c app.Contact) {
	number := with{"Address": c.Address}
	sheet := &promptSheet{
		u: u, title: say("contact.sign-in.switch-on"), body: say("contact.sign-in.switch-on.body", number), action: say("contact.sign-in.switch-on.do"),
		work: func(ctx context.Context, password string) error {
			return u.device.AllowText(ctx, c.ID, password, !c.SignIn)
		},
		done: func() {
			u.tellRecovery(say("contact.sign-in.switch-on.done"), say("contact.sign-in.switch-on.done.body", number))
		},
	}
	if c.SignIn {
		sheet.title, sheet.body = say("contact.sign-in.switch-off"), say("contact.sign-in.switch-off.body", number)
		sheet.action, sheet.danger = say("contact.sign-in.switch-off.do"), true
		sheet.done = func() {
			u.tellRecovery(say("contact.sign-in.switch-off.done"), say("contact.sign-in.switch-off.done.body", number))
		}
	}
	u.ask(sheet)
}

// askRemoveContact says what ends with the address, and asks for the password.
func (u *UI) askRemoveContact(c app.Contact) {
	u.ask(&promptSheet{
		u: u, title: say("contact.remove.title"), body: say("contact.remove.body", with{"Address": c.Address}), action: say("contact.remove.do"), danger: true,
		work: func(ctx context.Context, password string) error { return u.device.RemoveContact(ctx, c.ID, password) },
		done: func() {
			u.tellRecovery(say("contact.removed"), say("contact.removed.body", with{"Address": c.Address}))
		},
	})
}

// tellRecovery says on the Recovery page what was just done.
func (u *UI) tellRecovery(head, body string) {
	u.goTo(&recoveryPage{u: u, told: &told{head, body}})
}

// contactSentence says why an address could not be added or confirmed.
func contactSentence(err error) string {
	switch app.TroubleOf(err) {
	case app.TroubleGone:
		return say("contact.trouble.none")
	case app.TroubleRefused:
		return say("contact.trouble.address")
	}
	return sentence(err)
}

// contactPage takes an address, and the password with which it is added.
type contactPage struct {
	u                 *UI
	before            page
	medium            int // into media
	address, password *widgets.Field
	button            *widgets.Button
}

var media = [...]string{mediumMail, mediumText}

func newContactPage(u *UI, before page) page {
	p := &contactPage{u: u, before: before}
	if !u.mayAdd(mediumMail) {
		p.medium = 1
	}
	p.password = widgets.NewPasswordField(say("password.label"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted, p.password.Entry.OnEscape = func(string) { p.send() }, p.leave
	p.password.Entry.OnChanged = func(string) { p.password.SetWrong("") }
	p.button = widgets.NewButton(widgets.PineButton, say("contact.send"), p.send)
	p.choose(p.medium)
	return p
}

// choose makes the field for a medium.
func (p *contactPage) choose(medium int) {
	text := ""
	if p.address != nil && medium == p.medium {
		text = p.address.Text()
	}
	p.medium, p.address = medium, newAddressField(media[medium])
	p.address.Entry.SetText(text)
	p.address.Entry.OnEscape = p.leave
	p.address.Entry.OnChanged = func(string) { p.address.SetWrong("") }
	p.address.Entry.OnSubmitted = func(string) { p.u.window.Canvas().Focus(p.password.Entry) }
}

// newAddressField makes the field for an address of a medium.
func newAddressField(medium string) *widgets.Field {
	label, place := say("contact.mail"), "anna@example.org"
	if medium == mediumText {
		label, place = say("contact.phone"), "+49 170 1234567"
	}
	f := widgets.NewField(label, "")
	f.Entry.PlaceHolder = place
	return f
}

func (p *contactPage) focus() fyne.Focusable { return p.address.Entry }
func (p *contactPage) leave()                { p.u.goTo(p.before) }

func (p *contactPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("contact.title"), say("contact.body")))
	if p.u.mayAdd(mediumMail) && p.u.mayAdd(mediumText) {
		content.Add(widgets.NewSegments([]string{say("contact.by-mail"), say("contact.by-text")}, p.medium, func(n int) {
			p.choose(n)
			p.u.stage.draw()
		}))
	}
	content.Add(p.address)
	if media[p.medium] == mediumText {
		content.Add(hint("info", widgets.Ink2, say("contact.text.weak")))
	}
	content.Add(p.password)
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *contactPage) send() {
	address := strings.TrimSpace(p.address.Text())
	if p.button.Disabled() || !p.fits(address) {
		return
	}
	u, add := p.u, p.u.device.AddMail
	if media[p.medium] == mediumText {
		add, address = u.device.AddPhone, plainNumber(address)
	}
	setBusy(p.button, true, say("contact.send"))
	var c app.Contact
	u.call(func(ctx context.Context) (err error) {
		c, err = add(ctx, address, shortLanguage(), p.password.Text())
		return err
	}, func(err error) {
		setBusy(p.button, false, say("contact.send"))
		switch {
		case u.page != p:
		case err == nil:
			u.goTo(newConfirmPage(u, p.before, c))
		default:
			p.blame(err)
			u.stage.draw()
		}
	})
}

// fits says what is missing before anything is sent.
func (p *contactPage) fits(address string) bool {
	p.address.SetWrong("")
	p.password.SetWrong("")
	switch {
	case address == "":
		p.address.SetWrong(say("contact.missing"))
	case p.password.Text() == "":
		p.password.SetWrong(say("change.present.missing"))
	default:
		return true
	}
	p.u.stage.draw()
	return false
}

// blame puts a sentence below the field that it is about.
func (p *contactPage) blame(err error) {
	if t := app.TroubleOf(err); t == app.TroubleGone || t == app.TroubleRefused {
		p.address.SetWrong(contactSentence(err))
		return
	}
	p.password.SetWrong(sentence(err))
}

// plainNumber leaves out what people put into telephone numbers to read them.
func plainNumber(text string) string {
	return strings.NewReplacer(" ", "", "-", "", "/", "", "(", "", ")", "").Replace(text)
}

// shortLanguage is the language that messages to an address are written in.
func shortLanguage() string {
	if strings.HasPrefix(strings.ToLower(language()), "de") {
		return "de"
	}
	return "en"
}
