package ui

import (
	"context"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// changePage sets another password.
type changePage struct {
	u             *UI
	before        page
	present, next *widgets.Field
	button        *widgets.Button
	done          bool
	others        bool   // somebody else may know the old one
	apps          string // what became of the app passwords, "" = nothing
}

func newChangePage(u *UI, before page) page {
	p := &changePage{u: u, before: before}
	p.present = widgets.NewPasswordField(say("change.present"), "", say("do.show"), say("do.hide"))
	p.next = widgets.NewPasswordField(say("change.next"), say("account.password.hint"), say("do.show"), say("do.hide"))
	p.present.Entry.OnEscape, p.next.Entry.OnEscape = p.leave, p.leave
	p.present.Entry.OnSubmitted = func(string) { u.window.Canvas().Focus(p.next.Entry) }
	p.next.Entry.OnSubmitted = func(string) { p.send() }
	p.present.Entry.OnChanged = func(string) { p.present.SetWrong("") }
	p.next.Entry.OnChanged = func(string) { p.next.SetWrong("") }
	p.button = widgets.NewButton(widgets.PineButton, say("change.do"), p.send)
	return p
}

func (p *changePage) draw(s shape) fyne.CanvasObject {
	if p.done {
		content := widgets.Column(16, bigIcon("check", widgets.Pine), heading(say("change.done"), say("change.done.body")))
		if p.apps != "" {
			content.Add(hint("apps", widgets.Ink2, p.apps))
		}
		return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
	}
	content := widgets.Column(20, heading(say("change.title"), say("change.body")), p.present, p.next)
	if live, _ := p.u.apps(); len(live) > 0 {
		content.Add(p.choice())
	}
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave),
		widgets.NewButton(widgets.QuietButton, say("safe.forgotten"), func() { p.u.goTo(newResetPage(p.u)) }))
}

func (p *changePage) focus() fyne.Focusable { return p.present.Entry }
func (p *changePage) leave()                { p.u.goTo(p.before) }

func (p *changePage) send() {
	if p.button.Disabled() || !p.fits() {
		return
	}
	setBusy(p.button, true, say("change.do"))
	present, next, others := p.present.Text(), p.next.Text(), p.others
	var ended error
	p.u.call(func(ctx context.Context) error {
		err := p.u.device.ChangePassword(ctx, present, next)
		if err == nil && others {
			ended = p.u.device.RemoveAllAppPasswords(ctx, next)
		}
		return err
	}, func(err error) {
		setBusy(p.button, false, say("change.do"))
		if err != nil {
			p.present.SetWrong(sentence(err))
		} else {
			p.done, p.apps = true, appsAfter(others, ended)
		}
		p.u.stage.draw()
	})
}

// fits says beneath the fields what will not do, before anything is sent.
func (p *changePage) fits() bool {
	p.present.SetWrong("")
	if p.present.Text() == "" {
		p.present.SetWrong(say("change.present.missing"))
		return false
	}
	if missing := app.MinPassword - utf8.RuneCountInString(p.next.Text()); missing > 0 {
		p.next.SetWrong(count("account.password.short", missing))
		return false
	}
	if p.next.Text() == p.present.Text() || p.next.Text() == p.u.view.Name {
		p.next.SetWrong(say("change.next.same"))
		return false
	}
	return true
}

// choice ends the app passwords with the old password, if the person says that
// somebody else may know it.
func (p *changePage) choice() fyne.CanvasObject {
	text := widgets.ItemText{Icon: "apps", Name: say("change.apps.end"), Second: say("change.apps.end.more")}
	return widgets.TickList(widgets.NewTick(text, p.others, func(ticked bool) { p.others = ticked }))
}

// appsAfter says what became of the app passwords once the password is another one.
func appsAfter(others bool, err error) string {
	switch {
	case !others:
		return ""
	case err != nil:
		return say("change.apps.left") + " " + sentence(err)
	}
	return say("apps.remove-all.done")
}
