package ui

import (
	"context"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// resetKeyPage takes the recovery key, which together with this device allows a new
// password at once.
type resetKeyPage struct {
	u      *UI
	before page
	entry  *widgets.KeyEntry
	next   *widgets.Button
}

func newResetKeyPage(before *resetPage) *resetKeyPage {
	p := &resetKeyPage{u: before.u, before: before}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.begin)
	p.entry = newKeyEntry(p.begin, p.leave)
	p.entry.OnChanged = func(string) {
		p.entry.SetWrong("")
		enable(p.next, p.entry.Full())
	}
	p.next.Disable()
	return p
}

func (p *resetKeyPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("reset.name"), p.leave), heading(say("regain.key"), say("reset.key.body")))
	return task(s, widgets.Column(20, head, p.entry, hint("info", widgets.Ink2, say("key.only-here"))), p.next)
}

func (p *resetKeyPage) focus() fyne.Focusable { return p.entry }
func (p *resetKeyPage) leave()                { p.u.goTo(p.before) }

func (p *resetKeyPage) begin() {
	if p.next.Disabled() {
		return
	}
	setBusy(p.next, true, say("do.continue"))
	var r Reset
	p.u.call(func(ctx context.Context) (err error) {
		r, err = p.u.device.BeginReset(ctx, p.entry.Text())
		return err
	}, func(err error) {
		setBusy(p.next, false, say("do.continue"))
		switch {
		case p.u.page != page(p):
			return
		case err == nil:
			p.u.goTo(newResetPasswordPage(p.u, r, p))
			return
		}
		p.entry.SetWrong(sentence(err))
		p.u.stage.draw()
	})
}

// resetPasswordPage takes the new password, and then the new key is shown.
type resetPasswordPage struct {
	u      *UI
	reset  Reset
	before *resetKeyPage
	pair   *passwordPair
	key    page // the new key, with what was typed back so far
}

func newResetPasswordPage(u *UI, r Reset, before *resetKeyPage) page {
	p := &resetPasswordPage{u: u, reset: r, before: before}
	p.pair = newPasswordPair(u, p.goOn, p.leave)
	p.key = newFreshKeyPage(u, fresh{
		key: r.Key(), name: say("reset.name"), body: say("reset.new.body"), before: p,
		typed: func(back page, typed string) { newResetFinishPage(p, back, typed).finish() },
	})
	return p
}

func (p *resetPasswordPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("reset.name"), p.leave), heading(say("reset.password"), say("reset.password.body")))
	return task(s, widgets.Column(18, head, p.pair.draw()), widgets.NewButton(widgets.PineButton, say("do.continue"), p.goOn))
}

func (p *resetPasswordPage) focus() fyne.Focusable { return p.pair.next.Entry }
func (p *resetPasswordPage) leave()                { p.u.goTo(p.before) }

func (p *resetPasswordPage) goOn() {
	if p.pair.fits() {
		p.u.goTo(p.key)
	}
}

// resetFinishPage sends the new password and the new key, and says how it ended.
type resetFinishPage struct {
	u       *UI
	form    *resetPasswordPage
	before  page
	typed   string
	next    *widgets.Button
	trouble string
	done    bool
}

func newResetFinishPage(form *resetPasswordPage, before page, typed string) *resetFinishPage {
	p := &resetFinishPage{u: form.u, form: form, before: before, typed: typed}
	p.next = widgets.NewButton(widgets.PineButton, say("reset.again"), p.finish)
	return p
}

func (p *resetFinishPage) leave() {
	if p.done {
		p.u.visit(placeHome)
		return
	}
	p.u.goTo(p.before)
}

func (p *resetFinishPage) draw(s shape) fyne.CanvasObject {
	if p.done {
		return resetDone(s, p.leave, say("reset.done.key"))
	}
	content := widgets.Column(16, widgets.Column(12, backTo(s, say("reset.name"), p.leave), heading(say("reset.sending"), say("reset.sending.body"))))
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	return task(s, content, p.next)
}

func (p *resetFinishPage) finish() {
	if p.next.Disabled() {
		return
	}
	p.trouble = ""
	setBusy(p.next, true, say("reset.again"))
	p.u.goTo(p)
	p.u.call(func(ctx context.Context) error {
		return p.form.reset.Finish(ctx, p.form.pair.text(), p.typed)
	}, func(err error) {
		setBusy(p.next, false, say("reset.again"))
		switch {
		case err == nil:
			p.done = true
			p.form.pair.clear()
			p.u.stage.fresh()
		case app.TroubleOf(err) == app.TroublePassword:
			p.form.pair.next.SetWrong(say("trouble.password-refused"))
			if p.u.page == page(p) {
				p.u.goTo(p.form)
			}
			return
		case app.TroubleOf(err) == app.TroubleUnreachable:
			p.trouble = say("reset.under-way")
		default:
			p.trouble = sentence(err)
		}
		p.u.stage.draw()
	})
}

// passwordPair takes a new password twice.
type passwordPair struct {
	u           *UI
	next, again *widgets.Field
}

func newPasswordPair(u *UI, done, leave func()) *passwordPair {
	p := &passwordPair{u: u}
	p.next = widgets.NewPasswordField(say("change.next"), say("account.password.hint"), say("do.show"), say("do.hide"))
	p.again = widgets.NewPasswordField(say("reset.twice"), "", say("do.show"), say("do.hide"))
	p.next.Entry.OnSubmitted = func(string) { u.window.Canvas().Focus(p.again.Entry) }
	p.again.Entry.OnSubmitted = func(string) { done() }
	for _, f := range []*widgets.Field{p.next, p.again} {
		f.Entry.OnEscape = leave
		f.Entry.OnChanged = func(string) {
			if f.Wrong() != "" {
				f.SetWrong("")
				u.stage.draw()
			}
		}
	}
	return p
}

func (p *passwordPair) draw() fyne.CanvasObject { return widgets.Column(18, p.next, p.again) }
func (p *passwordPair) text() string            { return p.next.Text() }

// clear takes the password off the screen once it was set.
func (p *passwordPair) clear() {
	p.next.Entry.SetText("")
	p.again.Entry.SetText("")
}

// fits says beneath the fields what will not do, before anything is sent.
func (p *passwordPair) fits() bool {
	p.next.SetWrong("")
	p.again.SetWrong("")
	switch missing := app.MinPassword - utf8.RuneCountInString(p.next.Text()); {
	case missing > 0:
		p.next.SetWrong(count("account.password.short", missing))
	case p.next.Text() == p.u.view.Name:
		p.next.SetWrong(say("reset.password.name"))
	case p.next.Text() != p.again.Text():
		p.again.SetWrong(say("reset.twice.other"))
	default:
		return true
	}
	p.u.stage.draw()
	return false
}
