package chain

import (
	"errors"
	"slices"

	"github.com/countersign/countersign/trust"
)

var (
	// ErrInvalid is the one answer to an entry that is malformed or not allowed
	// here. It says nothing about which rule refused it.
	ErrInvalid = errors.New("chain entry is not valid")
	// ErrUnknown says that the entry is of an operation or version that this
	// program does not know: nothing is applied, the program must be updated.
	ErrUnknown = errors.New("chain entry is of an unknown operation")
	// ErrFork says that another entry was shown at a place where one is known
	// already: somebody keeps two histories. Freeze, and see Compare.
	ErrFork = errors.New("chain has two histories")
	// ErrBehind says that fewer entries were shown than are known already: the
	// other side was set back.
	ErrBehind = errors.New("chain is shorter than known")
)

// What one account can hold, so that a replica's memory is bounded.
const (
	MaxDevices      = 32
	MaxVerifiers    = 32
	MaxAppPasswords = 25
	MaxOtherCreds   = 32 // of each other kind
)

// Head names a place in a chain: the newest entry's number and hash.
type Head struct {
	Seq  uint64     `json:"seq"`
	Hash trust.Hash `json:"hash"`
}

// State is what a chain says after its newest entry. It is an immutable value:
// methods that change something return another State. The zero State is an
// account of which nothing is known. Safe for concurrent use.
type State struct {
	hashes     []trust.Hash // by seq; the first is the account
	devices    []member     // in order of joining
	recoveries []trust.Recovery
	verifiers  []trust.Verifier
	policy     trust.Policy
	creds      []Held
	ended      []Ended          // app passwords, the newest keepEnded
	usedIDs    []trust.DeviceID // every device that ever belonged
	usedCreds  [][16]byte
}

// member is a device with its author's time of joining.
type member struct {
	device trust.Device
	since  uint64
}

// Account gives the account's identifier, the hash of its genesis entry; zero
// for the zero State.
func (s State) Account() trust.AccountID {
	if len(s.hashes) == 0 {
		return trust.AccountID{}
	}
	return trust.AccountID(s.hashes[0])
}

// Head gives the newest entry's place; zero for the zero State.
func (s State) Head() Head {
	if len(s.hashes) == 0 {
		return Head{}
	}
	last := len(s.hashes) - 1
	return Head{Seq: uint64(last), Hash: s.hashes[last]}
}

// At gives the hash of the entry at seq, false if it is not known.
func (s State) At(seq uint64) (trust.Hash, bool) {
	if seq >= uint64(len(s.hashes)) {
		return trust.Hash{}, false
	}
	return s.hashes[seq], true
}

// Agrees reports ErrFork if h, as another party claims to see it, contradicts
// this history, and ErrBehind if it lies ahead of it, so that entries are
// missing here.
func (s State) Agrees(h Head) error {
	known, ok := s.At(h.Seq)
	switch {
	case !ok:
		return ErrBehind
	case known != h.Hash:
		return ErrFork
	}
	return nil
}

// Device gives a device that belongs to the account now.
func (s State) Device(id trust.DeviceID) (trust.Device, bool) {
	for _, m := range s.devices {
		if m.device.ID == id {
			return copyDevice(m.device), true
		}
	}
	return trust.Device{}, false
}

// Devices gives the devices in order of joining.
func (s State) Devices() []trust.Device {
	out := make([]trust.Device, len(s.devices))
	for i, m := range s.devices {
		out[i] = copyDevice(m.device)
	}
	return out
}

// Since gives the author's time of the entry by which the device joined, in unix
// seconds; 0 if it does not belong.
func (s State) Since(id trust.DeviceID) uint64 {
	for _, m := range s.devices {
		if m.device.ID == id {
			return m.since
		}
	}
	return 0
}

// Recovery gives the public record of a recovery key, false if none is set.
func (s State) Recovery(kind trust.RecoveryKind) (trust.Recovery, bool) {
	for _, r := range s.recoveries {
		if r.Which == kind {
			r.KEM = slices.Clone(r.KEM)
			return r, true
		}
	}
	return trust.Recovery{}, false
}

// Verifier gives the record of a verifier.
func (s State) Verifier(id trust.VerifierID) (trust.Verifier, bool) {
	for _, v := range s.verifiers {
		if v.ID == id {
			v.KEM = slices.Clone(v.KEM)
			return v, true
		}
	}
	return trust.Verifier{}, false
}

// Verifiers gives the verifiers in order of first appearance.
func (s State) Verifiers() []trust.Verifier {
	out := make([]trust.Verifier, len(s.verifiers))
	for i, v := range s.verifiers {
		v.KEM = slices.Clone(v.KEM)
		out[i] = v
	}
	return out
}

// Policy gives the policy in force.
func (s State) Policy() trust.Policy { return s.policy }

func copyDevice(d trust.Device) trust.Device {
	d.KEM = slices.Clone(d.KEM)
	return d
}
