package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// newKeyPage begins another recovery key: what that means, and then the key.
type newKeyPage struct {
	u      *UI
	before page
	button *widgets.Button
	wrong  string
}

func (u *UI) beginNewKey(before page) {
	p := &newKeyPage{u: u, before: before}
	p.button = widgets.NewButton(widgets.PineButton, say("safe.new.begin"), p.begin)
	u.goTo(p)
}

func (p *newKeyPage) leave() { p.u.goTo(p.before) }

func (p *newKeyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("safe.change"), say("safe.new.body")),
		hint("recovery", widgets.Ink2, say("safe.new.paper")), hint("clock", widgets.Ink2, say("safe.new.until")))
	if p.wrong != "" {
		content.Add(hint("warning", widgets.Brick, p.wrong))
	}
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave))
}

func (p *newKeyPage) begin() {
	if p.button.Disabled() {
		return
	}
	setBusy(p.button, true, say("safe.new.begin"))
	var key NewKey
	kit := Kit{Account: p.u.view.Name, Server: p.u.view.Server, Date: p.u.now(), Language: language()}
	p.u.call(func(ctx context.Context) (err error) {
		if kit.ID, err = p.u.device.Account(); err != nil {
			return err
		}
		key, err = p.u.device.BeginNewKey(ctx)
		return err
	}, func(err error) {
		setBusy(p.button, false, say("safe.new.begin"))
		if p.u.page != p {
			return
		}
		if err != nil {
			p.wrong = sentence(err)
			p.u.stage.draw()
			return
		}
		kit.Key = key.Key()
		p.u.goTo(&drawnKeyPage{u: p.u, key: key, kit: kit, before: p.before})
	})
}

// drawnKeyPage shows the new key, to be written down. The old one still works.
type drawnKeyPage struct {
	u      *UI
	key    NewKey
	kit    Kit
	before page
}

func (p *drawnKeyPage) leave() { p.u.goTo(p.before) }

func (p *drawnKeyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("safe.new.title"), say("key.body")), widgets.NewKeyTiles(p.key.Key().Groups()),
		widgets.List(p.u.keyCopies(p, p.kit)...), hint("info", widgets.Ink2, say("key.only-here")))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("key.written"), func() { p.u.goTo(newTypedKeyPage(p.u, p)) }),
		widgets.NewButton(widgets.SecondButton, say("do.cancel"), p.leave))
}

// typedKeyPage takes the new key typed back, and then the password.
type typedKeyPage struct {
	u     *UI
	shown *drawnKeyPage
	entry *widgets.KeyEntry
	next  *widgets.Button
}

func newTypedKeyPage(u *UI, shown *drawnKeyPage) page {
	p := &typedKeyPage{u: u, shown: shown}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.finish)
	p.entry = newKeyEntry(p.finish, p.leave)
	p.entry.OnChanged = func(typed string) {
		wrong := markKey(p.entry, p.shown.key.Key(), typed)
		enable(p.next, p.entry.Full() && wrong == 0)
	}
	p.next.Disable()
	return p
}

func (p *typedKeyPage) focus() fyne.Focusable { return p.entry }
func (p *typedKeyPage) leave()                { p.u.goTo(p.shown) }

func (p *typedKeyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("back.title"), say("back.body")), p.entry)
	return task(s, content, p.next, widgets.NewButton(widgets.SecondButton, say("back.show"), p.leave))
}

func (p *typedKeyPage) finish() {
	if p.next.Disabled() {
		return
	}
	u := p.u
	u.ask(&promptSheet{
		u: u, title: say("password.show.title"), body: say("safe.new.password"), action: say("safe.new.do"),
		work: func(ctx context.Context, password string) error {
			return p.shown.key.Finish(ctx, password, p.entry.Text())
		},
		done: func() {
			u.goTo(&recoveryPage{u: u, told: &told{say("safe.new.done"), say("safe.new.done.body")}})
		},
	})
}
