package ui

import (
	"strings"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// The views in which something waits, or something is lost.

const day = 24 * time.Hour

// newcomerWaits is the mock-up's wait: 17 h 36 m are left of a day.
func newcomerWaits(v *app.View) {
	family(v)
	v.Waits = append(v.Waits, app.Wait{
		ID: trust.WaitID{1}, Kind: waitDevice, Device: trust.DeviceID{8}, Name: "Xperia 10",
		Since: noon.Add(-6*time.Hour - 24*time.Minute), Until: noon.Add(17*time.Hour + 36*time.Minute), Address: "198.51.100.4",
	})
}

func passwordWaits(v *app.View) {
	v.Waits = append(v.Waits, app.Wait{
		ID: trust.WaitID{2}, Kind: waitPassword, Device: here, Name: "Anna’s ThinkPad", This: true,
		Since: noon.Add(-2 * day), Until: noon.Add(day), Address: "192.168.1.24",
	})
}

func passwordReady(v *app.View) {
	passwordWaits(v)
	v.Waits[0].Until, v.Waits[0].Over = noon.Add(-time.Minute), true
}

func phoneAsks(v *app.View) {
	family(v)
	v.Waits = append(v.Waits, app.Wait{
		ID: trust.WaitID{3}, Kind: waitPassword, Device: trust.DeviceID{2}, Name: "Pixel 9", Since: noon.Add(-2 * day), Until: noon.Add(5 * day),
	})
}

func leaveWaits(v *app.View) {
	family(v)
	v.Waits = append(v.Waits, app.Wait{
		ID: trust.WaitID{4}, Kind: waitLeave, Device: trust.DeviceID{2}, Name: "Pixel 9", Since: noon.Add(-20 * time.Hour), Until: noon.Add(40 * time.Minute),
	})
}

func longWait(v *app.View) {
	newcomerWaits(v)
	v.Waits[0].Name, v.Waits[0].Address = strings.Repeat("W", 64), "2001:db8:85a3:8d3:1319:8a2e:370:7348"
}

func allWaits(v *app.View) {
	newcomerWaits(v)
	leaveWaits(v)
	v.Devices = v.Devices[:4]
	passwordWaits(v)
}

func reachable(v *app.View) {
	v.Media = append(v.Media, mediumMail, mediumText)
}

func toldByMail(v *app.View) {
	reachable(v)
	v.Contacts = []app.Contact{
		{ID: "c1", Medium: mediumMail, Address: "anna@lindqvist.example", Confirmed: true},
		{ID: "c3", Medium: mediumMail, Address: "anna.charlotta.elisabet.lindqvist@donaudampfschifffahrtsgesellschaft.example"},
		{ID: "c2", Medium: mediumText, Address: "+491701234567", Confirmed: true},
	}
}

// advised is an account with one thing to do.
func advised(next app.Advice, yes bool) app.View {
	return annas(func(v *app.View) {
		v.Light.Next, v.Light.Yes = next, yes
		switch {
		case next == app.AdviceNewKey && !yes:
			v.Recovery = app.Recovery{}
		case next == app.AdviceTypeKey && !yes:
			v.Recovery.Proved = time.Time{}
		case next == app.AdviceTypeKey:
			v.Recovery.Proved = noon.Add(-200 * day)
		}
	})
}

func withOffline(v *app.View) { v.Offline = true }

func copiedAway(v *app.View) {
	v.Recovery.Copied, v.Recovery.Next = noon.Add(-10*day), noon.Add(27*day)
}

func noCopy(v *app.View) { v.Recovery.Kept = false }

func safetyScenes() []scene {
	at := visit(placeRecovery)
	return []scene{
		{"home-waits", annas(newcomerWaits), nil},
		{"home-waits-long", annas(longWait), nil},
		{"home-waits-three", annas(allWaits), nil},
		{"home-waits-renew", annas(kindWaits(waitRenew)), nil},
		{"home-waits-remove", annas(kindWaits(waitRemove)), nil},
		{"wait-stopped-remove", annas(kindWaits(waitRemove)), func(u *tester) { u.tap(say("wait.stop")); u.tap(say("wait.stop")) }},
		{"home-reset-ready", annas(passwordReady), nil},
		{"home-left", annas(func(v *app.View) { v.Left = true }), nil},
		{"light-new-key", advised(app.AdviceNewKey, false), nil},
		{"light-type-key", advised(app.AdviceTypeKey, false), nil},
		{"light-pair", advised(app.AdvicePair, false), nil},
		{"light-seen", advised(app.AdviceSeen, false), nil},
		{"light-groups", advised(app.AdviceGroups, true), nil},
		{"light-copy", advised(app.AdviceCopy, true), nil},
		{"copy", advised(app.AdviceCopy, true), func(u *tester) { u.tap(say("light.do.copy")) }},
		{"light-contact", advised(app.AdviceContact, true), nil},
		{"light-nothing", annas(func(v *app.View) { v.Light = app.Light{} }), nil},
		{"light-known-to-others", annas(func(v *app.View) { v.Notice = app.NoticePassword }), nil},
		{"recovery", annas(newcomerWaits, toldByMail, withOffline), at},
		{"recovery-end", annas(newcomerWaits, toldByMail, withOffline), func(u *tester) { at(u); u.stage.scroll.ScrollToBottom() }},
		{"recovery-quiet-end", annas(family, reachable), func(u *tester) { at(u); u.stage.scroll.ScrollToBottom() }},
		{"settings-end", annas(), func(u *tester) { u.visit(placeSettings); u.stage.scroll.ScrollToBottom() }},
		{"recovery-quiet", annas(family, reachable), at},
		{"recovery-no-media", annas(), at},
		{"recovery-no-copy", annas(noCopy), at},
		{"recovery-copied", annas(copiedAway), at},
		{"recovery-copied-gone", annas(copiedAway), func(u *tester) { at(u); u.tap(say("copy.kept")) }},
		{"home-waits-over", annas(newcomerWaits, func(v *app.View) { v.Waits[0].Over = true }), nil},
		{"home-waits-begun", annas(func(v *app.View) {
			newcomerWaits(v)
			v.Waits[0].Since, v.Waits[0].Until = noon, noon.Add(day-time.Second)
		}), nil},
		{"recovery-no-key", advised(app.AdviceNewKey, false), at},
		{"recovery-spent", advised(app.AdviceNewKey, true), at},
		{"recovery-unproved", advised(app.AdviceTypeKey, false), at},
		{"recovery-due", advised(app.AdviceTypeKey, true), at},
		{"recovery-groups", advised(app.AdviceGroups, true), at},
		{"recovery-offline", annas(offline, phoneAsks), at},
		{"recovery-frozen", annas(forked), at},
		{"recovery-long", func() app.View { v := long(); longWait(&v); toldByMail(&v); return v }(), at},
		{"recovery-told", annas(), func(u *tester) { u.tellRecovery(say("safe.new.done"), say("safe.new.done.body")) }},
		{"recovery-pause", annas(), func(u *tester) { at(u); u.askPause() }},
		{"wait-device", annas(newcomerWaits, toldByMail), atWait},
		{"wait-device-over", annas(newcomerWaits, func(v *app.View) { v.Waits[0].Over = true }), atWait},
		{"wait-password", annas(passwordWaits), atWait},
		{"wait-password-ready", annas(passwordReady), atWait},
		{"wait-password-elsewhere", annas(phoneAsks), atWait},
		{"wait-leave", annas(leaveWaits), atWait},
		{"wait-renew", annas(kindWaits(waitRenew)), atWait},
		{"wait-remove", annas(kindWaits(waitRemove)), atWait},
		{"wait-other", annas(kindWaits("from-the-future")), atWait},
		{"wait-long", annas(longWait), atWait},
		{"wait-gone", annas(newcomerWaits), func(u *tester) { atWait(u); u.look(func(v *app.View) { v.Waits = nil }) }},
		{"wait-stop", annas(newcomerWaits), func(u *tester) { u.tap(say("wait.stop")) }},
		{"wait-stopped", annas(newcomerWaits), func(u *tester) { u.tap(say("wait.stop")); u.tap(say("wait.stop")) }},
		{"wait-stopped-leave", annas(leaveWaits), func(u *tester) { u.tap(say("wait.stop")); u.tap(say("wait.stop")) }},
		{"new-key", annas(), func(u *tester) { u.beginNewKey(u.page) }},
		{"new-key-drawn", annas(), func(u *tester) { u.o.Paper = &paper{}; u.beginNewKey(u.page); u.tap(say("safe.new.begin")) }},
		{"new-key-back", annas(), func(u *tester) { u.beginNewKey(u.page); u.tap(say("safe.new.begin")); u.tap(say("key.written")) }},
		{"groups", annas(), func(u *tester) { u.askGroups(u.page) }},
		{"groups-wrong", annas(), func(u *tester) { u.askGroups(u.page); typeGroups(u, "0000", "1111") }},
		{"groups-right", annas(), func(u *tester) { u.askGroups(u.page); u.page.(*groupsPage).right = true; u.stage.draw() }},
		{"saved", annas(), func(u *tester) { u.lend("x"); u.goTo(&lentPage{u: u.UI, before: u.page}) }},
		{"saved-over", annas(), func(u *tester) { u.goTo(&lentPage{u: u.UI, before: u.page}) }},
		{"kit", annas(), func(u *tester) { u.o.Paper = &paper{printer: true}; u.goTo(newKitPage(u.UI, u.page, annasKit(u))) }},
		{"kit-shown", annas(), func(u *tester) {
			u.o.Paper = &paper{}
			u.goTo(newKitPage(u.UI, u.page, annasKit(u)))
			u.tap(say("safe.kit.show"))
		}},
		{"kit-trouble", annas(), func(u *tester) {
			u.o.Paper = &paper{err: errNoViewer}
			u.goTo(newKitPage(u.UI, u.page, annasKit(u)))
			u.tap(say("safe.kit.show"))
		}},
		{"contact", annas(reachable), func(u *tester) { u.goTo(newContactPage(u.UI, u.page)) }},
		{"contact-text", annas(reachable), func(u *tester) { u.goTo(newContactPage(u.UI, u.page)); u.page.(*contactPage).choose(1); u.stage.draw() }},
		{"contact-trouble", annas(reachable), func(u *tester) {
			u.goTo(newContactPage(u.UI, u.page))
			u.page.(*contactPage).address.SetWrong(say("contact.trouble.address"))
		}},
		{"contact-code", annas(toldByMail), func(u *tester) { u.goTo(newConfirmPage(u.UI, u.page, u.view.Contacts[1])) }},
		{"contact-remove", annas(toldByMail), func(u *tester) { at(u); u.askRemoveContact(u.view.Contacts[0]) }},
		{"contact-sign-in-off", annas(toldByText), at},
		{"contact-sign-in-on", annas(letInByText), at},
		{"contact-sign-in-ask", annas(toldByText), func(u *tester) { at(u); u.askAllowText(u.view.Contacts[0]) }},
		{"contact-sign-in-end", annas(letInByText), func(u *tester) { at(u); u.askAllowText(u.view.Contacts[0]) }},
		{"offline-off", annas(), func(u *tester) { u.goTo(newOfflinePage(u.UI, u.page)) }},
		{"offline-code", annas(withOffline), func(u *tester) { u.goTo(newOfflinePage(u.UI, u.page)) }},
		{"offline-over", annas(withOffline), func(u *tester) { u.goTo(newOfflinePage(u.UI, u.page)); u.pass(50 * time.Second) }},
		{"leaving", annas(), func(u *tester) { u.goTo(newLeavingPage(u.UI, u.page)) }},
		{"leaving-asked", annas(func(v *app.View) { leaveWaits(v); v.Waits[0].This = true }), func(u *tester) { u.goTo(newLeavingPage(u.UI, u.page)) }},
	}
}

// annasKit is the page of Anna's recovery key.
func annasKit(u *tester) Kit {
	return Kit{Account: u.view.Name, Server: u.view.Server, ID: trust.AccountID{7}, Key: u.device.key, Date: noon, Language: language()}
}

// atWait looks closer at the first wait.
func atWait(u *tester) { u.goTo(&waitPage{u: u.UI, id: u.view.Waits[0].ID, before: u.page}) }

// typeGroups types the two groups that are asked for, and has them checked.
func typeGroups(u *tester, first, second string) {
	u.typeInto(say("safe.group", with{"N": 3}), first)
	u.typeInto(say("safe.group", with{"N": 6}), second)
	u.tap(say("check.do"))
}

// toldByText has a telephone number where the server lets numbers sign in.
func toldByText(v *app.View) {
	reachable(v)
	v.Text = true
	v.Contacts = []app.Contact{{ID: "c2", Medium: mediumText, Address: "+491701234567", Confirmed: true}}
}

// letInByText has one that does.
func letInByText(v *app.View) {
	toldByText(v)
	v.Contacts[0].SignIn = true
}
