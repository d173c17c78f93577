package ui

import (
	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui/widgets"
)

// notice is how a condition is told.
type notice struct {
	tone             tone
	icon             string
	head, body, more string // keys; more may be empty
	action           string // key; empty = nothing to do here
	act              func()
}

func (u *UI) notices() map[app.Notice]notice {
	change := func() { u.goTo(newChangePage(u, &homePage{u: u})) }
	frozen := notice{bad, "warning", "notice.frozen", "notice.frozen.body", "notice.frozen.more", "", nil}
	if u.view.Fork != nil {
		frozen.action, frozen.act = "notice.frozen.look", func() { u.visit(placeDevices) }
	}
	return map[app.Notice]notice{
		app.NoticeKeyringAbsent: {plain, "info", "notice.keyring-absent", "notice.keyring-absent.body", "", "", nil},
		app.NoticeKeyringLocked: {warm, "warning", "notice.keyring-locked", "notice.keyring-locked.body", "", "do.check-now", u.checkNow},
		app.NoticeKeyringSilent: {warm, "warning", "notice.keyring-silent", "notice.keyring-silent.body", "", "do.check-now", u.checkNow},
		app.NoticeFrozen:        frozen,
		app.NoticeRestored:      {warm, "info", "notice.restored", "notice.restored.body", "", "", nil},
		app.NoticeRemoved:       {bad, "remove", "notice.removed", "notice.removed.body", "", "pair.again", u.askForget},
		app.NoticeUpdate:        {warm, "info", "notice.update", "notice.update.body", "", "", nil},
		app.NoticePassword:      {bad, "warning", "notice.password", "notice.password.body", "", "change.do", change},
		app.NoticeNotMade:       {warm, "warning", "notice.not-made", "notice.not-made.body", "", "", nil},
	}
}

// askForget lets a device that was removed begin anew.
func (u *UI) askForget() {
	u.raise(&questionSheet{
		u: u, title: say("forget.title"), body: say("forget.body"), stay: say("do.cancel"), stop: say("pair.again"),
		act: func() {
			u.call(u.device.Forget, func(err error) {
				if err != nil {
					u.raise(&questionSheet{u: u, title: say("forget.title"), body: sentence(err), stay: say("do.cancel"), stop: say("unlock.retry"), act: u.askForget})
				}
			})
		},
	})
}

// noticeCard tells the one condition that wants attention, nil if there is none.
func (u *UI) noticeCard(shape) fyne.CanvasObject {
	n, ok := u.notices()[u.view.Notice]
	if !ok {
		return nil
	}
	texts := widgets.Column(4, widgets.NewText(say(n.head), widgets.Heading, widgets.Ink), widgets.NewText(say(n.body), widgets.Body, widgets.Ink))
	if n.more != "" {
		texts.Add(widgets.NewText(say(n.more), widgets.Small, widgets.Ink2))
	}
	if n.act != nil {
		texts.Add(widgets.Pad(8, 0, 0, 0, widgets.Start(widgets.NewButton(widgets.SecondButton, say(n.action), n.act).Small())))
	}
	row := widgets.Lead(14, 26, widgets.NewIcon(n.icon, 24, noticeColour(n.tone)), texts)
	if textScale() >= largeText {
		row = texts
	}
	return widgets.NewBox(cardOf(n.tone), widgets.Pad(20, 20, 20, 20, row))
}

func noticeColour(t tone) fyne.ThemeColorName {
	if t == plain {
		return widgets.Ink2
	}
	return colourOf(t)
}
