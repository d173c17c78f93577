package api

import (
	"context"
	"time"

	"github.com/countersign/countersign/trust"
)

// Recoveries is the part of Account that brings back the third of three things
// (password, trusted device, recovery key) to who has two, and one by one what a
// single one may: to stop.
type Recoveries interface {
	// RegainNonce gives what the recovery key has to sign within 60 s, once, for
	// the account of a name. A name without account gets the like of it.
	RegainNonce(ctx context.Context, name string) (RegainNonce, error)
	// BeginRegain asks for a new device, with password and recovery key. It waits as
	// the account's policy says. Repeated for the same device it finds the wait
	// again. CodePassword (flat: name, password or key do not fit), CodeSlow.
	BeginRegain(ctx context.Context, r RegainCall) (Regaining, error)
	// Regaining says how far the wait of a device is that is not in the chain yet;
	// it proves itself as for Session, with a nonce of Nonce. CodeDevice.
	Regaining(ctx context.Context, p SessionProof) (Regaining, error)
	// FinishRegain lets the device in after its wait. The recovery key has signed
	// all entries: one that adds the device, any that remove devices, and last the
	// one that replaces itself. All are taken or none; the same again succeeds
	// again. CodeDevice, CodeWait, CodeStopped, CodeChain, CodeStale.
	FinishRegain(ctx context.Context, p SessionProof, entries [][]byte) error

	// ResetWithKey sets another password at once. The recovery key, typed on the
	// calling device, has signed the entry that replaces it. What ChangePassword
	// lifts is lifted. The same again succeeds again. CodeSession, CodeChain,
	// CodeStale, CodePassword (it cannot be one).
	ResetWithKey(ctx context.Context, token Secret, next string, entry []byte) error
	// BeginReset asks for another password with the device alone, which waits as
	// the account's policy says. CodeSession, CodeYoung, CodeNotFound (the policy
	// says never).
	BeginReset(ctx context.Context, token Secret) (Wait, error)
	// FinishReset sets the password after the wait that the calling device began.
	// CodeSession, CodeWait, CodeStopped, CodePassword (it cannot be one).
	FinishReset(ctx context.Context, token Secret, next string) error
	// Leave asks to switch two-step verification off, with the password typed on
	// the device. It is off when the wait is over, without a further call; at once
	// in the first two weeks of the account. CodeSession, CodePassword, CodeShort,
	// CodeSlow, CodeYoung.
	Leave(ctx context.Context, token Secret, password string) (Wait, error)
	// Pause refuses sign-ins from new browsers for a day. CodeSession.
	Pause(ctx context.Context, token Secret) error

	// StopWait stops a wait from a trusted device. Stopping one that is over by now
	// is CodeStopped. CodeSession.
	StopWait(ctx context.Context, token Secret, id trust.WaitID) error
	// WaitsBy shows the waits to who has one thing. CodePassword (flat), CodeSlow.
	WaitsBy(ctx context.Context, f Factor) ([]Wait, error)
	// StopBy stops a wait with one thing. CodePassword (flat), CodeStopped, CodeSlow.
	StopBy(ctx context.Context, f Factor, id trust.WaitID) error
}

// RegainNonce is what the recovery key signs, see trust.Regain.
type RegainNonce struct {
	Account trust.AccountID `json:"account"`
	Nonce   Secret          `json:"nonce"`
}

// RegainCall asks for a new device.
type RegainCall struct {
	Name      string `json:"name"`
	Password  string `json:"password"`
	Device    []byte `json:"device"` // trust.Marshal of the trust.Device
	Nonce     Secret `json:"nonce"`
	Signature []byte `json:"signature"` // trust.Regain, RegainDevice, HashDevice
}

// Regaining is a device's way back into an account.
type Regaining struct {
	Account trust.AccountID `json:"account"`
	State   RegainState     `json:"state"`
	Wait    Wait            `json:"wait"`
	By      string          `json:"by,omitempty"` // stopped: see EventData.By
	Now     time.Time       `json:"now"`          // the backend's clock
	Entries [][]byte        `json:"entries,omitempty"`
}

// RegainState is how far it is. Sent; do not change.
type RegainState string

// The states. Entries are there in RegainReady.
const (
	RegainWaits   RegainState = "waits"
	RegainReady   RegainState = "ready"
	RegainStopped RegainState = "stopped"
	RegainDone    RegainState = "done" // the device belongs
)

// Factor is one of the three things, shown without a session: a password, or a
// recovery key's signature over a nonce of RegainNonce.
type Factor struct {
	Name      string `json:"name"`
	Password  string `json:"password,omitempty"`
	Nonce     Secret `json:"nonce,omitempty"`
	Signature []byte `json:"signature,omitempty"` // trust.Regain, RegainLook or RegainStop
}

// WaitKind says what is waited for. Stored and sent; do not change.
type WaitKind string

// The kinds of wait.
const (
	WaitDevice   WaitKind = "device"   // a new device, with password and recovery key
	WaitPassword WaitKind = "password" // another password, with a device alone
	WaitLeave    WaitKind = "leave"    // two-step verification off
	WaitRenew    WaitKind = "renew"    // all of it begun anew, because the operator was asked to
	WaitRemove   WaitKind = "remove"   // a second device removed by one device within a day
)

// Wait is something that was asked for and that any one thing can stop.
type Wait struct {
	ID      trust.WaitID   `json:"id"`
	Kind    WaitKind       `json:"kind"`
	Device  trust.DeviceID `json:"device"` // that joins, or that asked
	Name    string         `json:"name"`   // the device's own; remove: of the one to be removed
	Since   time.Time      `json:"since"`
	Until   time.Time      `json:"until"`
	Address string         `json:"address,omitempty"` // from where it was asked for
}

// The calls.

// RegainNonceCall asks for a nonce by an account's name.
type RegainNonceCall struct {
	Name string `json:"name"`
}

// FinishRegainCall lets a device in.
type FinishRegainCall struct {
	Proof   SessionProof `json:"proof"`
	Entries [][]byte     `json:"entries"`
}

// ResetCall sets a password, where an entry proves the recovery key or a wait is over.
type ResetCall struct {
	Next  string `json:"next"`
	Entry []byte `json:"entry,omitempty"`
}

// StopCall stops a wait.
type StopCall struct {
	Wait trust.WaitID `json:"wait"`
}

// FactorCall stops a wait, or looks, with one thing.
type FactorCall struct {
	Factor Factor       `json:"factor"`
	Wait   trust.WaitID `json:"wait,omitzero"`
}

// WaitsAnswer is an account's waits, oldest first.
type WaitsAnswer struct {
	Waits []Wait `json:"waits"`
}
