package chain

import (
	"github.com/countersign/countersign/trust"
)

// Op numbers an operation for ever.
type Op uint64

// The operations. A number above these is unknown and stops a replica.
const (
	OpGenesis          Op = 0
	OpAddDevice        Op = 1
	OpRemoveDevice     Op = 2
	OpSetRecovery      Op = 3
	OpSetVerifier      Op = 4
	OpSetPolicy        Op = 5
	OpAddCredential    Op = 6
	OpRevokeCredential Op = 7
)

// entry is what travels and is hashed.
// Fields are numbered for ever; do not reorder or reuse.
type entry struct {
	Body       []byte           `cbor:"1,keyasint"`
	Sig        trust.Signature  `cbor:"2,keyasint"`           // author over the body
	Possession *trust.Signature `cbor:"3,keyasint,omitempty"` // introduced key over the body
}

// body is what is signed. Fields are numbered for ever; do not reorder or reuse.
type body struct {
	Version  uint64              `cbor:"1,keyasint"` // 1
	Account  trust.AccountID     `cbor:"2,keyasint"` // zeros in genesis
	Seq      uint64              `cbor:"3,keyasint"`
	Prev     trust.Hash          `cbor:"4,keyasint"` // zeros in genesis
	Time     uint64              `cbor:"5,keyasint"` // author's clock, unix seconds: shown, never judged
	Author   trust.DeviceID      `cbor:"6,keyasint"` // zeros = a recovery key, named by Recovery
	Op       Op                  `cbor:"7,keyasint"`
	Arg      []byte              `cbor:"8,keyasint"`
	Recovery *trust.RecoveryKind `cbor:"9,keyasint,omitempty"`
}

// genesis is the argument of OpGenesis.
// Fields are numbered for ever; do not reorder or reuse.
type genesis struct {
	Salt     [16]byte       `cbor:"1,keyasint"`
	Device   trust.Device   `cbor:"2,keyasint"`
	Verifier trust.Verifier `cbor:"3,keyasint"`
	Policy   trust.Policy   `cbor:"4,keyasint"`
}

// Entry is what an entry says, for screens and logs. It was read, not verified.
type Entry struct {
	Account  trust.AccountID // zero in genesis
	Seq      uint64
	Prev     trust.Hash
	Time     uint64         // author's clock, unix seconds
	Author   trust.DeviceID // zero: the recovery key Recovery
	Recovery trust.RecoveryKind
	Op       Op
}

// Inspect reads an entry without verifying it: ErrInvalid or ErrUnknown if it
// cannot be read.
func Inspect(raw []byte) (Entry, error) {
	_, b, err := decode(raw)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Account: b.Account, Seq: b.Seq, Prev: b.Prev, Time: b.Time, Author: b.Author, Op: b.Op}
	if b.Recovery != nil {
		e.Recovery = *b.Recovery
	}
	return e, nil
}

// decode reads entry and body. ErrUnknown comes before every rule but the
// encoding's: a replica must not judge what it cannot understand.
func decode(raw []byte) (e entry, b body, err error) {
	if trust.Unmarshal(raw, &e) != nil {
		return entry{}, body{}, ErrInvalid
	}
	if err := decodeBody(e.Body, &b); err != nil {
		return entry{}, body{}, err
	}
	return e, b, nil
}

func decodeBody(raw []byte, b *body) error {
	if trust.Unmarshal(raw, b) != nil {
		if laterVersion(raw) {
			return ErrUnknown
		}
		return ErrInvalid
	}
	if b.Version > 1 || b.Op > OpRevokeCredential {
		return ErrUnknown
	}
	if b.Version != 1 || b.Author.IsZero() != (b.Recovery != nil) {
		return ErrInvalid
	}
	return nil
}

// laterVersion looks only at field 1: the rest of a later version's body may have
// any form as long as it is canonical CBOR.
func laterVersion(raw []byte) bool {
	var fields map[uint64]any
	if trust.Unmarshal(raw, &fields) != nil {
		return false
	}
	v, ok := fields[1].(uint64)
	return ok && v > 1
}
