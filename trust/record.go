package trust

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind says what sort of machine a trusted device is; screens draw its icon.
type Kind string

// The kinds of trusted device.
const (
	Phone    Kind = "phone"
	Laptop   Kind = "laptop"
	Desktop  Kind = "desktop"
	Tablet   Kind = "tablet"
	Terminal Kind = "terminal"
)

// Device is a trusted device's record in the chain.
// Fields are numbered for ever; do not reorder or reuse.
type Device struct {
	ID   DeviceID `cbor:"1,keyasint"`
	Name string   `cbor:"2,keyasint"` // 1..64 bytes, printable
	Kind Kind     `cbor:"3,keyasint"`
	Sign SignKey  `cbor:"4,keyasint"`
	KEM  KEMKey   `cbor:"5,keyasint"`
}

// Recovery is a recovery key's public record in the chain.
// Fields are numbered for ever; do not reorder or reuse.
type Recovery struct {
	Which RecoveryKind `cbor:"1,keyasint"`
	Sign  SignKey      `cbor:"2,keyasint"`
	KEM   KEMKey       `cbor:"3,keyasint"`
}

// RecoveryKind says which recovery key: on paper, or split among contacts.
type RecoveryKind uint64

// The kinds of recovery key.
const (
	Paper    RecoveryKind = 0
	Contacts RecoveryKind = 1
)

// Verifier is a verifier's record in the chain: who may ask, and where.
// Fields are numbered for ever; do not reorder or reuse.
type Verifier struct {
	ID     VerifierID `cbor:"1,keyasint"`
	Origin string     `cbor:"2,keyasint"` // exact origin ("https://id.example.org") or "pam:host"
	Sign   SignKey    `cbor:"3,keyasint"`
	KEM    KEMKey     `cbor:"4,keyasint"`
}

// Policy is what the account's devices insist on.
// Fields are numbered for ever; do not reorder or reuse.
type Policy struct {
	Digits          uint64      `cbor:"1,keyasint"` // 4 or 6
	RecoveryWait    uint64      `cbor:"2,keyasint"` // hours, 0..168
	DeviceAloneWait uint64      `cbor:"3,keyasint"` // hours, 0 = never
	SameNetwork     NetworkRule `cbor:"4,keyasint"`
}

// NetworkRule says what happens when browser and device are in different networks.
type NetworkRule uint64

// The network rules.
const (
	NetworkOff     NetworkRule = 0
	NetworkWarn    NetworkRule = 1
	NetworkRequire NetworkRule = 2
)

// DefaultPolicy gives the policy new accounts start with (docs/protocol.md §6.2).
func DefaultPolicy() Policy {
	return Policy{Digits: 4, RecoveryWait: 24, DeviceAloneWait: 72, SameNetwork: NetworkWarn}
}

// Check reports ErrMalformed for a policy outside its bounds.
func (p Policy) Check() error {
	if (p.Digits != 4 && p.Digits != 6) || p.RecoveryWait > 168 || p.DeviceAloneWait > 24*365 || p.SameNetwork > NetworkRequire {
		return ErrMalformed
	}
	return nil
}

// Wait gives the recovery wait as a duration.
func (p Policy) Wait() time.Duration { return time.Duration(p.RecoveryWait) * time.Hour }

// Credential is an app password, a passkey or an offline code's record in the
// chain. Fields are numbered for ever; do not reorder or reuse.
type Credential struct {
	ID       [16]byte `cbor:"1,keyasint"`
	Kind     string   `cbor:"2,keyasint"` // "app-password", "passkey", "offline-code"
	Service  string   `cbor:"3,keyasint"`
	Label    string   `cbor:"4,keyasint"`
	Verifier []byte   `cbor:"5,keyasint"`
	Sealed   []byte   `cbor:"6,keyasint,omitempty"`
	Expires  uint64   `cbor:"7,keyasint,omitempty"` // unix seconds
}

// Check reports ErrMalformed for a record that no device makes.
func (d Device) Check() error {
	if d.ID.IsZero() || CheckName(d.Name) != nil || !d.Kind.known() {
		return ErrMalformed
	}
	return d.KEM.Check()
}

// Check reports ErrMalformed for a record that no recovery key makes.
func (r Recovery) Check() error {
	if r.Which > Contacts {
		return ErrMalformed
	}
	return r.KEM.Check()
}

// Check reports ErrMalformed for a record that no verifier makes.
func (v Verifier) Check() error {
	if v.ID == (VerifierID{}) || len(v.Origin) == 0 || len(v.Origin) > 255 || !printable(v.Origin) || strings.ContainsRune(v.Origin, ' ') {
		return ErrMalformed
	}
	return v.KEM.Check()
}

// The kinds of credential.
const (
	AppPassword = "app-password"
	Passkey     = "passkey"
	OfflineCode = "offline-code"
)

// Check reports ErrMalformed for a record that no device makes. The zero ID is
// refused because a revocation reads it as "all app passwords".
func (c Credential) Check() error {
	if c.ID == ([16]byte{}) || CheckName(c.Service) != nil || CheckName(c.Label) != nil || len(c.Sealed) > 8<<10 {
		return ErrMalformed
	}
	switch c.Kind {
	case AppPassword:
		if len(c.Verifier) == 32 {
			return nil
		}
	case Passkey, OfflineCode:
		if len(c.Verifier) > 0 && len(c.Verifier) <= 2<<10 {
			return nil
		}
	}
	return ErrMalformed
}

// CheckName reports ErrMalformed unless s is a device's or account's name:
// 1 to 64 bytes of printable text that neither begins nor ends with a space.
// Marks that turn or hide text are refused, so a name looks like what it is.
func CheckName(s string) error {
	if len(s) == 0 || len(s) > 64 || strings.TrimSpace(s) != s || !printable(s) {
		return ErrMalformed
	}
	return nil
}

func (k Kind) known() bool {
	switch k {
	case Phone, Laptop, Desktop, Tablet, Terminal:
		return true
	}
	return false
}

func printable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || unseen(r) }) < 0
}

// Printable gives a text that another party sent as it may be shown: at most max
// bytes, with a question mark for whatever moves the cursor, turns or hides text.
func Printable(text string, max int) string {
	clean := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || unseen(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	for i := range clean {
		if i+utf8.UTFMax > max {
			return clean[:i]
		}
	}
	return clean
}

// unseen reports whether a rune counts as printable but draws nothing: fillers, and
// the empty Braille cell.
func unseen(r rune) bool {
	return r == '\u2800' || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}
