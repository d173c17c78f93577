package ui

import (
	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// How something was done, as an event says it.
const (
	howDevice   = "device"
	howPassword = "password"
	howKey      = "key"
	howMail     = "mail"
	howOffline  = "offline"
	howText     = "text"
	howSignIn   = "sign-in"
	howNoSignIn = "no-sign-in"
	howRemoved  = "removed"
)

// wordingOf says how an activity is told: by its kind, and by what of it makes a
// difference to who reads it.
func wordingOf(a app.Activity) wording {
	w, known := wordings()[a.Kind]
	if !known {
		w = wording{"line.unknown", "line.unknown.more", "info", plain, changes}
	}
	switch {
	case a.Kind == kindDone && !a.Doubt && a.Action.Op != "":
		w.title = actionDone(a)
	case a.Kind == app.EntryUnaccounted && a.Answer == trust.NotMe:
		w.title = "activity.unaccounted.not-me"
	case a.Doubt && a.Kind == kindOffline:
		w = wording{"activity.doubt.offline", "activity.doubt.offline.more", "warning", bad, signIns}
	case a.Doubt && a.Kind == kindText:
		w = wording{"activity.doubt.text", "activity.doubt.text.more", "warning", bad, signIns}
	case a.Doubt && a.Kind != app.EntryUnaccounted:
		w = wording{"line.doubt", "line.doubt.more", "warning", bad, signIns}
	case a.Kind == kindDone && a.By == howPassword:
		w = wording{"activity.alone", "line.browser", "signin", warm, signIns}
	case a.Kind == kindWrong && a.By == howOffline:
		w.title = "activity.wrong-offline"
	case a.Kind == kindWrong && a.By == howText:
		w.title = "activity.wrong-text"
	case a.Kind == kindContact && a.By == howSignIn:
		w = wording{"activity.contact.sign-in", "activity.contact.sign-in.more", "bell", warm, changes}
	case a.Kind == kindContact && a.By == howNoSignIn:
		w.title, w.more = "activity.contact.no-sign-in", "activity.contact.no-sign-in.more"
	case a.Kind == kindWait:
		w.title = askedKey(a)
	case a.Kind == kindReset && a.By == howKey:
		w.title = "activity.reset.key"
	case a.Kind == kindContact && a.By == howRemoved:
		w.title, w.more = "activity.contact.removed", "activity.contact.removed.more"
	case isOfAppPassword(a) && a.Label != "":
		w = aboutApp(a, w)
	case w.more == "line.on" && a.By == "":
		w.more = "line.by-key"
	}
	return w
}

func isWait(kind string) bool {
	switch kind {
	case kindWait, kindHalf, kindReady, kindStop:
		return true
	}
	return false
}

// askedKey names the sentence on what was asked for.
func askedKey(a app.Activity) string {
	switch a.Asked {
	case waitDevice:
		return "activity.asked.device"
	case waitPassword:
		return "activity.asked.password"
	case waitLeave:
		return "activity.asked.leave"
	case waitRenew:
		return "activity.asked.renew"
	case waitRemove:
		return "activity.asked.remove"
	}
	return "activity.asked.other"
}

// withStopper adds who or what stopped a wait.
func withStopper(l line, a app.Activity, values with) line {
	if a.Kind != kindStop {
		return l
	}
	how := "activity.stopped.gone"
	switch a.By {
	case howDevice:
		how = "activity.stopped.device"
	case howPassword:
		how = "activity.stopped.password"
	case howKey:
		how = "activity.stopped.key"
	case howMail:
		how = "activity.stopped.mail"
	}
	l.more = say("line.and", with{"First": l.more, "Second": say(how, values)})
	return l
}
