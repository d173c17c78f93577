package vault

import (
	"bytes"

	"github.com/fxamacker/cbor/v2"
)

// encode writes v in the one encoding it has (docs/protocol.md §2).
func encode(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(v)
}

// decode reads into v what encode wrote, and nothing else: whatever would be
// encoded differently is refused, by the flat ErrDamaged.
func decode(data []byte, v any) error {
	mode, err := cbor.DecOptions{
		DupMapKey:         cbor.DupMapKeyEnforcedAPF,
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		UTF8:              cbor.UTF8RejectInvalid,
		FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
		MaxNestedLevels:   8,
		MaxArrayElements:  16,
		MaxMapPairs:       maxSecrets,
	}.DecMode()
	if err != nil {
		return err
	}
	if mode.Unmarshal(data, v) != nil {
		return ErrDamaged
	}
	again, err := encode(v)
	if err != nil || !bytes.Equal(again, data) {
		return ErrDamaged
	}
	return nil
}
