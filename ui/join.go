package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// joinNamePage asks what this device is called, before it joins an account.
type joinNamePage struct {
	u      *UI
	before page // nil = Start
	input  app.JoinInput
	name   *widgets.Field
	kinds  *kindChoice
	next   *widgets.Button
}

func newJoinNamePage(u *UI) page {
	p := &joinNamePage{u: u, name: widgets.NewField(say("account.device"), say("join.name.hint"))}
	p.kinds = newKindChoice(u.o.Kind)
	p.name.Entry.SetText(u.o.DeviceName)
	p.name.Entry.OnSubmitted = func(string) { p.goOn() }
	p.name.Entry.OnEscape = p.leave
	p.name.Entry.OnChanged = func(string) { p.name.SetWrong("") }
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.goOn)
	return p
}

func (p *joinNamePage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(0, backTitle(say("join.title"), p.leave), lead(say("join.name.body")))
	return task(s, widgets.Column(20, head, p.name, p.kinds.draw(s)), p.next)
}

func (p *joinNamePage) leave() {
	if p.before != nil {
		p.u.goTo(p.before)
		return
	}
	p.u.goTo(&startPage{u: p.u})
}

func (p *joinNamePage) goOn() {
	name := strings.TrimSpace(p.name.Text())
	if name == "" {
		p.name.SetWrong(say("account.device.missing"))
		p.u.stage.draw()
		return
	}
	p.u.goTo(&joinWaysPage{u: p.u, before: p, input: app.JoinInput{DeviceName: name, Kind: p.kinds.chosen}})
}

// joinWaysPage offers every way to read what the trusted device shows.
type joinWaysPage struct {
	u       *UI
	before  page
	input   app.JoinInput // name and kind
	trouble string
	busy    bool
}

func (p *joinWaysPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(0, backTitle(say("join.title"), p.leave), lead(say("join.body", with{"Choice": say("devices.pair")})))
	content := widgets.Column(20, head)
	switch {
	case p.busy:
		content.Add(small(say("home.checking")))
	case p.trouble != "":
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	content.Add(widgets.List(p.ways()...))
	if p.u.o.Scanner != nil {
		content.Add(hint("info", widgets.Ink2, say("join.drop")))
	}
	return task(s, content)
}

func (p *joinWaysPage) ways() []fyne.CanvasObject {
	way := func(icon, name, more string, act func()) fyne.CanvasObject {
		return widgets.NewItem(widgets.ItemText{Icon: icon, Name: say(name), Second: say(more)}, act)
	}
	var rows []fyne.CanvasObject
	if scanner := p.u.o.Scanner; scanner != nil {
		if scanner.CameraThere() {
			rows = append(rows, way("eye", "join.camera", "join.camera.more", p.camera))
		}
		rows = append(rows, way("desktop", "join.screen", "join.screen.more", p.screen),
			way("qr", "join.picture", "join.picture.more", p.picture))
	}
	return append(rows, way("copy", "join.paste", "join.paste.more", p.paste), way("password", "join.type", "join.type.more", p.typed))
}

func (p *joinWaysPage) leave() { p.u.goTo(p.before) }
func (p *joinWaysPage) typed() { p.u.goTo(newJoinTypePage(p.u, p)) }

func (p *joinWaysPage) camera() {
	p.u.goTo(newCameraPage(p.u, p))
}

func (p *joinWaysPage) paste() { p.take(p.u.app.Clipboard().Content(), nil) }

func (p *joinWaysPage) screen() {
	p.read(func(ctx context.Context) (string, error) { return p.u.o.Scanner.Screen(ctx) })
}

// read gets the code out of what takes a while.
func (p *joinWaysPage) read(work func(ctx context.Context) (string, error)) {
	if p.busy {
		return
	}
	p.wait(true)
	var text string
	p.u.call(func(ctx context.Context) (err error) {
		text, err = work(ctx)
		return err
	}, func(err error) {
		p.wait(false)
		p.take(text, err)
	})
}

func (p *joinWaysPage) wait(busy bool) {
	p.busy, p.trouble = busy, ""
	p.u.stage.draw()
}

// take joins with what was read, or says why nothing was.
func (p *joinWaysPage) take(text string, err error) {
	if err != nil {
		p.complain(scanSentence(err))
		return
	}
	in := p.input
	in.Link = text
	p.join(in, func(err error) { p.complain(joinSentence(err)) })
}

func (p *joinWaysPage) complain(sentence string) {
	p.trouble = sentence
	p.u.goTo(p)
}

// join answers the trusted device; sad is told why that was not possible.
func (p *joinWaysPage) join(in app.JoinInput, sad func(err error)) {
	if p.busy {
		return
	}
	if strings.TrimSpace(in.Link) == "" && in.Symbols == "" {
		sad(app.ErrOffer)
		return
	}
	p.wait(true)
	var joining Joining
	p.u.call(func(ctx context.Context) (err error) {
		joining, err = p.u.device.BeginJoining(ctx, in)
		return err
	}, func(err error) {
		p.wait(false)
		if err != nil {
			sad(err)
			return
		}
		p.u.goTo(newJoinPage(p.u, joining, in.Kind))
	})
}

// joinSentence says why this device could not answer the trusted one.
func joinSentence(err error) string {
	switch app.TroubleOf(err) {
	case app.TroubleGone:
		return say("join.gone")
	case app.TroubleAnswered:
		return say("join.answered")
	case app.TroubleUnreachable:
		return say("trouble.reach")
	}
	return sentence(err)
}

// kindChoice are chips for the kind of a device.
type kindChoice struct {
	chosen trust.Kind
	chips  []*widgets.Chip
}

func newKindChoice(proposed trust.Kind) *kindChoice {
	if proposed == "" {
		proposed = trust.Laptop
	}
	return &kindChoice{chosen: proposed}
}

func kinds() []trust.Kind {
	return []trust.Kind{trust.Laptop, trust.Desktop, trust.Phone, trust.Tablet}
}

func (c *kindChoice) draw(s shape) fyne.CanvasObject {
	c.chips = c.chips[:0]
	var row []fyne.CanvasObject
	for i, k := range kinds() {
		chip := widgets.NewChip(kindWord(k), k == c.chosen, func() { c.choose(i) })
		c.chips = append(c.chips, chip)
		row = append(row, chip)
	}
	chips := widgets.Row(8, row...)
	if s.stacked || s.narrow {
		chips = widgets.Column(4, widgets.Row(8, row[:2]...), widgets.Row(8, row[2:]...))
	}
	return widgets.Column(2, widgets.NewText(say("account.kind"), widgets.SmallB, widgets.Ink), chips)
}

func (c *kindChoice) choose(n int) {
	c.chosen = kinds()[n]
	for i, chip := range c.chips {
		chip.SetChosen(i == n)
	}
}
