package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// startPage is what a device without an account shows.
type startPage struct{ u *UI }

func (p *startPage) draw(s shape) fyne.CanvasObject {
	if s.wide {
		return p.wide(s)
	}
	hero := widgets.Column(24, widgets.Spacer(), widgets.Start(widgets.NewMark(80, widgets.MarkWhole)), p.promise())
	if notice := p.notice(s); notice != nil {
		hero.Add(notice)
	}
	hero.Add(widgets.Spacer())
	return task(s, hero,
		widgets.NewButton(widgets.PineButton, say("start.setup"), p.setUp),
		widgets.NewButton(widgets.SecondButton, say("start.pair"), p.pair),
		widgets.NewButton(widgets.QuietButton, say("start.recover"), p.recover),
		widgets.NewText(say("start.foot"), widgets.Caption, widgets.Ink2).Centre())
}

// notice says what is left of a pairing whose end is not known here, or what else
// wants attention.
func (p *startPage) notice(s shape) fyne.CanvasObject {
	if p.u.view.Joining {
		return widgets.Notice(widgets.SoftBrass, "clock", widgets.Brass, say("start.joining"), say("start.joining.body", with{"Server": host(p.u.view.Server)}))
	}
	return p.u.noticeCard(s)
}

func (p *startPage) promise() fyne.CanvasObject {
	return widgets.Column(8, widgets.NewText(say("start.title"), widgets.Display, widgets.Ink), lead(say("start.body")))
}

// wide has the mark at the start of the window and the choice at its end.
func (p *startPage) wide(s shape) fyne.CanvasObject {
	name := widgets.Row(10, widgets.NewMark(24, widgets.MarkWhole), widgets.Grow(widgets.NewText(say("app.name"), widgets.Strong, widgets.Ink)))
	column := widgets.Column(0, name, widgets.Spacer(), widgets.Start(widgets.NewMark(164, widgets.MarkWhole)),
		widgets.Spacer(), small(say("start.foot")))
	side := widgets.NewBox(widgets.RailLook, widgets.Over(widgets.Gap(439, 0), widgets.Pad(56, 48, 56, 48, column)))
	choice := widgets.List(
		p.way("person", good, "start.setup", "start.setup.more", p.setUp),
		p.way("devices", plain, "start.pair", "start.pair.more", p.pair),
		p.way("recovery", plain, "start.recover", "start.recover.more", p.recover))
	content := widgets.Column(32, p.promise(), choice)
	if notice := p.notice(s); notice != nil {
		content = widgets.Column(32, p.promise(), notice, choice)
	}
	body := widgets.Pad(48, 64, 48, 64, widgets.Centred(416, content))
	edge := widgets.NewBox(widgets.Look{Fill: widgets.Line}, widgets.Gap(1, 1))
	return before(before(side, edge), widgets.NewScroll(body))
}

func (p *startPage) way(icon string, t tone, name, more string, act func()) fyne.CanvasObject {
	return widgets.NewItem(widgets.ItemText{Icon: icon, Tile: tileOf(t), IconColour: colourOf(t), Name: say(name), Second: say(more)}, act)
}

func (p *startPage) setUp()   { p.u.goTo(newWherePage(p.u)) }
func (p *startPage) pair()    { p.u.goTo(newJoinNamePage(p.u)) }
func (p *startPage) recover() { p.u.goTo(newRecoverPage(p.u)) }
