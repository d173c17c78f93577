package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// regainLostPage asks which devices are gone, and lets this one in.
type regainLostPage struct {
	u       *UI
	regain  Regain
	typed   string // the new key, typed back
	before  page
	lost    []trust.DeviceID
	next    *widgets.Button
	trouble string
	gone    []string // names of the devices that were removed
	done    bool
}

func newRegainLostPage(u *UI, r Regain) *regainLostPage {
	p := &regainLostPage{u: u, regain: r}
	p.next = widgets.NewButton(widgets.PineButton, say("regain.finish"), p.finish)
	return p
}

func (p *regainLostPage) draw(s shape) fyne.CanvasObject {
	if p.done {
		return p.drawDone(s)
	}
	content := widgets.Column(16)
	members := p.regain.Members()
	if len(members) == 0 {
		content.Add(widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("regain.last"), say("regain.last.body"))))
	} else {
		content.Add(widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("regain.lost"), say("regain.lost.body"))))
		content.Add(p.list(members))
		content.Add(hint("info", widgets.Ink2, say("regain.lost.more")))
	}
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	return task(s, content, p.next)
}

func (p *regainLostPage) list(members []app.Member) fyne.CanvasObject {
	var rows []*widgets.Tick
	for _, m := range members {
		second := kindWord(m.Kind)
		if !m.Since.IsZero() {
			second = say("regain.lost.row", with{"Kind": second, "Date": date(m.Since, p.u.now())})
		}
		rows = append(rows, widgets.NewTick(widgets.ItemText{Icon: kindIcon(m.Kind), Name: m.Name, Second: second},
			slices.Contains(p.lost, m.ID), func(lost bool) { p.tick(m.ID, lost) }))
	}
	return widgets.TickList(rows...)
}

func (p *regainLostPage) tick(id trust.DeviceID, lost bool) {
	p.lost = slices.DeleteFunc(p.lost, func(known trust.DeviceID) bool { return known == id })
	if lost {
		p.lost = append(p.lost, id)
	}
}

func (p *regainLostPage) leave() {
	if p.done {
		p.u.visit(placeHome)
		return
	}
	p.u.goTo(p.before)
}

// follow stays when the device belongs: the page itself says so.
func (p *regainLostPage) follow(v app.View) bool {
	if v.Stage == app.StageNew {
		return false
	}
	p.finished()
	return true
}

func (p *regainLostPage) finish() {
	if p.next.Disabled() {
		return
	}
	setBusy(p.next, true, say("regain.finish"))
	p.trouble = ""
	lost := slices.Clone(p.lost)
	p.u.call(func(ctx context.Context) error {
		_, err := p.regain.Finish(ctx, p.typed, lost)
		return err
	}, func(err error) {
		setBusy(p.next, false, say("regain.finish"))
		switch {
		case p.done || p.u.page != page(p):
			return
		case err == nil:
			p.finished()
		case app.TroubleOf(err) == app.TroubleUnreachable:
			p.trouble = say("regain.under-way")
		default:
			p.trouble = sentence(err)
		}
		p.u.stage.draw()
	})
}

func (p *regainLostPage) finished() {
	if p.done {
		return
	}
	p.done = true
	for _, m := range p.regain.Members() {
		if slices.Contains(p.lost, m.ID) {
			p.gone = append(p.gone, m.Name)
		}
	}
	p.u.stage.fresh()
}

// drawDone says what is true now, and what to do next.
func (p *regainLostPage) drawDone(s shape) fyne.CanvasObject {
	u := p.u
	content := widgets.Column(16, bigIcon("check", widgets.Pine),
		heading(say("regain.done", with{"Name": u.view.Name}), say("regain.done.body")))
	var rows []fyne.CanvasObject
	for _, d := range u.view.Devices {
		t := toneOf(d, u.now())
		rows = append(rows, widgets.NewItem(widgets.ItemText{
			Icon: kindIcon(d.Kind), Tile: tileOf(t), IconColour: colourOf(t), Name: d.Name, Second: u.standing(d),
		}, nil))
	}
	content.Add(widgets.List(rows...))
	if names := joined(p.gone); names != "" {
		content.Add(hint("remove", widgets.Ink2, say("regain.done.gone", with{"Names": names})))
	}
	content.Add(widgets.Notice(widgets.SoftBrass, "password", widgets.Brass, say("regain.done.password"), say("regain.done.password.more")))
	return task(s, content,
		widgets.NewButton(widgets.PineButton, say("settings.password"), func() { u.goTo(newChangePage(u, &homePage{u: u})) }),
		widgets.NewButton(widgets.SecondButton, say("ready.done"), p.leave))
}

func joined(names []string) string {
	all := ""
	for _, n := range names {
		all = listed(all, n)
	}
	return all
}
