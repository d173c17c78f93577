package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// waitPage shows one wait at large: what it is, how long, from where, who knows.
type waitPage struct {
	u      *UI
	id     trust.WaitID
	before page
}

func (p *waitPage) leave() { p.u.goTo(p.before) }

func (p *waitPage) draw(s shape) fyne.CanvasObject {
	w, ok := p.u.waitByID(p.id)
	if !ok {
		return task(s, heading(say("wait.gone"), say("wait.gone.body")), widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
	}
	words := wordsOf(w)
	line := widgets.NewText("", widgets.Body, widgets.Ink2)
	ring := widgets.NewCountdown(widgets.LargeCountdown)
	p.u.countWait(w, ring, longRest, func() {
		line.SetText(p.u.toldOf(w, words.body))
		if p.u.waitOver(w) {
			line.SetText(p.u.toldOf(w, words.over))
		}
	})
	content := widgets.Column(20, widgets.Column(4, title(say(words.title)), line), widgets.Centred(0, ring),
		widgets.NewBox(widgets.CardLook, widgets.Pad(6, 16, 6, 16, p.facts(w))))
	if !w.This {
		content.Add(small(say("wait.you")).Centre())
	}
	return task(s, content, append(p.actions(w), widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))...)
}

// actions stop it; before that stands what the wait led to.
func (p *waitPage) actions(w app.Wait) []fyne.CanvasObject {
	stop := func() { p.u.askStop(w) }
	if text, act := p.u.waitLeads(w); act != nil {
		return []fyne.CanvasObject{widgets.NewButton(widgets.PineButton, text, act), widgets.NewButton(widgets.SecondButton, say("wait.stop"), stop)}
	}
	return []fyne.CanvasObject{widgets.NewButton(widgets.BrickButton, say("wait.stop"), stop)}
}

func (p *waitPage) facts(w app.Wait) fyne.CanvasObject {
	u := p.u
	from := widgets.NewText(orElse(w.Address, "network.unknown"), widgets.Body, widgets.Ink)
	asked := widgets.NewText(sentenceCase(moment(w.Since, u.now())), widgets.Body, widgets.Ink)
	toldTo := count("wait.told.devices", len(u.view.Devices))
	if n := u.reached(); n > 0 {
		toldTo = say("wait.told.both", with{"Devices": toldTo, "Addresses": count("wait.told.addresses", n)})
	}
	return widgets.Facts(
		widgets.Fact{Icon: "place", Label: say("wait.from"), Value: from},
		widgets.Fact{Icon: "clock", Label: say("wait.asked"), Value: asked},
		widgets.Fact{Icon: "bell", Label: say("wait.told"), Value: widgets.NewText(toldTo, widgets.Body, widgets.Ink)})
}
