package chain

import (
	"slices"

	"github.com/countersign/countersign/trust"
)

// Open verifies a chain from its genesis entry on. ErrInvalid or ErrUnknown, and
// then no State.
func Open(entries [][]byte) (State, error) {
	if len(entries) == 0 {
		return State{}, ErrInvalid
	}
	var signed claims
	s, err := replay(entries, signed.keep)
	if err = signed.settle(err); err != nil {
		return State{}, err
	}
	return s, nil
}

// replay applies entries to nothing, up to the first that is refused.
func replay(entries [][]byte, holds func(claim) bool) (s State, err error) {
	for _, raw := range entries {
		e, b, err := decode(raw)
		if err == nil {
			err = s.apply(raw, e, b, holds)
		}
		if err != nil {
			return State{}, err
		}
	}
	return s, nil
}

// Apply verifies the next entry and gives the state after it. On ErrInvalid or
// ErrUnknown it gives s as it was.
func (s State) Apply(raw []byte) (State, error) {
	e, b, err := decode(raw)
	if err != nil {
		return s, err
	}
	next := s.fork()
	if err := next.apply(raw, e, b, claim.holds); err != nil {
		return s, err
	}
	return next, nil
}

// fork gives a copy whose appends leave s alone.
func (s State) fork() State {
	s.hashes = slices.Clip(s.hashes)
	s.devices = slices.Clip(s.devices)
	s.recoveries = slices.Clip(s.recoveries)
	s.verifiers = slices.Clip(s.verifiers)
	s.creds = slices.Clip(s.creds)
	s.usedIDs = slices.Clip(s.usedIDs)
	s.usedCreds = slices.Clip(s.usedCreds)
	return s
}

// apply checks the rules in the order of docs/protocol.md §4.2, of which decode
// has done the first two; holds judges signatures, or puts them off. After an
// error s is not to be used: the operation may have been half done.
func (s *State) apply(raw []byte, e entry, b body, holds func(claim) bool) error {
	if !s.follows(b) {
		return ErrInvalid
	}
	author, ok := s.authorKey(b)
	if !ok || !holds(claim{author, trust.ContextEntry, e.Body, e.Sig}) {
		return ErrInvalid
	}
	introduced, ok := s.operate(b)
	if !ok || !possessed(e, introduced, holds) {
		return ErrInvalid
	}
	s.hashes = append(s.hashes, trust.HashEntry(raw))
	return nil
}

// follows reports whether b stands at the next place of this very chain.
func (s *State) follows(b body) bool {
	if len(s.hashes) == 0 {
		return b.Op == OpGenesis && b.Account == (trust.AccountID{}) && b.Seq == 0 && b.Prev == (trust.Hash{})
	}
	h := s.Head()
	return b.Op != OpGenesis && b.Account == s.Account() && b.Seq == h.Seq+1 && b.Prev == h.Hash
}

// authorKey finds the key that must have signed, in the state before the entry.
func (s *State) authorKey(b body) (trust.SignKey, bool) {
	if b.Recovery != nil {
		at := slices.IndexFunc(s.recoveries, func(r trust.Recovery) bool { return r.Which == *b.Recovery })
		if at < 0 || !b.Op.byRecovery() {
			return trust.SignKey{}, false
		}
		return s.recoveries[at].Sign, true
	}
	if b.Op == OpGenesis {
		var g genesis
		err := trust.Unmarshal(b.Arg, &g)
		return g.Device.Sign, err == nil && g.Device.ID == b.Author
	}
	at := slices.IndexFunc(s.devices, func(m member) bool { return m.device.ID == b.Author })
	if at < 0 {
		return trust.SignKey{}, false
	}
	return s.devices[at].device.Sign, true
}

// byRecovery reports whether a recovery key may author the operation.
func (o Op) byRecovery() bool {
	return o == OpAddDevice || o == OpRemoveDevice || o == OpSetRecovery || o == OpRevokeCredential
}

// possessed reports whether the introduced key countersigned, or there is neither
// an introduced key nor a countersignature.
func possessed(e entry, introduced *trust.SignKey, holds func(claim) bool) bool {
	if introduced == nil || e.Possession == nil {
		return introduced == nil && e.Possession == nil
	}
	return holds(claim{*introduced, trust.ContextPossession, e.Body, *e.Possession})
}
