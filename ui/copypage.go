package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// copyPage asks for a second copy of the recovery key, kept elsewhere. That it is
// kept is the person's word.
type copyPage struct {
	u      *UI
	before page
	keep   *widgets.Button
}

func newCopyPage(u *UI, before page) page {
	p := &copyPage{u: u, before: before}
	p.keep = widgets.NewButton(widgets.PineButton, say("copy.keep"), p.said)
	return p
}

func (p *copyPage) leave() { p.u.goTo(p.before) }

func (p *copyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("copy.title"), say("copy.body")))
	if rows := p.u.copyRows(p); len(rows) > 0 {
		content.Add(widgets.List(rows...))
	}
	content.Add(hint("info", widgets.Ink2, say("copy.where")))
	return task(s, content, p.keep, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *copyPage) said() {
	if p.keep.Disabled() {
		return
	}
	setBusy(p.keep, true, say("copy.keep"))
	p.u.call(func(context.Context) error { return p.u.device.SayCopied(true) }, func(err error) {
		setBusy(p.keep, false, say("copy.keep"))
		if err == nil {
			p.leave()
		}
	})
}

// secondCopyRow says whether a second copy is kept, and leads to keeping one, or to
// saying that it is no more.
func (u *UI) secondCopyRow(before page) fyne.CanvasObject {
	since := u.view.Recovery.Copied
	if since.IsZero() {
		return row("home", say("copy.none"), say("light.do.copy"), func() { u.goTo(newCopyPage(u, before)) })
	}
	return row("home", say("copy.kept"), say("copy.since", with{"Date": date(since, u.now())}), func() {
		u.raise(&deedSheet{
			u: u, title: say("copy.gone.title"), body: say("copy.gone.body"), stay: say("copy.gone.stay"), do: say("copy.gone.do"),
			work: func(context.Context) error { return u.device.SayCopied(false) }, done: func() { u.raise(nil) },
		})
	})
}

// copyRows are the ways to make another copy of the key that is kept here.
func (u *UI) copyRows(before page) []fyne.CanvasObject {
	if !u.view.Recovery.Kept {
		return nil
	}
	var rows []fyne.CanvasObject
	if u.o.Paper != nil {
		rows = append(rows, row("print", say("safe.print"), say("safe.asks"), func() { u.askForKit(before) }))
	}
	return append(rows, row("copy", say("safe.save"), say("safe.save.more"), func() { u.askToSaveKey(before) }))
}
