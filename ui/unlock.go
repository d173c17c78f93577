package ui

import (
	"context"
	"errors"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// openDevice opens the device beside the window, and shows it.
func (u *UI) openDevice() {
	u.goTo(&openingPage{u: u})
	u.o.Go(func() {
		d, err := u.open(u.ctx, asker{u})
		u.o.Dispatch(func() {
			switch {
			case err == nil:
				u.adopt(d)
			case !errors.Is(err, context.Canceled):
				u.goTo(&stuckPage{u: u, err: err})
				u.Show()
			}
		})
	})
}

// opening is a page from before there is a device.
type opening interface{ opening() }

func isOpening(p page) bool { _, ok := p.(opening); return ok }

// openingPage stands while the device opens.
type openingPage struct{ u *UI }

func (p *openingPage) opening() {}

func (p *openingPage) draw(shape) fyne.CanvasObject {
	return widgets.Centred(0, widgets.Column(16, widgets.Centred(0, widgets.NewMark(64, widgets.MarkWhole)),
		widgets.NewLine(say("unlock.opening"), widgets.Body, widgets.Ink2).Centre()))
}

// stuckPage says why the device does not open.
type stuckPage struct {
	u   *UI
	err error
}

func (p *stuckPage) opening() {}

func (p *stuckPage) draw(s shape) fyne.CanvasObject {
	return task(s, heading(say("unlock.stuck.title"), sentence(p.err)),
		widgets.NewButton(widgets.PineButton, say("unlock.retry"), p.u.openDevice))
}

// asker asks the person from the goroutine that opens the device.
type asker struct{ u *UI }

func (a asker) NewPassphrase(ctx context.Context) ([]byte, error) {
	return ask(ctx, a.u, func(answer func([]byte)) page { return newPassphrasePage(a.u, true, "", answer) })
}

func (a asker) Passphrase(ctx context.Context, wrong bool) ([]byte, error) {
	trouble := ""
	if wrong {
		trouble = say("unlock.wrong")
	}
	return ask(ctx, a.u, func(answer func([]byte)) page { return newPassphrasePage(a.u, false, trouble, answer) })
}

func (a asker) Keyring(ctx context.Context, t app.Trouble) (bool, error) {
	return ask(ctx, a.u, func(answer func(bool)) page { return &keyringPage{u: a.u, trouble: t, answer: answer} })
}

// ask shows a page and waits for its answer. The window comes with it, also where
// it was started hidden: a device that waits for a passphrase rings for nobody.
func ask[T any](ctx context.Context, u *UI, make_ func(answer func(T)) page) (T, error) {
	answers := make(chan T, 1)
	u.o.Dispatch(func() {
		u.goTo(make_(func(t T) {
			select {
			case answers <- t:
				u.goTo(&openingPage{u: u})
			default: // pressed twice
			}
		}))
		u.Show()
	})
	select {
	case t := <-answers:
		return t, nil
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// passphrasePage asks for the vault file's passphrase, twice if it is new.
type passphrasePage struct {
	u             *UI
	fresh         bool
	first, second *widgets.Field
	answer        func([]byte)
}

func newPassphrasePage(u *UI, fresh bool, trouble string, answer func([]byte)) page {
	p := &passphrasePage{u: u, fresh: fresh, answer: answer}
	note := ""
	if fresh {
		note = say("unlock.hint")
	}
	p.first = widgets.NewPasswordField(say("unlock.passphrase"), note, say("do.show"), say("do.hide"))
	p.second = widgets.NewPasswordField(say("unlock.again"), "", say("do.show"), say("do.hide"))
	for _, f := range []*widgets.Field{p.first, p.second} {
		f.Entry.OnSubmitted = func(string) { p.send() }
	}
	p.first.SetWrong(trouble)
	return p
}

func (p *passphrasePage) opening() {}

func (p *passphrasePage) focus() fyne.Focusable { return p.first.Entry }

func (p *passphrasePage) draw(s shape) fyne.CanvasObject {
	button := widgets.NewButton(widgets.PineButton, say("unlock.open"), p.send)
	if !p.fresh {
		return task(s, widgets.Column(20, heading(say("unlock.title"), say("unlock.body")), p.first), button)
	}
	return task(s, widgets.Column(20, heading(say("unlock.new.title"), say("unlock.new.absent")), p.first, p.second), button)
}

func (p *passphrasePage) send() {
	missing := app.MinPassword - utf8.RuneCountInString(p.first.Text())
	switch {
	case p.fresh && missing > 0:
		p.first.SetWrong(count("account.password.short", missing))
	case p.fresh && p.first.Text() != p.second.Text():
		p.first.SetWrong("")
		p.second.SetWrong(say("unlock.differs"))
	case p.first.Text() != "":
		p.answer([]byte(p.first.Text()))
		return
	}
	p.u.stage.draw()
}

// keyringPage says what is the matter with the keyring, and what can be done.
type keyringPage struct {
	u       *UI
	trouble app.Trouble
	answer  func(useFile bool)
}

func (p *keyringPage) opening() {}

func (p *keyringPage) draw(s shape) fyne.CanvasObject {
	head, body := say("unlock.locked.title"), say("unlock.locked.body")
	if p.trouble != app.TroubleLocked {
		head, body = say("unlock.silent.title"), say("unlock.silent.body")
	}
	return task(s, heading(head, body),
		widgets.NewButton(widgets.PineButton, say("unlock.retry"), func() { p.answer(false) }),
		widgets.NewButton(widgets.SecondButton, say("unlock.file"), func() { p.answer(true) }))
}
