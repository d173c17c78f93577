package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// offlineRow opens the code for when this device has no network.
func (u *UI) offlineRow(before page) fyne.CanvasObject {
	more := say("offline.more")
	if !u.view.Offline {
		more = say("offline.off")
	}
	return row("clock", say("offline.title"), more, func() { u.goTo(newOfflinePage(u, before)) })
}

// offlinePage shows a code that is made here, without the backend. Each code is
// made when it is asked for, and not once more.
type offlinePage struct {
	u       *UI
	before  page
	code    string
	until   time.Time
	trouble string
	again   *widgets.Button
	cancel  context.CancelFunc // ends the wait for a code
}

// codePatience is how long a code is waited for: one that was shown is not shown
// again, and the next comes within half a minute.
const codePatience = 40 * time.Second

// codeGrace is how much longer than its own half minute a code is shown, so that
// there is time to type one made at the end of it: the page takes it for another
// half minute, by an even clock.
const codeGrace = 20 * time.Second

// codeLife is how long a code is shown that is made at the beginning of its half
// minute; the ring is as full as what is left of that.
const codeLife = 30*time.Second + codeGrace

func newOfflinePage(u *UI, before page) page {
	p := &offlinePage{u: u, before: before}
	p.again = widgets.NewButton(widgets.PineButton, say("offline.make"), p.make)
	if u.view.Offline {
		p.make()
	}
	return p
}

func (p *offlinePage) leave() {
	if p.cancel != nil {
		p.cancel()
	}
	p.u.goTo(p.before)
}

func (p *offlinePage) make() {
	if p.again.Disabled() {
		return
	}
	setBusy(p.again, true, say("offline.make"))
	var code string
	var until time.Time
	var ctx context.Context
	ctx, p.cancel = context.WithTimeout(p.u.ctx, codePatience)
	p.u.wait(ctx, func(ctx context.Context) (err error) {
		code, until, err = p.u.device.OfflineCode(ctx)
		return err
	}, func(err error) {
		p.cancel()
		setBusy(p.again, false, say("offline.make"))
		p.trouble = ""
		if err != nil {
			p.trouble = sentence(err)
		} else {
			p.code, p.until = code, until.Add(codeGrace)
		}
		if p.u.page == p {
			p.u.stage.draw()
		}
	})
}

func (p *offlinePage) draw(s shape) fyne.CanvasObject {
	back := widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave)
	if !p.u.view.Offline {
		return p.drawOff(s, back)
	}
	content := widgets.Column(20, heading(say("offline.title"), say("offline.body")))
	shown := p.code != "" && lasts(p.until, p.u.now())
	if shown {
		content.Add(widgets.Centred(0, p.ring()))
		content.Add(hint("warning", widgets.Brass, say("offline.only-page")))
	} else if p.trouble == "" {
		content.Add(hint("info", widgets.Ink2, p.rule()))
	}
	if p.trouble != "" {
		content.Add(hint("warning", widgets.Brick, p.trouble))
	}
	content.Add(widgets.Start(widgets.NewButton(widgets.QuietBrickButton, say("offline.switch-off"), p.askOff).Small()))
	if shown {
		return task(s, content, back)
	}
	return task(s, content, p.again, back)
}

// rule says how long a code is good, or when the next one comes.
func (p *offlinePage) rule() string {
	if p.again.Disabled() {
		return say("offline.next")
	}
	return say("offline.over")
}

// drawOff explains what is switched on.
func (p *offlinePage) drawOff(s shape, back fyne.CanvasObject) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("offline.title"), say("offline.what")),
		hint("info", widgets.Ink2, say("offline.told")), hint("warning", widgets.Ink2, say("offline.only-page")))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("offline.switch-on"), p.askOn), back)
}

// ring runs the code's time down; then another can be made.
func (p *offlinePage) ring() fyne.CanvasObject {
	u, code := p.u, widgets.NewCode(p.code)
	u.stage.count(secondPace, func() bool {
		rest := p.until.Sub(u.now())
		if rest <= 0 {
			u.stage.draw()
			return false
		}
		code.SetLeft(rest, codeLife, say("code.left", with{"Left": left(p.until, u.now())}))
		return true
	})
	return code
}

func (p *offlinePage) askOn() {
	p.u.ask(&promptSheet{
		u: p.u, title: say("offline.on.title"), body: say("offline.on.body"), action: say("offline.switch-on"),
		work: p.u.device.OfflineOn, done: func() { p.u.goTo(newOfflinePage(p.u, p.before)) },
	})
}

func (p *offlinePage) askOff() {
	p.u.ask(&promptSheet{
		u: p.u, title: say("offline.off.title"), body: say("offline.off.body"), action: say("offline.switch-off"), danger: true,
		work: p.u.device.OfflineOff, done: p.leave,
	})
}
