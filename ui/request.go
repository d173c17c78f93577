package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// requestSheet asks about one sign-in, over whatever is open.
type requestSheet struct {
	u       *UI
	request app.Request
	trouble string // why the last answer did not work
	allowed bool   // Allow is under way
}

func (p *requestSheet) leave() { p.u.notNow([]app.Request{p.request}) }

func (p *requestSheet) take(old front) bool {
	before, ok := old.(*requestSheet)
	if ok && before.request == p.request {
		return true
	}
	if ok && before.request.ID == p.request.ID {
		p.trouble, p.allowed = before.trouble, before.allowed
	}
	return false
}

func (p *requestSheet) sheet(s shape) (content, foot fyne.CanvasObject) {
	letters := widgets.Letters(p.request.Letters)
	head := widgets.NewText(askTitle(p.request), widgets.Title, widgets.Ink)
	same := small(p.u.lettersWord(p.request))
	top := widgets.Column(12, head, widgets.Row(16, letters, widgets.Grow(same)))
	switch {
	case s.stacked || s.narrow:
		top = widgets.Column(12, head, widgets.Start(letters), same)
	case s.wide:
		top = widgets.Row(16, widgets.Grow(widgets.Column(2, head, same)), letters)
	}
	column := widgets.Column(8, top, p.u.facts(p.request))
	if p.request.Refused > 0 {
		column.Add(refusedWell(p.request.Refused))
	}
	later := widgets.NewButton(widgets.QuietButton, say("ask.not-now"), p.leave).Small()
	only := small(say("ask.only-code"))
	if s.stacked {
		column.Add(only)
		column.Add(later)
		return column, p.answers(s)
	}
	return column, widgets.Column(8, p.answers(s), widgets.Row(8, widgets.Grow(only), later))
}

// answers has Not me as prominent as Allow and before it, and nothing has the
// focus: no key lets anybody in by accident.
func (p *requestSheet) answers(s shape) fyne.CanvasObject {
	notMe := widgets.NewButton(widgets.BrickButton, say("ask.not-me"), p.refuse)
	allow := p.u.allowButton(p.allow)
	column := widgets.Column(8)
	if p.trouble != "" {
		column.Add(hint("warning", widgets.Brass, p.trouble))
	}
	column.Add(beside(s, notMe, allow))
	return column
}

// allowButton cannot be hit by accident: for its first second it does nothing,
// whatever the button's own clock says.
func (u *UI) allowButton(act func()) *widgets.Button {
	drawn := u.now()
	b := widgets.NewButton(widgets.PineButton, say("ask.allow"), func() {
		if u.now().Sub(drawn) >= allowDelay {
			act()
		}
	})
	b.Delay(allowDelay)
	return b
}

// allowDelay is how long Allow is inactive (docs/protocol.md §6.2).
const allowDelay = time.Second

func (p *requestSheet) allow() {
	if !p.allowed {
		p.allowed = true
		p.u.allow(p.request, p.sad)
	}
}

func (p *requestSheet) refuse() { p.u.notMe(p.request, p.sad) }

func (p *requestSheet) sad(sentence string) {
	p.trouble, p.allowed = sentence, false
	p.u.stage.drawFront()
}

// facts are what the person decides on.
func (u *UI) facts(r app.Request) fyne.CanvasObject {
	when := widgets.NewText("", widgets.Body, widgets.Ink)
	u.stage.count(slowPace, func() bool {
		when.SetText(u.whenAsked(r, "ask.try"))
		return true
	})
	facts := []widgets.Fact{u.serviceFact(r)}
	if asksMore(r) {
		facts = append([]widgets.Fact{actionFact(r)}, facts...)
	}
	return widgets.Facts(append(facts,
		widgets.Fact{Icon: "place", Label: say("ask.from"), Value: widgets.Column(0,
			networkText(r), small(orElse(r.Address, "ask.address-unknown")))},
		u.usingFact(r),
		widgets.Fact{Icon: "clock", Label: say("ask.when"), Value: when})...)
}

// networkText lights up what is not the person's own network.
func networkText(r app.Request) fyne.CanvasObject {
	if r.Network == "own" {
		return widgets.NewText(networkWord(r.Network), widgets.Body, widgets.Ink)
	}
	return widgets.NewText(networkWord(r.Network), widgets.Strong, widgets.Brass)
}

// browserText lights up a browser that was never here.
func browserText(r app.Request) fyne.CanvasObject {
	if r.Known {
		return small(say("ask.known"))
	}
	return widgets.NewText(say("ask.new"), widgets.SmallB, widgets.Brass)
}

// whenAsked says how long ago, and which try it is if it is not the first.
func (u *UI) whenAsked(r app.Request, key string) string {
	asked := sentenceCase(ago(r.Asked, u.now()))
	if r.Try < 2 {
		return asked
	}
	return say(key, with{"Ago": asked, "Ordinal": ordinal(r.Try)})
}

func ordinal(n int) string {
	switch n {
	case 1:
		return say("try.1")
	case 2:
		return say("try.2")
	case 3:
		return say("try.3")
	}
	return say("try.n", with{"N": n})
}

// sentenceCase makes words from within a sentence begin one.
func sentenceCase(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}

func refusedWell(n int) fyne.CanvasObject {
	return widgets.NewBox(widgets.WellLook, widgets.Pad(10, 16, 10, 16,
		widgets.Row(12, widgets.NewIcon("repeat", 20, widgets.Ink2), widgets.Grow(widgets.NewText(count("ask.refused", n), widgets.Small, widgets.Ink)))))
}
