// Package api is the contract between a trusted device and the sync backend:
// one interface, its messages, its paths and its numbered errors. It is
// implemented twice, by sync/client over HTTP and by sync/server for real, and
// one suite (apitest) examines both. It holds no behaviour of its own.
//
// Source: docs/protocol.md §4.3, §5, §6 and §12.
package api

import (
	"context"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Account is what a trusted device may ask of a backend. Every method may return
// an *Error; other errors mean that no answer was had and the call may be
// repeated: all of them are safe to repeat with the same arguments.
type Account interface {
	// Server says who answers and under which verifier record new accounts start.
	Server(ctx context.Context) (Server, error)
	// Invitation looks an invitation up without using it. CodeInvitation.
	Invitation(ctx context.Context, secret Secret) (Invitation, error)
	// Register makes the account of an invitation from its first chain entries
	// and password, in one step. Repeated with the same entries it succeeds again.
	// CodeInvitation, CodeName, CodePassword, CodeChain.
	Register(ctx context.Context, r Registration) error

	// Nonce gives a value to be signed within 60 s, once, for Session.
	Nonce(ctx context.Context, account trust.AccountID, device trust.DeviceID) (Secret, error)
	// Session trades the signed nonce for a token (15 min). CodeDevice.
	Session(ctx context.Context, p SessionProof) (Session, error)

	// Status gives the account as the backend sees it. CodeSession.
	Status(ctx context.Context, token Secret) (Status, error)
	// Chain gives the raw entries with seq >= from. CodeSession.
	Chain(ctx context.Context, token Secret, from uint64) ([][]byte, error)
	// Requests gives the sign-ins that wait for an answer or a code, oldest
	// first. opened says that a person is looking, which ends the quiet of limit
	// L6; a device that asks by itself says false. CodeSession.
	Requests(ctx context.Context, token Secret, opened bool) ([]Request, error)
	// Answer delivers a signed approval. CodeSession, CodeAnswered, CodeLate, CodeApproval.
	Answer(ctx context.Context, token Secret, approval []byte) error
	// Events gives up to limit (<= 500) events with seq > after, in order. CodeSession.
	Events(ctx context.Context, token Secret, after uint64, limit int) ([]Event, error)
	// Watch calls each for every event with seq > after, as they happen, until
	// ctx ends, the connection breaks or each returns an error; it never returns
	// nil. alive, if not nil, is called whenever the backend was heard. CodeSession;
	// CodeStale if after is beyond the newest event.
	Watch(ctx context.Context, token Secret, after uint64, alive func(), each func(Event) error) error

	// Resume switches sign-in from new browsers on again after it was paused or
	// switched off, with the password typed on the device. CodeSession, CodePassword, CodeSlow.
	Resume(ctx context.Context, token Secret, password string) error
	// OpenDoor lets one sign-in from a new browser pass the pauses within 10
	// minutes, with the password typed on the device. CodeSession, CodePassword, CodeSlow.
	OpenDoor(ctx context.Context, token Secret, password string) (Door, error)
	// ChangePassword sets another password, with the present one typed on the
	// device. It lifts what the old one brought about: pauses, switched-off
	// browsers, the mark that others know it. Browsers are signed out.
	// CodeSession, CodePassword, CodeSlow, CodeYoung.
	ChangePassword(ctx context.Context, token Secret, present, next string) error

	Devices
	Boxes
	Recoveries
	Contacts
}

// Secret is 32 random bytes (an invitation: 16) that one side gave the other. It
// hides itself from formatted output.
type Secret []byte

// String hides the secret.
func (Secret) String() string { return "(secret)" }

// GoString hides the secret.
func (Secret) GoString() string { return "(secret)" }

// Server is who answers.
type Server struct {
	Name     string   `json:"name"`     // what people call it, shown on its pages
	Version  string   `json:"version"`  // program version
	Protocol string   `json:"protocol"` // "td/1"
	Verifier Verifier `json:"verifier"`
	Media    []Medium `json:"media,omitempty"` // by which it sends messages
	Text     bool     `json:"text,omitempty"`  // see Contacts.AllowText
}

// Verifier is the verifier record as it travels; Record gives the chain's form.
type Verifier struct {
	ID     trust.VerifierID `json:"id"`
	Origin string           `json:"origin"`
	Sign   trust.Hash       `json:"sign"` // Ed25519 public key
	KEM    []byte           `json:"kem"`
}

// Record gives the record as it goes into the chain.
func (v Verifier) Record() trust.Verifier {
	return trust.Verifier{ID: v.ID, Origin: v.Origin, Sign: trust.SignKey(v.Sign), KEM: v.KEM}
}

// Invitation is what an invitation is good for.
type Invitation struct {
	Name    string    `json:"name"`
	Expires time.Time `json:"expires"`
}

// Registration makes an account.
type Registration struct {
	Invitation Secret   `json:"invitation"`
	Name       string   `json:"name"`
	Password   string   `json:"password"`
	Entries    [][]byte `json:"entries"` // genesis, recovery-set
}

// SessionProof opens a device's session.
type SessionProof struct {
	Account   trust.AccountID `json:"account"`
	Device    trust.DeviceID  `json:"device"`
	Nonce     Secret          `json:"nonce"`
	Signature []byte          `json:"signature"` // trust.Proof.Sign
}

// Session is a device's session.
type Session struct {
	Token   Secret    `json:"token"`
	Expires time.Time `json:"expires"`
	Now     time.Time `json:"now"` // the backend's clock, so that the device can show its time left
}

// Status is the account as the backend sees it.
type Status struct {
	Name      string       `json:"name"`
	TwoStep   bool         `json:"two_step"` // the trial sign-in succeeded
	Head      chain.Head   `json:"head"`
	Events    uint64       `json:"events"` // seq of the newest event
	Now       time.Time    `json:"now"`
	Devices   []DeviceSeen `json:"devices"`
	Paused    *time.Time   `json:"paused,omitempty"`     // new browsers are refused until then
	Off       bool         `json:"off,omitempty"`        // new browsers are refused until Resume
	MustReset bool         `json:"must_reset,omitempty"` // the password is known to others
	Quiet     bool         `json:"quiet,omitempty"`      // ringing stopped after unanswered requests (L6)
	Door      *Door        `json:"door,omitempty"`
	Waits     []Wait       `json:"waits,omitempty"` // oldest first
	Contacts  []Contact    `json:"contacts,omitempty"`
	Left      bool         `json:"left,omitempty"`     // two-step verification was switched off
	Services  []Service    `json:"services,omitempty"` // what app passwords, or codes, open, in the operator's order
	Uses      []Use        `json:"uses,omitempty"`     // of app passwords
	// Offline says which devices' offline codes are accepted.
	Offline []trust.DeviceID `json:"offline,omitempty"`
	// Receipt is the backend's own proof that it has accepted Head. A device keeps
	// it, and hands it back with the entries to a backend that lost them; see Heal.
	Receipt []byte `json:"receipt,omitempty"`
}

// DeviceSeen says when a device was last connected.
type DeviceSeen struct {
	Device trust.DeviceID `json:"device"`
	Seen   time.Time      `json:"seen"`
	Online bool           `json:"online"`
	Sight  []byte         `json:"sight,omitempty"` // the last it sent, see trust.OpenSight
	Young  *time.Time     `json:"young,omitempty"` // until then it may change nothing but leave
	Held   *time.Time     `json:"held,omitempty"`  // until then it may not allow sign-ins either
}

// Door is an opened door: its letters appear on the page that passes through.
type Door struct {
	Letters string    `json:"letters"`
	Until   time.Time `json:"until"`
}

// Request is one sign-in that waits. Only Challenge is signed; the counts are the
// backend's word and are shown as such.
type Request struct {
	Challenge []byte         `json:"challenge"` // signed, see trust.OpenChallenge
	State     string         `json:"state"`     // verify's state: "pending", "approved"
	Network   string         `json:"network"`   // "own", "another", "unknown": browser's address beside this device's
	Try       int            `json:"try"`       // which try in 15 minutes this is, from 1
	Refused   int            `json:"refused"`   // how many more were refused without ringing
	Target    trust.DeviceID `json:"target"`    // the one device asked to ring; zero = all
	Device    trust.DeviceID `json:"device"`    // who answered; zero = nobody
	Letters   string         `json:"letters"`
}
