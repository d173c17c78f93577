package trust

import (
	"bytes"
	"errors"

	"github.com/fxamacker/cbor/v2"
)

// MaxMessage is the longest encoded message that is read, in bytes (docs/protocol.md §2).
const MaxMessage = 64 << 10

// ErrMalformed is the one answer to bytes that are not the canonical encoding of
// the expected message. It says nothing about what was wrong with them.
var ErrMalformed = errors.New("malformed message")

// Codec encodes and decodes td/1 messages. It is a value without state of its
// own and safe for concurrent use.
type Codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

// NewCodec builds the one codec td/1 has. Options are constants, so a failure
// would be a programming mistake and panics.
func NewCodec() Codec {
	opts := cbor.CoreDetEncOptions()
	opts.NilContainers = cbor.NilContainerAsEmpty // so that null never survives the re-encoding
	enc, err := opts.EncMode()
	if err != nil {
		panic(err)
	}
	dec, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		UTF8:              cbor.UTF8RejectInvalid,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		MaxNestedLevels:   8,
		MaxArrayElements:  256,
		MaxMapPairs:       64,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return Codec{enc: enc, dec: dec}
}

var codec = NewCodec() // immutable after start; the two modes hold only options

// Marshal gives the canonical bytes of a td/1 message: RFC 8949 core
// deterministic CBOR with integer keys. It fails only for Go types that have no
// CBOR form, never for values.
func Marshal(v any) ([]byte, error) { return codec.enc.Marshal(v) }

// Unmarshal reads bytes that MUST be the canonical encoding of *v: it decodes
// strictly, encodes the result and requires equal bytes. On ErrMalformed the
// value is not to be used. Never sign or hash a re-encoding; keep the bytes received.
func Unmarshal(b []byte, v any) error {
	if len(b) > MaxMessage || codec.dec.Unmarshal(b, v) != nil {
		return ErrMalformed
	}
	again, err := codec.enc.Marshal(v)
	if err != nil || !bytes.Equal(again, b) {
		return ErrMalformed
	}
	return nil
}
