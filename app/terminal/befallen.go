package terminal

import (
	"fmt"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// befallen is a line about what became of the account: waits and what they led to,
// what was brought back, and what does not match.
func befallen(a app.Activity) string {
	switch api.EventKind(a.Kind) {
	case api.EventWait:
		return fmt.Sprintf("somebody asked for this: %s; it can be stopped until %s", asked(a), moment(a.Until))
	case api.EventHalf:
		return fmt.Sprintf("half of a wait is over: %s; it can be stopped until %s", asked(a), moment(a.Until))
	case api.EventReady:
		return "a wait is over: " + asked(a)
	case api.EventStop:
		return fmt.Sprintf("what waited was stopped %s: %s", stoppedBy(a), asked(a))
	case api.EventReset:
		if a.By == "key" {
			return "the password was replaced with the recovery key on " + a.Device
		}
		return "the password was replaced without the old one on " + a.Device
	case api.EventRegained:
		return a.Device + " came in with password and recovery key"
	case api.EventLeft:
		return "two-step verification was switched off: the password alone lets in"
	case api.EventReplaced:
		return "the account was begun anew: this one is over"
	case api.EventContact:
		return aboutContact(a)
	}
	if a.Kind == app.EntryUnaccounted {
		return unaccounted(a)
	}
	return a.Kind
}

// aboutContact is a line about what became of an address.
func aboutContact(a app.Activity) string {
	switch a.By {
	case api.ContactRemoved:
		return "security messages go no more to " + a.Address
	case api.ContactSignIn:
		return "text messages to this number let in who has the password: " + a.Address
	case api.ContactNoSignIn:
		return "text messages to this number let nobody in any more: " + a.Address
	}
	return "security messages go to " + a.Address
}

// unaccounted is a line about an answer of this device that leads nowhere.
func unaccounted(a app.Activity) string {
	answer := "allowed a sign-in"
	if a.Answer == trust.NotMe {
		answer = "said not me to a sign-in"
	}
	return fmt.Sprintf("you %s, asked %s: %s from %s", answer, a.Asking.Format("2006-01-02 15:04:05"), a.Agent, a.Address)
}

// asked says what a wait is for.
func asked(a app.Activity) string { return wanted(app.Wait{Kind: a.Asked, Name: a.Device}) }

// stoppedBy says who or what stopped a wait.
func stoppedBy(a app.Activity) string {
	switch a.By {
	case "device":
		return "on " + a.Who
	case "password":
		return "with the password"
	case "key":
		return "with the recovery key"
	case "mail":
		return "from a security mail"
	}
	return "because what began it is gone"
}
