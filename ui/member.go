package ui

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// memberPage shows one trusted device, and removes it.
type memberPage struct {
	u  *UI
	id trust.DeviceID
}

func (p *memberPage) destination() place { return placeDevices }
func (p *memberPage) leave()             { p.u.visit(placeDevices) }

func (p *memberPage) draw(s shape) fyne.CanvasObject {
	d, ok := p.u.member(p.id)
	if !ok {
		return p.u.scrolled(s, widgets.Column(12, backTitle(say("member.gone"), p.leave), lead(say("member.gone.body"))))
	}
	rename := widgets.NewButton(widgets.SecondButton, say("member.call"), func() { p.rename(d) }).Small()
	content := widgets.Column(16, backTitle(d.Name, p.leave), widgets.List(p.facts(s, d)...),
		widgets.Start(rename), p.removal(d))
	return p.u.scrolled(s, content)
}

// backTitle is a title behind the way back.
func backTitle(text string, leave func()) fyne.CanvasObject {
	back := widgets.NewButton(widgets.QuietButton, "", leave).WithIcon("back").Small()
	return widgets.Pad(0, 0, 4, -10, widgets.Lead(2, 36, back, widgets.Pad(5, 0, 0, 0, title(text))))
}

func (p *memberPage) facts(s shape, d app.Member) []fyne.CanvasObject {
	t := toneOf(d, p.u.now())
	kind := widgets.ItemText{Icon: kindIcon(d.Kind), Tile: tileOf(t), IconColour: colourOf(t), Name: kindWord(d.Kind), Second: p.kindLine(d)}
	if !s.stacked {
		kind.End = badge(d, p.u.now())
	}
	rows := []fyne.CanvasObject{widgets.NewItem(kind, nil)}
	for _, f := range p.told(d) {
		rows = append(rows, widgets.NewItem(widgets.ItemText{Icon: f.icon, Name: f.name, Second: f.state}, nil))
	}
	return rows
}

// kindLine says how the device calls itself, where it is called otherwise here.
func (p *memberPage) kindLine(d app.Member) string {
	switch {
	case d.Own != "" && d.Own != d.Name:
		return say("member.own", with{"Name": d.Own})
	case d.This:
		return say("member.this")
	}
	return say("member.trusted")
}

func (p *memberPage) told(d app.Member) []thing {
	u, now := p.u, p.u.now()
	things := []thing{{icon: "calendar", name: say("member.since"), state: sentenceCase(moment(d.Since, now))}}
	if !d.This {
		things = append(things, thing{icon: "clock", name: say("member.seen"), state: p.seen(d)})
		things = append(things, thing{icon: "check", name: say("member.list"), state: u.sightWord(d)})
	}
	if lasts(d.Young, now) {
		things = append(things, thing{icon: "info", name: say("devices.young", with{"Until": moment(d.Young, now)}), state: say("member.young")})
	}
	if lasts(d.Held, now) {
		things = append(things, thing{icon: "info", name: say("devices.held", with{"Until": moment(d.Held, now)}), state: say("member.held")})
	}
	return things
}

func (p *memberPage) seen(d app.Member) string {
	switch {
	case d.Online:
		return say("member.now")
	case d.Seen.IsZero():
		return say("member.never")
	}
	return sentenceCase(moment(d.Seen, p.u.now()))
}

// sightWord says what a device last signed of the list.
func (u *UI) sightWord(d app.Member) string {
	switch d.Sight {
	case app.SightSame:
		return say("member.list.same", with{"Ago": past(d.At, u.now())})
	case app.SightOlder:
		return say("member.list.older", with{"Ago": past(d.At, u.now())})
	case app.SightNewer:
		return say("member.list.newer")
	case app.SightAnother:
		return say("member.list.another")
	}
	return say("member.list.none")
}

// removal has the button, or says why the device cannot be removed.
func (p *memberPage) removal(d app.Member) fyne.CanvasObject {
	u := p.u
	this, _ := u.member(u.view.This)
	why := ""
	switch {
	case len(u.view.Devices) < 2:
		why = say("trouble.last")
	case u.view.Link.State == app.Offline:
		why = say("remove.offline")
	case u.view.Notice == app.NoticeFrozen || u.view.Fork != nil:
		why = say("trouble.frozen")
	case !d.This && lasts(this.Young, u.now()):
		why = say("remove.young", with{"Until": moment(this.Young, u.now())})
	}
	if why != "" {
		return hint("info", widgets.Ink2, why)
	}
	w, asked := u.removalOf(d)
	if asked && !u.waitOver(w) {
		return p.removesLater(w)
	}
	text := say("remove.do")
	if d.This {
		text = say("remove.this.do")
	}
	button := widgets.Start(widgets.NewButton(widgets.BrickButton, text, func() { p.remove(d) }).WithIcon("remove"))
	if asked {
		return widgets.Column(12, hint("clock", widgets.Brass, u.toldOf(w, wordsOf(w).over)), button)
	}
	return widgets.Pad(8, 0, 0, 0, button)
}

// removesLater says from when on the device can be removed. The page is drawn anew
// then.
func (p *memberPage) removesLater(w app.Wait) fyne.CanvasObject {
	u := p.u
	u.stage.count(slowPace, func() bool {
		over := u.waitOver(w)
		if over {
			u.stage.draw()
		}
		return !over
	})
	look := widgets.NewButton(widgets.SecondButton, say("wait.look"), func() { u.goTo(&waitPage{u: u, id: w.ID, before: p}) }).Small()
	return widgets.Notice(widgets.SoftBrass, "clock", widgets.Brass, say("remove.later", with{"Moment": moment(w.Until, u.now())}),
		say("remove.later.body"), widgets.Start(look))
}

// removalOf finds the wait that this device began to remove another.
func (u *UI) removalOf(d app.Member) (app.Wait, bool) {
	for _, w := range u.view.Waits {
		if to, known := u.toGo(w); known && w.This && to.ID == d.ID {
			return w, true
		}
	}
	return app.Wait{}, false
}

// toGo gives the device that a wait is to remove. The backend names it only by what
// it calls itself: where two call themselves the same, it cannot be told.
func (u *UI) toGo(w app.Wait) (out app.Member, known bool) {
	if w.Kind != waitRemove {
		return out, false
	}
	for _, d := range u.view.Devices {
		if d.Own != w.Name {
			continue
		}
		if known {
			return app.Member{}, false
		}
		out, known = d, true
	}
	return out, known
}

func (p *memberPage) remove(d app.Member) {
	u := p.u
	sheet := &promptSheet{
		u: u, title: say("remove.title", with{"Device": d.Name}), body: say("remove.body"), action: say("remove.do"), danger: true,
		work:  func(ctx context.Context, password string) error { return u.device.RemoveDevice(ctx, d.ID, password) },
		done:  func() { u.goTo(&devicesPage{u: u, removed: d.Name}) },
		waits: func(rest time.Duration) { u.raise(p.laterNote(d, u.now().Add(rest))) },
	}
	if d.This {
		sheet.title, sheet.body, sheet.action = say("remove.this.title"), say("remove.this.body"), say("remove.this.do")
		sheet.done = func() {}
	}
	u.ask(sheet)
}

// laterNote says that a removal has only begun, as it should be.
func (p *memberPage) laterNote(d app.Member, until time.Time) *noteSheet {
	u := p.u
	n := &noteSheet{u: u, title: say("remove.later", with{"Moment": moment(until, u.now())}), body: say("remove.later.note", with{"Device": d.Name})}
	if w, known := u.removalOf(d); known {
		n.title = say("remove.later", with{"Moment": moment(w.Until, u.now())})
	}
	return n
}

// rename changes what the device is called here; nothing takes it back.
func (p *memberPage) rename(d app.Member) {
	u := p.u
	u.askLine(&fieldSheet{
		title: say("member.call"), action: say("member.call.do"),
		field: widgets.NewField(say("member.call.label"), say("member.call.hint")),
		work: func(name string, done func(error)) {
			name = strings.TrimSpace(name)
			if name == d.Own {
				name = ""
			}
			u.call(func(ctx context.Context) error { return u.device.Rename(ctx, d.ID, name) }, done)
		},
	}, d.Name)
}

// hours puts a wait into words: whole days as days.
func hours(n int) string {
	if n%24 == 0 && n >= 48 {
		return count("when.days", n/24)
	}
	return count("when.hours", n)
}

// leftWords gives the rest of a wait, "4 min 12 s".
func leftWords(until, now time.Time) string {
	rest := seconds(until, now)
	return say("when.left", with{"Minutes": rest / 60, "Seconds": rest % 60})
}
