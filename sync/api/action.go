package api

import "strings"

// Action is what a browser asks devices to allow beside a sign-in, as they show it and
// sign it (trust.StepUp).
type Action struct {
	Op      Change // ChangeCredential makes an app password, ChangeRevoked removes one
	Service string // title of the service
	Name    string // of the app password
}

// begins gives how the sentence begins; "" of other changes. Signed; do not change.
func (c Change) begins() string {
	switch c {
	case ChangeCredential:
		return "Make an app password for "
	case ChangeRevoked:
		return "Remove the app password for "
	}
	return ""
}

// Sentence is what is signed, at most 256 bytes; "" of no action.
func (a Action) Sentence() string {
	if a.Op.begins() == "" {
		return ""
	}
	return a.Op.begins() + a.Service + ": " + a.Name
}

// ParseAction reads such a sentence; false for anything else. Where the title of a
// service holds ": ", the two names are split too early; the sentence is the same.
func ParseAction(sentence string) (Action, bool) {
	for _, op := range []Change{ChangeCredential, ChangeRevoked} {
		rest, ok := strings.CutPrefix(sentence, op.begins())
		if !ok {
			continue
		}
		service, name, ok := strings.Cut(rest, ": ")
		return Action{Op: op, Service: service, Name: name}, ok && service != "" && name != ""
	}
	return Action{}, false
}
