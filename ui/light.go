package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// lightCard answers whether the person would get back in without this device, and
// names the one thing to do.
func (p *homePage) lightCard(s shape) fyne.CanvasObject {
	u := p.u
	tone, head, icon := warm, say("home.lost.not-yet"), "warning"
	if u.view.Light.Yes {
		tone, head, icon = good, say("home.lost.yes"), "check"
	}
	first, threatened := u.foreignWait()
	if threatened {
		tone, head, icon = warm, say("home.lost.waits"), "clock"
	}
	column := widgets.Column(14,
		widgets.Row(12, widgets.NewIcon(icon, 24, colourOf(tone)), widgets.Grow(widgets.NewText(head, widgets.Strong, widgets.Ink))),
		u.thingsCard(s, u.things()))
	if threatened {
		column.Add(widgets.NewText(u.foreignWords(first), widgets.Small, widgets.Ink))
		return widgets.NewBox(cardOf(tone), widgets.Pad(18, 20, 20, 20, column))
	}
	column.Add(widgets.NewText(u.lightWords(), widgets.Small, widgets.Ink))
	if b := u.adviceButton(p); b != nil {
		column.Add(b)
	}
	if why := u.mayNotPair(); why != "" && u.view.Light.Next == app.AdvicePair {
		column.Add(small(why))
	}
	return widgets.NewBox(cardOf(tone), widgets.Pad(18, 20, 20, 20, column))
}

// foreignWait gives the first that another than this device asked for. While it can
// still come to pass, nothing that is known of the way back is sure.
func (u *UI) foreignWait() (app.Wait, bool) {
	for _, w := range u.view.Waits {
		if !w.This {
			return w, true
		}
	}
	return app.Wait{}, false
}

// foreignWords say what waits, and what to do about it.
func (u *UI) foreignWords(w app.Wait) string {
	words := u.toldOf(w, wordsOf(w).head) + "."
	if u.waitOver(w) {
		words += " " + u.toldOf(w, wordsOf(w).over)
	}
	return words + " " + say("home.lost.waits.more")
}

// lightWords say what would bring the person back, or what is missing.
func (u *UI) lightWords() string {
	l := u.view.Light
	next, advised := u.advices()[l.Next]
	if !l.Yes {
		if name := u.heldSaviour(); name != "" {
			return say("light.held", with{"Device": name})
		}
		if advised {
			return say(next.first)
		}
		return say("light.nothing")
	}
	words := say("light.any-two")
	if len(l.Ways) > 0 {
		words = wayWords(l.Ways[0])
	}
	if advised {
		words += " " + say(next.then)
	}
	return words
}

func wayWords(w app.Way) string {
	switch {
	case w.Kind == app.WayDevice:
		return say("light.with-device", with{"Device": orElse(w.Device, "word.a-device")})
	case w.Wait < time.Hour:
		return say("light.with-key.at-once")
	}
	return say("light.with-key", with{"Wait": hours(int(w.Wait.Hours()))})
}

// heldSaviour names another device that will help, but not yet.
func (u *UI) heldSaviour() string {
	for _, d := range u.others() {
		if lasts(d.Held, u.now()) {
			return d.Name
		}
	}
	return ""
}

// advice is how one thing to do is told: where it is the first thing, and where
// the person would get back in already.
type advice struct {
	first, then, do string // keys
	icon            string
	act             func(before page)
}

func (u *UI) advices() map[app.Advice]advice {
	check := func(before page) { u.goTo(newCheckPage(u, before)) }
	return map[app.Advice]advice{
		app.AdviceNewKey:  {"light.first.new-key", "light.then.new-key", "light.do.new-key", "repeat", u.beginNewKey},
		app.AdviceTypeKey: {"light.first.type-key", "light.then.type-key", "light.do.type-key", "", check},
		app.AdviceGroups:  {"light.first.groups", "light.then.groups", "light.do.groups", "", u.askGroups},
		app.AdvicePair:    {"light.first.pair", "light.then.pair", "devices.pair", "plus", func(page) { u.goTo(newPairPage(u)) }},
		app.AdviceSeen:    {"light.first.seen", "light.then.seen", "light.do.seen", "", func(page) { u.visit(placeDevices) }},
		app.AdviceCopy:    {"light.first.copy", "light.then.copy", "light.do.copy", "copy", func(before page) { u.goTo(newCopyPage(u, before)) }},
		app.AdviceContact: {"light.first.contact", "light.then.contact", "light.do.contact", "", func(before page) { u.goTo(newContactPage(u, before)) }},
	}
}

// adviceButton leads to the one thing to do, nil if there is none.
func (u *UI) adviceButton(before page) fyne.CanvasObject {
	next, ok := u.advices()[u.view.Light.Next]
	if !ok {
		return nil
	}
	kind := widgets.PineButton
	if u.view.Light.Yes {
		kind = widgets.SecondButton
	}
	b := widgets.NewButton(kind, say(next.do), func() { next.act(before) })
	if next.icon != "" {
		b.WithIcon(next.icon)
	}
	enable(b, u.view.Light.Next != app.AdvicePair || u.mayNotPair() == "")
	return b
}
