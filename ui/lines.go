package ui

import (
	"time"

	"github.com/countersign/countersign/app"
)

// tone is the colour a line speaks in. A word or an icon always says the same.
type tone int

const (
	plain tone = iota // nothing to notice
	good              // it went as it should
	warm              // waiting or unusual
	bad               // wrong
)

// What the kinds of activity are called where they come from.
const (
	kindCreated  = "created"
	kindDone     = "done"
	kindWrong    = "wrong"
	kindBurned   = "burned"
	kindDenied   = "denied"
	kindExpired  = "expired"
	kindStopped  = "stopped"
	kindRefused  = "refused"
	kindTwoStep  = "two-step"
	kindPaused   = "paused"
	kindOff      = "off"
	kindResumed  = "resumed"
	kindPassword = "password"
	kindDoor     = "door"
	kindSignOut  = "sign-out"
	kindWait     = "wait"
	kindHalf     = "wait-half"
	kindReady    = "wait-over"
	kindStop     = "wait-stop"
	kindReset    = "reset"
	kindRegained = "regained"
	kindLeft     = "left"
	kindOffline  = "offline"
	kindText     = "text"
	kindContact  = "contact"
	kindReplaced = "replaced"
	kindAppUsed  = "app-used"
	kindAppStale = "app-stale"

	// Steps on the way, whose outcome has a line of its own.
	kindRequest  = "request"
	kindTarget   = "target"
	kindAnswered = "answered"
	kindChain    = "chain"
)

// group is what the filter of the activity page tells apart.
type group int

const (
	all group = iota
	signIns
	changes
	odd // what is not as usual, of either
)

// line is one activity in words.
type line struct {
	title, more string
	icon        string
	tone        tone
	group       group
}

// wording says how one kind of activity is told.
type wording struct {
	title, more string // keys; more may be empty
	icon        string
	tone        tone
	group       group
}

func wordings() map[string]wording {
	return map[string]wording{
		kindCreated:  {"line.created", "line.created.more", "person", good, changes},
		kindDone:     {"line.done", "line.done.more", "signin", good, signIns},
		kindWrong:    {"line.wrong", "line.browser", "warning", warm, signIns},
		kindBurned:   {"line.burned", "line.nobody-in", "cross", bad, signIns},
		kindDenied:   {"line.denied", "line.browser", "cross", bad, signIns},
		kindExpired:  {"line.expired", "line.nobody-in", "clock", plain, signIns},
		kindStopped:  {"line.stopped", "line.browser", "stop", plain, signIns},
		kindRefused:  {"", "line.refused.more", "repeat", warm, signIns},
		kindTwoStep:  {"line.two-step", "line.two-step.more", "check", good, changes},
		kindPaused:   {"line.paused", "line.paused.more", "pause", warm, changes},
		kindOff:      {"line.off", "line.off.more", "pause", warm, changes},
		kindResumed:  {"line.resumed", "line.resumed.more", "check", good, changes},
		kindPassword: {"line.password", "line.password.more", "password", good, changes},
		kindDoor:     {"line.door", "line.door.more", "signin", plain, changes},

		app.EntryAdded:    {"line.added", "line.on", "devices", good, changes},
		app.EntryRemoved:  {"line.removed", "line.on", "remove", warm, changes},
		app.EntryRecovery: {"line.new-key", "line.on", "recovery", plain, changes},
		app.EntryVerifier: {"line.service", "line.on", "server", plain, changes},
		app.EntryPolicy:   {"line.rules", "line.on", "settings", plain, changes},
		app.EntryCred:     {"line.credential", "line.on", "apps", plain, changes},
		app.EntryRevoked:  {"line.revoked", "line.on", "apps", plain, changes},
		kindSignOut:       {"line.sign-out", "line.browser", "signin", plain, signIns},

		kindOffline:  {"activity.offline", "activity.offline.more", "signin", good, signIns},
		kindText:     {"activity.text", "activity.text.more", "signin", warm, signIns},
		kindWait:     {"", "activity.until", "clock", warm, changes},
		kindHalf:     {"activity.half", "activity.asked-until", "clock", warm, changes},
		kindReady:    {"activity.ready", "activity.asked", "clock", warm, changes},
		kindStop:     {"activity.stop", "activity.asked", "stop", warm, changes},
		kindReset:    {"activity.reset", "line.password.more", "password", warm, changes},
		kindRegained: {"activity.regained", "activity.regained.more", "devices", warm, changes},
		kindLeft:     {"activity.left", "activity.left.more", "pause", warm, changes},
		kindReplaced: {"activity.replaced", "activity.replaced.more", "server", bad, changes},
		kindContact:  {"activity.contact", "activity.contact.more", "bell", plain, changes},

		kindAppUsed:  {"activity.app-used", "activity.app-used.more", "apps", warm, changes},
		kindAppStale: {"activity.app-stale", "activity.app-stale.more", "apps", warm, changes},

		app.EntryUnaccounted: {"activity.unaccounted", "activity.unaccounted.more", "warning", bad, signIns},
	}
}

// lines puts the activity into words, newest first, without the steps on the way
// whose outcome has its own line.
func lines(activity []app.Activity, now time.Time, only group) (out []app.Activity, told []line) {
	for _, a := range activity {
		l, ok := tell(a, now)
		if ok && l.belongs(only) {
			out, told = append(out, a), append(told, l)
		}
	}
	return out, told
}

// belongs reports whether the filter shows the line.
func (l line) belongs(only group) bool {
	return only == all || only == l.group || only == odd && (l.tone == warm || l.tone == bad)
}

// tell puts one activity into words; not ok where another line will say it.
func tell(a app.Activity, now time.Time) (line, bool) {
	switch a.Kind {
	case kindRequest, kindTarget, kindAnswered, kindChain:
		return line{}, false
	}
	w := wordingOf(a)
	values := with{
		"Service": orElse(a.Service, "word.the-account"), "Browser": browser(a), "Address": a.Address,
		"Device": orElse(a.Device, "word.a-device"), "Until": until(a.Until, now), "By": a.By,
		"Who": orElse(a.Who, "word.a-device"), "Moment": moment(a.Asking, now),
		"Label": orElse(a.Label, "word.a-program"),
	}
	if a.Action.Op != "" {
		values["Label"] = a.Action.Name
	}
	if isWait(a.Kind) {
		values["Asked"] = say(askedKey(a), values)
	}
	l := line{icon: w.icon, tone: w.tone, group: w.group, more: say(w.more, values)}
	switch {
	case a.Kind == kindRefused:
		l.title = count("line.refused", max(a.Count, 1), values)
	case a.Kind == app.EntryRevoked && a.Count > 1:
		l.title = count("activity.apps-ended", a.Count)
	default:
		l.title = say(w.title, values)
	}
	return withStopper(withRefused(l, a), a, values), true
}

// withRefused adds what else was refused when the person said Not me.
func withRefused(l line, a app.Activity) line {
	if a.Kind == kindDenied && a.Count > 0 {
		l.more = say("line.and", with{"First": l.more, "Second": count("line.then-refused", a.Count)})
	}
	return l
}

// browser says which program on which address, and that it was new.
func browser(a app.Activity) string {
	agent := orElse(a.Agent, "word.unknown-program")
	if a.Address == "" {
		return agent
	}
	return say("line.agent-address", with{"Agent": agent, "Address": a.Address})
}
