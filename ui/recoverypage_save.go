package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/ui/widgets"
)

// lending is how long the recovery key lies in the clipboard, where every other
// program can read it.
const lending = 60 * time.Second

// lent is what lies in the clipboard until a time.
type lent struct {
	u     *UI
	text  string
	until time.Time
	stop  func()
}

// lend puts text into the clipboard and takes it back after a minute, whichever
// page is open then, unless something else lies there by then.
func (u *UI) lend(text string) {
	u.takeBack()
	u.app.Clipboard().SetContent(text)
	u.lent = &lent{u: u, text: text, until: u.now().Add(lending)}
	u.lent.stop = u.o.Every(secondPace, func() {
		if u.lent != nil && !lasts(u.lent.until, u.now()) {
			u.takeBack()
		}
	})
}

// takeBack empties the clipboard if what was lent still lies there.
func (u *UI) takeBack() {
	if u.lent == nil {
		return
	}
	l := u.lent
	u.lent = nil
	l.stop()
	if c := u.app.Clipboard(); c.Content() == l.text {
		c.SetContent("")
	}
}

// askToSaveKey asks for the password and copies the key as one entry for a
// password manager.
func (u *UI) askToSaveKey(before page) {
	k := Kit{Account: u.view.Name, Server: u.view.Server}
	u.ask(&promptSheet{
		u: u, title: say("password.show.title"), body: say("safe.save.body"), action: say("safe.save.do"),
		work: func(ctx context.Context, password string) (err error) {
			k.Key, err = u.device.ShowRecovery(ctx, password)
			return err
		},
		done: func() { u.lendKey(before, k) },
	})
}

// lendKey copies a key as one entry for a password manager.
func (u *UI) lendKey(before page, k Kit) {
	u.lend(say("safe.entry", with{"Account": k.Account, "Server": k.Server, "Key": k.Key.Text()}))
	u.goTo(&lentPage{u: u, before: before})
}

// lentPage counts down how long the key lies in the clipboard.
type lentPage struct {
	u      *UI
	before page
}

func (p *lentPage) leave() { p.u.goTo(p.before) }

func (p *lentPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	head, body := widgets.NewText("", widgets.Title, widgets.Ink), widgets.NewText("", widgets.Body, widgets.Ink2)
	u.stage.count(secondPace, func() bool {
		if u.lent == nil || !lasts(u.lent.until, u.now()) {
			head.SetText(say("safe.lent.over"))
			body.SetText(say("safe.lent.over.body"))
			return false
		}
		head.SetText(say("safe.lent"))
		body.SetText(count("safe.lent.body", seconds(u.lent.until, u.now())))
		return true
	})
	content := widgets.Column(20, bigIcon("copy", widgets.Pine), widgets.Column(4, head, body),
		hint("info", widgets.Ink2, say("safe.lent.apart")))
	return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
}
