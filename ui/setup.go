package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// draft is the account on its way through the four steps.
type draft struct {
	input app.SetupInput
	offer app.Offer
	setup Setup
}

// step draws one of the four steps: the way back, how far it is, the content.
// The main action comes first.
func (u *UI) step(s shape, n int, back func(), content fyne.CanvasObject, actions ...fyne.CanvasObject) fyne.CanvasObject {
	bars := make([]fyne.CanvasObject, 4)
	for i := range bars {
		colour := widgets.Pine
		if i >= n {
			colour = widgets.Line
		}
		bars[i] = widgets.NewBox(widgets.Look{Fill: colour, Radius: 2}, widgets.Gap(1, 4))
	}
	where := widgets.NewText(say("setup.step", with{"N": n}), widgets.Caption, widgets.Ink2)
	top := widgets.Column(0, where)
	if back != nil {
		button := widgets.NewButton(widgets.QuietButton, say("do.back"), back).WithIcon("back").Small()
		top = widgets.Pad(0, 0, 0, -6, widgets.Row(8, button, widgets.Grow(where.Trail())))
	}
	head := widgets.Column(8, top, widgets.Even(6, bars...))
	return task(s, widgets.Column(16, head, content), actions...)
}

// taskWidth is how wide a page with one thing to do gets.
const taskWidth = 600

// task is a page with one thing to do. Its actions stay at the bottom: below each
// other on a phone, at the end of the line in a wide window, the main one last.
func task(s shape, content fyne.CanvasObject, actions ...fyne.CanvasObject) fyne.CanvasObject {
	if !s.wide || s.stacked {
		foot := widgets.Pad(12, 24, 24, 24, widgets.Column(12, actions...))
		return below(widgets.NewScroll(widgets.Pad(24, 24, 16, 24, content)), foot)
	}
	row := []fyne.CanvasObject{}
	for _, a := range actions[min(1, len(actions)):] {
		row = append(row, a)
	}
	row = append(row, widgets.Grow(widgets.Gap(0, 0)))
	row = append(row, actions[:min(1, len(actions))]...)
	foot := widgets.Pad(12, 24, 32, 24, widgets.Centred(taskWidth, widgets.Row(12, row...)))
	body := widgets.NewScroll(widgets.Pad(28, 24, 16, 24, widgets.Column(0, widgets.Centred(taskWidth, content))))
	return below(body, foot)
}

// wherePage is the first step: where the account lives.
type wherePage struct{ u *UI }

func newWherePage(u *UI) page { return &wherePage{u: u} }

func (p *wherePage) draw(s shape) fyne.CanvasObject {
	ways := widgets.List(
		widgets.NewItem(widgets.ItemText{
			Icon: "laptop", Tile: tileOf(good), IconColour: widgets.Pine, Name: say("where.local"), Second: say("where.local.more"),
		}, p.here),
		widgets.NewItem(widgets.ItemText{Icon: "server", Name: say("where.server"), Second: say("where.server.more")}, p.server))
	return p.u.step(s, 1, p.leave, widgets.Column(20, heading(say("where.title"), say("where.body")), ways))
}

func (p *wherePage) leave()  { p.u.goTo(&startPage{u: p.u}) }
func (p *wherePage) here()   { p.u.goTo(newAccountPage(p.u, draft{input: app.SetupInput{Local: true}})) }
func (p *wherePage) server() { p.u.goTo(newLinkPage(p.u)) }

// linkPage is the first step with a server: an invitation link or an address.
type linkPage struct {
	u    *UI
	link *widgets.Field
	next *widgets.Button
	busy bool
}

func newLinkPage(u *UI) page {
	p := &linkPage{u: u, link: widgets.NewField(say("where.link"), say("where.link.hint"))}
	p.link.Entry.PlaceHolder = say("where.link.place")
	p.link.Entry.OnSubmitted = func(string) { p.lookUp() }
	p.link.Entry.OnEscape = p.leave
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.lookUp)
	return p
}

func (p *linkPage) draw(s shape) fyne.CanvasObject {
	return p.u.step(s, 1, p.leave, widgets.Column(20, title(say("where.server")), p.link), p.next)
}

func (p *linkPage) focus() fyne.Focusable { return p.link.Entry }
func (p *linkPage) leave()                { p.u.goTo(newWherePage(p.u)) }

func (p *linkPage) lookUp() {
	if p.busy {
		return
	}
	p.setBusy(true)
	var offer app.Offer
	p.u.call(func(ctx context.Context) (err error) {
		offer, err = p.u.device.LookUp(ctx, p.link.Text())
		return err
	}, func(err error) {
		p.setBusy(false)
		switch {
		case err != nil && app.TroubleOf(err) == app.TroubleUnreachable:
			p.link.SetWrong(say("trouble.reach"))
		case err != nil:
			p.link.SetWrong(sentence(err))
		case offer.NeedsInvitation:
			p.link.SetWrong(say("where.needs-invitation", with{"Server": host(offer.Origin)}))
		default:
			p.u.goTo(newAccountPage(p.u, draft{offer: offer, input: app.SetupInput{Link: p.link.Text(), Name: offer.Name}}))
		}
		p.u.stage.draw()
	})
}

func (p *linkPage) setBusy(busy bool) {
	p.busy = busy
	setBusy(p.next, busy, say("do.continue"))
}

// setBusy makes a button wait, saying so.
func setBusy(b *widgets.Button, busy bool, text string) {
	if busy {
		b.SetText(say("home.checking"))
		b.Disable()
		return
	}
	b.SetText(text)
	b.Enable()
}

func enable(b *widgets.Button, on bool) {
	if on {
		b.Enable()
	} else {
		b.Disable()
	}
}
