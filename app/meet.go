package app

import (
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// Invite is what a trusted device shows so that a new one can join.
type Invite struct {
	Link    string       // to be drawn as a QR picture
	Symbols pair.Symbols // to be typed, with Server, where nothing can be scanned
	Server  string       // the backend's origin
	Until   time.Time    // in this computer's clock
}

// Newcomer is who wants to join. Until the digits were right it is only a claim.
type Newcomer struct {
	Name    string
	Kind    trust.Kind
	Network string // "own" (the same as this device's), "another", "unknown", as the backend sees both
	Young   int    // for how many hours it will not be able to change anything; 0 = not at all
	Held    int    // for how many hours it will not be able to allow sign-ins
}

// JoinInput is how a new device finds the trusted one.
type JoinInput struct {
	Link       string // what was scanned or pasted; or
	Server     string // address, and
	Symbols    string // the eight symbols, as typed
	DeviceName string
	Kind       trust.Kind
}
