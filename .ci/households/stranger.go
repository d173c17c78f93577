package main

// guessed is the chance to guess one of 10,000 codes with the six tries that a
// password allows, see docs/protocol.md §6.4.
const guessed = 6.0 / 10000

// Reasons of a takeover.
const (
	byCode       = "code told or guessed, account changed"
	bySwap       = "telephone number taken over"
	byThief      = "snatched phone, password known"
	byThiefsWait = "snatched phone, its wait not stopped"
	byMailbox    = "password and mailbox, wait not stopped"
	byInsider    = "paper and password"
	byInsiderD   = "paper and unlocked phone"
)

// expose is a password in a stranger's hands, who tries to sign in with it.
func (h *house) expose(told rate) {
	chance := guessed
	if h.rules.hidden {
		chance *= h.rates[allowsBlindly]
	}
	if h.lucky(told, 0) || h.luck.of(allowsBlindly, h.now, 0) < chance {
		if !h.rules.guarded && h.lucky(seizes, 0) {
			h.finish(taken, byCode)
			return
		}
		h.entries++
	}
	h.leaked = true
	if h.rules.mailWait > 0 && h.lucky(mailKnown, 0) && h.lucky(unseenThree, 0) {
		h.finish(taken, byMailbox)
		return
	}
	if h.lucky(passwordChanged, 0) {
		h.later(event{h.now + 7*day, passwordRenewed, h.password})
	}
}

// hammer is strangers' failed attempts at the name. Ours slow the strangers; the
// owner's door, devices and key are counted apart.
func (h *house) hammer() {
	if h.rules.disable {
		h.disabled = true
		h.mend()
	}
}

// swap is the owner's number on a stranger's card. Where it has to wait, the owner's
// silent telephone is one notice more, which is not counted.
func (h *house) swap() {
	knows := h.leaked || h.lucky(swapperKnows, 0)
	if h.number && knows && (h.rules.text || h.lucky(unseenThree, 0)) {
		h.finish(taken, bySwap)
	}
}

// snatch is a thief with the unlocked phone. Where a device alone can ask for a new
// password, the thief can, and can stop what the owner begins.
func (h *house) snatch() {
	holds := h.trusted[phone]
	if (holds || h.number && h.rules.text) && h.lucky(thiefKnows, 0) {
		h.finish(taken, byThief)
		return
	}
	h.snatched = holds && h.lucky(thiefTries, 0)
	if h.snatched && h.rules.aloneWait > 0 && h.lucky(unseenThree, 0) {
		h.finish(taken, byThiefsWait)
		return
	}
	h.lose(phone)
	if h.end != inUse || !h.holds() || !h.snatched {
		return
	}
	if h.hasPassword() {
		h.snatched = false // removed from another device at once
		return
	}
	h.mend()
}

// copyKey is somebody in the house who finds the paper. With the phone in hand the
// password is reset at once, under both rules; with the password our rules wait.
func (h *house) copyKey() {
	if !h.paper {
		return
	}
	h.copied = true
	if h.trusted[phone] && h.lucky(insiderHoldsPhone, 0) {
		h.finish(taken, byInsiderD)
		return
	}
	h.useKey()
}

// copySecond is somebody who finds the copy that lies elsewhere, far from the phone.
func (h *house) copySecond() {
	if h.second {
		h.copied = true
		h.useKey()
	}
}

// useKey is what the password makes of a copied key.
func (h *house) useKey() {
	switch {
	case !h.lucky(insiderKnows, 0):
	case h.rules.pairWait == 0:
		h.finish(taken, byInsider)
	default:
		h.stopInsider()
	}
}

// stopInsider is the owner's part when an insider waits for a device of his own: a
// day to stop it, then three in which it is young and can be removed.
func (h *house) stopInsider() {
	unseen := h.luck.of(unseenDay, h.now, 0)
	if unseen < h.rates[unseenThree] {
		h.finish(taken, byInsider)
		return
	}
	if unseen < h.rates[unseenDay] {
		h.entries++
	}
	if h.hasPassword() && h.hasDevice() {
		h.newPassword()
		h.newKey()
	}
}

// wait is how long the owner's wait takes in the end. Any one thing stops it: in the
// owner's house by mistake, or in a stranger's hands, until he gives up. A thief who
// keeps the owner out has a wait of his own, which the owner must stop each time.
func (h *house) wait(lasts hours, once, thief bool) hours {
	h.stopped.Begun++
	again := lasts/2 + starting
	took := lasts
	for n := uint64(0); n < 20 && h.lucky(stopsByMistake, n); n++ {
		h.stopped.Mistake++
		took += again
	}
	stopped := thief || h.leaked && h.lucky(strangerStops, 1) || h.copied && h.lucky(strangerStops, 2)
	if !stopped {
		return took
	}
	h.blame(thief)
	if once {
		return took + again
	}
	patience := h.spell(daysToGiveUp, 0)
	if thief {
		h.outlast(patience)
	}
	return took + patience
}

// blame counts who stopped the owner.
func (h *house) blame(thief bool) {
	if thief {
		h.stopped.Thief++
	} else {
		h.stopped.Stranger++
	}
}

// outlast is the owner stopping the thief's wait again and again.
func (h *house) outlast(patience hours) {
	if h.rules.aloneWait == 0 {
		return
	}
	for n := uint64(1); hours(n)*h.rules.aloneWait <= patience; n++ {
		if h.lucky(unseenThree, n) {
			h.finish(taken, byThiefsWait)
			return
		}
	}
}
