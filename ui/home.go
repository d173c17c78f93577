package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// homePage answers two questions: is somebody asking, and would I get back in.
type homePage struct{ u *UI }

func (p *homePage) destination() place { return placeHome }

func (p *homePage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(12, p.head(s))
	for _, card := range p.cards(s) {
		if card != nil {
			content.Add(card)
		}
	}
	if p.u.view.Stage == app.StageOn && !p.u.halted() && !p.u.view.Left {
		content.Add(widgets.Column(0, section(say("home.lost")), p.lightCard(s)))
		if rows := p.rows(s); len(rows) > 0 {
			content.Add(widgets.List(rows...))
		}
	}
	if latest := p.latest(); latest != nil {
		content.Add(widgets.Column(0, section(say("home.latest")), latest))
	}
	return p.u.scrolled(s, content)
}

// cards are what comes first. A device that has stopped says only that.
func (p *homePage) cards(s shape) []fyne.CanvasObject {
	if p.u.halted() {
		return []fyne.CanvasObject{p.u.noticeCard(s)}
	}
	cards := append(p.u.waitCards(s), p.u.outcomeCard(s), p.u.noticeCard(s), p.u.leftCard(), p.statusCard(s), p.offlineCard())
	return append(cards, p.trialCard(s), p.pausedCard(s), p.quietCard())
}

// offlineCard leads to the offline code where it is what still works.
func (p *homePage) offlineCard() fyne.CanvasObject {
	if p.u.view.Link.State != app.Offline || p.u.view.Stage != app.StageOn || p.u.view.Left {
		return nil
	}
	return widgets.List(p.u.offlineRow(p))
}

// rows lead to what has no place in the bar of a phone.
func (p *homePage) rows(s shape) []fyne.CanvasObject {
	rows := p.staleRows()
	if p.u.view.Link.State != app.Offline {
		rows = append(rows, p.u.offlineRow(p))
	}
	if !s.wide {
		rows = append(rows, row("recovery", say("go.recovery"), say("safe.home.more"), func() { p.u.visit(placeRecovery) }))
	}
	return rows
}

func (p *homePage) head(s shape) fyne.CanvasObject {
	if s.wide {
		return widgets.Pad(0, 0, 8, 0, title(say("go.home")))
	}
	settings := widgets.NewButton(widgets.QuietButton, "", func() { p.u.visit(placeSettings) }).WithIcon("settings").Small()
	who := widgets.Grow(p.u.who(widgets.Strong, widgets.Caption))
	return widgets.Pad(0, 0, 4, 0, widgets.Row(12, widgets.NewMark(28, widgets.MarkWhole), who, settings))
}

// status is what the first card says.
type status struct {
	mark         widgets.MarkState
	tone         tone
	head, more   string
	body         string
	action, icon string
	act          func()
	pace         time.Duration // how often it has to be said anew; 0 = never
}

// statusCard says whether somebody is asking.
func (p *homePage) statusCard(s shape) fyne.CanvasObject {
	now := p.status()
	head := widgets.NewText(now.head, widgets.Heading, widgets.Ink)
	more, body := small(now.more), widgets.NewText(now.body, widgets.Small, widgets.Ink)
	body.Hidden = now.body == ""
	if now.pace > 0 {
		p.u.stage.count(now.pace, func() bool {
			again := p.status()
			more.SetText(again.more)
			body.SetText(again.body)
			return true
		})
	}
	button := widgets.NewButton(widgets.SecondButton, now.action, now.act).WithIcon(now.icon).Small()
	texts := widgets.Column(2, head, more)
	look := cardOf(now.tone)
	mark := widgets.NewMark(44, now.mark)
	if s.wide && !s.stacked {
		column := widgets.Column(10, widgets.Row(16, mark, widgets.Grow(texts), button), body)
		return widgets.NewBox(look, widgets.Pad(24, 24, 24, 24, column))
	}
	top := fyne.CanvasObject(widgets.Row(14, mark, widgets.Grow(texts)))
	if s.stacked {
		top = texts
	}
	return widgets.NewBox(look, widgets.Pad(20, 20, 20, 20, widgets.Column(14, top, body, button)))
}

func (p *homePage) status() status {
	u := p.u
	switch {
	case len(u.view.Requests) > 0:
		return p.asking()
	case u.view.Link.State == app.Offline:
		return p.offline()
	case u.view.Link.State == app.Connecting:
		return p.checking()
	}
	more := say("home.connected-new")
	if !u.view.Link.Heard.IsZero() {
		more = say("home.connected", with{"Ago": ago(u.view.Link.Heard, u.now())})
	}
	return status{
		mark: widgets.MarkWhole, head: say("home.quiet"), more: more,
		action: say("do.check-now"), icon: "refresh", act: u.checkNow, pace: slowPace,
	}
}

// The paces of what counts: seconds where somebody waits, else slowly.
const (
	secondPace = time.Second
	slowPace   = 10 * time.Second
)

func (p *homePage) asking() status {
	u := p.u
	first := u.view.Requests[0]
	more := say("home.asking.one", with{"Service": first.Service, "Ago": ago(first.Asked, u.now())})
	if n := len(u.view.Requests); n > 1 {
		more = count("home.asking.many", n)
	} else if !u.mine(first) {
		target, _ := u.member(first.Target)
		more = say("home.asking.elsewhere", with{"Service": first.Service, "Device": orElse(target.Name, "word.a-device")})
	}
	return status{
		mark: widgets.MarkAsking, tone: warm, head: say("home.asking"), more: more,
		action: say("do.show"), icon: "eye", act: u.bringBack, pace: slowPace,
	}
}

func (p *homePage) checking() status {
	u := p.u
	more := say("home.checking.never", with{"Server": host(u.view.Server)})
	if !u.view.Link.Heard.IsZero() {
		more = say("home.checking.more", with{"Ago": ago(u.view.Link.Heard, u.now())})
	}
	return status{
		mark: widgets.MarkQuiet, head: say("home.checking"), more: more,
		action: say("do.check-now"), icon: "refresh", act: u.checkNow, pace: slowPace,
	}
}

func (p *homePage) offline() status {
	u := p.u
	heard, now := u.view.Link.Heard, u.now()
	more := say("home.offline.never")
	switch {
	case !heard.IsZero() && now.Sub(heard) < time.Hour:
		more = say("home.offline.heard", with{"Clock": clock(heard), "Ago": ago(heard, now)})
	case !heard.IsZero():
		more = say("home.offline.since", with{"Moment": moment(heard, now)})
	}
	body := say("home.offline.alone")
	if len(u.view.Devices) > 1 {
		body = say("home.offline.body")
	}
	next := say("home.offline.trying")
	if n := seconds(u.view.Link.Next, now); n > 0 {
		next = count("home.offline.next", n)
	}
	return status{
		mark: widgets.MarkOffline, head: say("home.offline"), more: more, body: body + " " + next,
		action: say("do.try-now"), icon: "refresh", act: u.checkNow, pace: secondPace,
	}
}

// trialCard reminds of the sign-in that is left to do.
func (p *homePage) trialCard(shape) fyne.CanvasObject {
	if p.u.view.Stage != app.StageTrial {
		return nil
	}
	return widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, say("home.trial"), say("home.trial.body"),
		widgets.NewButton(widgets.PineButton, say("home.trial.go"), func() { p.u.goTo(&trialPage{u: p.u}) }).Small())
}

// pausedCard says that new browsers are kept out, and lets them in again.
func (p *homePage) pausedCard(s shape) fyne.CanvasObject {
	u := p.u
	if u.view.Door != nil {
		return u.doorCard(*u.view.Door)
	}
	if !u.view.Off && u.view.Paused.IsZero() {
		return nil
	}
	head, body := say("off.title"), say("off.body")
	if !u.view.Off {
		head, body = say("paused.title", with{"Until": until(u.view.Paused, u.now())}), say("paused.body")
	}
	resume := widgets.NewButton(widgets.SecondButton, say("paused.resume"), u.askResume).Small()
	door := widgets.NewButton(widgets.SecondButton, say("paused.door"), u.askDoor).Small()
	actions := fyne.CanvasObject(widgets.Column(8, resume, door))
	if s.wide {
		actions = beside(s, resume, door)
	}
	return widgets.Notice(widgets.SoftBrass, "pause", widgets.Brass, head, body, actions)
}

// quietCard says why it had been silent.
func (p *homePage) quietCard() fyne.CanvasObject {
	if !p.u.view.Quiet {
		return nil
	}
	return widgets.Notice(widgets.SoftBrass, "bell", widgets.Brass, say("home.silent"), say("home.silent.body"))
}

// latest shows the newest lines of the activity.
func (p *homePage) latest() fyne.CanvasObject {
	u := p.u
	happened, told := lines(u.view.Activity, u.now(), all)
	var rows []fyne.CanvasObject
	for i, l := range told[:min(2, len(told))] {
		when := sentenceCase(moment(happened[i].At, u.now()))
		if agent := happened[i].Agent; agent != "" {
			when = say("home.row", with{"Moment": when, "Agent": agent})
		}
		rows = append(rows, widgets.NewItem(widgets.ItemText{
			Icon: l.icon, Tile: tileOf(l.tone), IconColour: colourOf(l.tone), Name: l.title, Second: when,
		}, func() { u.visit(placeActivity) }))
	}
	if len(rows) == 0 {
		return nil
	}
	return widgets.List(rows...)
}
