package api

import (
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// The bodies of the calls whose arguments or answers are not a message of their
// own. Registration, SessionProof, Server, Invitation, Session, Status and Door
// travel as they are. A call without arguments sends Empty; one without an
// answer is answered by it. Watch sends each event as the data of one
// server-sent event whose id is the event's seq, and comment lines as heartbeat.
// Names of members never change their meaning; new ones may come.

// Empty says nothing.
type Empty struct{}

// InvitationCall asks for an Invitation.
type InvitationCall struct {
	Invitation Secret `json:"invitation"`
}

// NonceCall asks for a nonce.
type NonceCall struct {
	Account trust.AccountID `json:"account"`
	Device  trust.DeviceID  `json:"device"`
}

// NonceAnswer is one nonce.
type NonceAnswer struct {
	Nonce Secret `json:"nonce"`
}

// ChainCall asks for the entries with seq >= From.
type ChainCall struct {
	From uint64 `json:"from"`
}

// ChainAnswer is raw entries in order.
type ChainAnswer struct {
	Entries [][]byte `json:"entries"`
}

// RequestsCall asks for what waits; Opened: a person is looking.
type RequestsCall struct {
	Opened bool `json:"opened"`
}

// RequestsAnswer is the sign-ins that wait.
type RequestsAnswer struct {
	Requests []Request `json:"requests"`
}

// AnswerCall delivers a signed approval.
type AnswerCall struct {
	Approval []byte `json:"approval"`
}

// EventsCall asks for at most Limit events with seq > After.
type EventsCall struct {
	After uint64 `json:"after"`
	Limit int    `json:"limit"`
}

// EventsAnswer is events in order.
type EventsAnswer struct {
	Events []Event `json:"events"`
}

// PasswordChange carries both passwords, for ChangePassword.
type PasswordChange struct {
	Present string `json:"present"`
	Next    string `json:"next"`
}

// PasswordCall carries the password typed on the device, for Resume and OpenDoor.
type PasswordCall struct {
	Password string `json:"password"`
}

// GrantCall carries the password typed for one entry.
type GrantCall struct {
	Password string     `json:"password"`
	Body     trust.Hash `json:"body"`
}

// AppendCall adds an entry.
type AppendCall struct {
	Entry []byte `json:"entry"`
}

// HealCall hands lost entries back.
type HealCall struct {
	Account trust.AccountID `json:"account"`
	Entries [][]byte        `json:"entries"`
	Receipt []byte          `json:"receipt"`
}

// SightCall delivers a signed sight.
type SightCall struct {
	Sight []byte `json:"sight"`
}

// BoxCall names a box, and what is to be done with it; which fields are set
// follows from the call.
type BoxCall struct {
	Symbols pair.Symbols `json:"symbols,omitempty"`
	Key     Secret       `json:"key,omitempty"`
	Slot    Slot         `json:"slot,omitempty"`
	Message []byte       `json:"message,omitempty"`
	State   BoxState     `json:"state,omitempty"`
}
