package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// remains are the things a person still has, of which any two bring back the third.
type remains struct{ password, device, key bool }

// road is how a person gets back in.
type road int

const (
	roadNone   road = iota // nothing is ticked yet
	roadOne                // one thing alone leads nowhere
	roadPair               // a trusted device takes this one in
	roadRegain             // this device asks for itself, and waits
	roadReset              // first the trusted device needs a new password
)

// road chooses the shortest way. A device and the password need no wait, so that
// the recovery key adds nothing to them.
func (r remains) road() road {
	switch {
	case r.password && r.device:
		return roadPair
	case r.password && r.key:
		return roadRegain
	case r.device:
		return roadReset
	case r.password || r.key:
		return roadOne
	}
	return roadNone
}

// recoverPage asks what the person still has, and leads on from there.
type recoverPage struct {
	u   *UI
	has remains
}

func newRecoverPage(u *UI) page { return &recoverPage{u: u} }

func (p *recoverPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("recover.title"), say("recover.body")))
	rows := widgets.TickList(
		p.row("password", "recover.password", "recover.password.more", &p.has.password),
		p.row("devices", "recover.device", "recover.device.more", &p.has.device),
		p.row("recovery", "recover.key", "recover.key.more", &p.has.key))
	content := widgets.Column(20, head, rows)
	if card := p.outlook(); card != nil {
		content.Add(card)
	}
	next := widgets.NewButton(widgets.PineButton, say("do.continue"), p.goOn)
	enable(next, p.has.road() > roadOne)
	return task(s, content, next, widgets.NewButton(widgets.QuietButton, say("recover.only"), func() { p.u.goTo(&onlyPage{u: p.u, before: p}) }))
}

// row is one of the three things; a tick changes what is said below.
func (p *recoverPage) row(icon, name, more string, has *bool) *widgets.Tick {
	return widgets.NewTick(widgets.ItemText{Icon: icon, Name: say(name), Second: say(more)}, *has, func(ticked bool) {
		*has = ticked
		p.u.stage.draw()
	})
}

// outlook says where what is ticked leads.
func (p *recoverPage) outlook() fyne.CanvasObject {
	how := func(body string) fyne.CanvasObject {
		return widgets.NewBox(widgets.SoftPine, widgets.Pad(18, 18, 18, 18, widgets.Column(4,
			widgets.NewText(say("recover.how"), widgets.Strong, widgets.Ink), widgets.NewText(say(body), widgets.Small, widgets.Ink))))
	}
	switch p.has.road() {
	case roadPair:
		return how("recover.how.pair")
	case roadRegain:
		return how("recover.how.regain")
	case roadReset:
		if p.has.key {
			return how("recover.how.reset")
		}
		return how("recover.how.device")
	case roadOne:
		return widgets.Notice(widgets.SoftBrass, "info", widgets.Brass, say("recover.one"), say("recover.one.more"))
	}
	return nil
}

func (p *recoverPage) leave() { p.u.goTo(&startPage{u: p.u}) }

func (p *recoverPage) goOn() {
	switch p.has.road() {
	case roadPair:
		p.u.goTo(joinAfter(p.u, p))
	case roadRegain:
		p.u.goTo(newRegainPage(p.u, p))
	case roadReset:
		p.u.goTo(&therePage{u: p.u, before: p, key: p.has.key})
	}
}

// backTo is the name of a way of several pages, behind the way back; each page has
// its own title below.
func backTo(s shape, name string, leave func()) fyne.CanvasObject {
	back := widgets.NewButton(widgets.QuietButton, "", leave).WithIcon("back").Small()
	return widgets.Pad(0, 0, 0, -14, widgets.Lead(2, 36, back, widgets.Pad(9, 0, 0, 0, widgets.NewText(name, wayStyle(s), widgets.Ink))))
}

// wayStyle is of the name of a way: in the largest text a long word would break.
func wayStyle(s shape) widgets.Style {
	if s.stacked {
		return widgets.Strong
	}
	return widgets.Heading
}

// onlyPage says what one thing alone can do, and what it cannot.
type onlyPage struct {
	u      *UI
	before page
}

func (p *onlyPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("recover.two"), say("recover.two.body")))
	row := func(icon, name, more string, act func()) fyne.CanvasObject {
		return widgets.NewItem(widgets.ItemText{Icon: icon, Name: say(name), Second: say(more)}, act)
	}
	rows := widgets.List(
		row("devices", "recover.only.device", "recover.only.device.more", func() { p.u.goTo(&therePage{u: p.u, before: p}) }),
		row("password", "recover.only.password", "recover.only.password.more", p.stop(false)),
		row("recovery", "recover.only.key", "recover.only.key.more", p.stop(true)),
		row("server", "recover.only.none", "recover.only.none.more", nil))
	return task(s, widgets.Column(16, head, rows, hint("info", widgets.Ink2, say("recover.only.lure"))),
		widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *onlyPage) leave() { p.u.goTo(p.before) }

// stop leads to what the password or the key alone can do, nil if it cannot be done
// here.
func (p *onlyPage) stop(withKey bool) func() {
	if p.u.o.Stopper == nil {
		return nil
	}
	return func() { p.u.goTo(newStopFormPage(p.u, p, withKey)) }
}

// therePage says what to do on the trusted device, where a new password is set.
type therePage struct {
	u      *UI
	before page
	key    bool // the recovery key is at hand, too
}

func (p *therePage) draw(s shape) fyne.CanvasObject {
	third, more := "recover.there.wait", "recover.there.wait.more"
	if p.key {
		third, more = "recover.there.key", "recover.there.key.more"
	}
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("recover.there"), say("recover.there.body")))
	step := func(icon, name, more string) fyne.CanvasObject {
		return widgets.NewItem(widgets.ItemText{Icon: icon, Name: say(name), Second: say(more, with{"Place": say("go.recovery"), "Choice": say("safe.forgotten")})}, nil)
	}
	steps := widgets.List(
		step("devices", "recover.there.open", "recover.there.open.more"),
		step("password", third, more),
		step("qr", "recover.there.pair", "recover.there.pair.more"))
	return task(s, widgets.Column(16, head, steps),
		widgets.NewButton(widgets.PineButton, say("recover.there.do"), func() { p.u.goTo(joinAfter(p.u, p)) }),
		widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *therePage) leave() { p.u.goTo(p.before) }

// joinAfter pairs this device, and leads back to the page it came from.
func joinAfter(u *UI, before page) page {
	p := newJoinNamePage(u).(*joinNamePage)
	p.before = before
	return p
}
