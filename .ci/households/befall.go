package main

// befall is one event's effect on the household's things.
func (h *house) befall(e event) {
	switch e.what {
	case deviceGone:
		h.lose(e.which)
	case deviceOutdated:
		if !h.lucky(pairsFirst, 0) {
			h.lose(e.which)
		}
	case deviceSnatched:
		h.snatch()
	case homeGone:
		h.burn()
	case homeMoved:
		if h.lucky(keyLostMoving, 0) {
			h.losePaper()
		}
	case paperGone:
		h.losePaper()
	case passwordGone:
		h.forget()
	case numberGone:
		h.loseNumber()
	case passwordPhished:
		h.expose(codeTold)
	case passwordLeaked:
		h.expose(codeToldLater)
	case nameHammered:
		h.hammer()
	case numberSwapped:
		h.swap()
	case paperCopied:
		h.copyKey()
	case secondGone:
		h.second = false // found out as a lost paper is
	case secondCopied:
		h.copySecond()
	case operatorBegged:
		h.deceive()
	default:
		h.follow(e)
	}
}

// follow is what the household does some time after a mishap.
func (h *house) follow(e event) {
	switch e.what {
	case deviceBought:
		if h.hasPassword() && h.hasDevice() && h.lucky(pairsAgain, uint64(e.which)) {
			h.trusted[e.which] = true
		}
	case passwordNeeded:
		if e.which == h.password && !h.hasPassword() {
			h.mend()
		}
	case paperMissed:
		if e.which == h.key {
			h.replaceKey()
		}
	case paperAsked:
		h.ask(e.which)
	case homeRekeyed:
		h.replaceKey()
	case passwordRenewed:
		if e.which == h.password && h.hasPassword() && h.hasDevice() {
			h.newPassword()
		}
	case numberRenewed:
		h.number = h.number || h.hasPassword() && h.hasDevice()
	}
}

// lose is a device that nobody else can use.
func (h *house) lose(which int) {
	if !h.owns[which] {
		return
	}
	had := h.trusted[which]
	h.trusted[which] = false
	h.later(event{h.now + h.spell(daysToReplace, uint64(which)), deviceBought, which})
	if had && !h.holds() {
		h.mend()
	}
}

// burn is the loss of everything at home.
func (h *house) burn() {
	h.written, h.paper = false, false
	gone := [deviceKinds]bool{h.lucky(phoneInHome, 0), true, true}
	for i := range gone {
		h.trusted[i] = h.trusted[i] && !gone[i]
		if gone[i] && h.owns[i] {
			h.later(event{h.now + h.spell(daysToReplace, uint64(i)), deviceBought, i})
		}
	}
	if h.lucky(rekeyedAfter, 0) {
		h.later(event{h.now + month, homeRekeyed, 0})
	}
	if !h.holds() {
		h.burning = true
		h.mend()
		h.burning = false
	}
}

// losePaper is found out only when somebody asks for it.
func (h *house) losePaper() {
	if h.paper {
		h.paper = false
		h.miss()
	}
}

// ask is the app's question for the key, as often as the rules say. It is answered
// from the paper or from the second copy, whichever is there; that neither is, is
// found out while the rest is there.
func (h *house) ask(which int) {
	if which != h.key {
		return
	}
	if !h.second && h.hasDevice() && h.lucky(drillDone, 0) {
		h.replaceKey()
	}
	if which != h.key {
		return // the new key has its own drill
	}
	next := h.rules.drillLater
	if h.now-h.keyBorn < h.rules.drillEarly {
		next = month
	}
	h.later(event{h.now + next, paperAsked, h.key})
}

// replaceKey makes a new key for a paper that is not there. It takes password and
// device; the key's copy on a device is sealed under the password, so no more.
func (h *house) replaceKey() {
	if !h.paper && h.hasPassword() && h.hasDevice() && !h.disabled {
		h.newKey()
	}
}

// forget is noticed when the password is needed the next time.
func (h *house) forget() {
	if !h.knows {
		return
	}
	h.knows = false
	h.later(event{h.now + h.spell(daysToNotice, 0), passwordNeeded, h.password})
}

// loseNumber is put right when it is noticed, a year later in the mean.
func (h *house) loseNumber() {
	if h.number {
		h.number = false
		h.later(event{h.now + spell(h.luck.of(numberLost, h.now, 1), 365), numberRenewed, 0})
	}
}
