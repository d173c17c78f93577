package main

// How long things take that hardly vary.
const (
	fetching  hours = 4  // the paper, and typing it in; assumed
	newSIM    hours = 48 // a card for the same number; assumed
	searching hours = 14 * day
	starting  hours = 12 // until the owner begins a stopped wait anew; assumed
)

// Reasons of a lock-out.
const (
	noHome             = "everything at home gone, phone and key with it"
	noDeviceNoKey      = "devices and key gone"
	noDeviceNoPassword = "devices and password gone"
	noPasswordNoKey    = "password and key gone"
	nothingLeft        = "all three gone"
	disabledNoKey      = "disabled by strangers, key gone"
	disabledNoDevice   = "disabled by strangers, devices gone"
)

// mend is the owner's way back after finding that something is gone: the table "any
// two of three" of docs/protocol.md, row by row.
func (h *house) mend() {
	p, d, k := h.hasPassword(), h.hasDevice(), h.hasKey()
	switch {
	case h.disabled && d && k:
		h.disabled = false
		h.reset(fetching)
	case h.disabled:
		h.lastHope()
	case p && h.holds():
		// Nothing is needed: a new key or device is a matter of minutes.
	case p && d && k:
		h.regain(fetching)
	case p && d:
		h.regain(newSIM)
	case p && k:
		h.regainByWait()
	case p && h.number && h.rules.textWait > 0:
		h.regainByMessage(h.rules.textWait)
	case p && h.rules.mailWait > 0 && h.lucky(mailReached, 0):
		h.regainByMessage(h.rules.mailWait)
	case d && k:
		h.reset(fetching)
	case d && h.rules.aloneWait > 0:
		h.resetByWait()
	default:
		h.lastHope()
	}
}

// regain trusts the phone that was bought for the lost one.
func (h *house) regain(after hours) {
	h.outages = append(h.outages, after)
	h.trusted[phone], h.snatched = true, false
}

// reset sets another password. Written down or not is drawn anew, and so is the key
// where it was used.
func (h *house) reset(after hours) {
	h.outages = append(h.outages, after)
	used := h.hasKey()
	h.newPassword()
	if used && h.rules.renews {
		h.newKey()
	}
	h.snatched = false
	h.replaceKeyLater()
}

// replaceKeyLater has a key replaced that was missed on the way.
func (h *house) replaceKeyLater() {
	if !h.hasKey() {
		h.replaceKey()
	}
}

// regainByWait is a new device by password and key. The key is replaced after it.
func (h *house) regainByWait() {
	if h.rules.pairWait == 0 {
		h.regain(fetching)
		return
	}
	took := h.wait(h.rules.pairWait, h.rules.twoBeatOne, h.snatched)
	if h.end != inUse {
		return
	}
	h.regain(fetching + took)
	h.newKey()
}

// regainByMessage is a new device by password and a message to the owner, where the
// rules know that. The key, which was gone, is replaced then.
func (h *house) regainByMessage(lasts hours) {
	took := h.wait(lasts, h.rules.twoBeatOne, h.snatched)
	if h.end == inUse {
		h.regain(took)
		h.replaceKeyLater()
	}
}

// resetByWait is a new password by a device alone.
func (h *house) resetByWait() {
	took := h.wait(h.rules.aloneWait, false, h.snatched)
	if h.end == inUse {
		h.reset(took)
	}
}

// lastHope is searching the house, and one's memory. What is found is used; where
// nothing is, the operator is asked, if the rules know one.
func (h *house) lastHope() {
	found := false
	if !h.hasKey() && h.lucky(keyFoundAgain, uint64(h.key)) {
		h.paper, found = true, true
	}
	if !h.hasPassword() && h.lucky(passwordBack, uint64(h.password)) {
		h.knows, found = true, true
	}
	before, anew := len(h.outages), h.anew
	switch {
	case found:
		h.mend()
	case h.operatorHelps():
		h.beginAnew()
	default:
		h.finish(lockedOut, h.missing())
	}
	switch {
	case h.end != inUse, found && h.anew > anew: // the search is counted
	case len(h.outages) > before:
		h.outages[before] += searching
	default:
		h.outages = append(h.outages, searching)
	}
}

// missing names what keeps the owner out.
func (h *house) missing() string {
	p, d, k := h.hasPassword(), h.hasDevice(), h.hasKey()
	switch {
	case h.disabled && !k:
		return disabledNoKey
	case h.disabled:
		return disabledNoDevice
	case h.burning && !d && !k:
		return noHome
	case !p && !d && !k:
		return nothingLeft
	case !d && !k:
		return noDeviceNoKey
	case !d:
		return noDeviceNoPassword
	default:
		return noPasswordNoKey
	}
}
