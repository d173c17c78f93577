package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// regainingPage shows a device on its way back into an account: asking, waiting,
// ready, or stopped. The view says which.
type regainingPage struct {
	u        *UI
	password *widgets.Field // for the end of the wait
	next     *widgets.Button
}

func newRegainingPage(u *UI) page {
	p := &regainingPage{u: u}
	p.password = widgets.NewPasswordField(say("account.password"), "", say("do.show"), say("do.hide"))
	p.password.Entry.OnSubmitted = func(string) { p.open() }
	p.password.Entry.OnChanged = func(string) { p.password.SetWrong("") }
	p.next = widgets.NewButton(widgets.PineButton, say("regain.ready.do"), p.open)
	return p
}

// wayChanged reports whether this device's way back began, ended, or came to its
// next state. Who is just asking hears first whether it was taken.
func (u *UI) wayChanged(old app.View) bool {
	if key, ok := u.page.(*regainKeyPage); u.view.Stage != app.StageNew || ok && key.busy {
		return false
	}
	was, is := old.Regaining, u.view.Regaining
	if was == nil || is == nil {
		return was != is
	}
	return was.State != is.State
}

// way gives how far the device is; zero once there is nothing to wait for.
func (p *regainingPage) way() app.Regaining {
	if p.u.view.Regaining == nil {
		return app.Regaining{}
	}
	return *p.u.view.Regaining
}

func (p *regainingPage) draw(s shape) fyne.CanvasObject {
	switch p.way().State {
	case app.RegainWaits:
		return p.drawWaits(s)
	case app.RegainReady:
		return p.drawReady(s)
	case app.RegainStopped:
		return p.drawStopped(s)
	}
	return p.drawAsking(s)
}

func (p *regainingPage) focus() fyne.Focusable {
	if p.way().State == app.RegainReady {
		return p.password.Entry
	}
	return nil
}

// head stands where other pages have the way back: from here only stopping leads.
func (p *regainingPage) head(s shape, head fyne.CanvasObject) fyne.CanvasObject {
	name := widgets.Pad(9, 0, 9, 0, widgets.NewText(say("recover.name"), wayStyle(s), widgets.Ink))
	return widgets.Column(12, name, head)
}

// drawAsking is for a backend that has not answered yet.
func (p *regainingPage) drawAsking(s shape) fyne.CanvasObject {
	server := with{"Server": host(p.way().Server)}
	content := widgets.Column(20, p.head(s, heading(say("regain.asking"), say("regain.asking.body", server))), p.line())
	if p.u.view.Link.State == app.Offline { // its line has the button
		return task(s, content, p.stopButton())
	}
	return task(s, content, p.checkButton(), p.stopButton())
}

func (p *regainingPage) drawWaits(s shape) fyne.CanvasObject {
	w := p.way()
	ring := widgets.NewCountdown(widgets.LargeCountdown)
	p.u.countWait(app.Wait{Since: w.Since, Until: w.Until}, ring, longRest, func() {})
	head := p.head(s, heading(say("regain.waits"), say("regain.waits.body", with{"Name": w.Name, "Moment": moment(w.Until, p.u.now())})))
	content := widgets.Column(20, head, widgets.Centred(0, ring),
		widgets.NewBox(widgets.CardLook, widgets.Pad(6, 16, 6, 16, p.facts(w))), hint("info", widgets.Ink2, say("regain.waits.close")))
	if l := p.offline(); l != nil {
		content.Add(l)
		return task(s, content, p.stopButton())
	}
	return task(s, content, p.checkButton(), p.stopButton())
}

// checkButton asks at once whether somebody has stopped it.
func (p *regainingPage) checkButton() fyne.CanvasObject {
	return widgets.NewButton(widgets.SecondButton, say("do.check-now"), p.u.checkNow).WithIcon("refresh")
}

func (p *regainingPage) facts(w app.Regaining) fyne.CanvasObject {
	value := func(text string) fyne.CanvasObject { return widgets.NewText(text, widgets.Strong, widgets.Ink) }
	return widgets.Facts(
		widgets.Fact{Icon: "server", Label: say("settings.server"), Value: value(host(w.Server))},
		widgets.Fact{Icon: "bell", Label: say("regain.fact.told"), Value: widgets.Column(0, value(say("regain.fact.all")), small(say("regain.fact.each")))})
}

// drawReady asks for the password: with it the recovery key is opened that was kept
// for this moment.
func (p *regainingPage) drawReady(s shape) fyne.CanvasObject {
	head := p.head(s, heading(say("regain.ready"), say("regain.ready.body")))
	content := widgets.Column(20, head, p.password, hint("recovery", widgets.Ink2, say("regain.ready.paper")))
	if l := p.offline(); l != nil {
		content.Add(l)
	}
	return task(s, content, p.next, p.stopButton())
}

// drawStopped says who stopped it, and what that means.
func (p *regainingPage) drawStopped(s shape) fyne.CanvasObject {
	w := p.way()
	head := p.head(s, title(say("regain.stopped")))
	t, icon, colour := widgets.SoftBrick, "warning", widgets.Brick
	if w.By == app.ByLost || w.By == "replaced" {
		t, icon, colour = widgets.SoftBrass, "info", widgets.Brass
	}
	by, more := stoppedBy(w.By)
	content := widgets.Column(16, head, widgets.Notice(t, icon, colour, say(by), say(more)))
	return task(s, content,
		widgets.NewButton(widgets.PineButton, say("regain.again"), p.again),
		widgets.NewButton(widgets.SecondButton, say("regain.forget"), p.forget))
}

// stoppedBy gives the sentences for who stopped it.
func stoppedBy(by string) (head, more string) {
	switch by {
	case "device":
		return "regain.by.device", "regain.by.device.more"
	case "password":
		return "regain.by.password", "regain.by.password.more"
	case "key":
		return "regain.by.key", "regain.by.key.more"
	case "mail":
		return "regain.by.mail", "regain.by.mail.more"
	case "replaced":
		return "regain.by.replaced", "regain.by.replaced.more"
	case app.ByLost:
		return "regain.by.lost", "regain.by.lost.more"
	}
	return "regain.by.unknown", "regain.by.unknown.more"
}

// line says that the backend is asked, or when it is asked again.
func (p *regainingPage) line() fyne.CanvasObject {
	if l := p.offline(); l != nil {
		return l
	}
	return hint("clock", widgets.Ink2, say("regain.asking.on"))
}

// offline says when this device tries again; nil while it is connected.
func (p *regainingPage) offline() fyne.CanvasObject {
	u := p.u
	if u.view.Link.State != app.Offline {
		return nil
	}
	text := widgets.NewText("", widgets.Small, widgets.Brass)
	u.stage.count(time.Second, func() bool {
		text.SetText(say("trial.offline", with{"Left": left(u.view.Link.Next, u.now())}))
		return true
	})
	now := widgets.NewButton(widgets.SecondButton, say("do.check-now"), u.checkNow).Small()
	return widgets.Column(12, widgets.Lead(10, 20, widgets.NewIcon("offline", 20, widgets.Brass), text), widgets.Start(now))
}

func (p *regainingPage) stopButton() fyne.CanvasObject {
	return widgets.NewButton(widgets.SecondButton, say("regain.stop"), func() { p.u.raise(newRegainStopSheet(p.u)) })
}

// again asks once more; the recovery key is kept here, sealed under the password.
func (p *regainingPage) again() {
	p.u.ask(&promptSheet{
		u: p.u, title: say("regain.again"), body: say("regain.again.body"), action: say("regain.do"),
		work: p.u.device.RegainAgain, done: func() {},
	})
}

func (p *regainingPage) forget() {
	p.u.call(func(ctx context.Context) error { return p.u.device.CancelRegain(ctx, "") }, func(error) {})
}

// open goes on to the new recovery key.
func (p *regainingPage) open() {
	if p.next.Disabled() {
		return
	}
	if p.password.Text() == "" {
		p.password.SetWrong(say("regain.password.missing"))
		p.u.stage.draw()
		return
	}
	setBusy(p.next, true, say("regain.ready.do"))
	var r Regain
	p.u.call(func(ctx context.Context) (err error) {
		r, err = p.u.device.OpenRegain(ctx, p.password.Text())
		return err
	}, func(err error) {
		setBusy(p.next, false, say("regain.ready.do"))
		switch {
		case p.u.page != page(p):
			return
		case err == nil:
			p.u.goTo(p.newKey(r))
			return
		case app.TroubleOf(err) == app.TroubleGone:
			p.password.SetWrong(say("regain.under-way"))
		default:
			p.password.SetWrong(sentence(err))
		}
		p.u.stage.draw()
	})
}

// newKey shows the new key; what is ticked after it stays when somebody looks back.
func (p *regainingPage) newKey(r Regain) page {
	last := newRegainLostPage(p.u, r)
	return newFreshKeyPage(p.u, fresh{
		key: r.Key(), name: say("recover.name"), body: say("regain.new.body"), before: p,
		typed: func(back page, typed string) {
			last.typed, last.before = typed, back
			p.u.goTo(last)
		},
	})
}
