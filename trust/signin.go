package trust

import (
	"errors"
	"strings"
)

// ChallengeKind separates signing in from confirming one named action.
type ChallengeKind string

// The kinds of challenge. An approval of one is worth nothing for the other.
const (
	SignIn ChallengeKind = "signin"
	StepUp ChallengeKind = "stepup"
)

// Challenge is what a verifier asks a trusted device: one sign-in, with all the
// facts the person decides on. Fields are numbered for ever; do not reorder or reuse.
type Challenge struct {
	Version  uint64        `cbor:"1,keyasint"` // 1
	Kind     ChallengeKind `cbor:"2,keyasint"`
	Account  AccountID     `cbor:"3,keyasint"`
	ID       ChallengeID   `cbor:"4,keyasint"`
	Verifier VerifierID    `cbor:"5,keyasint"`
	Session  SessionHash   `cbor:"6,keyasint"`
	Service  string        `cbor:"7,keyasint"` // the service's name, 1..64 bytes
	Action   string        `cbor:"8,keyasint,omitempty"`
	Address  string        `cbor:"9,keyasint"`  // browser's IP address, as text
	Agent    string        `cbor:"10,keyasint"` // "Firefox on Linux", made by the backend from fixed words
	Issued   uint64        `cbor:"11,keyasint"` // unix seconds, verifier's clock
	Expires  uint64        `cbor:"12,keyasint"` // unix seconds, verifier's clock
	Digits   uint64        `cbor:"13,keyasint"` // 4 or 6
	Seq      uint64        `cbor:"14,keyasint"` // the verifier's view of the chain
	Head     Hash          `cbor:"15,keyasint"`
	Known    bool          `cbor:"16,keyasint"` // browser that signed in here before
}

// Answer is what a person did with a challenge.
type Answer uint64

// The answers. Numbered for ever.
const (
	Allow  Answer = 1
	NotNow Answer = 2
	NotMe  Answer = 3
)

// Approval is a device's signed answer to one challenge.
// Fields are numbered for ever; do not reorder or reuse.
type Approval struct {
	Version   uint64   `cbor:"1,keyasint"` // 1
	Challenge Hash     `cbor:"2,keyasint"`
	Answer    Answer   `cbor:"3,keyasint"`
	Device    DeviceID `cbor:"4,keyasint"`
	Box       []byte   `cbor:"5,keyasint,omitempty"` // sealed code; with Allow and only then
	Seq       uint64   `cbor:"6,keyasint"`           // the device's view of the chain
	Head      Hash     `cbor:"7,keyasint"`
	Time      uint64   `cbor:"8,keyasint"` // unix seconds, device's clock: shown, never judged
}

// Proof is what a device signs to open a session with the backend. The origin
// stops a fake backend from passing the nonce on. Fields are numbered for ever.
type Proof struct {
	Account AccountID `cbor:"1,keyasint"`
	Device  DeviceID  `cbor:"2,keyasint"`
	Nonce   [32]byte  `cbor:"3,keyasint"`
	Origin  string    `cbor:"4,keyasint"`
}

// ErrSignature says that a message is well-formed but not signed by the key expected.
var ErrSignature = errors.New("signature does not fit")

// Check reports ErrMalformed for a challenge that no verifier makes: texts that
// cannot be shown as they are, an action outside a step-up or a step-up without
// one, an end before its beginning.
func (c Challenge) Check() error {
	if c.Version != 1 || c.ID == (ChallengeID{}) || !c.kindFits() || (c.Digits != 4 && c.Digits != 6) || c.Expires < c.Issued {
		return ErrMalformed
	}
	if CheckName(c.Service) != nil || !shownText(c.Address, 64) || !shownText(c.Agent, 128) || !shownText(c.Action, 256) {
		return ErrMalformed
	}
	return nil
}

func (c Challenge) kindFits() bool {
	return c.Kind == SignIn && c.Action == "" || c.Kind == StepUp && c.Action != ""
}

func shownText(s string, max int) bool { return len(s) <= max && printable(s) }

// Seal signs the challenge with the verifier's key and gives its bytes;
// ErrMalformed if Check refuses it.
func (c Challenge) Seal(k Keys) ([]byte, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	return sealMessage(k, ContextChallenge, c)
}

// Seal signs the approval with the device's key and gives its bytes.
func (a Approval) Seal(k Keys) ([]byte, error) { return sealMessage(k, ContextApproval, a) }

// Sign signs the proof with the device's key.
func (p Proof) Sign(k Keys) (Signature, error) {
	body, err := Marshal(p)
	if err != nil {
		return Signature{}, err
	}
	return k.Sign(ContextSession, body), nil
}

// Verify reports whether sig is the device's signature over the proof.
func (p Proof) Verify(key SignKey, sig Signature) bool {
	body, err := Marshal(p)
	return err == nil && key.Verify(ContextSession, body, sig)
}

// OpenChallenge checks raw against the verifier's key and reads it. ErrMalformed
// or ErrSignature; nothing partial.
func OpenChallenge(raw []byte, key SignKey) (Challenge, error) {
	var c Challenge
	if err := openSigned(raw, key, ContextChallenge, &c); err != nil {
		return Challenge{}, err
	}
	if err := c.Check(); err != nil {
		return Challenge{}, err
	}
	return c, nil
}

// OpenApproval checks raw against the device's key and reads it. ErrMalformed or
// ErrSignature; nothing partial.
func OpenApproval(raw []byte, key SignKey) (Approval, error) {
	var a Approval
	if err := openSigned(raw, key, ContextApproval, &a); err != nil {
		return Approval{}, err
	}
	if !a.wellFormed() {
		return Approval{}, ErrMalformed
	}
	return a, nil
}

// ApprovalBy reads which device claims to have signed raw, so that its key can be
// looked up for OpenApproval. The claim is not checked.
func ApprovalBy(raw []byte) (DeviceID, error) {
	var s Signed
	var a Approval
	if Unmarshal(raw, &s) != nil || Unmarshal(s.Body, &a) != nil || !a.wellFormed() {
		return DeviceID{}, ErrMalformed
	}
	return a.Device, nil
}

// ChallengeVerifier reads which verifier and account a challenge claims, so that
// the key can be looked up for OpenChallenge. The claim is not checked.
func ChallengeVerifier(raw []byte) (VerifierID, AccountID, error) {
	var s Signed
	var c Challenge
	if Unmarshal(raw, &s) != nil || Unmarshal(s.Body, &c) != nil {
		return VerifierID{}, AccountID{}, ErrMalformed
	}
	return c.Verifier, c.Account, nil
}

// HashChallenge gives what an approval is bound to: the signed challenge's hash.
func HashChallenge(raw []byte) Hash { return contextHash("td/1 challenge", raw) }

// Letters gives the three letters by which a person tells two sign-ins apart:
// the hash's first four bytes, mod 8000, in base 20. No vowels, no digits.
func Letters(challenge Hash) string {
	const alphabet = "BCDFGHJKLMNPQRSTVWXZ"
	n := (uint32(challenge[0])<<24 | uint32(challenge[1])<<16 | uint32(challenge[2])<<8 | uint32(challenge[3])) % 8000
	return strings.Join([]string{alphabet[n/400 : n/400+1], alphabet[n/20%20 : n/20%20+1], alphabet[n%20 : n%20+1]}, "")
}

func (a Approval) wellFormed() bool {
	return a.Version == 1 && a.Answer >= Allow && a.Answer <= NotMe && (a.Answer == Allow) == (len(a.Box) > 0)
}

func sealMessage(k Keys, c Context, v any) ([]byte, error) {
	body, err := Marshal(v)
	if err != nil {
		return nil, err
	}
	return seal(k.sign, c, body)
}

// openSigned verifies the received bytes before it decodes them.
func openSigned(raw []byte, key SignKey, c Context, v any) error {
	var s Signed
	if Unmarshal(raw, &s) != nil {
		return ErrMalformed
	}
	if !key.Verify(c, s.Body, s.Sig) {
		return ErrSignature
	}
	return Unmarshal(s.Body, v)
}
