package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// waitCards show what was asked for and can still be stopped.
func (u *UI) waitCards(s shape) []fyne.CanvasObject {
	var cards []fyne.CanvasObject
	for _, w := range u.view.Waits {
		cards = append(cards, u.waitCard(s, w))
	}
	return cards
}

func (u *UI) waitCard(s shape, w app.Wait) fyne.CanvasObject {
	more := widgets.NewText("", widgets.Small, widgets.Ink)
	texts := widgets.Column(2, widgets.NewText(u.toldOf(w, wordsOf(w).head), widgets.Strong, widgets.Ink), more)
	ring := widgets.NewCountdown(widgets.SmallCountdown)
	u.countWait(w, ring, shortRest, func() { more.SetText(u.waitLine(w)) })
	buttons := u.waitButtons(w)
	if s.wide && !s.stacked {
		row := widgets.Row(20, ring, widgets.Grow(texts), widgets.Column(8, buttons...))
		return widgets.NewBox(widgets.SoftBrass, widgets.Pad(16, 20, 16, 20, row))
	}
	top := fyne.CanvasObject(widgets.Row(16, ring, widgets.Grow(texts)))
	if s.stacked {
		top = texts
	}
	foot := fyne.CanvasObject(widgets.Column(8, buttons...))
	if len(buttons) == 2 {
		foot = beside(s, buttons[0], buttons[1])
	}
	return widgets.NewBox(widgets.SoftBrass, widgets.Pad(16, 20, 20, 20, widgets.Column(14, top, foot)))
}

// waitButtons stop it, tell more, and take what the wait led to.
func (u *UI) waitButtons(w app.Wait) []fyne.CanvasObject {
	stop := widgets.NewButton(widgets.BrickButton, say("wait.stop"), func() { u.askStop(w) }).Small()
	if text, act := u.waitLeads(w); act != nil {
		return []fyne.CanvasObject{widgets.NewButton(widgets.PineButton, text, act).Small(), stop}
	}
	before := u.page
	look := widgets.NewButton(widgets.SecondButton, say("wait.look"), func() { u.goTo(&waitPage{u: u, id: w.ID, before: before}) }).Small()
	return []fyne.CanvasObject{look, stop}
}

// waitLeads says what can be done on this device now that a wait is over; act is nil
// if there is nothing.
func (u *UI) waitLeads(w app.Wait) (text string, act func()) {
	if !u.waitOver(w) || !w.This {
		return "", nil
	}
	switch w.Kind {
	case waitPassword:
		return say("wait.set"), func() { u.goTo(newResetPage(u)) }
	case waitRemove:
		if d, known := u.toGo(w); known {
			return say("remove.now"), func() { u.goTo(&memberPage{u: u, id: d.ID}) }
		}
	}
	return "", nil
}

// countWait runs the ring down, and says more with each step.
func (u *UI) countWait(w app.Wait, ring *widgets.Countdown, words func(time.Duration) string, more func()) {
	counting := false
	u.stage.count(slowPace, func() bool {
		over := u.waitOver(w)
		if over && counting {
			u.stage.draw() // it can be used now: its buttons are others
			return false
		}
		counting = !over
		rest, until := time.Duration(0), say("wait.over")
		if !over {
			rest, until = w.Until.Sub(u.now()), say("wait.until", with{"Moment": moment(w.Until, u.now())})
		}
		ring.SetLeft(rest, w.Until.Sub(w.Since), words(rest), until)
		more()
		return counting
	})
}

func (u *UI) waitOver(w app.Wait) bool { return w.Over || !lasts(w.Until, u.now()) }

// shortRest is the rest of a wait in a small ring; longRest in a large one.
func shortRest(rest time.Duration) string {
	rest = wholeMinutes(rest)
	switch {
	case rest <= 0:
		return say("wait.now")
	case rest >= 100*time.Hour:
		return say("wait.days", with{"N": int(rest.Hours()) / 24})
	case rest >= time.Hour:
		return say("wait.hours", with{"N": int(rest.Hours())})
	}
	return say("wait.minutes", with{"N": int(rest.Minutes())})
}

// wholeMinutes rounds up, so that a day that has just begun is still 24 hours.
func wholeMinutes(rest time.Duration) time.Duration {
	return (rest + time.Minute - 1).Truncate(time.Minute)
}

func longRest(rest time.Duration) string {
	rest = wholeMinutes(rest)
	if rest < time.Hour {
		return shortRest(rest)
	}
	return say("wait.rest", with{"Hours": int(rest.Hours()), "Minutes": int(rest.Minutes()) % 60})
}

// waitLine says with what it was asked for, and when its time is over.
func (u *UI) waitLine(w app.Wait) string {
	if u.waitOver(w) {
		return u.toldOf(w, wordsOf(w).over)
	}
	line := say("wait.line", with{"With": u.toldOf(w, wordsOf(w).with), "Moment": moment(w.Until, u.now())})
	if half := w.Since.Add(w.Until.Sub(w.Since) / 2); !lasts(half, u.now()) {
		line += " " + say("wait.half")
	}
	return line
}

// askStop says what stopping does, and stops.
func (u *UI) askStop(w app.Wait) {
	u.raise(&deedSheet{
		u: u, title: say("wait.stop.title"), body: u.toldOf(w, wordsOf(w).stop), stay: say("wait.stop.stay"), do: say("wait.stop"), danger: true,
		work: func(ctx context.Context) error { return u.device.StopWait(ctx, w.ID) },
		done: func() { u.raise(u.stoppedNote(w)) },
	})
}

// stoppedNote says what to do if somebody else had asked.
func (u *UI) stoppedNote(w app.Wait) *noteSheet {
	if p, ok := u.page.(*waitPage); ok {
		u.page = p.before
	}
	n := &noteSheet{u: u, title: say("wait.stopped"), body: u.toldOf(w, wordsOf(w).stopped)}
	back := u.page
	switch {
	case w.Kind == waitDevice:
		n.also = []fyne.CanvasObject{
			row("password", say("change.do"), say("wait.stopped.password.more"), func() { n.leave(); u.goTo(newChangePage(u, back)) }),
			row("recovery", say("light.do.new-key"), say("wait.stopped.key.more"), func() { n.leave(); u.beginNewKey(back) }),
		}
	case w.This:
	case w.Kind == waitPassword, w.Kind == waitRemove:
		n.do, n.act = say("light.do.seen"), func() { u.visit(placeDevices) }
	case w.Kind == waitLeave:
		n.do, n.act = say("change.do"), func() { u.goTo(newChangePage(u, back)) }
	}
	return n
}

// waitByID gives a wait of the view that can still be stopped.
func (u *UI) waitByID(id trust.WaitID) (app.Wait, bool) {
	for _, w := range u.view.Waits {
		if w.ID == id {
			return w, true
		}
	}
	return app.Wait{}, false
}
