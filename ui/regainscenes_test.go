package ui

import (
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// The gallery's scenes of the way back.

func ticked(has remains) func(u *tester) {
	return func(u *tester) { u.goTo(&recoverPage{u: u.UI, has: has}) }
}

func recoverScenes() []scene {
	start := app.View{}
	return []scene{
		{"recover", start, ticked(remains{})},
		{"recover-regain", start, ticked(remains{password: true, key: true})},
		{"recover-pair", start, ticked(remains{password: true, device: true})},
		{"recover-reset", start, ticked(remains{device: true, key: true})},
		{"recover-device", start, ticked(remains{device: true})},
		{"recover-one", start, ticked(remains{password: true})},
		{"recover-only", start, func(u *tester) { u.goTo(&onlyPage{u: u.UI, before: u.page}) }},
		{"recover-stop-password", start, func(u *tester) { u.goTo(newStopFormPage(u.UI, u.page, false)) }},
		{"recover-stop-key", start, func(u *tester) { p := newStopFormPage(u.UI, u.page, true); u.goTo(p); p.(*stopFormPage).look() }},
		{"recover-stop-none", start, func(u *tester) {
			p := newStopFormPage(u.UI, u.page, false)
			u.goTo(p)
			p.(*stopFormPage).sad(noWaits())
		}},
		{"recover-stop-list", start, func(u *tester) { u.goTo(&stopListPage{u: u.UI, waits: strangers()}) }},
		{"recover-stop-empty", start, func(u *tester) { u.goTo(&stopListPage{u: u.UI, stopped: 2}) }},
		{"recover-there-key", start, func(u *tester) { u.goTo(&therePage{u: u.UI, before: u.page, key: true}) }},
		{"recover-there-wait", start, func(u *tester) { u.goTo(&therePage{u: u.UI, before: u.page}) }},
	}
}

// atRegain opens the form, with the facts of an account in it.
func atRegain(u *tester) *regainPage {
	p := newRegainPage(u.UI, newRecoverPage(u.UI)).(*regainPage)
	p.server.Entry.SetText("id.lindqvist.example")
	p.name.Entry.SetText("Anna Lindqvist")
	p.password.Entry.SetText("correct horse")
	u.goTo(p)
	return p
}

func atRegainKey(t testing.TB, u *tester) *regainKeyPage {
	p := atRegain(u).key
	u.goTo(p)
	enter(p.entry, oldKey(t).Text())
	return p
}

// enter types a key, as a person does.
func enter(e *widgets.KeyEntry, key string) {
	for _, r := range strings.ToLower(strings.ReplaceAll(key, "-", "")) {
		e.TypedRune(r)
	}
}

func oldKey(t testing.TB) trust.RecoveryKey {
	key, err := trust.RecoveryKeyFromSeed([]byte(oldSeed))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// atLost is the last question of the way back, so many devices ticked.
func atLost(u *tester, lost ...trust.DeviceID) *regainLostPage {
	p := newRegainLostPage(u.UI, regaining{u.device})
	p.typed, p.before, p.lost = u.device.key.Text(), u.page, lost
	u.goTo(p)
	return p
}

func theFamilys(u *tester) { u.device.members = lostOnes() }

func regainScenes(t *testing.T) []scene {
	open := func(u *tester) page { return u.page.(*regainingPage).newKey(regaining{u.device}) }
	long := func(r *app.Regaining) {
		r.Name, r.Server = strings.Repeat("W", 64), "https://anmeldung.donaudampfschifffahrtsgesellschaft-wien-niederlassung.example:8443"
	}
	return []scene{
		{"regain-form", app.View{}, func(u *tester) { atRegain(u) }},
		{"regain-form-missing", app.View{}, func(u *tester) { u.goTo(newRegainPage(u.UI, nil)); u.page.(*regainPage).goOn() }},
		{"regain-form-address", app.View{}, func(u *tester) { u.device.err = app.ErrAddress; atRegain(u).goOn() }},
		{"regain-key", app.View{}, func(u *tester) { atRegainKey(t, u) }},
		{"regain-key-wrong", app.View{}, func(u *tester) { p := atRegainKey(t, u); p.wrong = say("regain.wrong"); u.goTo(p) }},
		{"regain-key-unread", app.View{}, func(u *tester) { p := atRegainKey(t, u); p.sad(app.ErrKey) }},
		{"regaining-asking", onTheWay(func(r *app.Regaining) { r.State = app.RegainAsking }), nil},
		{"regaining-asking-offline", onTheWay(func(r *app.Regaining) { r.State = app.RegainAsking }), func(u *tester) { u.look(offline) }},
		{"regaining-waits", onTheWay(), nil},
		{"regaining-waits-offline", onTheWay(), func(u *tester) { u.look(offline) }},
		{"regaining-waits-long", onTheWay(long), nil},
		{"regaining-stop", onTheWay(), func(u *tester) { u.raise(newRegainStopSheet(u.UI)) }},
		{"regaining-stop-wrong", onTheWay(), func(u *tester) {
			p := newRegainStopSheet(u.UI)
			u.raise(p)
			p.sad(say("trouble.password"))
		}},
		{"regaining-ready", onTheWay(ready), nil},
		{"regaining-ready-wrong", onTheWay(ready), func(u *tester) { u.page.(*regainingPage).password.SetWrong(say("trouble.password")); u.stage.draw() }},
		{"regaining-stopped-device", onTheWay(stopped("device")), nil},
		{"regaining-stopped-replaced", onTheWay(stopped("replaced")), nil},
		{"regaining-stopped-lost", onTheWay(stopped(app.ByLost)), nil},
		{"regaining-again", onTheWay(stopped(app.ByLost)), func(u *tester) { u.page.(*regainingPage).again() }},
		{"regain-new-key", onTheWay(ready), func(u *tester) { u.goTo(open(u)) }},
		{"regain-new-back", onTheWay(ready), func(u *tester) {
			p := open(u).(*freshKeyPage).back
			u.goTo(p)
			enter(p.entry, u.device.key.Text()[:14])
		}},
		{"regain-lost", onTheWay(ready), func(u *tester) { theFamilys(u); atLost(u, trust.DeviceID{3}) }},
		{"regain-lost-none", onTheWay(ready), func(u *tester) { atLost(u) }},
		{"regain-lost-offline", onTheWay(ready), func(u *tester) {
			theFamilys(u)
			p := atLost(u)
			p.trouble = say("regain.under-way")
			u.goTo(p)
		}},
		{"regain-done", annas(with3Devices, func(v *app.View) { v.Devices[0].Young, v.Devices = noon.Add(72*time.Hour), v.Devices[:2] }), func(u *tester) {
			theFamilys(u)
			atLost(u, trust.DeviceID{3}).finished()
			u.stage.draw()
		}},
	}
}

func resetScenes(t *testing.T) []scene {
	at := func(u *tester) *resetPage { p := newResetPage(u.UI).(*resetPage); u.goTo(p); return p }
	password := func(u *tester) *resetPasswordPage {
		p := newResetPasswordPage(u.UI, resetting{u.device}, at(u).key).(*resetPasswordPage)
		u.goTo(p)
		return p
	}
	waits, ended := withWait(annas(with3Devices), passwordWait()), withWait(annas(with3Devices), over(passwordWait()))
	return []scene{
		{"reset", annas(), func(u *tester) { at(u) }},
		{"reset-offline", annas(offline), func(u *tester) { at(u) }},
		{"reset-key", annas(), func(u *tester) { p := at(u); u.goTo(p.key); enter(p.key.entry, oldKey(t).Text()) }},
		{"reset-key-other", annas(), func(u *tester) {
			p := at(u).key
			enter(p.entry, oldKey(t).Text())
			p.entry.SetWrong(say("back.wrong"))
			u.goTo(p)
		}},
		{"reset-password", annas(), func(u *tester) { password(u) }},
		{"reset-password-other", annas(), func(u *tester) {
			p := password(u)
			p.pair.next.Entry.SetText("correct horse battery")
			p.pair.again.Entry.SetText("correct horse")
			p.goOn()
		}},
		{"reset-new-key", annas(), func(u *tester) { u.goTo(password(u).key) }},
		{"reset-unanswered", annas(), func(u *tester) {
			p := newResetFinishPage(password(u), u.page, "")
			p.trouble = say("reset.under-way")
			u.goTo(p)
		}},
		{"reset-done", annas(), func(u *tester) { p := newResetFinishPage(password(u), u.page, ""); p.done = true; u.goTo(p) }},
		{"reset-ask", annas(with3Devices), func(u *tester) { u.goTo(&resetAskPage{u: u.UI, before: at(u)}) }},
		{"reset-ask-never", annas(), func(u *tester) { u.goTo(&resetAskPage{u: u.UI, before: at(u), trouble: say("reset.ask.never")}) }},
		{"reset-waits", waits, func(u *tester) { at(u) }},
		{"reset-gone", annas(), func(u *tester) { p := at(u); p.waited = true; u.goTo(p) }},
		{"reset-over", ended, func(u *tester) { at(u) }},
		{"reset-over-short", ended, func(u *tester) { at(u).set() }},
		{"reset-over-done", ended, func(u *tester) { p := at(u); p.done = true; u.goTo(p) }},
	}
}
