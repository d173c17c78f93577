package trust

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
)

// ErrID says that a text is not the lower-case hexadecimal form of an identifier.
var ErrID = errors.New("not an identifier")

// Hash is a SHA-256 value, 32 bytes.
type Hash [32]byte

// AccountID names an account: the hash of its genesis entry, so it certifies
// itself and cannot be given to another chain. 32 bytes.
type AccountID [32]byte

// DeviceID names a trusted device within an account: 16 random bytes, never used
// twice. The zero DeviceID stands for "a recovery key" as author of an entry.
type DeviceID [16]byte

// VerifierID names a verifier (the backend, or a pinned service): 16 random bytes.
type VerifierID [16]byte

// ChallengeID names one sign-in: 16 random bytes drawn by the verifier.
type ChallengeID [16]byte

// WaitID names a wait of an account's recovery: 16 random bytes drawn by the backend.
type WaitID [16]byte

// SessionHash binds a challenge to the browser that holds the cookie secret.
// See HashSession.
type SessionHash [32]byte

func (h Hash) String() string        { return hex.EncodeToString(h[:]) }
func (a AccountID) String() string   { return hex.EncodeToString(a[:]) }
func (d DeviceID) String() string    { return hex.EncodeToString(d[:]) }
func (v VerifierID) String() string  { return hex.EncodeToString(v[:]) }
func (c ChallengeID) String() string { return hex.EncodeToString(c[:]) }
func (w WaitID) String() string      { return hex.EncodeToString(w[:]) }

// MarshalText writes the lower-case hexadecimal form.
func (h Hash) MarshalText() ([]byte, error)        { return hexText(h[:]) }
func (a AccountID) MarshalText() ([]byte, error)   { return hexText(a[:]) }
func (d DeviceID) MarshalText() ([]byte, error)    { return hexText(d[:]) }
func (v VerifierID) MarshalText() ([]byte, error)  { return hexText(v[:]) }
func (c ChallengeID) MarshalText() ([]byte, error) { return hexText(c[:]) }
func (w WaitID) MarshalText() ([]byte, error)      { return hexText(w[:]) }

// UnmarshalText reads the lower-case hexadecimal form; anything else is ErrID
// and leaves the value as it was.
func (h *Hash) UnmarshalText(t []byte) error        { return fromHex(h[:], t) }
func (a *AccountID) UnmarshalText(t []byte) error   { return fromHex(a[:], t) }
func (d *DeviceID) UnmarshalText(t []byte) error    { return fromHex(d[:], t) }
func (v *VerifierID) UnmarshalText(t []byte) error  { return fromHex(v[:], t) }
func (c *ChallengeID) UnmarshalText(t []byte) error { return fromHex(c[:], t) }
func (w *WaitID) UnmarshalText(t []byte) error      { return fromHex(w[:], t) }

// IsZero reports whether d stands for a recovery key or for no device.
func (d DeviceID) IsZero() bool { return d == DeviceID{} }

// NewDeviceID draws an identifier; it fails only if rand does.
func NewDeviceID(rand io.Reader) (id DeviceID, err error) {
	_, err = io.ReadFull(rand, id[:])
	return id, err
}

// NewVerifierID draws an identifier; it fails only if rand does.
func NewVerifierID(rand io.Reader) (id VerifierID, err error) {
	_, err = io.ReadFull(rand, id[:])
	return id, err
}

// NewChallengeID draws an identifier; it fails only if rand does.
func NewChallengeID(rand io.Reader) (id ChallengeID, err error) {
	_, err = io.ReadFull(rand, id[:])
	return id, err
}

// NewWaitID draws an identifier; it fails only if rand does.
func NewWaitID(rand io.Reader) (id WaitID, err error) {
	_, err = io.ReadFull(rand, id[:])
	return id, err
}

// HashSession gives what the backend keeps of a browser's cookie secret.
func HashSession(secret []byte) SessionHash {
	return SessionHash(contextHash("td/1 session", secret))
}

// HashEntry gives the hash of a chain entry's bytes as received, signatures
// included: what the next entry points to. Of the genesis entry it is the
// AccountID.
func HashEntry(raw []byte) Hash { return contextHash("td/1 chain entry hash", raw) }

// HashBody gives the hash of a chain entry's body, to which a grant is bound: the
// password was typed for this very change.
func HashBody(raw []byte) Hash { return contextHash("td/1 chain body", raw) }

// contextHash is SHA-256(context ‖ 00 ‖ bytes): one fixed context for each use,
// so that a value made for one purpose never fits another.
func contextHash(context string, b []byte) Hash {
	h := sha256.New()
	io.WriteString(h, context)
	h.Write([]byte{0})
	h.Write(b)
	return Hash(h.Sum(nil))
}

func hexText(b []byte) ([]byte, error) { return []byte(hex.EncodeToString(b)), nil }

func fromHex(dst, text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(dst) || hex.EncodeToString(raw) != string(text) {
		return ErrID
	}
	copy(dst, raw)
	return nil
}
