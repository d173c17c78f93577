package ui

import (
	"strings"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// The views in which services are opened by app passwords.

func services() []app.Service {
	return []app.Service{
		{ID: "imap", Kind: "mail", Title: "Mail", User: "anna", Open: true, Setup: app.AppSetup{
			User: "anna", Realm: "lindqvist.example",
			In:  app.Connection{Host: "mail.lindqvist.example", Port: 993, Secure: "tls"},
			Out: app.Connection{Host: "mail.lindqvist.example", Port: 587, Secure: "starttls"},
		}},
		{ID: "dav", Kind: "calendars", Title: "Calendar", User: "anna", Open: true, Setup: app.AppSetup{
			User: "anna", URL: "https://cal.lindqvist.example/anna/", In: app.Connection{Host: "cal.lindqvist.example", Port: 443, Secure: "tls"},
		}},
		{ID: "xmpp", Kind: "chat", Title: "Chat", User: "anna", Open: true, Setup: app.AppSetup{User: "anna", Realm: "lindqvist.example"}},
		{ID: "sip", Kind: "calls", Title: "Calls", User: "anna", Open: true, Setup: app.AppSetup{
			User: "anna", Realm: "lindqvist.example", Canonical: true, In: app.Connection{Host: "calls.lindqvist.example", Port: 5061, Secure: "tls"},
		}},
		{ID: "wifi", Kind: "network", Title: "Wi-Fi", User: "anna", Open: true, Setup: app.AppSetup{User: "anna"}},
		{ID: "pam:web1", Kind: "shell", Title: "SSH on web1", User: "anna", Code: true},
	}
}

func withServices(v *app.View) { v.Services = services() }

// withApps is the mock-up's list.
func withApps(v *app.View) {
	withServices(v)
	of := func(id, kind, title, name string) app.AppPassword {
		return app.AppPassword{
			ID: strings.Repeat(id, 32), Service: map[string]string{"Mail": "imap", "Calendar": "dav", "Chat": "xmpp", "Calls": "sip"}[title],
			Kind: kind, Title: title, Name: name, State: app.AppLive, Made: noon.Add(-230 * day), By: "Anna’s ThinkPad",
		}
	}
	mail, cal, chat, hall, old := of("a", "mail", "Mail", "Thunderbird"), of("b", "calendars", "Calendar", "Kalenderabgleich Donaudampfschifffahrtsverein"),
		of("c", "chat", "Chat", "Conversations on the phone"), of("d", "calls", "Calls", "Telephone in the hall"), of("e", "mail", "Mail", "Thunderbird on laptop")
	mail.Last, mail.Network = noon.Add(-12*60e9), "192.168.1.0/24"
	cal.Last, cal.Network, cal.Expires = noon.Add(-14*60*60e9), "2001:db8:85a3::/48", noon.Add(60*day)
	chat.Last = noon.Add(-3 * 60e9)
	hall.Last, hall.Idle = noon.Add(-215*day), true
	old.State, old.Ended, old.Stale, old.From = app.AppRemoved, noon.Add(-8*day), noon.Add(-20*60e9), "192.0.2.0/24"
	v.AppPasswords = []app.AppPassword{mail, cal, chat, hall, old}
}

func longApps(v *app.View) {
	withApps(v)
	w := strings.Repeat("W", 64)
	for i := range v.AppPasswords {
		v.AppPasswords[i].Name, v.AppPasswords[i].Title = w, w
		v.AppPasswords[i].Network, v.AppPasswords[i].From = "2001:db8:85a3:8d3::/64", "2001:db8:85a3:8d3::/64"
	}
	v.Services[0].Title = w
	v.Services[0].Setup.In.Host, v.Services[0].Setup.User = "anmeldung.donaudampfschifffahrtsgesellschaft-wien-niederlassung.example", w
	v.Devices[0].Name = w
}

func deadApps(v *app.View) {
	withApps(v)
	for i, s := range []app.AppState{app.AppExpired, app.AppRemoved, app.AppCut, app.AppGone, app.AppExpired} {
		a := &v.AppPasswords[i]
		a.State, a.Ended, a.Expires, a.Idle = s, noon.Add(-2*day), noon.Add(-3*day), false
	}
	v.AppPasswords[0].Stale = noon.Add(-day)
}

func manyOf(n int) func(v *app.View) {
	return func(v *app.View) {
		withApps(v)
		one := v.AppPasswords[0]
		v.AppPasswords = nil
		for range n {
			v.AppPasswords = append(v.AppPasswords, one)
		}
	}
}

func appActivity(v *app.View) {
	withApps(v)
	v.Activity = append([]app.Activity{
		{Seq: 20, Kind: kindAppUsed, At: noon.Add(-60e9), Service: "Mail", Label: "Thunderbird", Address: "203.0.113.0/24"},
		{Seq: 19, Kind: kindAppStale, At: noon.Add(-20 * 60e9), Service: "Mail", Label: "Thunderbird on laptop", Address: "192.0.2.0/24"},
		{Kind: app.EntryRevoked, At: noon.Add(-50 * 60e9), By: "Anna’s ThinkPad", Count: 3},
		{Kind: app.EntryRevoked, At: noon.Add(-51 * 60e9), By: "Anna’s ThinkPad", Count: 1, Service: "Mail", Label: "Thunderbird on laptop"},
		{Kind: app.EntryCred, At: noon.Add(-55 * 60e9), By: "Anna’s ThinkPad", Count: 1, Service: "Mail", Label: "Thunderbird"},
		{Seq: 16, Kind: kindDone, At: noon.Add(-2 * 60 * 60e9), Service: "SSH on web1", Agent: "Terminal", Address: "192.0.2.7", Device: "Anna’s ThinkPad"},
	}, v.Activity...)
}

// makeOf shows a new app password for a service.
func makeOf(n int, name string) func(u *tester) {
	return func(u *tester) {
		u.o.Folder = "/anna/Downloads"
		u.goTo(newMakeAppPage(u.UI, u.view.Services[n], name))
		u.page.(*makeAppPage).password.Entry.SetText("correct horse")
		u.page.(*makeAppPage).send()
	}
}

func sshRequest() app.Request {
	r := own()
	r.ID, r.Service, r.Origin, r.Agent, r.Known = trust.ChallengeID{0xCC}, "SSH on web1", "https://id.lindqvist.example", "Terminal", false
	return r
}

// ownAction is a page of the server's that asks for an app password.
func ownAction() app.Request {
	r := own()
	r.ID, r.Service, r.Origin = trust.ChallengeID{0xDD}, "Countersign", "https://id.lindqvist.example"
	r.Action = api.Action{Op: api.ChangeCredential, Service: "Mail", Name: "Thunderbird"}
	return r
}

func appScenes() []scene {
	at := visit(placeApps)
	one := func(id string) func(u *tester) {
		return func(u *tester) { u.goTo(&appPage{u: u.UI, id: strings.Repeat(id, 32)}) }
	}
	return []scene{
		{"apps", annas(withApps), at},
		{"apps-empty", annas(withServices), at},
		{"apps-no-services", annas(), at},
		{"apps-long", annas(longApps), at},
		{"apps-dead", annas(deadApps), at},
		{"apps-many", annas(manyOf(25)), at},
		{"apps-more", annas(manyOf(2)), func(u *tester) { at(u); u.tap(say("apps.more")) }},
		{"apps-removed", annas(withApps), func(u *tester) { u.tellApps(say("apps.remove-all.done"), say("apps.remove.done.body")) }},
		{"app-live", annas(withApps), one("b")},
		{"app-idle", annas(withApps), one("d")},
		{"app-stale", annas(withApps), one("e")},
		{"app-long", annas(longApps), one("e")},
		{"app-remove", annas(withApps), func(u *tester) { one("a")(u); u.tap(say("apps.remove")) }},
		{"app-for", annas(withServices), func(u *tester) { at(u); u.tap(say("apps.make")) }},
		{"app-make", annas(withServices), func(u *tester) { at(u); u.tap(say("apps.make")); u.tap("Mail"); u.tap(say("apps.more")) }},
		{"app-make-long", annas(longApps), func(u *tester) { u.goTo(newMakeAppPage(u.UI, u.view.Services[0], "")); u.page.(*makeAppPage).send() }},
		{"app-shown", annas(withServices), makeOf(0, "Thunderbird")},
		{"app-shown-calendar", annas(withServices), func(u *tester) { makeOf(1, "Phone")(u); u.tap(say("apps.copy")) }},
		{"app-shown-exact", annas(withServices), makeOf(3, "Telephone in the hall")},
		{"app-shown-picture", annas(withServices), func(u *tester) { makeOf(4, "Phone")(u); u.tap(say("apps.picture")) }},
		{"app-shown-long", annas(longApps), makeOf(0, "Thunderbird")},
		{"app-save", annas(withServices), func(u *tester) { makeOf(0, "Thunderbird")(u); u.tap(say("apps.profile")) }},
		{"change-apps", annas(withApps), func(u *tester) { u.goTo(newChangePage(u.UI, u.page)) }},
		{"home-stale", annas(withApps), nil},
		{"activity-apps", annas(appActivity), visit(placeActivity)},
		{"ask-ssh", annas(withServices, func(v *app.View) { v.Requests = []app.Request{sshRequest()} }), nil},
		{"ask-action", annas(withServices, func(v *app.View) { v.Requests = []app.Request{ownAction()} }), nil},
		{"ask-action-many", annas(withServices, func(v *app.View) { v.Requests = []app.Request{ownAction(), sshRequest()} }), nil},
		{"code-action", annas(withServices, func(v *app.View) { v.Shown = shown(ownAction()) }), nil},
		{"result-not-me-apps", annas(withApps), func(u *tester) { u.notMe(ownAction(), func(string) {}) }},
		{"code-ssh", annas(withServices, func(v *app.View) { v.Shown = shown(sshRequest()) }), nil},
	}
}
