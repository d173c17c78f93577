package ui

import (
	"context"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// accountPage is the second step: name, password, and what this device is called.
type accountPage struct {
	u                      *UI
	draft                  draft
	name, password, device *widgets.Field
	kinds                  *kindChoice
	next                   *widgets.Button
	trouble                string
	busy                   bool
}

func newAccountPage(u *UI, d draft) page {
	p := &accountPage{u: u, draft: d, kinds: newKindChoice(u.o.Kind)}
	p.name = widgets.NewField(say("account.name"), "")
	p.password = widgets.NewPasswordField(say("account.password"), say("account.password.hint"), say("do.show"), say("do.hide"))
	p.device = widgets.NewField(say("account.device"), "")
	p.device.Entry.SetText(u.o.DeviceName)
	for _, f := range []*widgets.Field{p.name, p.password, p.device} {
		f.Entry.OnSubmitted = func(string) { p.begin() }
		f.Entry.OnEscape = p.leave
		f.Entry.OnChanged = func(string) { p.forgive(f) }
	}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.begin)
	return p
}

func (p *accountPage) draw(s shape) fyne.CanvasObject {
	where := say("account.local")
	if !p.draft.input.Local {
		where = say("account.server", with{"Server": host(p.draft.offer.Origin)})
	}
	content := widgets.Column(18, heading(say("account.title"), where), p.nameField(), p.password, p.device, p.kinds.draw(s))
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	return p.u.step(s, 2, p.leave, content, p.next)
}

// nameField is fixed where the invitation says the name.
func (p *accountPage) nameField() fyne.CanvasObject {
	if !p.fixed() {
		return p.name
	}
	return widgets.Column(6, widgets.NewText(say("account.name"), widgets.SmallB, widgets.Ink),
		widgets.NewBox(widgets.WellLook, widgets.Pad(14, 16, 14, 16, widgets.NewText(p.draft.offer.Name, widgets.RowName, widgets.Ink).AtMost(3))),
		small(say("account.name.fixed")))
}

func (p *accountPage) fixed() bool { return p.draft.offer.Name != "" }

func (p *accountPage) focus() fyne.Focusable {
	if p.fixed() {
		return p.password.Entry
	}
	return p.name.Entry
}

func (p *accountPage) leave() {
	if p.draft.input.Local {
		p.u.goTo(newWherePage(p.u))
		return
	}
	p.u.goTo(newLinkPage(p.u))
}

// forgive takes a complaint back as soon as the person mends it.
func (p *accountPage) forgive(f *widgets.Field) {
	if f.Wrong() != "" {
		f.SetWrong("")
		p.u.stage.draw()
	}
}

// complete complains about what is missing.
func (p *accountPage) complete() bool {
	good := true
	if !p.fixed() && strings.TrimSpace(p.name.Text()) == "" {
		p.name.SetWrong(say("account.name.missing"))
		good = false
	}
	if missing := app.MinPassword - utf8.RuneCountInString(p.password.Text()); missing > 0 {
		p.password.SetWrong(count("account.password.short", missing))
		good = false
	}
	if strings.TrimSpace(p.device.Text()) == "" {
		p.device.SetWrong(say("account.device.missing"))
		good = false
	}
	p.u.stage.draw()
	return good
}

func (p *accountPage) begin() {
	if p.busy || !p.complete() {
		return
	}
	in := &p.draft.input
	in.Kind = p.kinds.chosen
	in.Password, in.DeviceName = p.password.Text(), strings.TrimSpace(p.device.Text())
	if !p.fixed() {
		in.Name = strings.TrimSpace(p.name.Text())
	}
	p.setBusy(true)
	p.trouble = ""
	var setup Setup
	p.u.call(func(ctx context.Context) (err error) {
		setup, err = p.u.device.BeginSetup(ctx, *in)
		return err
	}, func(err error) { p.began(setup, err) })
}

func (p *accountPage) began(setup Setup, err error) {
	p.setBusy(false)
	switch trouble := app.TroubleOf(err); {
	case err == nil:
		p.draft.setup = setup
		p.u.goTo(&keyPage{u: p.u, draft: p.draft, before: p})
		return
	case trouble == app.TroubleName && !p.fixed():
		p.name.SetWrong(say("trouble.name"))
	case trouble == app.TroublePassword:
		p.password.SetWrong(say("trouble.password-refused"))
	default:
		p.trouble = sentence(err)
	}
	p.u.stage.draw()
}

func (p *accountPage) setBusy(busy bool) {
	p.busy = busy
	setBusy(p.next, busy, say("do.continue"))
}
