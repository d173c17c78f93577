package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// groupsPage asks for two of the key's groups, so that the paper is not forgotten.
type groupsPage struct {
	u             *UI
	before        page
	first, second *widgets.Field
	button        *widgets.Button
	numbers       [2]int
	right         bool
}

// groupSymbols is how long a group is.
const groupSymbols = trust.RecoverySymbols / keyGroups

// askGroups opens the drill with two groups.
func (u *UI) askGroups(before page) {
	p := &groupsPage{u: u, before: before}
	p.numbers[0], p.numbers[1] = u.device.AskGroups()
	p.first, p.second = p.field(p.numbers[0]), p.field(p.numbers[1])
	p.first.Entry.OnSubmitted = func(string) { u.window.Canvas().Focus(p.second.Entry) }
	p.second.Entry.OnSubmitted = func(string) { p.check() }
	p.button = widgets.NewButton(widgets.PineButton, say("check.do"), p.check)
	p.button.Disable()
	u.goTo(p)
}

// field takes one group as carelessly as the whole key is taken.
func (p *groupsPage) field(n int) *widgets.Field {
	f := widgets.NewField(say("safe.group", with{"N": n}), "")
	f.Entry.TextStyle = fyne.TextStyle{Monospace: true}
	f.Entry.OnEscape = p.leave
	f.Entry.OnChanged = func(text string) {
		if clean := cleanGroup(text); clean != text {
			f.Entry.SetText(clean)
			f.Entry.CursorColumn = len(clean)
			f.Entry.Refresh()
			return
		}
		p.second.SetWrong("")
		enable(p.button, p.full())
	}
	return f
}

// cleanGroup keeps the symbols of a group as paper shows them.
func cleanGroup(text string) string {
	clean := ""
	for _, r := range text {
		if symbol, ok := cleanSymbol(r); ok && len(clean) < groupSymbols {
			clean += string(symbol)
		}
	}
	return clean
}

func (p *groupsPage) full() bool {
	return len(p.first.Text()) == groupSymbols && len(p.second.Text()) == groupSymbols
}

func (p *groupsPage) focus() fyne.Focusable {
	if p.right {
		return nil
	}
	return p.first.Entry
}

func (p *groupsPage) leave() { p.u.goTo(p.before) }

func (p *groupsPage) draw(s shape) fyne.CanvasObject {
	if p.right {
		content := widgets.Column(16, bigIcon("check", widgets.Pine), heading(say("safe.groups.right"), say("check.done.body")))
		return task(s, content, widgets.NewButton(widgets.PineButton, say("do.close"), p.leave))
	}
	body := say("safe.groups.body", with{"First": p.numbers[0], "Second": p.numbers[1]})
	content := widgets.Column(20, heading(say("safe.groups.title"), body), beside(s, p.first, p.second))
	whole := widgets.NewButton(widgets.SecondButton, say("safe.groups.whole"), func() { p.u.goTo(newCheckPage(p.u, p.before)) })
	lost := widgets.NewButton(widgets.SecondButton, say("safe.groups.lost"), func() { p.u.beginNewKey(p.before) })
	if p.second.Wrong() != "" {
		return task(s, content, p.button, whole, lost)
	}
	return task(s, content, p.button, widgets.NewButton(widgets.SecondButton, say("do.back"), p.leave), lost)
}

func (p *groupsPage) check() {
	if p.button.Disabled() || !p.full() {
		return
	}
	p.u.call(func(context.Context) error { return p.u.device.CheckGroups(p.first.Text(), p.second.Text()) }, func(err error) {
		if err != nil {
			p.second.SetWrong(groupsSentence(err))
		}
		p.right = err == nil
		p.u.stage.draw()
	})
}

// groupsSentence says why two groups do not do. Nothing is wrong with the account
// by that.
func groupsSentence(err error) string {
	if app.TroubleOf(err) == app.TroubleOtherKey {
		return say("safe.groups.wrong")
	}
	return sentence(err)
}
