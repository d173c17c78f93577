package ui

import (
	"slices"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// requestsPage shows several sign-ins as full cards, so that their letters can be
// compared; never as a stack.
type requestsPage struct {
	u        *UI
	requests []app.Request
	troubles map[trust.ChallengeID]string
}

func (p *requestsPage) leave() { p.u.notNow(p.requests) }

func (p *requestsPage) take(old front) bool {
	before, ok := old.(*requestsPage)
	if ok {
		p.troubles = before.troubles
	}
	return ok && slices.Equal(before.requests, p.requests)
}

func (p *requestsPage) draw(s shape) fyne.CanvasObject {
	head := say("many.title")
	if n := len(p.requests); n != 2 {
		head = count("many.title.more", n)
	}
	var cards []fyne.CanvasObject
	for _, r := range p.requests {
		cards = append(cards, p.card(s, r))
	}
	later := widgets.NewButton(widgets.QuietButton, say("ask.not-now"), p.leave)
	if s.wide && !s.stacked && len(cards) == 2 {
		return p.pair(heading(head, say("many.body")), widgets.Even(16, cards...), later)
	}
	return task(s, widgets.Column(12, append([]fyne.CanvasObject{heading(head, say("many.body"))}, cards...)...), later)
}

// pair shows two cards side by side, so that neither hides below the window.
func (p *requestsPage) pair(head, cards, later fyne.CanvasObject) fyne.CanvasObject {
	body := widgets.Column(0, widgets.Centred(pairWidth, widgets.Column(24, head, cards)))
	foot := widgets.Pad(12, 32, 32, 32, widgets.Centred(pairWidth, widgets.Row(0, widgets.Grow(widgets.Gap(0, 0)), later)))
	return below(widgets.NewScroll(widgets.Pad(48, 32, 16, 32, body)), foot)
}

// pairWidth is how wide two cards side by side get.
const pairWidth = 880

func (p *requestsPage) card(s shape, r app.Request) fyne.CanvasObject {
	notMe := widgets.NewButton(widgets.BrickButton, say("ask.not-me"), func() { p.u.notMe(r, p.sad(r)) }).Small()
	allow := p.u.allowButton(func() { p.u.allow(r, p.sad(r)) }).Small()
	column := widgets.Column(12, p.top(s, r), p.lines(r))
	if r.Refused > 0 {
		column.Add(refusedWell(r.Refused))
	}
	if trouble := p.troubles[r.ID]; trouble != "" {
		column.Add(hint("warning", widgets.Brass, trouble))
	}
	column.Add(widgets.Spacer())
	column.Add(beside(s, notMe, allow))
	return widgets.NewBox(widgets.CardLook, widgets.Pad(16, 16, 16, 16, column))
}

func (p *requestsPage) top(s shape, r app.Request) fyne.CanvasObject {
	name := widgets.Column(0, widgets.NewText(r.Service, widgets.Strong, widgets.Ink).AtMost(2), small(say("ask.letters.word")))
	letters := smallLetters(r.Letters)
	if s.stacked || s.narrow {
		return widgets.Column(8, name, widgets.Start(letters))
	}
	return widgets.Row(12, widgets.Grow(name), letters)
}

func (p *requestsPage) lines(r app.Request) fyne.CanvasObject {
	from := say("many.from", with{"Network": networkWord(r.Network), "Address": orElse(r.Address, "ask.address-unknown")})
	browser := say("many.new")
	if r.Known {
		browser = say("many.known")
	}
	using := say("many.agent", with{"Agent": orElse(r.Agent, "word.unknown-program"), "Browser": browser})
	when := widgets.NewText("", widgets.Small, widgets.Ink)
	p.u.stage.count(slowPace, func() bool {
		when.SetText(p.u.whenAsked(r, "many.try"))
		return true
	})
	column := widgets.Column(6)
	if asksMore(r) {
		column.Add(fact("apps", lit(askTitle(r)+" "+actionWords(r), true)))
	}
	if p.u.byProgram(r) {
		column.Add(fact(programIcon(r.Agent), lit(programWord(r.Agent), false)))
	} else {
		column.Add(fact("globe", widgets.NewText(r.Origin, widgets.Small, widgets.Ink)))
		column.Add(fact("browser", lit(using, !r.Known)))
	}
	column.Add(fact("place", lit(from, r.Network != "own")))
	column.Add(fact("clock", when))
	return column
}

func fact(icon string, text *widgets.Text) fyne.CanvasObject {
	return widgets.Lead(10, 20, widgets.NewIcon(icon, 20, widgets.Ink2), text)
}

// lit writes what is unusual in brass.
func lit(text string, unusual bool) *widgets.Text {
	if unusual {
		return widgets.NewText(text, widgets.SmallB, widgets.Brass)
	}
	return widgets.NewText(text, widgets.Small, widgets.Ink)
}

func (p *requestsPage) sad(r app.Request) func(string) {
	return func(sentence string) {
		if p.troubles == nil {
			p.troubles = make(map[trust.ChallengeID]string)
		}
		p.troubles[r.ID] = sentence
		p.u.stage.drawFront()
	}
}

// smallLetters shows the three letters where a card has less room.
func smallLetters(letters string) fyne.CanvasObject {
	var tiles []fyne.CanvasObject
	for _, l := range letters {
		letter := widgets.Centred(0, widgets.NewLine(string(l), widgets.Heading, widgets.Ink))
		tiles = append(tiles, widgets.NewBox(widgets.Look{Fill: widgets.BrassSoft, Radius: 10}, widgets.Over(widgets.Gap(36, 44), widgets.Pad(6, 9, 6, 9, letter))))
	}
	return widgets.Row(5, tiles...)
}
