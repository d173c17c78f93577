package main

import "slices"

// end is what became of an account. Every account has exactly one.
type end int

// The ends.
const (
	inUse end = iota
	lockedOut
	taken
	endCount
)

// house is one household with one account under one set of rules.
type house struct {
	rules rules
	rates rates
	luck  luck
	now   hours
	queue []event // what follows from what happened, by time

	owns    [deviceKinds]bool
	trusted [deviceKinds]bool
	number  bool // the telephone number is the owner's, where the rules ask for one
	friends bool // there are recovery contacts

	knows    bool // the password, by heart
	written  bool // it lies at home on paper
	password int  // how many there have been

	paper   bool // the key, at home
	second  bool // and elsewhere, on a sheet or in a password manager
	key     int  // how many there have been
	keyBorn hours

	disabled bool // see rules.disable
	leaked   bool // a stranger knows the password
	copied   bool // an insider has the key
	burning  bool // the home was lost just now
	snatched bool // a thief holds a device that still belongs and is after the account

	end     end
	why     string
	ended   hours
	outages []hours // times of being shut out that ended well
	stopped stops   // waits of the owner that somebody stopped
	anew    int     // times the operator began the account anew
	entries int     // strangers who were signed in for a while, without taking the account
}

// stops counts the owner's waits that were stopped, by whom.
type stops struct {
	Begun    int `json:"begun"`
	Mistake  int `json:"byMistake"` // by somebody of the household, each time
	Thief    int `json:"byThief"`   // by the thief of a device that still belonged
	Stranger int `json:"byStranger"`
}

// settle makes a household on its first day.
func settle(r rules, v rates, l luck) *house {
	h := &house{queue: make([]event, 0, 8), rules: r, rates: v, luck: l, number: r.text || r.textWait > 0}
	h.friends = r.contacts && h.lucky(hasContacts, 0)
	h.owns = [deviceKinds]bool{true, h.lucky(ownsComputer, 0), h.lucky(ownsTablet, 0)}
	for i := range h.owns {
		h.trusted[i] = i == phone || h.trustsFurther(i)
	}
	h.newPassword()
	h.newKey()
	return h
}

// trustsFurther reports whether a device besides the phone becomes trusted at a start.
func (h *house) trustsFurther(which int) bool {
	trusts := h.rates[trustsSecond]
	if h.rules.advice {
		trusts = h.rates[trustsAdvised]
	}
	return h.owns[which] && (h.rules.demand || h.luck.of(trustsSecond, h.now, uint64(which)) < trusts)
}

// live plays a life and gives what became of the household.
func (h *house) live(l life, end hours) *house {
	events := l.events
	for h.end == inUse {
		var e event
		switch {
		case len(h.queue) > 0 && (len(events) == 0 || h.queue[0].at <= events[0].at):
			e = h.queue[0]
			h.queue = slices.Delete(h.queue, 0, 1)
		case len(events) > 0:
			e, events = events[0], events[1:]
		default:
			return h
		}
		if e.at >= end {
			return h
		}
		h.now = e.at
		h.befall(e)
	}
	return h
}

// later plans what follows.
func (h *house) later(e event) {
	i := 0
	for i < len(h.queue) && h.queue[i].at <= e.at {
		i++
	}
	h.queue = slices.Insert(h.queue, i, e)
}

// lucky asks a question of this moment.
func (h *house) lucky(question rate, salt uint64) bool {
	return h.luck.of(question, h.now, salt) < h.rates[question]
}

// spell is how long something takes that begins now.
func (h *house) spell(question rate, salt uint64) hours {
	return spell(h.luck.of(question, h.now, salt), h.rates[question])
}

// hasPassword, hasDevice and hasKey tell what the owner truly has, known or not.
func (h *house) hasPassword() bool { return h.knows || h.written }
func (h *house) hasKey() bool      { return h.paper || h.second || h.friends }
func (h *house) hasDevice() bool   { return h.holds() || h.number && h.rules.text }

// holds reports whether a trusted device is in the owner's hands.
func (h *house) holds() bool { return slices.Contains(h.trusted[:], true) }

// newPassword is a password that nobody else knows.
func (h *house) newPassword() {
	h.password++
	h.knows, h.leaked = true, false
	h.written = h.lucky(passwordWritten, 0)
}

// newKey is a key typed back, and its paper, if it is kept.
func (h *house) newKey() {
	h.key++
	h.keyBorn, h.copied = h.now, false
	h.paper = !h.lucky(keyNeverKept, uint64(h.key))
	copied := h.rates[keySecondCopy]
	if h.rules.copies {
		copied = h.rates[keySecondAsked]
	}
	h.second = h.paper && h.luck.of(keySecondCopy, h.now, uint64(h.key)) < copied
	if !h.paper {
		h.miss()
	}
	if h.rules.drill {
		h.later(event{h.now + month, paperAsked, h.key})
	}
}

// miss has a lost paper be missed one day, even if nobody asks.
func (h *house) miss() {
	at := h.now + gap(h.luck.of(keyMissed, h.now, 0), h.rates[keyMissed])
	h.later(event{at, paperMissed, h.key})
}

// finish is the account's end.
func (h *house) finish(e end, why string) {
	h.end, h.why, h.ended = e, why, h.now
}
