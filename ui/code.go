package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// codePage shows the code, where to type it, and how long it lasts.
type codePage struct {
	u       *UI
	shown   app.Shown
	left    int // tries left after a wrong code, 0 if none was typed
	trouble string
}

// codeTime is how long a code is shown in all (docs/protocol.md §6.2).
const codeTime = 2 * time.Minute

// leave hides the code; it stays with the request on Home.
func (p *codePage) leave() { p.u.hideCode(p.shown.Request) }

func (p *codePage) take(old front) bool {
	before, ok := old.(*codePage)
	return ok && before.shown == p.shown && before.left == p.left
}

func (p *codePage) draw(s shape) fyne.CanvasObject {
	hide := widgets.NewButton(widgets.QuietButton, say("code.hide"), p.leave).WithIcon("cross").Small()
	if !s.wide {
		top := widgets.Row(0, widgets.Grow(widgets.Gap(0, 0)), hide)
		body := widgets.Column(24, top, widgets.Spacer(), p.content(24), widgets.Spacer())
		foot := widgets.Pad(8, 24, 24, 24, p.stop(widgets.QuietBrickButton))
		return below(widgets.NewScroll(widgets.Pad(12, 20, 0, 20, body)), foot)
	}
	answers := beside(s, widgets.NewButton(widgets.SecondButton, say("code.hide"), p.leave), p.stop(widgets.SecondButton))
	card := widgets.NewBox(widgets.CardLook, widgets.Pad(28, 32, 28, 32, widgets.Column(24, p.content(16), answers)))
	return widgets.NewScroll(widgets.Pad(24, 24, 24, 24, widgets.Centred(sheetWidth, card)))
}

func (p *codePage) content(gap float32) fyne.CanvasObject {
	r := p.shown.Request
	column := widgets.Column(gap,
		widgets.Column(4, widgets.NewText(codeTitle(r), widgets.Heading, widgets.Ink).Centre(), p.letters()),
		widgets.Centred(0, p.ring()))
	for _, sentence := range p.warnings() {
		column.Add(widgets.NewText(sentence, widgets.SmallB, widgets.Brass).Centre())
	}
	at, more := p.u.codeGoesTo(r)
	foot := widgets.Column(4,
		widgets.NewText(say("code.at"), widgets.Body, widgets.Ink).Centre(),
		widgets.NewText(at, widgets.Strong, widgets.Ink).Centre())
	if more != "" {
		foot.Add(small(more).Centre())
	}
	foot.Add(small(say("code.nobody")).Centre())
	column.Add(foot)
	return column
}

func (p *codePage) warnings() (sentences []string) {
	if p.left > 0 {
		sentences = append(sentences, count("code.wrong", p.left))
	}
	if p.trouble != "" {
		sentences = append(sentences, p.trouble)
	}
	return sentences
}

func (p *codePage) letters() fyne.CanvasObject {
	word := widgets.NewLine(say("ask.letters.word"), widgets.Small, widgets.Ink2)
	return widgets.Centred(0, widgets.Row(4, word, widgets.NewLine(p.shown.Request.Letters, widgets.SmallB, widgets.Ink)))
}

// ring runs down a second at a time, or every ten with less motion.
func (p *codePage) ring() fyne.CanvasObject {
	u := p.u
	code := widgets.NewCode(string(p.shown.Code))
	pace := secondPace
	if u.lessMotion() {
		pace = slowPace
	}
	u.stage.count(pace, func() bool {
		rest := p.shown.Until.Sub(u.now())
		code.SetLeft(rest, codeTime, say("code.left", with{"Left": left(p.shown.Until, u.now())}))
		if rest <= 0 {
			u.see(u.device.View())
		}
		return rest > 0
	})
	return code
}

func (p *codePage) stop(k widgets.Kind) fyne.CanvasObject {
	return widgets.NewButton(k, say("code.stop"), func() {
		p.u.notMe(p.shown.Request, func(sentence string) {
			p.trouble = sentence
			p.u.stage.drawFront()
		})
	})
}
