package chain

import (
	"slices"

	"github.com/countersign/countersign/trust"
)

// Open verifies a chain from its genesis entry on. ErrInvalid or ErrUnknown, and
// then no State.
func Open(entries [][]byte) (State, error) {
	var s State
	if len(entries) == 0 {
		return State{}, ErrInvalid
	}
	for _, raw := range entries {
		if err := s.apply(raw); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

// Apply verifies the next entry and gives the state after it. On ErrInvalid or
// ErrUnknown it gives s as it was.
func (s State) Apply(raw []byte) (State, error) {
	next := s.fork()
	if err := next.apply(raw); err != nil {
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

// apply checks the rules in the order of docs/protocol.md §4.2. After an error s
// is not to be used: the operation may have been half done.
func (s *State) apply(raw []byte) error {
	e, b, err := decode(raw)
	if err != nil {
		return err
	}
	if !s.follows(b) {
		return ErrInvalid
	}
	author, ok := s.authorKey(b)
	if !ok || !author.Verify(trust.ContextEntry, e.Body, e.Sig) {
		return ErrInvalid
	}
	introduced, ok := s.operate(b)
	if !ok || !possessed(e, introduced) {
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
		r, ok := s.Recovery(*b.Recovery)
		return r.Sign, ok && b.Op.byRecovery()
	}
	if b.Op == OpGenesis {
		var g genesis
		err := trust.Unmarshal(b.Arg, &g)
		return g.Device.Sign, err == nil && g.Device.ID == b.Author
	}
	d, ok := s.Device(b.Author)
	return d.Sign, ok
}

// byRecovery reports whether a recovery key may author the operation.
func (o Op) byRecovery() bool {
	return o == OpAddDevice || o == OpRemoveDevice || o == OpSetRecovery || o == OpRevokeCredential
}

// possessed reports whether the introduced key countersigned, or there is neither
// an introduced key nor a countersignature.
func possessed(e entry, introduced *trust.SignKey) bool {
	if introduced == nil || e.Possession == nil {
		return introduced == nil && e.Possession == nil
	}
	return introduced.Verify(trust.ContextPossession, e.Body, *e.Possession)
}
