package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// AppPasswords is the part of a Device that lets programs in which cannot ask for a
// code.
type AppPasswords interface {
	MakeAppPassword(ctx context.Context, in app.NewAppPassword) (app.MadeAppPassword, error)
	RemoveAppPassword(ctx context.Context, id, password string) error
	RemoveAllAppPasswords(ctx context.Context, password string) error
	KeepAppPassword(id string) error
}

// appsPage lists the app passwords: what is wrong first, then what counts, then what
// counts no more.
type appsPage struct {
	u    *UI
	told *told // what was just done here
	more bool  // More is open

	undone bool // what is told did not come about
}

func newAppsPage(u *UI) page {
	u.call(u.device.CheckNow, func(error) {}) // when they were used last
	return &appsPage{u: u}
}

func (p *appsPage) destination() place { return placeApps }

func (p *appsPage) draw(s shape) fyne.CanvasObject {
	u := p.u
	content := widgets.Column(12, p.head(s))
	if u.halted() {
		content.Add(u.noticeCard(s))
		return u.scrolled(s, content)
	}
	if p.told != nil {
		tone, icon := good, "check"
		if p.undone {
			tone, icon = warm, "warning"
		}
		content.Add(agreeCard(tone, icon, p.told.head, p.told.body))
	}
	live, dead := u.apps()
	if len(live)+len(dead) == 0 {
		content.Add(p.empty())
		return u.scrolled(s, content)
	}
	for _, a := range u.staleApps() {
		content.Add(p.staleCard(s, a))
	}
	p.list(s, content, live, dead)
	return u.scrolled(s, content)
}

func (p *appsPage) list(s shape, content *fyne.Container, live, dead []app.AppPassword) {
	if len(live) > 0 {
		content.Add(p.rows(s, live))
	}
	if len(live) >= manyApps {
		content.Add(small(say("apps.near", with{"N": len(live), "Most": app.MaxAppPasswords})))
	}
	if s.stacked || !s.wide {
		if b := p.makeButton(); b != nil {
			content.Add(b)
		}
	}
	if len(dead) > 0 {
		content.Add(widgets.Column(0, section(say("apps.dead")), p.rows(s, dead)))
	}
	if len(live) > 0 {
		content.Add(p.moreRows())
	}
}

// manyApps is from where on their number is said.
const manyApps = app.MaxAppPasswords - 5

// head has the way to another one at its end, where there is room.
func (p *appsPage) head(s shape) fyne.CanvasObject {
	head := heading(say("go.apps"), say("apps.body"))
	live, dead := p.u.apps()
	b := p.makeButton()
	if !s.wide || s.stacked || b == nil || p.u.halted() || len(live)+len(dead) == 0 {
		return head
	}
	return widgets.Pad(0, 0, 8, 0, widgets.Row(16, widgets.Grow(head), b.Small()))
}

// makeButton is nil where the server opens nothing by app passwords.
func (p *appsPage) makeButton() *widgets.Button {
	if len(p.u.openServices()) == 0 {
		return nil
	}
	b := widgets.NewButton(widgets.PineButton, say("apps.make"), func() { p.u.wantApp(wantedApp{}) }).WithIcon("plus")
	live, _ := p.u.apps()
	enable(b, len(live) < app.MaxAppPasswords)
	return b
}

func (p *appsPage) empty() fyne.CanvasObject {
	if b := p.makeButton(); b != nil {
		return widgets.Empty(say("apps.empty"), b)
	}
	return widgets.Empty(say("apps.no-services"), nil)
}

// moreRows has what is done seldom behind one press.
func (p *appsPage) moreRows() fyne.CanvasObject {
	if !p.more {
		return widgets.Start(widgets.NewButton(widgets.QuietButton, say("apps.more"), func() { p.more = true; p.u.stage.draw() }).WithIcon("more").Small())
	}
	return widgets.List(row("remove", say("apps.remove-all"), say("apps.remove-all.more"), func() { p.u.askRemoveApps(p.u.tellApps) }))
}

// tellApps opens the list with what was just done.
func (u *UI) tellApps(head, body string) {
	u.goTo(&appsPage{u: u, told: &told{head, body}})
}

// apps gives the app passwords that count, and those that count no more.
func (u *UI) apps() (live, dead []app.AppPassword) {
	for _, a := range u.view.AppPasswords {
		if a.Counts() {
			live = append(live, a)
		} else {
			dead = append(dead, a)
		}
	}
	return live, dead
}

// openServices are those that app passwords open.
func (u *UI) openServices() (open []app.Service) {
	for _, s := range u.view.Services {
		if s.Open {
			open = append(open, s)
		}
	}
	return open
}

// staleFor is how long after its last try a program is said to use an app password
// that counts no more: most try again within the hour. Chosen arbitrarily.
const staleFor = 3 * 24 * time.Hour

// staleApps are those that count no more and are still tried.
func (u *UI) staleApps() (stale []app.AppPassword) {
	_, dead := u.apps()
	for _, a := range dead {
		if !a.Stale.IsZero() && u.now().Sub(a.Stale) < staleFor {
			stale = append(stale, a)
		}
	}
	return stale
}

// staleCard says which program must be told, and how.
func (p *appsPage) staleCard(s shape, a app.AppPassword) fyne.CanvasObject {
	u := p.u
	more := say("apps.tried", with{"Moment": moment(a.Stale, u.now()), "Network": orElse(a.From, "apps.somewhere")})
	var actions []fyne.CanvasObject
	if b := u.makeAgain(a); b != nil {
		actions = append(actions, b)
	}
	return widgets.Notice(widgets.SoftBrass, "repeat", widgets.Brass, staleHead(a), more+" "+say("apps.tried.do"), actions...)
}

// makeAgain makes one as a was, nil if its service is opened no more.
func (u *UI) makeAgain(a app.AppPassword) fyne.CanvasObject {
	for _, s := range u.openServices() {
		if s.ID == a.Service {
			again := func() { u.wantApp(wantedApp{service: a.Service, name: a.Name}) }
			return widgets.Start(widgets.NewButton(widgets.SecondButton, say("apps.again"), again).Small())
		}
	}
	return nil
}
