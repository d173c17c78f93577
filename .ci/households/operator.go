package main

// asking is until the operator has heard of it and begins; assumed.
const asking hours = 2 * day

// byRenewal is a takeover by the operator's last resort.
const byRenewal = "operator deceived, wait not stopped"

// operatorHelps reports whether somebody can still enter the server for the owner:
// another person, who knows the owner, or the owner, who runs it alone.
func (h *house) operatorHelps() bool {
	if h.rules.renewWait == 0 || h.burning && h.lucky(serverInHome, 0) {
		return false
	}
	if h.operatedByAnother() {
		return h.lucky(operatorReached, 0)
	}
	return h.lucky(operatorEnters, 0)
}

// operatedByAnother is settled for life: who runs the server.
func (h *house) operatedByAnother() bool {
	return h.luck.of(operatorElse, 0, 0) < h.rates[operatorElse]
}

// beginAnew is docs/protocol.md §10.8: another account under the old name, after a
// wait that any one thing stops. Nothing of the old one counts in it.
func (h *house) beginAnew() {
	took := h.wait(h.rules.renewWait, false, h.snatched)
	if h.end != inUse {
		return
	}
	h.anew++
	h.outages = append(h.outages, asking+took)
	h.disabled, h.snatched = false, false
	for i := range h.trusted {
		h.trusted[i] = i == phone || !h.burning && h.trustsFurther(i)
	}
	h.newPassword()
	h.newKey()
}

// deceive is somebody who asks the operator for an account that is another's. Who
// runs the server alone is not deceived about himself.
func (h *house) deceive() {
	if h.rules.renewWait > 0 && h.operatedByAnother() && h.lucky(operatorBelieves, 0) && h.lucky(renewalUnseen, 0) {
		h.finish(taken, byRenewal)
	}
}
