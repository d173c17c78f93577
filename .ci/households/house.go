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
	number  bool // the telephone number is the owner's

	knows    bool // the password, by heart
	written  bool // it lies at home on paper
	password int  // how many there have been

	paper   bool // the key, at home
	second  bool // and elsewhere
	key     int  // how many there have been
	keyBorn hours

	disabled bool // see rules.disable
	leaked   bool // a stranger knows the password
	copied   bool // an insider has the key
	snatched bool // a thief holds a device that still belongs and is after the account

	end     end
	why     string
	ended   hours
	outages []hours // times of being shut out that ended well
	entries int     // strangers who were signed in for a while, without taking the account
}

// settle makes a household on its first day.
func settle(r rules, v rates, l luck) *house {
	h := &house{rules: r, rates: v, luck: l, number: r.text}
	trusts := v[trustsSecond]
	if r.advice {
		trusts = v[trustsAdvised]
	}
	h.owns = [deviceKinds]bool{true, h.lucky(ownsComputer, 0), h.lucky(ownsTablet, 0)}
	for i := range h.owns {
		h.trusted[i] = h.owns[i] && (i == phone || l.of(trustsSecond, 0, uint64(i)) < trusts)
	}
	h.newPassword()
	h.newKey()
	return h
}

// live plays a life and gives what became of the household.
func (h *house) live(l life, end hours) *house {
	events := l.events
	for h.end == inUse {
		var e event
		switch {
		case len(h.queue) > 0 && (len(events) == 0 || h.queue[0].at <= events[0].at):
			e, h.queue = h.queue[0], h.queue[1:]
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
func (h *house) hasKey() bool      { return h.paper || h.second }
func (h *house) hasDevice() bool   { return h.holds() || h.number }

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
	h.second = h.paper && h.lucky(keySecondCopy, uint64(h.key))
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
