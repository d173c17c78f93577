package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"net/netip"

	"github.com/countersign/countersign/trust"
)

// ErrTampered is the one answer to a row that this verifier did not write, or
// wrote for another place.
var ErrTampered = errors.New("row was changed outside the verifier")

// The uses of the row key. Fixed for ever; do not change or reuse one.
const (
	rowSignIn  = "td/1 row sign-in"
	rowLimits  = "td/1 row limits"
	rowTries   = "td/1 row tries"
	rowAddress = "td/1 row address"
	codeText   = "td/1 text code"
	keyTries   = "td/1 key tries"
	keyAddress = "td/1 key address"
)

// sealedRow is the stored form. Fields are numbered for ever; do not reorder or reuse.
type sealedRow struct {
	Body []byte   `cbor:"1,keyasint"`
	MAC  [32]byte `cbor:"2,keyasint"`
}

// Encode gives the row of a sign-in with its MAC.
func (v *Verifier) Encode(s SignIn) []byte { return v.seal(rowSignIn, nil, s) }

// Decode reads a row of Encode; anything else is ErrTampered. Columns beside the
// row may have been changed: trust only what is in the result.
func (v *Verifier) Decode(raw []byte) (SignIn, error) {
	var s SignIn
	if err := v.open(rowSignIn, nil, raw, &s); err != nil {
		return SignIn{}, err
	}
	return s, nil
}

// EncodeLimits gives the row of an account's limits with its MAC, bound to the account.
func (v *Verifier) EncodeLimits(account trust.AccountID, l Limits) []byte {
	return v.seal(rowLimits, account[:], l.row)
}

// DecodeLimits reads a row of EncodeLimits for the same account; else ErrTampered.
func (v *Verifier) DecodeLimits(account trust.AccountID, raw []byte) (Limits, error) {
	var l Limits
	if err := v.open(rowLimits, account[:], raw, &l.row); err != nil {
		return Limits{}, err
	}
	return l, nil
}

// TriesKey gives the key under which a name's password tries are counted, one for
// all new browsers and one for each known browser. The name is folded by the
// caller, and need not be an account's.
func (v *Verifier) TriesKey(name string, b Browser) [32]byte {
	return v.mac(keyTries, b[:], []byte(name))
}

// EncodeTries gives the row of tries with its MAC, bound to its key.
func (v *Verifier) EncodeTries(key [32]byte, t Tries) []byte { return v.seal(rowTries, key[:], t) }

// DecodeTries reads a row of EncodeTries for the same key; else ErrTampered.
func (v *Verifier) DecodeTries(key [32]byte, raw []byte) (Tries, error) {
	var t Tries
	if err := v.open(rowTries, key[:], raw, &t); err != nil {
		return Tries{}, err
	}
	return t, nil
}

// AddressKey gives the key under which failures from a network are counted: an
// IPv4 address, or the first 64 bits of an IPv6 address.
func (v *Verifier) AddressKey(a netip.Addr) [32]byte {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64) // cannot fail: 64 bits fit an IPv6 address
		a = p.Addr()
	}
	return v.mac(keyAddress, nil, a.AsSlice())
}

// EncodeAddress gives the row of a network's failures with its MAC, bound to its key.
func (v *Verifier) EncodeAddress(key [32]byte, a Address) []byte {
	return v.seal(rowAddress, key[:], a)
}

// DecodeAddress reads a row of EncodeAddress for the same key; else ErrTampered.
func (v *Verifier) DecodeAddress(key [32]byte, raw []byte) (Address, error) {
	var a Address
	if err := v.open(rowAddress, key[:], raw, &a); err != nil {
		return Address{}, err
	}
	return a, nil
}

// seal encodes a row. Marshal fails only for Go types without a CBOR form, which
// would be a mistake in this package.
func (v *Verifier) seal(use string, place []byte, row any) []byte {
	body, err := trust.Marshal(row)
	if err != nil {
		panic(err)
	}
	raw, err := trust.Marshal(sealedRow{Body: body, MAC: v.mac(use, place, body)})
	if err != nil {
		panic(err)
	}
	return raw
}

func (v *Verifier) open(use string, place, raw []byte, row any) error {
	var r sealedRow
	if trust.Unmarshal(raw, &r) != nil {
		return ErrTampered
	}
	want := v.mac(use, place, r.Body)
	if !hmac.Equal(want[:], r.MAC[:]) || trust.Unmarshal(r.Body, row) != nil {
		return ErrTampered
	}
	return nil
}

// mac is HMAC-SHA256(row key, use ‖ 00 ‖ place ‖ bytes); a use has places of one
// length only, so the parts cannot be shifted.
func (v *Verifier) mac(use string, place, b []byte) (sum [32]byte) {
	h := hmac.New(sha256.New, v.rowKey[:])
	h.Write([]byte(use))
	h.Write([]byte{0})
	h.Write(place)
	h.Write(b)
	h.Sum(sum[:0])
	return sum
}
