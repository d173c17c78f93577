package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// appPage tells all there is to know of one app password, and ends it.
type appPage struct {
	u     *UI
	id    string
	wrong string
}

func (p *appPage) destination() place { return placeApps }
func (p *appPage) leave()             { p.u.visit(placeApps) }

func (p *appPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	a, ok := u.appPassword(p.id)
	if !ok {
		return u.scrolled(s, widgets.Column(12, backTitle(say("apps.lost"), p.leave)))
	}
	content := widgets.Column(16, backTitle(a.Name, p.leave))
	if a.Idle {
		content.Add(p.question(s, a))
	}
	content.Add(widgets.List(p.facts(a)...))
	if p.wrong != "" {
		content.Add(hint("warning", widgets.Brick, p.wrong))
	}
	if a.Counts() {
		remove := widgets.NewButton(widgets.SecondButton, say("apps.remove"), func() { p.remove(a) }).WithIcon("remove").Small()
		content.Add(widgets.Start(remove))
	} else if again := u.makeAgain(a); again != nil {
		content.Add(again)
	}
	return u.scrolled(s, content)
}

// facts are what is known, as rows that do nothing.
func (p *appPage) facts(a app.AppPassword) []fyne.CanvasObject {
	u := p.u
	made := say("apps.made-on", with{"Date": date(a.Made, u.now()), "Device": orElse(a.By, "word.a-device")})
	used := sentenceCase(u.usedWords(a))
	rows := []fyne.CanvasObject{row(serviceIcon(a.Kind), a.Title, made, nil), row("signin", say("apps.use"), used, nil)}
	switch {
	case !a.Counts():
		rows = append(rows, row("cross", say("apps.over"), sentenceCase(u.endedWords(a)), nil))
	case !a.Expires.IsZero():
		rows = append(rows, row("clock", say("apps.ends"), date(a.Expires, u.now()), nil))
	}
	if !a.Stale.IsZero() {
		tried := say("apps.tried", with{"Moment": moment(a.Stale, u.now()), "Network": orElse(a.From, "apps.somewhere")})
		rows = append(rows, widgets.NewItem(widgets.ItemText{
			Icon: "repeat", Tile: tileOf(warm), IconColour: widgets.Brass, Name: staleHead(a), Second: tried,
		}, nil))
	}
	return rows
}

// question asks whether one that was not used for half a year is still needed.
func (p *appPage) question(s shape, a app.AppPassword) fyne.CanvasObject {
	keep := widgets.NewButton(widgets.SecondButton, say("apps.keep"), func() { p.keep(a) }).Small()
	remove := widgets.NewButton(widgets.SecondButton, say("apps.remove"), func() { p.remove(a) }).Small()
	return widgets.Notice(widgets.SoftBrass, "clock", widgets.Brass, say("apps.needed"), say("apps.needed.more"), beside(s, keep, remove))
}

func (p *appPage) keep(a app.AppPassword) {
	p.u.call(func(context.Context) error { return p.u.device.KeepAppPassword(a.ID) }, func(err error) {
		if p.wrong = ""; err != nil {
			p.wrong = sentence(err)
		}
		p.u.stage.draw()
	})
}

func (p *appPage) remove(a app.AppPassword) {
	u := p.u
	u.ask(&promptSheet{
		u: u, title: say("apps.remove.title", with{"Name": a.Name}), body: say("apps.remove.body"), action: say("apps.remove"), danger: true,
		work: func(ctx context.Context, password string) error {
			return u.device.RemoveAppPassword(ctx, a.ID, password)
		},
		done: func() { u.tellApps(say("apps.remove.done", with{"Name": a.Name}), say("apps.remove.done.body")) },
	})
}

// appPassword gives one of the account's.
func (u *UI) appPassword(id string) (app.AppPassword, bool) {
	for _, a := range u.view.AppPasswords {
		if a.ID == id {
			return a, true
		}
	}
	return app.AppPassword{}, false
}

// askRemoveApps ends all of them, and then tells what was done.
func (u *UI) askRemoveApps(tell func(head, body string)) {
	u.ask(&promptSheet{
		u: u, title: say("apps.remove-all.title"), body: say("apps.remove-all.body"), action: say("apps.remove-all"), danger: true,
		work: u.device.RemoveAllAppPasswords,
		done: func() { tell(say("apps.remove-all.done"), say("apps.remove.done.body")) },
	})
}
