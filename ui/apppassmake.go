package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// wantedApp is what a new app password is filled in with; the fields may be empty.
type wantedApp struct{ service, name string }

// wantApp begins an app password: where there are several services it first asks for
// which.
func (u *UI) wantApp(want wantedApp) {
	services := u.openServices()
	for _, s := range services {
		if s.ID == want.service || len(services) == 1 {
			u.goTo(newMakeAppPage(u, s, want.name))
			return
		}
	}
	u.goTo(&serviceForPage{u: u})
}

// serviceForPage asks which service a new app password opens.
type serviceForPage struct{ u *UI }

func (p *serviceForPage) leave() { p.u.visit(placeApps) }

func (p *serviceForPage) draw(s shape) fyne.CanvasObject {
	var rows []fyne.CanvasObject
	for _, of := range p.u.openServices() {
		rows = append(rows, row(serviceIcon(of.Kind), of.Title, "", func() { p.u.goTo(newMakeAppPage(p.u, of, "")) }))
	}
	content := widgets.Column(20, heading(say("apps.for"), say("apps.for.body")), widgets.List(rows...))
	return task(s, content, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

// makeAppPage asks what a new app password is called, and for the account's.
type makeAppPage struct {
	u              *UI
	service        app.Service
	name, password *widgets.Field
	button         *widgets.Button
	more           bool
	lasts          int // index into lastings
}

// lastings are how long one may last; the first is for ever.
func lastings() []time.Duration {
	return []time.Duration{0, 90 * 24 * time.Hour, 365 * 24 * time.Hour}
}

func newMakeAppPage(u *UI, of app.Service, name string) page {
	p := &makeAppPage{u: u, service: of}
	p.name = widgets.NewField(say("apps.name"), "")
	p.password = widgets.NewPasswordField(say("apps.password"), "", say("do.show"), say("do.hide"))
	p.button = widgets.NewButton(widgets.PineButton, say("apps.make.do"), p.send)
	p.name.Entry.OnEscape, p.password.Entry.OnEscape = p.leave, p.leave
	p.name.Entry.OnSubmitted = func(string) { u.window.Canvas().Focus(p.password.Entry) }
	p.password.Entry.OnSubmitted = func(string) { p.send() }
	p.name.Entry.OnChanged = func(string) { p.name.SetWrong("") }
	p.password.Entry.OnChanged = func(string) { p.password.SetWrong("") }
	if name == "" {
		this, _ := u.member(u.view.This)
		name = fitting(say("apps.proposed", with{"Service": of.Title, "Device": orElse(this.Name, "word.a-device")}))
	}
	p.name.Entry.SetText(name)
	return p
}

func (p *makeAppPage) leave()                { p.u.visit(placeApps) }
func (p *makeAppPage) focus() fyne.Focusable { return p.password.Entry }

// mostName is how many bytes a name may have.
const mostName = 64

// fitting cuts a name to what it may have, at a space if there is one.
func fitting(name string) string {
	if len(name) <= mostName {
		return name
	}
	cut := strings.ToValidUTF8(name[:mostName], "")
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return strings.TrimSpace(cut)
}

func (p *makeAppPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("apps.make.title", with{"Service": p.service.Title}), say("apps.make.body")))
	content.Add(p.name)
	content.Add(p.password)
	if p.more {
		words := []string{say("apps.lasts.ever"), say("apps.lasts.quarter"), say("apps.lasts.year")}
		lasts := widgets.NewSegments(words, p.lasts, func(n int) { p.lasts = n })
		content.Add(widgets.Column(6, widgets.NewText(say("apps.lasts"), widgets.SmallB, widgets.Ink), lasts))
	} else {
		content.Add(widgets.Start(widgets.NewButton(widgets.QuietButton, say("apps.more"), p.open).WithIcon("more").Small()))
	}
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *makeAppPage) open() {
	p.more = true
	p.u.stage.draw()
}

func (p *makeAppPage) send() {
	name := strings.TrimSpace(p.name.Text())
	if p.button.Disabled() || !p.fits(name) {
		return
	}
	u := p.u
	in := app.NewAppPassword{Service: p.service.ID, Name: name, Lasts: lastings()[p.lasts], Password: p.password.Text()}
	setBusy(p.button, true, say("apps.make.do"))
	var made app.MadeAppPassword
	u.call(func(ctx context.Context) (err error) {
		made, err = u.device.MakeAppPassword(ctx, in)
		return err
	}, func(err error) {
		setBusy(p.button, false, say("apps.make.do"))
		switch {
		case u.page != p: // nobody looks: it is in the list, and can be removed
		case err == nil:
			u.goTo(newShownAppPage(u, p.service, made))
		case app.TroubleOf(err) == app.TroubleAppName:
			p.name.SetWrong(sentence(err))
			u.stage.draw()
		default:
			p.password.SetWrong(sentence(err))
			u.stage.draw()
		}
	})
}

// fits says what is missing before anything is sent.
func (p *makeAppPage) fits(name string) bool {
	p.name.SetWrong("")
	p.password.SetWrong("")
	switch {
	case name == "":
		p.name.SetWrong(say("apps.name.missing"))
	case p.password.Text() == "":
		p.password.SetWrong(say("change.present.missing"))
	default:
		return true
	}
	p.u.stage.draw()
	return false
}
