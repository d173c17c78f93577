// Package pair is pairing as two state machines over opaque messages: the
// trusted device is the Host, the new one the Guest. It is no transport, asks for
// no password and appends nothing to a chain: it only proves to each side with
// whom it speaks, and carries the one entry that both have to sign.
//
// The messages, in order: hello (host), join (guest), reveal (host); then a person
// types the guest's six digits into the host; welcome (host), consent (guest).
// Whoever carries them may read, change, drop or invent them.
//
// Source: docs/protocol.md §9.
package pair

import "errors"

var (
	// ErrMessage is the one answer to a message that is malformed, out of turn or
	// not from the other side. The pairing is over.
	ErrMessage = errors.New("pairing message is not valid")
	// ErrDigits says that the six digits were wrong. There is no second try: the
	// pairing is over.
	ErrDigits = errors.New("the digits are not those of the new device")
	// ErrOffer says that a text is no pairing code.
	ErrOffer = errors.New("not a pairing code")
)
