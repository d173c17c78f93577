package ui

import (
	"cmp"
	"strings"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// The views in which much has happened, or something that should not.

// signedIn is somebody who came in, so many days and hours before noon.
func signedIn(service string, days, hours int) app.Activity {
	return app.Activity{
		Kind: kindDone, At: noon.Add(-time.Duration(days)*day - time.Duration(hours)*time.Hour), Service: service,
		Agent: "Firefox on Linux", Address: "192.168.1.24", Known: true, Device: "Pixel 9",
	}
}

// month is thirty days of sign-ins to some services.
func month(services ...string) func(v *app.View) {
	return func(v *app.View) {
		var all []app.Activity
		for d := range 30 {
			for n := range (d*7 + 3) % 6 {
				all = append(all, signedIn(services[(d+n*n)%len(services)], d, 1+n))
			}
		}
		v.Activity = append(all, v.Activity[len(v.Activity)-2:]...)
	}
}

// contradicted adds one line of each kind that does not match.
func contradicted(v *app.View) {
	family(v)
	month("Webmail", "Files")(v)
	w := app.Activity{Service: "Webmail", Agent: "Chrome on Windows", Address: "203.0.113.77", Device: "Pixel 9", Doubt: true}
	made := func(kind string, answer trust.Answer, hours int) app.Activity {
		a := w
		a.Kind, a.Answer, a.At, a.Asking = kind, answer, noon.Add(-time.Duration(hours)*time.Hour), noon.Add(-time.Duration(hours)*time.Hour-20*time.Minute)
		return a
	}
	v.Activity = append([]app.Activity{
		made(kindDone, 0, 1), made(app.EntryUnaccounted, trust.Allow, 2), made(app.EntryUnaccounted, trust.NotMe, 3), made(kindOffline, 0, 4),
	}, v.Activity...)
}

// everything is one line of each kind.
func everything() []app.Activity {
	var all []app.Activity
	add := func(a app.Activity) {
		a.At = noon.Add(-time.Duration(len(all)) * 10 * time.Minute)
		a.Agent, a.Until, a.Device = "Firefox on Linux", noon.Add(20*time.Hour), cmp.Or(a.Device, "Xperia 10")
		all = append(all, a)
	}
	for _, k := range []string{kindWait, kindHalf, kindReady, kindStop} {
		for _, asked := range waitKinds() {
			add(app.Activity{Kind: k, Asked: asked, By: howPassword})
		}
	}
	for _, by := range []string{howDevice, howKey, howMail, "replaced"} {
		add(app.Activity{Kind: kindStop, Asked: waitDevice, By: by, Who: "Pixel 9"})
	}
	for _, a := range []app.Activity{
		{Kind: kindReset, By: howKey}, {Kind: kindReset, By: "wait"}, {Kind: kindRegained}, {Kind: kindLeft}, {Kind: kindReplaced},
		{Kind: kindContact, Address: "anna@lindqvist.example"}, {Kind: kindContact, Address: "anna@lindqvist.example", By: howRemoved},
		{Kind: kindOffline, Service: "Webmail"}, {Kind: kindWrong, By: howOffline}, {Kind: kindDone, Service: "Webmail", By: howPassword},
	} {
		add(a)
	}
	return all
}

func waitKinds() []api.WaitKind {
	return []api.WaitKind{waitDevice, waitPassword, waitLeave, waitRenew, waitRemove, "from-the-future"}
}

func allKinds(v *app.View) { v.Activity = append(everything(), v.Activity...) }

func onlyShow(g group) func(u *tester) {
	return func(u *tester) {
		u.visit(placeActivity)
		u.page.(*activityPage).show(g)
	}
}

func activityScenes() []scene {
	at := visit(placeActivity)
	quiet := annas(func(v *app.View) { v.Activity = v.Activity[2:] })
	return []scene{
		{"activity-month", annas(month("Webmail", "Files", "Chat", "Calendar")), at},
		{"activity-three", annas(month("Webmail", "Files", "Chat")), at},
		{"activity-one", annas(month("Webmail")), at},
		{"activity-busy", annas(busy), at},
		{"activity-long-services", annas(month(strings.Repeat("W", 64), "Kaffeemaschinenüberwachungsdienst", "Files", "Chat")), at},
		{"activity-joined", annas(func(v *app.View) { v.Activity = v.Activity[:2] }), at},
		{"activity-doubt", annas(contradicted), at},
		{"activity-doubt-odd", annas(contradicted), onlyShow(odd)},
		{"activity-kinds", annas(allKinds), onlyShow(changes)},
		{"activity-kinds-odd", annas(allKinds), onlyShow(odd)},
		{"activity-alone", annas(alone), at},
		{"activity-quiet", quiet, at},
		{"activity-none-odd", quiet, onlyShow(odd)},
		{"activity-none-sign-ins", quiet, onlyShow(signIns)},
	}
}

// busy has a day on which a program signed in all the time.
func busy(v *app.View) {
	month("Webmail", "Files")(v)
	var all []app.Activity
	for n := range 140 {
		all = append(all, signedIn("Webmail", 2, n%10))
	}
	v.Activity = append(v.Activity[:4:4], append(all, v.Activity[4:]...)...)
}

// alone came in without any device, as two-step sign-in is off.
func alone(v *app.View) {
	v.Left = true
	in := signedIn("Webmail", 0, 1)
	in.By, in.Device = howPassword, ""
	v.Activity = append([]app.Activity{in, {Kind: kindLeft, At: noon.Add(-2 * time.Hour), Device: "Anna’s ThinkPad"}}, v.Activity...)
}
