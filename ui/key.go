package ui

import (
	"context"
	"unicode"

	"fyne.io/fyne/v2"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// keyPage is the third step: the recovery key, to be written down.
type keyPage struct {
	u      *UI
	draft  draft
	before page
}

func (p *keyPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("key.title"), say("key.body")), widgets.NewKeyTiles(p.draft.setup.Key().Groups()),
		widgets.List(p.u.keyCopies(p, p.kit())...), hint("info", widgets.Ink2, say("key.only-here")))
	return p.u.step(s, 3, p.leave, content, widgets.NewButton(widgets.PineButton, say("key.written"), p.written))
}

// kit is the page of a key whose account is not made yet.
func (p *keyPage) kit() Kit {
	k := p.draft.setup
	return Kit{Account: k.Name(), Server: k.Server(), ID: k.Account(), Key: k.Key(), Date: p.u.now(), Language: language()}
}

func (p *keyPage) leave()   { p.u.goTo(p.before) }
func (p *keyPage) written() { p.u.goTo(newBackPage(p.u, p.draft, p)) }

// backPage is the second half of the third step: the key typed back.
type backPage struct {
	u      *UI
	draft  draft
	before *keyPage
	entry  *widgets.KeyEntry
	next   *widgets.Button
	busy   bool
}

func newBackPage(u *UI, d draft, before *keyPage) page {
	p := &backPage{u: u, draft: d, before: before}
	p.next = widgets.NewButton(widgets.PineButton, say("do.continue"), p.finish)
	p.entry = newKeyEntry(p.finish, p.leave)
	p.entry.OnChanged = p.compare
	p.next.Disable()
	return p
}

func (p *backPage) draw(s shape) fyne.CanvasObject {
	content := widgets.Column(20, heading(say("back.title"), say("back.body")), p.entry)
	again := widgets.NewButton(widgets.SecondButton, say("back.show"), p.leave)
	return p.u.step(s, 3, p.leave, content, p.next, again)
}

func (p *backPage) focus() fyne.Focusable { return p.entry }
func (p *backPage) leave()                { p.u.goTo(p.before) }

// follow asks where the person can be told once the account is made, if its server
// sends messages. The password is at hand only now.
func (p *backPage) follow(v app.View) bool {
	if v.Stage != app.StageTrial || v.Notice == app.NoticeRemoved || !p.u.canBeTold() {
		return false
	}
	p.u.page = newTellPage(p.u, p.draft.input.Password)
	p.u.stage.fresh()
	return true
}

// compare says at once which group is not what was shown.
func (p *backPage) compare(typed string) {
	wrong := markKey(p.entry, p.draft.setup.Key(), typed)
	enable(p.next, p.entry.Full() && wrong == 0)
}

// markKey marks the groups typed so far against the key that was shown, and gives
// the number of the first that is not what was shown; 0 if there is none.
func markKey(entry *widgets.KeyEntry, shown trust.RecoveryKey, typed string) (wrong int) {
	var marks []widgets.KeyMark
	for i, group := range shown.Groups() {
		end := (i + 1) * len(group)
		if end > len(typed) {
			break
		}
		mark := widgets.KeyRight
		if typed[end-len(group):end] != group {
			mark = widgets.KeyWrong
			if wrong == 0 {
				wrong = i + 1
			}
		}
		marks = append(marks, mark)
	}
	entry.SetMarks(marks)
	entry.SetWrong("")
	if wrong > 0 {
		entry.SetWrong(say("back.group", with{"N": wrong}))
	}
	return wrong
}

func (p *backPage) finish() {
	if p.busy || p.next.Disabled() {
		return
	}
	p.setBusy(true)
	p.u.call(func(ctx context.Context) error {
		return p.draft.setup.Finish(ctx, p.entry.Text())
	}, func(err error) {
		p.setBusy(false)
		if err != nil && p.u.view.Stage == app.StageNew {
			p.entry.SetWrong(sentence(err))
		}
	})
}

func (p *backPage) setBusy(busy bool) {
	p.busy = busy
	setBusy(p.next, busy, say("do.continue"))
}

// newKeyEntry makes a field for a recovery key.
func newKeyEntry(done, leave func()) *widgets.KeyEntry {
	k := widgets.NewKeyEntry(keyGroups, trust.RecoverySymbols/keyGroups, say("back.hint"), cleanSymbol)
	k.OnSubmitted, k.OnEscape = done, leave
	return k
}

// keyGroups is how many groups a recovery key has on paper.
const keyGroups = 7

// cleanSymbol reads a typed sign as the paper shows it.
func cleanSymbol(r rune) (symbol rune, ok bool) {
	switch r = unicode.ToUpper(r); r {
	case 'O':
		return '0', true
	case 'I', 'L':
		return '1', true
	case 'U':
		return 0, false
	}
	return r, r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
}
