package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// joinStep is how far this device has come on its way into the account.
type joinStep int

const (
	joinWaiting joinStep = iota // for the trusted device
	joinDigits                  // to be typed there
	joinDone
	joinOver // it ended before
)

// joinPage shows the digits that the person types into the trusted device.
type joinPage struct {
	u       *UI
	ctx     context.Context // of what waits; ends with the page
	cancel  context.CancelFunc
	joining Joining
	kind    trust.Kind
	step    joinStep
	digits  string
	trouble string
}

// newJoinPage goes on with a pairing that this device has answered.
func newJoinPage(u *UI, j Joining, k trust.Kind) page {
	p := joinPageFor(u, j, k)
	u.wait(p.ctx, func(ctx context.Context) (err error) {
		p.digits, err = j.Digits(ctx)
		return err
	}, p.met)
	return p
}

func joinPageFor(u *UI, j Joining, k trust.Kind) *joinPage {
	p := &joinPage{u: u, joining: j, kind: k}
	p.ctx, p.cancel = context.WithCancel(u.ctx)
	return p
}

// met shows the digits, and waits for what the trusted device says.
func (p *joinPage) met(err error) {
	if p.ended(err) {
		return
	}
	p.to(joinDigits)
	p.u.wait(p.ctx, func(ctx context.Context) error {
		_, err := p.joining.Finish(ctx)
		return err
	}, func(err error) {
		if !p.ended(err) {
			p.to(joinDone)
		}
	})
}

// ended reports whether nothing is left to wait for: the person left, or err.
func (p *joinPage) ended(err error) bool {
	switch {
	case p.ctx.Err() != nil:
		return true
	case err != nil && p.step != joinDone:
		p.trouble = joinSentence(err)
		p.to(joinOver)
	}
	return err != nil
}

func (p *joinPage) to(step joinStep) {
	p.step = step
	if p.u.page == page(p) {
		p.u.stage.fresh()
		p.u.stage.draw()
	}
}

// follow stays when the device belongs: the page itself says so.
func (p *joinPage) follow(v app.View) bool {
	if v.Stage == app.StageNew {
		return false
	}
	p.step = joinDone
	p.u.stage.fresh()
	return true
}

// leave stops what is under way and tells the trusted device.
func (p *joinPage) leave() {
	p.cancel()
	switch p.step {
	case joinDone:
		p.u.visit(placeHome)
		return
	case joinWaiting, joinDigits:
		p.u.call(func(ctx context.Context) error { p.joining.Stop(ctx); return nil }, func(error) {})
	}
	p.u.goTo(&startPage{u: p.u})
}

func (p *joinPage) draw(s shape) fyne.CanvasObject {
	switch p.step {
	case joinDone:
		return p.drawDone(s)
	case joinOver:
		return task(s, widgets.Column(16, backTitle(say("pair.over"), p.leave), widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, "")),
			widgets.NewButton(widgets.PineButton, say("pair.again"), func() { p.u.goTo(newJoinNamePage(p.u)) }),
			widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
	}
	content := widgets.Column(20, backTitle(say("join.title"), p.leave))
	if !s.stacked {
		content.Add(p.bridge())
	}
	if p.step == joinWaiting {
		content.Add(widgets.NewText(say("join.waiting"), widgets.Title, widgets.Ink).Centre())
	} else {
		p.showDigits(s, content)
	}
	content.Add(p.facts())
	return task(s, content, widgets.NewButton(widgets.SecondButton, say("pair.stop"), p.leave))
}

// showDigits has the digits first where text is so large that they would be below
// the window.
func (p *joinPage) showDigits(s shape, content *fyne.Container) {
	digits := widgets.NewText(p.digits[:len(p.digits)/2]+" "+p.digits[len(p.digits)/2:], widgets.Six, widgets.Ink).Centre()
	what, then := say("join.digits"), widgets.NewText(say("join.digits.body"), widgets.Body, widgets.Ink2).Centre()
	if s.stacked {
		content.Add(digits)
		content.Add(widgets.Column(4, widgets.NewText(what, widgets.Body, widgets.Ink).Centre(), then))
		return
	}
	content.Add(widgets.NewText(what, widgets.Title, widgets.Ink).Centre())
	content.Add(widgets.Column(4, digits, then))
}

// bridge draws this device and the trusted one with a dashed line between them.
func (p *joinPage) bridge() fyne.CanvasObject {
	tile := func(icon string, l widgets.Look, colour fyne.ThemeColorName) fyne.CanvasObject {
		return widgets.NewBox(l, widgets.Pad(14, 14, 14, 14, widgets.NewIcon(icon, 28, colour)))
	}
	dashes := widgets.Row(4)
	for range 6 {
		dashes.Add(widgets.NewBox(widgets.Look{Fill: widgets.Outline, Radius: 1}, widgets.Gap(6, 2)))
	}
	return widgets.Pad(8, 0, 4, 0, widgets.Centred(0, widgets.Row(12,
		tile(kindIcon(p.kind), widgets.PineTile, widgets.Pine), dashes, tile("devices", widgets.TileLook, widgets.Ink))))
}

func (p *joinPage) facts() fyne.CanvasObject {
	server := widgets.Fact{Icon: "server", Label: say("settings.server"), Value: widgets.NewText(host(p.joining.Server()), widgets.Strong, widgets.Ink)}
	facts := []widgets.Fact{server}
	if p.step == joinDigits {
		facts = append(facts, widgets.Fact{Icon: "wifi", Label: say("pair.network"), Value: p.network()})
	}
	return widgets.NewBox(widgets.CardLook, widgets.Pad(6, 16, 6, 16, widgets.Facts(facts...)))
}

func (p *joinPage) network() fyne.CanvasObject {
	if p.joining.Network() == "own" {
		return widgets.NewText(say("join.network.own"), widgets.Strong, widgets.Pine)
	}
	return widgets.Column(0, widgets.NewText(say("join.network.another"), widgets.Strong, widgets.Brass), small(say("join.held")))
}

// drawDone says whose device this is now.
func (p *joinPage) drawDone(s shape) fyne.CanvasObject {
	u := p.u
	content := widgets.Column(16, bigIcon("check", widgets.Pine),
		heading(say("join.done", with{"Name": u.view.Name}), say("join.done.body")))
	var rows []fyne.CanvasObject
	for _, d := range u.view.Devices {
		t := toneOf(d, u.now())
		rows = append(rows, widgets.NewItem(widgets.ItemText{
			Icon: kindIcon(d.Kind), Tile: tileOf(t), IconColour: colourOf(t), Name: d.Name, Second: u.standing(d),
		}, nil))
	}
	content.Add(widgets.List(rows...))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("ready.done"), p.leave))
}
