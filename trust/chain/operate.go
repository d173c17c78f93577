package chain

import (
	"slices"

	"github.com/countersign/countersign/trust"
)

// operate performs the operation and gives the key whose holder must prove
// possession, if any. Elements are never changed in place, only appended or
// copied, because other States share them.
func (s *State) operate(b body) (introduced *trust.SignKey, ok bool) {
	switch b.Op {
	case OpGenesis:
		return nil, s.begin(b)
	case OpAddDevice:
		return s.addDevice(b)
	case OpRemoveDevice:
		return nil, s.removeDevice(b)
	case OpSetRecovery:
		return s.setRecovery(b)
	case OpSetVerifier:
		return nil, s.setVerifier(b)
	case OpSetPolicy:
		return nil, s.setPolicy(b)
	case OpAddCredential:
		return nil, s.addCredential(b)
	case OpRevokeCredential:
		return nil, s.revokeCredential(b)
	}
	return nil, false
}

func (s *State) begin(b body) bool {
	var g genesis
	if trust.Unmarshal(b.Arg, &g) != nil || g.Policy.Check() != nil || !s.admit(g.Device, b.Time) {
		return false
	}
	s.policy = g.Policy
	return s.admitVerifier(g.Verifier)
}

func (s *State) addDevice(b body) (*trust.SignKey, bool) {
	var d trust.Device
	if trust.Unmarshal(b.Arg, &d) != nil || !s.admit(d, b.Time) {
		return nil, false
	}
	return &d.Sign, true
}

func (s *State) admit(d trust.Device, since uint64) bool {
	if d.Check() != nil || len(s.devices) >= MaxDevices || slices.Contains(s.usedIDs, d.ID) || s.inUse(d.Sign, d.KEM) {
		return false
	}
	s.devices = append(s.devices, member{device: d, since: since})
	s.usedIDs = append(s.usedIDs, d.ID)
	return true
}

func (s *State) removeDevice(b body) bool {
	var id trust.DeviceID
	if trust.Unmarshal(b.Arg, &id) != nil || len(s.devices) < 2 {
		return false
	}
	rest := without(s.devices, func(m member) bool { return m.device.ID == id })
	if len(rest) == len(s.devices) {
		return false
	}
	s.devices = rest
	return true
}

func (s *State) setRecovery(b body) (*trust.SignKey, bool) {
	var r trust.Recovery
	if trust.Unmarshal(b.Arg, &r) != nil || r.Check() != nil || s.inUse(r.Sign, r.KEM) {
		return nil, false
	}
	s.recoveries = append(without(s.recoveries, func(old trust.Recovery) bool { return old.Which == r.Which }), r)
	return &r.Sign, true
}

func (s *State) setVerifier(b body) bool {
	var v trust.Verifier
	return trust.Unmarshal(b.Arg, &v) == nil && s.admitVerifier(v)
}

// admitVerifier adds v or replaces the record with its id, in its place.
func (s *State) admitVerifier(v trust.Verifier) bool {
	if v.Check() != nil {
		return false
	}
	sameID := func(old trust.Verifier) bool { return old.ID == v.ID }
	at := slices.IndexFunc(s.verifiers, sameID)
	if at < 0 {
		at = len(s.verifiers)
	}
	s.verifiers = without(s.verifiers, sameID) // before inUse: a record may keep its own keys
	if len(s.verifiers) >= MaxVerifiers || s.inUse(v.Sign, v.KEM) {
		return false
	}
	s.verifiers = slices.Insert(s.verifiers, at, v)
	return true
}

func (s *State) setPolicy(b body) bool {
	var p trust.Policy
	if trust.Unmarshal(b.Arg, &p) != nil || p.Check() != nil {
		return false
	}
	s.policy = p
	return true
}

func (s *State) addCredential(b body) bool {
	var c trust.Credential
	if trust.Unmarshal(b.Arg, &c) != nil || c.Check() != nil || slices.Contains(s.usedCreds, c.ID) || s.full(c.Kind) {
		return false
	}
	s.creds = append(s.creds, Held{Credential: c, Seq: b.Seq, By: b.Author, Made: b.Time})
	s.usedCreds = append(s.usedCreds, c.ID)
	return true
}

// full reports whether no further credential of the kind fits.
func (s *State) full(kind string) bool {
	n := 0
	for _, c := range s.creds {
		if c.Kind == kind {
			n++
		}
	}
	if kind == trust.AppPassword {
		return n >= MaxAppPasswords
	}
	return n >= MaxOtherCreds
}

func (s *State) revokeCredential(b body) bool {
	var id [16]byte
	if trust.Unmarshal(b.Arg, &id) != nil {
		return false
	}
	if id == ([16]byte{}) {
		s.end(b, func(h Held) bool { return h.Kind == trust.AppPassword })
		return true
	}
	return s.end(b, func(h Held) bool { return h.ID == id })
}

// inUse reports whether a current device, recovery key or verifier holds one of
// the keys: a key of two holders would let one speak for the other.
func (s *State) inUse(sign trust.SignKey, kem trust.KEMKey) bool {
	same := func(s trust.SignKey, k trust.KEMKey) bool { return s == sign || slices.Equal(k, kem) }
	return slices.ContainsFunc(s.devices, func(m member) bool { return same(m.device.Sign, m.device.KEM) }) ||
		slices.ContainsFunc(s.recoveries, func(r trust.Recovery) bool { return same(r.Sign, r.KEM) }) ||
		slices.ContainsFunc(s.verifiers, func(v trust.Verifier) bool { return same(v.Sign, v.KEM) })
}

// without gives a new slice with the elements that gone does not name.
func without[T any](all []T, gone func(T) bool) []T {
	rest := make([]T, 0, len(all)+1)
	for _, v := range all {
		if !gone(v) {
			rest = append(rest, v)
		}
	}
	return rest
}
