package ui

import (
	"context"
	"image"
	"io"
	"strings"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/ui/widgets"
)

// The views that have several devices in them.

// family is four devices that agree, the last of them added yesterday.
func family(v *app.View) {
	v.Light = app.Light{Yes: true, Ways: []app.Way{{Kind: app.WayDevice, Device: "Pixel 9"}, v.Light.Ways[0]}}
	v.Devices[0].Name = "Anna’s ThinkPad in the study, upstairs"
	v.Devices[0].Sight, v.Devices[0].At = app.SightSame, noon.Add(-time.Minute)
	v.Devices = append(v.Devices,
		app.Member{ID: trust.DeviceID{2}, Name: "Pixel 9", Own: "Pixel 9", Kind: trust.Phone, Online: true, Since: noon.Add(-100 * 24 * time.Hour), Sight: app.SightSame, At: noon.Add(-2 * time.Minute)},
		app.Member{ID: trust.DeviceID{3}, Name: "Office PC", Own: "DESKTOP-7F3", Kind: trust.Desktop, Since: noon.Add(-300 * 24 * time.Hour), Seen: noon.Add(-11 * 24 * time.Hour), Sight: app.SightSame, At: noon.Add(-11 * 24 * time.Hour)},
		app.Member{ID: trust.DeviceID{4}, Name: "Galaxy A15", Own: "Galaxy A15", Kind: trust.Phone, Since: noon.Add(-24 * time.Hour), Seen: noon.Add(-time.Hour), Sight: app.SightSame, At: noon.Add(-time.Hour), Young: noon.Add(36*time.Hour + 16*time.Minute)})
}

// sights gives the other three devices what they see.
func sights(s ...app.Sight) func(v *app.View) {
	return func(v *app.View) {
		family(v)
		for i, sight := range s {
			v.Devices[i+1].Sight = sight
		}
	}
}

func youngHere(v *app.View) {
	family(v)
	v.Devices[0].Young = noon.Add(40 * time.Hour)
}

func heldNewcomer(v *app.View) {
	family(v)
	v.Devices[3].Held = noon.Add(20 * time.Hour)
}

func forked(v *app.View) {
	family(v)
	v.Notice = app.NoticeFrozen
	v.Fork = &app.Fork{
		Seq: 6, Here: "Entry 6, signed by Pixel 9: adds Galaxy A15.", There: "Entry 6, signed by Office PC: removes Pixel 9.",
		Proof: []byte(`{"seq":6}`),
	}
}

// elsewhere is a sign-in that rings on the phone only.
func elsewhere(v *app.View) {
	family(v)
	r := own()
	r.Target = trust.DeviceID{2}
	v.Requests = []app.Request{r}
}

// changed adds what devices did to the list of devices.
func changed(v *app.View) {
	family(v)
	v.Activity = append([]app.Activity{
		{Kind: app.EntryAdded, At: noon.Add(-time.Hour), Device: "Galaxy A15", By: "Anna’s ThinkPad"},
		{Kind: app.EntryRemoved, At: noon.Add(-2 * time.Hour), Device: "Old phone", By: "Pixel 9"},
		{Kind: app.EntryRecovery, At: noon.Add(-3 * time.Hour)},
	}, v.Activity...)
}

func familyScenes() []scene {
	at := visit(placeDevices)
	return []scene{
		{"devices-family", annas(family), at},
		{"devices-alone", annas(), at},
		{"devices-young-here", annas(youngHere), at},
		{"devices-held", annas(heldNewcomer), at},
		{"devices-offline", annas(family, offline), at},
		{"devices-waiting", annas(sights(app.SightSame, app.SightOlder, app.SightNone)), at},
		{"devices-newer", annas(sights(app.SightNewer)), at},
		{"devices-another", annas(sights(app.SightAnother)), at},
		{"devices-withheld", annas(family, func(v *app.View) { v.Withheld = true }), at},
		{"devices-forked", annas(forked), at},
		{"home-young", annas(func(v *app.View) {
			family(v)
			v.Light = app.Light{Next: app.AdviceTypeKey}
			v.Recovery.Proved = time.Time{}
			v.Devices = v.Devices[:2]
			v.Devices[1].Held = noon.Add(time.Hour)
		}), nil},
		{"home-alone-proved", annas(), nil},
		{"home-elsewhere", annas(elsewhere), nil},
		{"activity-family", annas(changed), visit(placeActivity)},
		{"activity-answered", annas(family), func(u *tester) {
			u.visit(placeActivity)
			u.outcome = &outcome{kind: kindAnswered, request: own(), device: "Pixel 9"}
			u.stage.draw()
		}},
		{"notice-removed-question", annas(func(v *app.View) { v.Notice = app.NoticeRemoved }), func(u *tester) { u.askForget() }},
		{"devices-removed", annas(family), func(u *tester) { u.goTo(&devicesPage{u: u.UI, removed: "Office PC"}) }},
		{"member", annas(family), atMember(3)},
		{"member-this", annas(family), atMember(1)},
		{"member-only", annas(), atMember(1)},
		{"member-new", annas(heldNewcomer), atMember(4)},
		{"member-long", long(), atMember(2)},
		{"member-call", annas(family), func(u *tester) { atMember(3)(u); u.tap(say("member.call")) }},
		{"member-remove", annas(family), func(u *tester) { atMember(3)(u); u.tap(say("remove.do")) }},
		{"member-remove-this", annas(family), func(u *tester) { atMember(1)(u); u.tap(say("remove.this.do")) }},
	}
}

func atMember(n byte) func(u *tester) {
	return func(u *tester) { u.goTo(&memberPage{u: u.UI, id: trust.DeviceID{n}}) }
}

// newPhone is who joins in the tests.
func newPhone(network string) app.Newcomer {
	n := app.Newcomer{Name: "Pixel 9", Kind: trust.Phone, Network: network, Young: 72}
	if network != "own" {
		n.Held = 24
	}
	return n
}

// pairAt opens the page of a pairing that has come to a step.
func pairAt(step pairStep, guest app.Newcomer, change ...func(p *pairPage)) func(u *tester) {
	return func(u *tester) {
		p := pairPageFor(u.UI)
		p.step, p.guest, p.pairing = step, guest, pairing{u.device}
		var err error
		if p.qr, err = widgets.NewQR(p.pairing.Invite().Link, qrSide); err != nil {
			u.t.Fatal(err)
		}
		for _, c := range change {
			c(p)
		}
		u.goTo(p)
	}
}

func pairScenes() []scene {
	long := newPhone("unknown")
	long.Name = strings.Repeat("W", 64)
	typed := func(digits string) func(p *pairPage) { return func(p *pairPage) { p.digits.SetText(digits) } }
	local := annas(func(v *app.View) { v.Local = true })
	return []scene{
		{"pair-opening", annas(), pairAt(pairOpening, app.Newcomer{})},
		{"pair-waiting", annas(), pairAt(pairWaiting, app.Newcomer{})},
		{"pair-waiting-local", local, pairAt(pairWaiting, app.Newcomer{})},
		{"pair-joined", annas(), pairAt(pairJoined, newPhone("own"))},
		{"pair-joined-another", annas(), pairAt(pairJoined, newPhone("another"), typed("480"))},
		{"pair-joined-long", annas(), pairAt(pairJoined, long, typed("48091"))},
		{"pair-question", annas(), func(u *tester) { pairAt(pairJoined, newPhone("own"))(u); u.tap(say("pair.stop")) }},
		{"pair-password", annas(), pairAt(pairPassword, newPhone("another"))},
		{"pair-password-wrong", annas(), pairAt(pairPassword, newPhone("own"), func(p *pairPage) { p.password.SetWrong(say("trouble.password")) })},
		{"pair-password-long", annas(), pairAt(pairPassword, long)},
		{"pair-done", annas(), pairAt(pairDone, newPhone("another"))},
		{"pair-done-long", annas(), pairAt(pairDone, long)},
		{"pair-over", annas(), pairAt(pairOver, newPhone("own"), func(p *pairPage) { p.trouble = say("trouble.digits") })},
	}
}

// scanner is a Scanner that reads what a test gives it.
type scanner struct {
	text   string
	err    error
	camera bool
}

func (s scanner) Read(r io.Reader) (string, error) {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return "", err
	}
	return s.text, s.err
}
func (s scanner) Screen(context.Context) (string, error) { return s.text, s.err }
func (s scanner) CameraThere() bool                      { return s.camera }
func (s scanner) Camera(_ context.Context, see func(image.Image)) (string, error) {
	see(image.NewGray(image.Rect(0, 0, 64, 48)))
	return s.text, s.err
}

// joinAt opens the page of a joining that has come to a step.
func joinAt(step joinStep, network string, change ...func(p *joinPage)) func(u *tester) {
	return func(u *tester) {
		u.device.guest.Network = network
		p := joinPageFor(u.UI, joining{u.device}, trust.Phone)
		p.step, p.digits = step, "480917"
		for _, c := range change {
			c(p)
		}
		u.goTo(p)
	}
}

func atWays(trouble string) func(u *tester) {
	return func(u *tester) {
		u.o.Scanner = scanner{camera: true}
		u.goTo(&joinWaysPage{u: u.UI, trouble: trouble})
	}
}

func joinScenes() []scene {
	return []scene{
		{"join-name", app.View{}, func(u *tester) { u.goTo(newJoinNamePage(u.UI)) }},
		{"join-ways", app.View{}, func(u *tester) { atWays("")(u) }},
		{"join-ways-trouble", app.View{}, func(u *tester) { atWays(say("trouble.offer"))(u) }},
		{"join-ways-few", app.View{}, func(u *tester) { u.goTo(&joinWaysPage{u: u.UI}) }},
		{"join-picture", app.View{}, func(u *tester) { atWays("")(u); u.page.(*joinWaysPage).picture() }},
		{"join-camera", app.View{}, func(u *tester) {
			atWays("")(u)
			u.waiting = true
			u.page.(*joinWaysPage).camera()
		}},
		{"join-type", app.View{}, func(u *tester) { u.goTo(newJoinTypePage(u.UI, &joinWaysPage{u: u.UI})) }},
		{"join-type-trouble", app.View{}, func(u *tester) {
			p := newJoinTypePage(u.UI, &joinWaysPage{u: u.UI}).(*joinTypePage)
			p.symbols.SetText("7QK2M9XW")
			p.symbols.SetWrong(say("join.gone"))
			u.goTo(p)
		}},
		{"join-waiting", app.View{}, joinAt(joinWaiting, "own")},
		{"join-digits", app.View{}, joinAt(joinDigits, "own")},
		{"join-digits-another", app.View{}, joinAt(joinDigits, "another")},
		{"join-done", annas(heldNewcomer), joinAt(joinDone, "own")},
		{"join-done-long", long(), joinAt(joinDone, "own")},
		{"join-over", app.View{}, joinAt(joinOver, "own", func(p *joinPage) { p.trouble = say("trouble.too-late") })},
	}
}
