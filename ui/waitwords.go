package ui

import (
	"github.com/countersign/countersign/app"
)

// The kinds of wait, as the account's backend calls them.
const (
	waitDevice   = "device"   // a new device, with password and recovery key
	waitPassword = "password" // another password, with a device alone
	waitLeave    = "leave"    // two-step sign-in off
	waitRenew    = "renew"    // the account begun anew, as the operator was asked to
	waitRemove   = "remove"   // a second device removed by one within a day
)

// waitWords are the keys of what is said of one wait. Sentences have places for the
// device (Device) and for the one that asked (By).
type waitWords struct {
	head        string // what was asked for, and by which device
	with        string // with what it was asked for
	over        string // what can be had now
	title, body string // the same at large
	stop        string // what stopping does
	stopped     string // what it has done, and what to do if it was somebody else
}

// waitWordings has the words for each kind of wait that another device asked for.
func waitWordings() map[string]waitWords {
	return map[string]waitWords{
		waitDevice: {"wait.device", "wait.with.key", "wait.over.device",
			"wait.device.title", "wait.device.body", "wait.stop.device", "wait.stopped.device"},
		waitPassword: {"wait.password", "wait.with.device", "wait.over.password",
			"wait.password.title", "wait.password.body", "wait.stop.password", "wait.stopped.password"},
		waitLeave: {"wait.leave", "wait.with.password", "wait.over.leave",
			"wait.leave.title", "wait.leave.body", "wait.stop.leave", "wait.stopped.leave"},
		waitRenew: {"wait.renew", "wait.with.operator", "wait.over.renew",
			"wait.renew.title", "wait.renew.body", "wait.stop.renew", "wait.stopped.renew"},
		waitRemove: {"wait.remove", "wait.with.second", "wait.over.remove",
			"wait.remove.title", "wait.remove.body", "wait.stop.remove", "wait.stopped.remove"},
	}
}

// wordsOf gives the keys for a wait. A kind that this version does not know has
// general ones: what it is can be stopped all the same.
func wordsOf(w app.Wait) waitWords {
	words, known := waitWordings()[string(w.Kind)]
	if !known {
		words = waitWords{"wait.other", "wait.with.other", "wait.over.other",
			"wait.other.title", "wait.other.body", "wait.stop.other", "wait.stopped.other"}
	}
	if !w.This {
		return words
	}
	words.stopped = "wait.stopped.this"
	switch w.Kind {
	case waitPassword:
		words.head, words.over, words.body = "wait.password.this", "wait.over.password.this", "wait.password.this.body"
	case waitLeave:
		words.head = "wait.leave.this"
	case waitRemove:
		words.head, words.with = "wait.remove.this", "wait.with.second.this"
		words.over, words.body = "wait.over.remove.this", "wait.remove.this.body"
	}
	return words
}

// toldOf puts one of a wait's sentences together.
func (u *UI) toldOf(w app.Wait, key string) string {
	by, _ := u.member(w.Device)
	name := w.Name
	if d, known := u.toGo(w); known {
		name = d.Name
	}
	return say(key, with{"Device": orElse(name, "word.a-device"), "By": orElse(by.Name, "word.a-device")})
}
