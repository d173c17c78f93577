package api

import (
	"context"
	"time"

	"github.com/countersign/countersign/trust/pair"
)

// Boxes is the part of Account that carries pairings: mailboxes without any
// understanding of what lies in them. Whoever knows a box's symbols may read it.
// The slots are numbered by Slot; each holds at most pair.MaxMessage bytes.
type Boxes interface {
	// OpenBox makes a mailbox with the trusted device's hello in it; at most three
	// are open for an account, ten an hour. CodeSession, CodeYoung, CodeSlow.
	OpenBox(ctx context.Context, token Secret, hello []byte) (Box, error)
	// WriteBox lets the device that opened the box put its message into SlotReveal
	// or SlotWelcome; a second welcome replaces the first and clears the consent.
	// CodeSession, CodeNotFound, CodeMalformed.
	WriteBox(ctx context.Context, token Secret, symbols pair.Symbols, slot Slot, message []byte) error
	// CloseBox ends the box and says how; its messages are gone, its State can be
	// read until Until. Closing it again changes nothing. CodeSession, CodeNotFound.
	CloseBox(ctx context.Context, token Secret, symbols pair.Symbols, state BoxState) error
	// Box reads a box. CodeNotFound, CodeSlow for who tries many symbols.
	Box(ctx context.Context, symbols pair.Symbols) (Box, error)
	// JoinBox lets the new device put its message into SlotJoin, with a key it drew
	// (16 bytes), and later into SlotConsent, with the same key. Only the first
	// join is taken: CodeAnswered for another's. The same message again succeeds
	// again. CodeNotFound, CodeMalformed, CodeSlow.
	JoinBox(ctx context.Context, symbols pair.Symbols, key Secret, slot Slot, message []byte) error
	// LeaveBox lets the new device stop, with its key: BoxLeft. CodeNotFound.
	LeaveBox(ctx context.Context, symbols pair.Symbols, key Secret) error
}

// Slot is a place for one message in a box. Sent; do not change.
type Slot int

// The slots, in the order of the protocol.
const (
	SlotHello   Slot = 0
	SlotJoin    Slot = 1
	SlotReveal  Slot = 2
	SlotWelcome Slot = 3
	SlotConsent Slot = 4
)

// Slots is how many there are.
const Slots = 5

// BoxState says how far a pairing is, or how it ended. Sent and stored; do not change.
type BoxState string

// The states of a box.
const (
	BoxOpen    BoxState = "open"
	BoxDone    BoxState = "done"    // the new device belongs to the account
	BoxDigits  BoxState = "digits"  // wrong digits were typed
	BoxStopped BoxState = "stopped" // stopped on the trusted device
	BoxLeft    BoxState = "left"    // stopped on the new device
)

// Box is a mailbox as anybody who knows its symbols sees it.
type Box struct {
	Symbols  pair.Symbols  `json:"symbols"`
	Until    time.Time     `json:"until"` // when it ends by itself, 5 minutes after it was opened
	Now      time.Time     `json:"now"`   // the backend's clock
	State    BoxState      `json:"state"`
	Messages [Slots][]byte `json:"messages"` // nil: nothing yet
	Network  string        `json:"network"`  // both devices: "own" (the same), "another", "unknown"
	// Young and Held say for how many hours the new device will be young and held
	// once it belongs, see DeviceSeen; 0 = not at all, or not known yet.
	Young int `json:"young,omitempty"`
	Held  int `json:"held,omitempty"`
}
