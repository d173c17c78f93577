package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// recoveryPage has everything that brings one of the three things back: what is
// there, what waits, and what to do when something is wrong.
type recoveryPage struct {
	u    *UI
	told *told // what was just done here
}

// told is what was just done, until another page opens.
type told struct{ head, body string }

func newRecoveryPage(u *UI) page { return &recoveryPage{u: u} }

func (p *recoveryPage) destination() place { return placeRecovery }
func (p *recoveryPage) leave()             { p.u.visit(placeHome) }

func (p *recoveryPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	content := widgets.Column(12, p.head(s))
	if u.halted() {
		content.Add(u.noticeCard(s))
		return u.scrolled(s, content)
	}
	if p.told != nil {
		content.Add(agreeCard(good, "check", p.told.head, p.told.body))
	}
	for _, card := range u.waitCards(s) { // they may be all that the page is opened for
		content.Add(card)
	}
	content.Add(p.keyCard(s))
	if card := p.groupsCard(); card != nil {
		content.Add(card)
	}
	content.Add(widgets.List(p.keyRows()...))
	content.Add(widgets.Column(0, section(say("safe.any-two")), p.things(s)))
	content.Add(widgets.Column(0, section(say("contact.section")), u.contactList(p)))
	content.Add(widgets.Column(0, section(say("safe.wrong")), widgets.List(p.wrongRows()...)))
	return u.scrolled(s, content)
}

// head leads back on a phone, where no bar shows this place.
func (p *recoveryPage) head(s shape) fyne.CanvasObject {
	if s.wide {
		return widgets.Pad(0, 0, 8, 0, title(say("go.recovery")))
	}
	return backTitle(say("go.recovery"), p.leave)
}

// things stand on the page itself, so that they need an edge on a phone.
func (p *recoveryPage) things(s shape) fyne.CanvasObject {
	card := p.u.thingsCard(s, p.u.things())
	if s.wide && !s.stacked {
		return card
	}
	return widgets.NewBox(widgets.CardLook, card)
}

// keyState is what the first card says of the recovery key.
type keyState struct {
	tone             tone
	icon, head, more string
	do               string
	act              func(before page)
}

func (p *recoveryPage) keyState() keyState {
	u := p.u
	check := func(before page) { u.goTo(newCheckPage(u, before)) }
	proved := u.provedLine()
	switch {
	case !u.view.Recovery.Set:
		return keyState{warm, "warning", say("safe.key.none"), say("safe.key.none.more"), say("light.do.new-key"), u.beginNewKey}
	case u.view.Light.Next == app.AdviceNewKey:
		return keyState{warm, "warning", say("safe.key.spent"), say("safe.key.spent.more"), say("light.do.new-key"), u.beginNewKey}
	case u.keyUsed():
		return keyState{warm, "warning", say("safe.key.used"), say("safe.key.used.more"), say("light.do.new-key"), u.beginNewKey}
	case u.view.Recovery.Proved.IsZero():
		return keyState{warm, "warning", say("safe.key.unproved"), say("safe.key.unproved.more"), say("light.do.type-key"), check}
	case u.view.Light.Next == app.AdviceTypeKey:
		return keyState{warm, "clock", say("safe.key.due"), proved, say("safe.key.check"), check}
	}
	return keyState{plain, "check", say("check.done"), proved, say("safe.key.check"), check}
}

// keyUsed reports whether a device waits that was asked for with the recovery key.
func (u *UI) keyUsed() bool {
	return slices.ContainsFunc(u.view.Waits, func(w app.Wait) bool { return w.Kind == waitDevice && !w.This })
}

// provedLine says when the key was typed last, and when it is asked for again.
func (u *UI) provedLine() string {
	line := say("safe.key.proved", with{"Ago": past(u.view.Recovery.Proved, u.now())})
	if next := u.view.Recovery.Next; lasts(next, u.now()) {
		line += " " + say("safe.key.next", with{"When": ahead(next, u.now())})
	}
	return line
}

func (p *recoveryPage) keyCard(s shape) fyne.CanvasObject {
	now := p.keyState()
	colour, kind := widgets.Pine, widgets.SecondButton
	if now.tone == warm {
		colour, kind = widgets.Brass, widgets.PineButton
	}
	head := widgets.Lead(12, 26, widgets.NewIcon(now.icon, 24, colour), widgets.NewText(now.head, widgets.Heading, widgets.Ink))
	texts := widgets.Column(4, head, widgets.NewText(now.more, widgets.Small, widgets.Ink2))
	button := widgets.NewButton(kind, now.do, func() { now.act(p) }).Small()
	if s.wide && !s.stacked {
		return widgets.NewBox(cardOf(now.tone), widgets.Pad(24, 24, 24, 24, widgets.Row(16, widgets.Grow(texts), button)))
	}
	return widgets.NewBox(cardOf(now.tone), widgets.Pad(20, 20, 20, 20, widgets.Column(14, texts, button)))
}

// groupsCard asks for two groups now and then; it is no warning.
func (p *recoveryPage) groupsCard() fyne.CanvasObject {
	if p.u.view.Light.Next != app.AdviceGroups {
		return nil
	}
	return widgets.Notice(widgets.CardLook, "recovery", widgets.Pine, say("safe.groups"), say("safe.groups.more"),
		widgets.Start(widgets.NewButton(widgets.SecondButton, say("light.do.groups"), func() { p.u.askGroups(p) }).Small()))
}

// keyRows are what can be done with the key. Without a copy here only a new one
// can be shown.
func (p *recoveryPage) keyRows() []fyne.CanvasObject {
	u := p.u
	var rows []fyne.CanvasObject
	if u.view.Recovery.Kept {
		rows = append(rows, row("eye", say("safe.show"), say("safe.asks"), func() { u.askToShowKey(p) }))
		rows = append(rows, u.copyRows(p)...)
	} else if u.view.Recovery.Set {
		rows = append(rows, row("info", say("safe.no-copy"), say("safe.no-copy.more"), nil))
	}
	if u.view.Recovery.Set && !u.view.Recovery.Proved.IsZero() {
		rows = append(rows, u.secondCopyRow(p))
	}
	return append(rows, row("repeat", say("safe.change"), say("safe.change.more"), func() { u.beginNewKey(p) }))
}

// wrongRows are what to do when something is wrong.
func (p *recoveryPage) wrongRows() []fyne.CanvasObject {
	u := p.u
	rows := []fyne.CanvasObject{u.offlineRow(p)}
	rows = append(rows, row("password", say("safe.forgotten"), say("safe.forgotten.more"), func() { u.goTo(newResetPage(u)) }))
	if u.view.Paused.IsZero() && !u.view.Off {
		rows = append(rows, row("pause", say("safe.pause"), say("safe.pause.more"), u.askPause))
	}
	return rows
}

// row is a line of a list with something to do.
func row(icon, name, second string, act func()) fyne.CanvasObject {
	return widgets.NewItem(widgets.ItemText{Icon: icon, Name: name, Second: second}, act)
}

// halted reports whether this device answers nothing.
func (u *UI) halted() bool {
	return u.view.Notice == app.NoticeFrozen || u.view.Notice == app.NoticeRemoved
}

// askPause refuses new browsers for a day. No password: whoever holds the device
// may keep others out.
func (u *UI) askPause() {
	u.raise(&deedSheet{
		u: u, title: say("safe.pause.title"), body: say("safe.pause.body"), stay: say("do.cancel"), do: say("safe.pause.do"),
		work: u.device.Pause, done: func() { u.raise(nil) },
	})
}
