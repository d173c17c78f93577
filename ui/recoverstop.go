package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// Stopper shows and stops what waits for an account, to who has one thing but no
// trusted device. Its methods may take seconds.
type Stopper interface {
	WaitsBy(ctx context.Context, server, name string, f app.Factor) ([]app.Wait, error)
	StopBy(ctx context.Context, server, name string, f app.Factor, id trust.WaitID) error
}

// Stopping is the Stopper that reaches backends by dial.
func Stopping(dial app.Dial) Stopper { return stopping{dial} }

type stopping struct {
	dial app.Dial
}

func (s stopping) WaitsBy(ctx context.Context, server, name string, f app.Factor) ([]app.Wait, error) {
	return app.WaitsBy(ctx, s.dial, server, name, f)
}

func (s stopping) StopBy(ctx context.Context, server, name string, f app.Factor, id trust.WaitID) error {
	return app.StopBy(ctx, s.dial, server, name, f, id)
}

// stopFormPage asks which account something waits for, and for the one thing.
type stopFormPage struct {
	u                      *UI
	before                 page
	server, name, password *widgets.Field
	key                    *widgets.KeyEntry // nil: it is the password
	next                   *widgets.Button
	trouble                string
}

func newStopFormPage(u *UI, before page, withKey bool) page {
	p := &stopFormPage{u: u, before: before}
	p.server = widgets.NewField(say("join.server"), "")
	p.server.Entry.PlaceHolder = say("join.server.place")
	p.name = widgets.NewField(say("account.name"), "")
	p.password = widgets.NewPasswordField(say("account.password"), "", say("do.show"), say("do.hide"))
	for _, f := range []*widgets.Field{p.server, p.name, p.password} {
		f.Entry.OnSubmitted = func(string) { p.look() }
		f.Entry.OnEscape = p.leave
		f.Entry.OnChanged = func(string) { p.forgive(f) }
	}
	if withKey {
		p.key = newKeyEntry(p.look, p.leave)
		p.key.OnChanged = func(string) { p.key.SetWrong("") }
	}
	p.next = widgets.NewButton(widgets.PineButton, say("recover.stop.look"), p.look)
	return p
}

func (p *stopFormPage) draw(s shape) fyne.CanvasObject {
	head := widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(say("recover.stop"), say("recover.stop.body")))
	content := widgets.Column(18, head, p.server, p.name)
	if p.key == nil {
		content.Add(p.password)
	} else {
		content.Add(widgets.Column(6, widgets.NewText(say("recover.key"), widgets.SmallB, widgets.Ink), p.key))
	}
	if p.trouble != "" {
		content.Add(widgets.Notice(widgets.SoftBrass, "warning", widgets.Brass, p.trouble, ""))
	}
	return task(s, content, p.next)
}

func (p *stopFormPage) focus() fyne.Focusable { return p.server.Entry }
func (p *stopFormPage) leave()                { p.u.goTo(p.before) }

// forgive takes a complaint back as soon as the person mends it.
func (p *stopFormPage) forgive(f *widgets.Field) {
	if f.Wrong() != "" || p.trouble != "" {
		f.SetWrong("")
		p.trouble = ""
		p.u.stage.draw()
	}
}

func (p *stopFormPage) factor() app.Factor {
	if p.key != nil {
		return app.Factor{Key: p.key.Text()}
	}
	return app.Factor{Password: p.password.Text()}
}

// complete complains about what is missing.
func (p *stopFormPage) complete() bool {
	good := true
	need := func(f *widgets.Field, missing string) {
		if strings.TrimSpace(f.Text()) == "" {
			f.SetWrong(say(missing))
			good = false
		}
	}
	need(p.server, "regain.server.missing")
	need(p.name, "regain.name.missing")
	switch {
	case p.key == nil:
		need(p.password, "regain.password.missing")
	case !p.key.Full():
		p.key.SetWrong(say("recover.stop.key"))
		good = false
	}
	return good
}

func (p *stopFormPage) look() {
	if p.next.Disabled() {
		return
	}
	p.trouble = ""
	if !p.complete() {
		p.u.stage.draw()
		return
	}
	setBusy(p.next, true, say("recover.stop.look"))
	list := &stopListPage{u: p.u, form: p, server: strings.TrimSpace(p.server.Text()), name: strings.TrimSpace(p.name.Text()), factor: p.factor()}
	p.u.call(func(ctx context.Context) (err error) {
		list.waits, err = p.u.o.Stopper.WaitsBy(ctx, list.server, list.name, list.factor)
		return err
	}, func(err error) {
		setBusy(p.next, false, say("recover.stop.look"))
		switch {
		case p.u.page != page(p):
		case err == nil:
			p.u.goTo(list)
		default:
			p.sad(err)
		}
	})
}

func (p *stopFormPage) sad(err error) {
	switch app.TroubleOf(err) {
	case app.TroubleAddress:
		p.server.SetWrong(say("join.server.wrong"))
	case app.TroubleUnreachable:
		p.server.SetWrong(say("trouble.reach"))
	case app.TroubleKey:
		p.key.SetWrong(say("back.unread"))
	case app.TroublePassword:
		p.trouble = say("recover.stop.none")
	default:
		p.trouble = sentence(err)
	}
	p.u.stage.draw()
}

// stopListPage shows what waits, and stops it.
type stopListPage struct {
	u            *UI
	form         *stopFormPage
	server, name string
	factor       app.Factor
	waits        []app.Wait
	stopped      int
}

func (p *stopListPage) leave() { p.u.goTo(p.form) }

func (p *stopListPage) draw(s shape) fyne.CanvasObject {
	head, body := say("recover.stop.list"), say("recover.stop.list.body")
	if len(p.waits) == 0 {
		head, body = say("recover.stop.empty"), say("recover.stop.empty.body")
	}
	content := widgets.Column(16, widgets.Column(12, backTo(s, say("recover.name"), p.leave), heading(head, body)))
	for _, w := range p.waits {
		var stop fyne.CanvasObject = widgets.NewButton(widgets.BrickButton, say("wait.stop"), func() { p.ask(w) }).Small()
		if s.wide && !s.stacked {
			stop = widgets.Pad(0, 0, 0, 36, widgets.Start(stop)) // below the text
		}
		content.Add(widgets.Notice(widgets.SoftBrass, "clock", widgets.Brass, p.u.toldOf(w, wordsOf(w).head), p.u.waitLine(w), stop))
	}
	if p.stopped > 0 {
		content.Add(widgets.Notice(widgets.SoftPine, "check", widgets.Pine, say("wait.stopped"), say("recover.stop.next")))
	}
	return task(s, content, widgets.NewButton(widgets.SecondButton, say("do.close"), func() { p.u.goTo(&startPage{u: p.u}) }))
}

func (p *stopListPage) ask(w app.Wait) {
	p.u.raise(&deedSheet{
		u: p.u, title: say("wait.stop.title"), body: p.u.toldOf(w, wordsOf(w).stop), stay: say("wait.stop.stay"), do: say("wait.stop"), danger: true,
		work: func(ctx context.Context) error { return p.u.o.Stopper.StopBy(ctx, p.server, p.name, p.factor, w.ID) },
		done: func() { p.gone(w.ID) },
	})
}

func (p *stopListPage) gone(id trust.WaitID) {
	var rest []app.Wait
	for _, w := range p.waits {
		if w.ID != id {
			rest = append(rest, w)
		}
	}
	p.waits = rest
	p.stopped++
	p.u.raise(nil)
}
