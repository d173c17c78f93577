package notice

import "github.com/countersign/countersign/sync/api"

// kind says which sentences a message is made of: the subject and the meaning by
// its own name, and the advice, which several share.
type kind struct {
	name   string
	means  string // where it is another's
	advice string
}

// about finds the kind of a message; false if it is nothing to write about.
func about(m Message) (kind, bool) {
	if m.Code != "" && m.SignIn {
		return kind{name: "code-sign-in", advice: "code-sign-in"}, true
	}
	if m.Code != "" {
		return kind{name: "code", advice: "code"}, true
	}
	switch e := m.Event; e.Kind {
	case api.EventChain:
		return aboutChain(e.Data), true
	case api.EventUsed:
		return kind{name: "app-used", advice: "app"}, true
	case api.EventWait, api.EventHalf, api.EventReady, api.EventStop:
		return aboutWait(e)
	case api.EventReset:
		if e.Data.By == "wait" {
			return kind{name: "reset-wait", advice: "password"}, true
		}
		return kind{name: "reset-key", advice: "password"}, true
	case api.EventContact:
		return aboutContact(e.Data.By), true
	case api.EventText:
		return kind{name: "by-text", advice: "by-text"}, true
	case api.EventDone:
		if e.Data.By == "password" {
			return kind{name: "done-alone", advice: "known"}, !e.Data.Known
		}
		return kind{name: "done", advice: "known"}, !e.Data.Known && e.Data.By != ByService
	default:
		return aboutPlain(e.Kind)
	}
}

// aboutContact is about what became of an address.
func aboutContact(by string) kind {
	name, ok := map[string]string{
		api.ContactRemoved:  "contact-removed",
		api.ContactSignIn:   "contact-sign-in",
		api.ContactNoSignIn: "contact-no-sign-in",
	}[by]
	if !ok {
		name = "contact-confirmed"
	}
	return kind{name: name, advice: "look"}
}

// aboutPlain is about the kinds of event that say everything themselves.
func aboutPlain(k api.EventKind) (kind, bool) {
	advice, ok := map[api.EventKind]string{
		api.EventPassword: "password",
		api.EventRegained: "device",
		api.EventLeft:     "device",
		api.EventDenied:   "known",
		api.EventBurned:   "known",
		api.EventPaused:   "look",
		api.EventOff:      "look",
		api.EventOffline:  "known",
		api.EventTwoStep:  "look",
		api.EventReplaced: "operator",
	}[k]
	return kind{name: string(k), advice: advice}, ok
}

// ByService is EventData.By of a sign-in at a service that asked for the code, as a
// shell: no message tells of each, since a device allowed it and shows it.
const ByService = "service"

// aboutChain is about an entry; in general words about changes that are unknown.
func aboutChain(d api.EventData) kind {
	switch op := d.Op; op {
	case api.ChangeCredential, api.ChangeRevoked:
		if d.Count == 0 {
			return kind{name: "chain-" + string(op), advice: "device"}
		}
		return aboutAppPasswords(d)
	case api.ChangeAdded, api.ChangeRemoved, api.ChangeRecovery, api.ChangeVerifier, api.ChangePolicy:
		return kind{name: "chain-" + string(op), advice: "device"}
	}
	return kind{name: "chain", advice: "device"}
}

// aboutAppPasswords is about one that was made, or those that were ended.
func aboutAppPasswords(d api.EventData) kind {
	switch {
	case d.Op == api.ChangeCredential:
		return kind{name: "chain-app", advice: "device"}
	case d.Count == 1:
		return kind{name: "chain-app-ended", advice: "device"}
	}
	return kind{name: "chain-apps-ended", advice: "device"}
}

// program gives what the app password is called that an event is about, "" for none.
func program(e api.Event) string {
	if e.Kind == api.EventUsed || e.Kind == api.EventChain && e.Data.Count == 1 {
		return e.Data.Name
	}
	return ""
}

// aboutWait is about the stages of a wait; in general words about one of a kind that
// is unknown. Half of it means what the beginning meant.
func aboutWait(e api.Event) (kind, bool) {
	if e.Data.Wait == nil {
		return kind{}, false
	}
	what := e.Data.Wait.Kind
	switch what {
	case api.WaitDevice, api.WaitPassword, api.WaitLeave, api.WaitRenew, api.WaitRemove:
	default:
		what = "other"
	}
	k := kind{name: string(e.Kind) + "-" + string(what), advice: "wait"}
	switch e.Kind {
	case api.EventHalf:
		k.means = string(api.EventWait) + "-" + string(what)
	case api.EventReady:
		if what == api.WaitLeave {
			k.advice = "device" // it is done by now
		}
	case api.EventStop:
		k.advice = "stopped"
	}
	return k, true
}
