package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// settingsPage has what can be chosen here, and what there is to know.
type settingsPage struct{ u *UI }

func (p *settingsPage) destination() place { return placeSettings }

func (p *settingsPage) leave() { p.u.visit(placeHome) }

func (p *settingsPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(0, p.head(s),
		section(say("settings.device")), widgets.List(p.look(s), p.textSize(s), p.motion(s), p.row("globe", "settings.language", say("settings.language.more"), nil)),
		section(say("settings.account")), widgets.List(p.account()...),
		section(say("settings.about")), widgets.List(p.about()...))
	if p.u.view.Stage == app.StageOn && !p.u.view.Left {
		content.Add(widgets.Pad(24, 0, 0, 0, widgets.List(p.row("stop", "wait.off", say("wait.off.more"), func() { p.u.goTo(newLeavingPage(p.u, p)) }))))
	}
	return p.u.scrolled(s, content)
}

// head leads back on a phone, where no bar shows this place.
func (p *settingsPage) head(s shape) fyne.CanvasObject {
	if s.wide {
		return title(say("settings.title"))
	}
	return backTitle(say("settings.title"), p.leave)
}

func (p *settingsPage) row(icon, name, second string, act func()) fyne.CanvasObject {
	return widgets.NewItem(widgets.ItemText{Icon: icon, Name: say(name), Second: second}, act)
}

// chosen is a row with a choice at its end, or below it where there is no room.
func (p *settingsPage) chosen(s shape, icon, name string, choice *widgets.Segments) fyne.CanvasObject {
	if s.wide && !s.stacked {
		return widgets.NewItem(widgets.ItemText{Icon: icon, Name: say(name), End: choice.InOneRow()}, nil)
	}
	return widgets.Column(0, p.row(icon, name, "", nil), widgets.Pad(0, 16, 16, 16, choice))
}

func (p *settingsPage) look(s shape) fyne.CanvasObject {
	texts := []string{say("settings.look.system"), say("settings.look.light"), say("settings.look.dark"), say("settings.look.contrast")}
	return p.chosen(s, "sun", "settings.look", widgets.NewSegments(texts, p.u.chosenLook(), p.u.chooseLook))
}

func (p *settingsPage) textSize(s shape) fyne.CanvasObject {
	texts := []string{say("settings.text.normal"), say("settings.text.large"), say("settings.text.largest")}
	return p.chosen(s, "eye", "settings.text", widgets.NewSegments(texts, p.u.chosenText(), p.u.chooseText))
}

func (p *settingsPage) motion(shape) fyne.CanvasObject {
	return widgets.NewItem(widgets.ItemText{
		Icon: "clock", Name: say("settings.motion"), Second: say("settings.motion.more"),
		End: widgets.NewSwitch(p.u.prefersLessMotion(), p.u.chooseLessMotion),
	}, nil)
}

func (p *settingsPage) account() []fyne.CanvasObject {
	u := p.u
	rows := []fyne.CanvasObject{
		p.row("person", "settings.name", u.view.Name, nil),
		widgets.NewItem(widgets.ItemText{Icon: "server", Name: say("settings.server"), Second: p.server(), End: p.check()}, nil),
		p.row("recovery", "go.recovery", say("safe.home.more"), func() { u.visit(placeRecovery) }),
	}
	rows = append(rows, p.row("password", "settings.password", say("settings.password.more"), func() { u.goTo(newChangePage(u, p)) }))
	return append(rows, p.row("desktop", "settings.vault", vaultSentence(u.view.Vault), nil))
}

func (p *settingsPage) server() string {
	u := p.u
	values := with{"Server": host(u.view.Server), "Moment": moment(u.view.Link.Since, u.now())}
	switch {
	case u.view.Link.State == app.Offline:
		return say("settings.server.off", values)
	case u.view.Link.State == app.Connecting:
		return say("settings.server.checking", values)
	case u.view.Local:
		return say("settings.server.local", values)
	}
	return say("settings.server.on", values)
}

func (p *settingsPage) check() fyne.CanvasObject {
	return widgets.NewButton(widgets.QuietButton, say("do.check-now"), p.u.checkNow).Small()
}

func (p *settingsPage) about() []fyne.CanvasObject {
	return []fyne.CanvasObject{
		widgets.NewItem(widgets.ItemText{
			Icon: "info", Name: say("settings.version", with{"Version": p.u.o.Version}), Second: say("settings.licence"),
		}, nil),
		p.row("globe", "settings.protects", say("settings.protects.more"), func() { p.u.openPage(protectsPage) }),
	}
}

// protectsPage says who is protected from what, and who is not.
const protectsPage = "https://github.com/countersign/countersign#readme"
