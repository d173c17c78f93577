package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// The views that tests and gallery show.

var here = trust.DeviceID{1}

// annas is an account with nothing going on.
func annas(change ...func(v *app.View)) app.View {
	v := app.View{
		Stage: app.StageOn, Name: "Anna Lindqvist", Server: "https://id.lindqvist.example", ServerName: "Lindqvist", This: here,
		Link:     app.Link{State: app.Online, Since: noon.Add(-time.Hour), Heard: noon.Add(-4 * time.Second)},
		Devices:  []app.Member{{ID: here, Name: "Anna’s ThinkPad", Kind: trust.Laptop, This: true, Online: true, Since: noon.Add(-200 * 24 * time.Hour)}},
		Recovery: app.Recovery{Set: true, Kept: true, Proved: noon.Add(-3 * 24 * time.Hour)},
		Light:    app.Light{Yes: true, Ways: []app.Way{{Kind: app.WayKey, Proved: noon.Add(-3 * 24 * time.Hour), Wait: 24 * time.Hour}}, Next: app.AdvicePair},
		Vault:    app.VaultKeyring,
		Activity: []app.Activity{
			{Seq: 9, Kind: kindDone, At: noon.Add(-3 * time.Hour), Service: "Webmail", Agent: "Firefox on Linux", Address: "192.168.1.24", Known: true, Device: "Anna’s ThinkPad"},
			{Seq: 7, Kind: kindDenied, At: noon.Add(-18 * time.Hour), Service: "Webmail", Agent: "Chrome on Windows", Address: "203.0.113.77", Count: 12},
			{Seq: 3, Kind: kindTwoStep, At: noon.Add(-200 * 24 * time.Hour)},
			{Seq: 1, Kind: kindCreated, At: noon.Add(-200 * 24 * time.Hour), Device: "Anna’s ThinkPad"},
		},
	}
	for _, c := range change {
		c(&v)
	}
	return v
}

// stranger is a sign-in from somewhere else, asking for the third time.
func stranger() app.Request {
	return app.Request{
		ID: trust.ChallengeID{0xAA}, Service: "Webmail", Origin: "https://mail.lindqvist.example", Letters: "KRM", Address: "203.0.113.77",
		Network: "another", Agent: "Firefox on Windows", Try: 3, Refused: 12, Asked: noon.Add(-2 * time.Second), Expires: noon.Add(118 * time.Second),
	}
}

// own is a sign-in from the person's own browser.
func own() app.Request {
	return app.Request{
		ID: trust.ChallengeID{0xBB}, Service: "Webmail", Origin: "https://mail.lindqvist.example", Letters: "TWB", Address: "192.168.1.24",
		Network: "own", Agent: "Firefox on Linux", Known: true, Try: 1, Asked: noon.Add(-20 * time.Second), Expires: noon.Add(100 * time.Second),
	}
}

// long is what a person with long names sees.
func long() app.View {
	w := strings.Repeat("W", 64)
	return annas(func(v *app.View) {
		v.Name, v.Server = w, "https://anmeldung.donaudampfschifffahrtsgesellschaft-wien-niederlassung.example:8443"
		v.Devices[0].Name = w
		v.Devices = append(v.Devices, app.Member{ID: trust.DeviceID{2}, Name: "Kaffeemaschinenüberwachungstelefon im Obergeschoss links", Kind: trust.Phone, Since: noon.Add(-40 * 24 * time.Hour)})
		v.Activity[0].Service, v.Activity[0].Device = w, w
		v.Activity[1].Agent = "A very unusual program with a long name on an unusual system"
	})
}

func longRequest() app.Request {
	r := stranger()
	r.Service, r.Origin = strings.Repeat("W", 64), "https://anmeldung.donaudampfschifffahrtsgesellschaft-wien-niederlassung.example:8443"
	r.Agent, r.Address = "An unknown program on an unknown system of some kind", "2001:db8:85a3:8d3:1319:8a2e:370:7348"
	return r
}

func shown(r app.Request) *app.Shown {
	return &app.Shown{Request: r, Code: "4071", Until: noon.Add(87 * time.Second)}
}

func with3Devices(v *app.View) {
	v.Light = app.Light{Yes: true, Ways: []app.Way{{Kind: app.WayDevice, Device: "Pixel 9"}, v.Light.Ways[0]}}
	v.Devices = append(v.Devices,
		app.Member{ID: trust.DeviceID{2}, Name: "Pixel 9", Kind: trust.Phone, Online: true, Since: noon.Add(-100 * 24 * time.Hour)},
		app.Member{ID: trust.DeviceID{3}, Name: "Office PC", Kind: trust.Desktop, Since: noon.Add(-300 * 24 * time.Hour), Seen: noon.Add(-11 * 24 * time.Hour)})
}

func offline(v *app.View) {
	v.Link = app.Link{State: app.Offline, Since: noon.Add(-12 * time.Minute), Heard: noon.Add(-12 * time.Minute), Next: noon.Add(8 * time.Second)}
}

// scene is one screen in one state.
type scene struct {
	name string
	view app.View
	do   func(u *tester) // how to get there; nil = as it opens
}

func visit(p place) func(u *tester) { return func(u *tester) { u.visit(p) } }

func scenes(t *testing.T) []scene {
	return slices.Concat(startScenes(t), recoverScenes(), regainScenes(t), resetScenes(t), homeScenes(), familyScenes(), pairScenes(), joinScenes(), safetyScenes(), removalScenes(), askScenes(), activityScenes(), appScenes())
}

func startScenes(t *testing.T) []scene {
	return []scene{
		{"start", app.View{}, nil},
		{"start-joining", app.View{Joining: true, Server: "https://id.lindqvist.example"}, nil},
		{"start-not-made", app.View{Notice: app.NoticeNotMade}, nil},
		{"setup-1-where", app.View{}, func(u *tester) { u.goTo(newWherePage(u.UI)) }},
		{"setup-1-link", app.View{}, func(u *tester) { u.goTo(newLinkPage(u.UI)) }},
		{"setup-1-link-trouble", app.View{}, func(u *tester) {
			u.goTo(newLinkPage(u.UI))
			u.device.err = app.ErrAddress
			u.page.(*linkPage).lookUp()
		}},
		{"setup-2-account", app.View{}, func(u *tester) { u.goTo(newAccountPage(u.UI, draft{input: app.SetupInput{Local: true}})) }},
		{"setup-2-invited", app.View{}, func(u *tester) {
			u.goTo(newAccountPage(u.UI, draft{offer: app.Offer{Origin: "https://id.lindqvist.example", Name: "Anna Lindqvist"}}))
			u.page.(*accountPage).password.Entry.SetText("short")
			u.page.(*accountPage).begin()
		}},
		{"setup-3-key", app.View{}, func(u *tester) { u.o.Paper = &paper{}; u.goTo(keyStep(u)) }},
		{"setup-3-back", app.View{}, func(u *tester) { u.goTo(newBackPage(u.UI, keyStep(u).draft, keyStep(u))); typeKey(u, 14, false) }},
		{"setup-3-back-wrong", app.View{}, func(u *tester) { u.goTo(newBackPage(u.UI, keyStep(u).draft, keyStep(u))); typeKey(u, 14, true) }},
		{"setup-4-trial", annas(func(v *app.View) { v.Stage = app.StageTrial; v.Server = "http://localhost:7420" }), nil},
		{"setup-4-trial-joining", annas(func(v *app.View) { v.Stage = app.StageTrial; v.Joining = true }), nil},
		{"setup-4-trial-offline", annas(offline, func(v *app.View) { v.Stage = app.StageTrial }), nil},
		{"setup-4-tell", freshAccount(reachable), tellAt},
		{"setup-4-tell-joining", freshAccount(reachable, func(v *app.View) { v.Joining = true }), tellAt},
		{"setup-4-tell-code", freshAccount(reachable), func(u *tester) {
			tellAt(u)
			u.typeInto(say("contact.mail"), "anna.charlotta.elisabet.lindqvist@donaudampfschifffahrtsgesellschaft.example")
			u.tap(say("contact.send"))
		}},
		{"setup-4-tell-text", freshAccount(func(v *app.View) { v.Media = append(v.Media, mediumText) }), tellAt},
		{"setup-4-tell-done", freshAccount(reachable), func(u *tester) {
			tellAt(u)
			u.page.(*tellPage).done = "anna@lindqvist.example"
			u.stage.draw()
		}},
		{"ready", annas(), func(u *tester) { u.goTo(&readyPage{u: u.UI}) }},
		{"unlock-new", app.View{}, func(u *tester) { u.goTo(newPassphrasePage(u.UI, true, "", nil)) }},
		{"unlock-wrong", app.View{}, func(u *tester) { u.goTo(newPassphrasePage(u.UI, false, say("unlock.wrong"), nil)) }},
		{"unlock-locked", app.View{}, func(u *tester) { u.goTo(&keyringPage{u: u.UI, trouble: app.TroubleLocked}) }},
		{"unlock-stuck", app.View{}, func(u *tester) { u.goTo(&stuckPage{u: u.UI, err: app.ErrNewer}) }},
		{"opening", app.View{}, func(u *tester) { u.goTo(&openingPage{u: u.UI}) }},
	}
}

func tellAt(u *tester) { u.goTo(newTellPage(u.UI, "correct horse")) }

func keyStep(u *tester) *keyPage {
	return &keyPage{u: u.UI, before: newWherePage(u.UI), draft: draft{setup: &setup{device: u.device}}}
}

// typeKey types so many symbols of the key, the last of them wrong if asked.
func typeKey(u *tester, n int, wrong bool) {
	typed := strings.ReplaceAll(u.device.key.Text(), "-", "")[:n]
	if wrong {
		typed = typed[:len(typed)/4*4-1] + "Z" + typed[len(typed)/4*4:]
	}
	p := u.page.(*backPage)
	u.window.Canvas().Focus(p.entry)
	for _, r := range strings.ToLower(typed) {
		p.entry.TypedRune(r)
	}
}

func homeScenes() []scene {
	empty := annas(func(v *app.View) { v.Activity = nil; v.Recovery.Proved = time.Time{} })
	return []scene{
		{"home", annas(), nil},
		{"home-three-devices", annas(with3Devices), nil},
		{"home-empty", empty, nil},
		{"home-connecting", annas(func(v *app.View) { v.Link = app.Link{State: app.Connecting} }), nil},
		{"home-offline", annas(offline, with3Devices), nil},
		{"home-put-away", annas(func(v *app.View) { r := stranger(); r.PutAway = true; v.Requests = []app.Request{r} }), nil},
		{"home-trial", annas(func(v *app.View) { v.Stage = app.StageTrial }), visit(placeHome)},
		{"home-paused", annas(func(v *app.View) { v.Paused = noon.Add(50 * time.Minute) }), nil},
		{"home-off", annas(func(v *app.View) { v.Off = true; v.Quiet = true }), nil},
		{"home-door", annas(func(v *app.View) { v.Off = true; v.Door = &app.Door{Letters: "KRM", Until: noon.Add(9 * time.Minute)} }), nil},
		{"home-long", long(), nil},
		{"notice-frozen", annas(func(v *app.View) { v.Notice = app.NoticeFrozen }), nil},
		{"notice-removed", annas(func(v *app.View) { v.Notice = app.NoticeRemoved }), nil},
		{"notice-password", annas(func(v *app.View) { v.Notice = app.NoticePassword; v.Off = true }), nil},
		{"notice-update", annas(func(v *app.View) { v.Notice = app.NoticeUpdate }), nil},
		{"notice-restored", annas(func(v *app.View) { v.Notice = app.NoticeRestored }), nil},
		{"notice-keyring-absent", annas(func(v *app.View) { v.Notice = app.NoticeKeyringAbsent; v.Vault = app.VaultFile }), nil},
		{"notice-keyring-locked", annas(func(v *app.View) { v.Notice = app.NoticeKeyringLocked }), nil},
		{"notice-keyring-silent", annas(func(v *app.View) { v.Notice = app.NoticeKeyringSilent }), nil},
		{"activity", annas(doubtful), visit(placeActivity)},
		{"activity-empty", empty, visit(placeActivity)},
		{"activity-offline", annas(offline), visit(placeActivity)},
		{"activity-long", long(), visit(placeActivity)},
		{"devices", annas(with3Devices), visit(placeDevices)},
		{"devices-long", long(), visit(placeDevices)},
		{"settings", annas(), visit(placeSettings)},
		{"settings-offline", annas(offline), visit(placeSettings)},
		{"settings-long", long(), visit(placeSettings)},
		{"check", annas(), func(u *tester) { u.goTo(newCheckPage(u.UI, u.page)) }},
		{"check-right", annas(), func(u *tester) { p := newCheckPage(u.UI, u.page).(*checkPage); p.right = true; u.goTo(p) }},
		{"change", annas(), func(u *tester) { u.goTo(newChangePage(u.UI, u.page)) }},
		{"change-done", annas(), func(u *tester) { p := newChangePage(u.UI, u.page).(*changePage); p.done = true; u.goTo(p) }},
		{"show-key", annas(), func(u *tester) { u.goTo(&shownKeyPage{u: u.UI, before: u.page, key: u.device.key}) }},
	}
}

// doubtful adds what nobody should overlook.
func doubtful(v *app.View) {
	more := []app.Activity{
		{Seq: 12, Kind: kindDone, At: noon.Add(-time.Hour), Service: "Webmail", Agent: "Chrome on Windows", Address: "203.0.113.77", Doubt: true},
		{Seq: 11, Kind: kindRefused, At: noon.Add(-2 * time.Hour), Count: 12},
		{Seq: 10, Kind: kindPaused, At: noon.Add(-2 * time.Hour), Until: noon.Add(-time.Hour)},
	}
	v.Activity = append(more, v.Activity...)
}

func askScenes() []scene {
	asked := func(r ...app.Request) app.View { return annas(func(v *app.View) { v.Requests = r }) }
	return []scene{
		{"request", asked(stranger()), nil},
		{"request-own", asked(own()), nil},
		{"request-long", asked(longRequest()), nil},
		{"request-trouble", asked(stranger()), func(u *tester) { u.front.(*requestSheet).sad(say("trouble.offline")) }},
		{"requests", asked(own(), stranger()), nil},
		{"requests-long", asked(own(), longRequest()), nil},
		{"code", annas(func(v *app.View) { v.Shown = shown(own()) }), nil},
		{"code-late", annas(func(v *app.View) { v.Shown = shown(own()); v.Shown.Until = noon.Add(9 * time.Second) }), nil},
		{"code-six", annas(func(v *app.View) { v.Shown = shown(own()); v.Shown.Code = "407193" }), nil},
		{"code-wrong", annas(wrongCode), nil},
		{"code-long", annas(func(v *app.View) { v.Shown = shown(longRequest()) }), nil},
		{"result-done", annas(), func(u *tester) { u.outcome = &outcome{kind: kindDone, request: own()}; u.stage.draw() }},
		{"result-burned", annas(), func(u *tester) { u.outcome = &outcome{kind: kindBurned, request: own()}; u.stage.draw() }},
		{"result-ended", annas(), func(u *tester) { u.outcome = &outcome{kind: kindExpired, request: own()}; u.stage.draw() }},
		{"result-elsewhere", annas(), func(u *tester) {
			u.outcome = &outcome{kind: kindAnswered, request: own(), device: "Pixel 9"}
			u.stage.draw()
		}},
		{"result-done-settings", annas(), func(u *tester) {
			u.visit(placeSettings)
			u.outcome = &outcome{kind: kindDone, request: own()}
			u.stage.draw()
		}},
		{"result-not-me", asked(stranger()), func(u *tester) { u.front.(*requestSheet).refuse() }},
		{"prompt-resume", annas(func(v *app.View) { v.Off = true }), func(u *tester) { u.askResume() }},
		{"prompt-wrong", annas(), func(u *tester) {
			u.askToShowKey(u.page)
			u.prompt.(*promptSheet).password.SetWrong(say("trouble.password"))
			u.stage.draw()
		}},
	}
}

func wrongCode(v *app.View) {
	v.Shown = shown(own())
	v.Activity = append([]app.Activity{{Seq: 20, Kind: kindWrong, Request: own().ID, Left: 2, At: noon}}, v.Activity...)
}
