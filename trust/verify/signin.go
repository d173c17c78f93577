package verify

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// How long a sign-in lives. Together they stay under 5 minutes.
const (
	PendingFor = 120 * time.Second // from the challenge to the answer
	CodeFor    = 120 * time.Second // from Allow, or from asking for a text message, to the code
	// ClockBack is how far the verifier's clock may step back before a sign-in's
	// age counts as unknown and the sign-in as over.
	ClockBack = 30 * time.Second
	// MaxTries is how many codes may be typed in one sign-in (limit L3).
	MaxTries = 3
	// MaxChoices is how often the page of one sign-in may choose another device:
	// every choice is told to all of them.
	MaxChoices = 10
)

var (
	// ErrVerifier says that the account's chain does not hold this verifier's record.
	ErrVerifier = errors.New("account does not know this verifier")
	// ErrMalformed is the one answer to a message that does not have the form or
	// signature it must have, or belongs to another sign-in.
	ErrMalformed = trust.ErrMalformed
	// ErrNotMember says that the device does not belong to the account.
	ErrNotMember = errors.New("device does not belong to the account")
	// ErrAnswered says that a device answered before; see Answered.
	ErrAnswered = errors.New("sign-in was answered already")
	// ErrLate says that the sign-in is over.
	ErrLate = errors.New("sign-in is over")
	// ErrSession says that the browser is not the one the sign-in began in.
	ErrSession = errors.New("sign-in belongs to another browser")
)

// Answered is the ErrAnswered that says by whom and how.
type Answered struct {
	Device trust.DeviceID
	State  State
}

// Error gives the message of ErrAnswered.
func (Answered) Error() string { return ErrAnswered.Error() }

// Is makes errors.Is(err, ErrAnswered) hold.
func (Answered) Is(target error) bool { return target == ErrAnswered }

// State is where a sign-in stands. Stored and sent; do not change.
type State string

// The states. There is no way back: pending → approved → done or burned; pending
// or approved → denied, expired or stopped.
const (
	Pending  State = "pending"  // no device has allowed it
	Approved State = "approved" // a device shows a code
	Done     State = "done"     // the right code was typed
	Burned   State = "burned"   // too many wrong codes were typed
	Denied   State = "denied"   // somebody said: not me
	Expired  State = "expired"  // its time ran out
	Stopped  State = "stopped"  // the browser that began it ended it
)

// Browser names a browser that signed in before, by the hash of its cookie's
// secret; the zero Browser is a new one.
type Browser [32]byte

// New reports whether the browser is not known.
func (b Browser) New() bool { return b == Browser{} }

// SignIn is one sign-in as the verifier stores it, by way of Encode. It is a
// value; methods give the changed one. Fields are numbered for ever; do not
// reorder or reuse.
type SignIn struct {
	ID         trust.ChallengeID   `cbor:"1,keyasint"`
	Account    trust.AccountID     `cbor:"2,keyasint"`
	Session    trust.SessionHash   `cbor:"3,keyasint"`
	Kind       trust.ChallengeKind `cbor:"4,keyasint"`
	Service    string              `cbor:"5,keyasint"`
	Challenge  []byte              `cbor:"6,keyasint"` // signed, as sent
	Known      bool                `cbor:"7,keyasint"`
	Browser    Browser             `cbor:"8,keyasint"` // zero unless Known
	State      State               `cbor:"9,keyasint"`
	Approval   []byte              `cbor:"10,keyasint,omitempty"` // the Allow or Not me that counts, as received
	Device     trust.DeviceID      `cbor:"11,keyasint"`           // who gave it
	Target     trust.DeviceID      `cbor:"12,keyasint"`           // the one device to ring; zero = all
	Away       []trust.DeviceID    `cbor:"13,keyasint,omitempty"` // who put it away with Not now
	Tries      uint64              `cbor:"14,keyasint"`           // codes typed
	Issued     uint64              `cbor:"15,keyasint"`           // unix seconds
	Expires    uint64              `cbor:"16,keyasint"`           // end of pending, unix seconds
	ApprovedAt uint64              `cbor:"17,keyasint,omitempty"` // unix seconds
	Door       string              `cbor:"18,keyasint,omitempty"` // letters of the door it came through
	Digits     uint64              `cbor:"19,keyasint"`           // how long the code is, 4 or 6
	Choices    uint64              `cbor:"20,keyasint,omitempty"` // how often the page chose another device
	TextAt     uint64              `cbor:"21,keyasint,omitempty"` // unix seconds, when the first code by text message was asked for
	TextCode   []byte              `cbor:"22,keyasint,omitempty"` // MAC of the last one that was drawn
	TextWrong  uint64              `cbor:"23,keyasint,omitempty"` // wrong ones typed
}

// Ask is what the verifier knows about a browser that gave the right password.
type Ask struct {
	Kind    trust.ChallengeKind
	Session trust.SessionHash
	Service string  // 1..64 bytes
	Action  string  // for trust.StepUp and only then
	Address string  // IP address as text
	Agent   string  // from fixed words, "Firefox on Linux"
	Known   bool    // Verdict.Known
	Browser Browser // which known browser; zero unless Known, and only then
	Door    string  // Verdict.Door
}

// Begin makes the challenge of a sign-in. ErrVerifier if the account does not
// know this verifier, ErrMalformed if a fact cannot be shown as it is or Known
// and Browser disagree.
func (v *Verifier) Begin(ask Ask, st chain.State, now time.Time, rand io.Reader) (SignIn, error) {
	known, ok := st.Verifier(v.record.ID)
	if !ok || known.Sign != v.keys.SignKey() || !slices.Equal(known.KEM, v.keys.KEMKey()) {
		return SignIn{}, ErrVerifier
	}
	if ask.Known == ask.Browser.New() {
		return SignIn{}, ErrMalformed
	}
	id, err := trust.NewChallengeID(rand)
	if err != nil {
		return SignIn{}, err
	}
	c := v.challenge(ask, st, id, now)
	raw, err := c.Seal(v.keys)
	if err != nil {
		return SignIn{}, err
	}
	return SignIn{
		ID: id, Account: c.Account, Session: c.Session, Kind: c.Kind, Service: c.Service, Challenge: raw, Known: ask.Known,
		Browser: ask.Browser, State: Pending, Issued: c.Issued, Expires: c.Expires, Door: ask.Door, Digits: c.Digits,
	}, nil
}

func (v *Verifier) challenge(ask Ask, st chain.State, id trust.ChallengeID, now time.Time) trust.Challenge {
	head, issued := st.Head(), unix(now)
	return trust.Challenge{
		Version: 1, Kind: ask.Kind, Account: st.Account(), ID: id, Verifier: v.record.ID, Session: ask.Session,
		Service: ask.Service, Action: ask.Action, Address: ask.Address, Agent: ask.Agent,
		Issued: issued, Expires: issued + uint64(PendingFor/time.Second), Digits: st.Policy().Digits,
		Seq: head.Seq, Head: head.Hash, Known: ask.Known,
	}
}

// Facts gives the challenge as it was signed.
func (v *Verifier) Facts(s SignIn) (trust.Challenge, error) {
	return trust.OpenChallenge(s.Challenge, v.keys.SignKey())
}

// Letters gives the three letters that tell this sign-in from another.
func (s SignIn) Letters() string { return trust.Letters(trust.HashChallenge(s.Challenge)) }

// Open reports whether the sign-in waits for an answer or a code.
func (s SignIn) Open() bool { return s.State == Pending || s.State == Approved }

// Ignored reports whether it ended without an answer (limit L6).
func (s SignIn) Ignored() bool { return s.State == Expired && len(s.Approval) == 0 && len(s.Away) == 0 }

// Due gives the time after which an open sign-in is over; of a closed one, the
// time after which it would have been.
func (s SignIn) Due() time.Time {
	if s.ApprovedAt > 0 {
		return time.Unix(int64(s.ApprovedAt), 0).Add(CodeFor)
	}
	end := time.Unix(int64(s.Expires), 0)
	if s.TextAt == 0 {
		return end
	}
	return later(end, time.Unix(int64(s.TextAt), 0).Add(CodeFor))
}

// Expire ends an open sign-in whose time is over and reports whether it did.
func (v *Verifier) Expire(s SignIn, now time.Time) (SignIn, bool) {
	if !s.Open() || !s.over(now) {
		return s, false
	}
	s.State = Expired
	return s, true
}

// over reports whether the time is up, or cannot be told because the clock was
// set back since.
func (s SignIn) over(now time.Time) bool {
	began := max(s.Issued, s.ApprovedAt, s.TextAt)
	return unix(now) > unix(s.Due()) || unix(now)+uint64(ClockBack/time.Second) < began
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Stop ends an open sign-in from the browser it began in. ErrSession, ErrLate.
func (v *Verifier) Stop(s SignIn, session trust.SessionHash, now time.Time) (SignIn, error) {
	if session != s.Session {
		return s, ErrSession
	}
	if !s.Open() || s.over(now) {
		return s, ErrLate
	}
	s.State = Stopped
	return s, nil
}

// Choose sets the one device to ring for a pending sign-in; the zero DeviceID
// rings all. Any device may still answer. ErrNotMember; ErrLate, also after
// MaxChoices.
func (v *Verifier) Choose(s SignIn, st chain.State, device trust.DeviceID, now time.Time) (SignIn, error) {
	if _, ok := st.Device(device); !ok && !device.IsZero() {
		return s, ErrNotMember
	}
	if s.State != Pending || s.over(now) || s.Choices >= MaxChoices {
		return s, ErrLate
	}
	if s.Target != device {
		s.Choices++
	}
	s.Target = device
	return s, nil
}

// unix gives whole seconds, 0 before 1970.
func unix(t time.Time) uint64 { return uint64(max(t.Unix(), 0)) }
