package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// alarm says that somebody sees another list of devices, or that the server holds
// one back; nil if nobody does.
func (u *UI) alarm() fyne.CanvasObject {
	if u.view.Fork != nil {
		return u.forkCard(*u.view.Fork)
	}
	if d, ok := seeing(u.others(), app.SightAnother); ok {
		return agreeCard(bad, "warning", say("agree.another", with{"Device": d.Name}), say("agree.another.body"))
	}
	if u.view.Withheld {
		return agreeCard(bad, "warning", say("agree.withheld"), say("agree.withheld.body"))
	}
	return nil
}

// accord says which devices see the same list; nil where nobody is there to agree
// with.
func (u *UI) accord() fyne.CanvasObject {
	others := u.others()
	if len(others) == 0 {
		return nil
	}
	if d, ok := seeing(others, app.SightNewer); ok {
		return agreeCard(warm, "clock", say("agree.newer", with{"Device": d.Name}), say("agree.newer.body"))
	}
	return u.confirmed(others)
}

// others gives the account's devices but this one.
func (u *UI) others() []app.Member {
	var out []app.Member
	for _, d := range u.view.Devices {
		if !d.This {
			out = append(out, d)
		}
	}
	return out
}

func seeing(devices []app.Member, s app.Sight) (app.Member, bool) {
	for _, d := range devices {
		if d.Sight == s {
			return d, true
		}
	}
	return app.Member{}, false
}

// confirmed names who sees the same list, and who has not said so yet.
func (u *UI) confirmed(others []app.Member) fyne.CanvasObject {
	var same, open string
	for _, d := range others {
		if d.Sight == app.SightSame {
			same = listed(same, say("agree.one", with{"Device": d.Name, "Ago": past(d.At, u.now())}))
		} else {
			open = listed(open, d.Name)
		}
	}
	by := say("agree.by", with{"Names": same})
	if open == "" {
		return agreeCard(good, "check", count("agree.all", len(others), with{"N": len(others) + 1}), by)
	}
	body := say("agree.open", with{"Names": open})
	if same != "" {
		body = by + " " + body
	}
	return agreeCard(plain, "clock", say("agree.waiting"), body)
}

// listed adds a name to a list of names in a sentence.
func listed(names, next string) string {
	if names == "" {
		return next
	}
	return say("agree.and", with{"First": names, "Second": next})
}

func agreeCard(t tone, icon, head, body string, more ...fyne.CanvasObject) fyne.CanvasObject {
	texts := widgets.Column(0, widgets.NewText(head, widgets.SmallB, widgets.Ink), widgets.NewText(body, widgets.Small, widgets.Ink))
	column := widgets.Column(12, widgets.Lead(12, 20, widgets.NewIcon(icon, 22, noticeColour(t)), texts))
	for _, o := range more {
		column.Add(o)
	}
	return widgets.NewBox(cardOf(t), widgets.Pad(16, 20, 16, 20, column))
}

// forkCard shows what both histories say, hands out the proof, and leads out: a device
// that has it is of no use any more and begins anew.
func (u *UI) forkCard(f app.Fork) fyne.CanvasObject {
	said := func(who, what string) fyne.CanvasObject {
		return widgets.Column(2, widgets.NewText(who, widgets.SmallB, widgets.Ink), widgets.NewText(what, widgets.Small, widgets.Ink))
	}
	well := widgets.NewBox(widgets.Look{Fill: widgets.Surface, Radius: 12}, widgets.Pad(14, 16, 14, 16,
		widgets.Column(12, said(say("agree.here"), f.Here), said(say("agree.there"), f.There))))
	var button *widgets.Button
	button = widgets.NewButton(widgets.SecondButton, say("agree.copy"), func() {
		u.app.Clipboard().SetContent(string(f.Proof))
		button.SetText(say("agree.copied"))
	}).WithIcon("copy").Small()
	again := widgets.NewButton(widgets.SecondButton, say("pair.again"), u.askForget).Small()
	return agreeCard(bad, "warning", say("agree.fork"), say("agree.fork.body"), well, button, again)
}
