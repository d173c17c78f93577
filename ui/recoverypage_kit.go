package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// Paper makes the recovery key's page. Its methods may take seconds, and are
// called beside the window.
type Paper interface {
	// Show opens the page in the system's viewer; remove takes away the file that
	// it lies in for that, and may be called more than once.
	Show(ctx context.Context, k Kit) (remove func() error, err error)
	// Print sends it to the system's printer, where CanPrint says that there is one
	// to send to.
	Print(ctx context.Context, k Kit) error
	CanPrint() bool
	// Warning says in a language what a printer may remember.
	Warning(language string) string
}

// Kit is what the page tells.
type Kit struct {
	Account  string // its name
	Server   string // its address
	ID       trust.AccountID
	Key      trust.RecoveryKey
	Date     time.Time
	Language string // a tag as "de-CH"
}

// language is the tag of the person's language.
func language() string { return lang.SystemLocale().String() }

// askForKit asks for the password and offers the page.
func (u *UI) askForKit(before page) {
	k := Kit{Account: u.view.Name, Server: u.view.Server, Date: u.now(), Language: language()}
	u.ask(&promptSheet{
		u: u, title: say("password.show.title"), body: say("password.show.body"), action: say("do.continue"),
		work: func(ctx context.Context, password string) (err error) {
			if k.ID, err = u.device.Account(); err != nil {
				return err
			}
			k.Key, err = u.device.ShowRecovery(ctx, password)
			return err
		},
		done: func() { u.goTo(newKitPage(u, before, k)) },
	})
}

// keyCopies are the ways to make a copy of a key that stands on the page.
func (u *UI) keyCopies(before page, k Kit) []fyne.CanvasObject {
	var rows []fyne.CanvasObject
	if u.o.Paper != nil {
		rows = append(rows, row("print", say("safe.print"), say("key.print.more"), func() { u.goTo(newKitPage(u, before, k)) }))
	}
	return append(rows, row("copy", say("safe.save"), say("safe.save.more"), func() { u.lendKey(before, k) }))
}

// kitPage shows or prints the page for the drawer. The file it lies in meanwhile
// goes when this page does.
type kitPage struct {
	u           *UI
	before      page
	kit         Kit
	show, print *widgets.Button
	done        string
	wrong       string
}

func newKitPage(u *UI, before page, k Kit) page {
	p := &kitPage{u: u, before: before, kit: k}
	p.show = widgets.NewButton(widgets.PineButton, say("safe.kit.show"), p.open).WithIcon("eye")
	if u.o.Paper.CanPrint() {
		p.print = widgets.NewButton(widgets.SecondButton, say("safe.kit.print"), p.send).WithIcon("print")
	}
	return p
}

func (p *kitPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("safe.kit.title"), say("safe.kit.body")),
		hint("print", widgets.Ink2, p.u.o.Paper.Warning(p.kit.Language)), hint("info", widgets.Ink2, say("safe.kit.stays")))
	if p.done != "" {
		content.Add(hint("check", widgets.Pine, p.done))
	}
	if p.wrong != "" {
		content.Add(hint("warning", widgets.Brick, p.wrong))
	}
	actions := []fyne.CanvasObject{p.show}
	if p.print != nil {
		actions = append(actions, p.print)
	}
	return task(s, content, append(actions, widgets.NewButton(widgets.SecondButton, say("do.close"), p.leave))...)
}

func (p *kitPage) leave() {
	p.u.clearAway()
	p.u.goTo(p.before)
}

func (p *kitPage) open() {
	var remove func() error
	p.make(p.show, say("safe.kit.show"), say("safe.kit.shown"), func(ctx context.Context) (err error) {
		remove, err = p.u.o.Paper.Show(ctx, p.kit)
		return err
	}, func() {
		p.u.clearAway()
		p.u.laid = remove
		if p.u.page != p { // left meanwhile
			p.u.clearAway()
		}
	})
}

func (p *kitPage) send() {
	p.make(p.print, say("safe.kit.print"), say("safe.kit.printed"), func(ctx context.Context) error {
		return p.u.o.Paper.Print(ctx, p.kit)
	}, func() {})
}

// make does one of the two with the page, and says how it went.
func (p *kitPage) make(b *widgets.Button, text, done string, work func(ctx context.Context) error, after func()) {
	if b.Disabled() {
		return
	}
	setBusy(b, true, text)
	p.u.call(work, func(err error) {
		setBusy(b, false, text)
		p.done, p.wrong = done, ""
		if err != nil {
			p.done, p.wrong = "", say("safe.kit.trouble")
		} else {
			after()
		}
		p.u.stage.draw()
	})
}

// clearAway removes the file that the page lay in.
func (u *UI) clearAway() {
	if u.laid == nil {
		return
	}
	remove := u.laid
	u.laid = nil
	_ = remove() // what stays is swept at the next start
}
