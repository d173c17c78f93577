package chain

import (
	"bytes"

	"github.com/countersign/countersign/trust"
)

// Extend reads what another replica shows, beginning at any entry up to the one
// after Head, and gives the state with all of it. Ask for entries from Head().Seq
// on: the answer then repeats the newest known entry and proves that the other
// side still has it.
//
// Another entry at a known place is ErrFork; an end before Head, or nothing at
// all, is ErrBehind; else ErrInvalid or ErrUnknown. On an error it gives s as it was.
func (s State) Extend(entries [][]byte) (State, error) {
	next := s.fork()
	var signed claims
	end, err := next.extend(entries, signed.keep)
	switch err = signed.settle(err); {
	case err != nil:
		return s, err
	case end == 0 || end < len(s.hashes):
		return s, ErrBehind
	}
	return next, nil
}

// extend does Extend's work on s and gives the number after the last entry's; 0
// if there is none.
func (s *State) extend(entries [][]byte, holds func(claim) bool) (end int, err error) {
	known := State{hashes: s.hashes}
	for i, raw := range entries {
		e, b, err := decode(raw)
		switch {
		case err != nil:
			return 0, err
		case i > 0 && b.Seq != uint64(end):
			return 0, ErrInvalid
		case b.Seq < uint64(len(known.hashes)):
			err = known.repeats(raw, b)
		default:
			err = s.apply(raw, e, b, holds)
		}
		if err != nil {
			return 0, err
		}
		end = int(b.Seq) + 1
	}
	return end, nil
}

// repeats reports whether raw is the known entry at its place. An entry of
// another account proves nothing about this one.
func (s State) repeats(raw []byte, b body) error {
	if trust.HashEntry(raw) == s.hashes[b.Seq] {
		return nil
	}
	if b.Seq > 0 && b.Account != s.Account() {
		return ErrInvalid
	}
	return ErrFork
}

// Fork is the proof of two histories: two entries at one place, both valid after
// the same entries.
type Fork struct {
	Seq    uint64
	Pinned []byte
	Shown  []byte
}

// Compare looks for two histories in two chains from genesis on, each as raw
// entries. It gives ErrFork with the proof if the first entry in which they
// differ is valid in both, ErrInvalid or ErrUnknown if one of them is not, and no
// error if one is the beginning of the other.
func Compare(pinned, shown [][]byte) (Fork, error) {
	var before State
	for i := range min(len(pinned), len(shown)) {
		next, err := before.Apply(pinned[i])
		if err != nil {
			return Fork{}, err
		}
		if !bytes.Equal(pinned[i], shown[i]) {
			if _, err := before.Apply(shown[i]); err != nil {
				return Fork{}, err
			}
			return Fork{Seq: uint64(i), Pinned: bytes.Clone(pinned[i]), Shown: bytes.Clone(shown[i])}, ErrFork
		}
		before = next
	}
	return Fork{}, nil
}
