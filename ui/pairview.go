package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// draw shows the step that the pairing is at.
func (p *pairPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20)
	switch p.step {
	case pairOpening:
		content.Add(p.head(say("pair.title"), say("home.checking")))
	case pairWaiting:
		p.drawWaiting(s, content)
	case pairJoined:
		p.drawJoined(content)
	case pairPassword:
		p.drawPassword(s, content)
	case pairDone:
		p.drawDone(content)
	case pairOver:
		p.drawOver(s, content)
	}
	return p.u.scrolled(s, content)
}

func (p *pairPage) head(text, sentence string) fyne.CanvasObject {
	return widgets.Column(0, backTitle(text, p.leave), lead(sentence))
}

func (p *pairPage) drawWaiting(s shape, content *fyne.Container) {
	content.Add(p.head(say("pair.title"), say("pair.body", with{"Choice": say("start.pair")})))
	texts := widgets.Column(28, p.invitation(), p.digitBoxes(say("pair.two")))
	if s.wide && !s.stacked {
		content.Add(widgets.Pad(0, 0, 8, 0, widgets.Lead(32, 0, widgets.Over(widgets.Gap(qrSide, qrSide), p.qr), texts)))
	} else {
		content.Add(widgets.Centred(qrSide, p.qr))
		content.Add(texts)
	}
	if p.u.view.Local {
		content.Add(hint("info", widgets.Ink2, say("pair.local")))
	}
	content.Add(warning())
}

// invitation is what can be typed where nothing can be scanned, and for how long.
func (p *pairPage) invitation() fyne.CanvasObject {
	i := p.pairing.Invite()
	rest := small("")
	p.u.stage.count(secondPace, func() bool {
		rest.SetText(say("pair.left", with{"Left": leftWords(i.Until, p.u.now())}))
		return true
	})
	return widgets.Column(4, widgets.NewText(say("pair.one"), widgets.SmallB, widgets.Ink),
		widgets.NewText(i.Symbols.Spaced(), widgets.Symbols, widgets.Ink),
		widgets.NewText(say("pair.at", with{"Server": host(i.Server)}), widgets.Small, widgets.Ink), rest)
}

func (p *pairPage) digitBoxes(label string) fyne.CanvasObject {
	return widgets.Column(8, widgets.NewText(label, widgets.SmallB, widgets.Ink), p.digits)
}

// warning says what everybody who asks for a pairing by telephone hopes is not known.
func warning() fyne.CanvasObject {
	return widgets.NewBox(widgets.SoftBrass, widgets.Pad(16, 20, 16, 20, widgets.Lead(14, 20,
		widgets.NewIcon("warning", 20, widgets.Brass), widgets.NewText(say("pair.warning"), widgets.Small, widgets.Ink))))
}

func (p *pairPage) drawJoined(content *fyne.Container) {
	content.Add(p.head(say("pair.joined"), say("pair.joined.body")))
	network := widgets.NewText(say("pair.network.own"), widgets.Strong, widgets.Pine)
	if p.guest.Network != "own" {
		network = widgets.NewText(say("pair.network.another"), widgets.Strong, widgets.Brass)
	}
	told := widgets.Column(0, network)
	if p.guest.Held > 0 {
		told.Add(small(say("pair.held", with{"Hours": hours(p.guest.Held)})))
	}
	content.Add(widgets.NewBox(widgets.CardLook, widgets.Pad(6, 16, 6, 16, widgets.Facts(
		widgets.Fact{Icon: kindIcon(p.guest.Kind), Label: say("pair.device"), Value: widgets.Column(0,
			widgets.NewText(p.guest.Name, widgets.Strong, widgets.Ink), small(kindWord(p.guest.Kind)))},
		widgets.Fact{Icon: "wifi", Label: say("pair.network"), Value: told}))))
	content.Add(p.digitBoxes(say("pair.type")))
	content.Add(warning())
	content.Add(widgets.Start(widgets.NewButton(widgets.SecondButton, say("pair.stop"), p.leave)))
}

func (p *pairPage) drawPassword(s shape, content *fyne.Container) {
	content.Add(p.head(say("pair.password", with{"Device": p.guest.Name}), say("pair.password.body")))
	content.Add(p.password)
	for _, line := range p.limits() {
		content.Add(hint("clock", widgets.Ink2, line))
	}
	stop := widgets.NewButton(widgets.SecondButton, say("pair.stop"), p.leave)
	if s.wide && !s.stacked {
		content.Add(widgets.Row(12, p.button, stop, widgets.Gap(1, 1)))
		return
	}
	content.Add(beside(s, stop, p.button))
}

// limits says what the new device will not be able to do at first.
func (p *pairPage) limits() (lines []string) {
	if p.guest.Held > 0 {
		lines = append(lines, say("pair.held", with{"Hours": hours(p.guest.Held)}))
	}
	if p.guest.Young > 0 {
		lines = append(lines, say("pair.young", with{"Hours": hours(p.guest.Young)}))
	}
	return lines
}

func (p *pairPage) drawDone(content *fyne.Container) {
	content.Add(bigIcon("check", widgets.Pine))
	content.Add(heading(say("pair.done", with{"Device": p.guest.Name}), say("pair.done.body")))
	for _, line := range p.limits() {
		content.Add(hint("clock", widgets.Ink2, line))
	}
	content.Add(widgets.Start(widgets.NewButton(widgets.PineButton, say("pair.done.go"), p.leave)))
}

func (p *pairPage) drawOver(s shape, content *fyne.Container) {
	content.Add(backTitle(say("pair.over"), p.leave))
	content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	again := widgets.NewButton(widgets.PineButton, say("pair.again"), func() { p.u.goTo(newPairPage(p.u)) })
	back := widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave)
	content.Add(beside(s, back, again))
}
