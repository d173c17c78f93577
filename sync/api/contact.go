package api

import (
	"context"
	"time"
)

// Contacts is the part of Account about the addresses that security mails and text
// messages go to.
type Contacts interface {
	// AddContact sends an 8-digit code to an address, which is not used before
	// ConfirmContact; with the password typed on the device. One for wake-ups, which
	// carry no code, is used at once. The same address
	// again sends another code, which ends the one before. CodeSession,
	// CodePassword, CodeSlow, CodeYoung, CodeNotFound (the server sends no such
	// messages), CodeMalformed (no such address, or too many).
	AddContact(ctx context.Context, token Secret, c ContactCall) (Contact, error)
	// ConfirmContact shows the code: at most five tries within a day.
	// CodeSession, CodePassword (wrong, Retry 0), CodeNotFound (none waits).
	ConfirmContact(ctx context.Context, token Secret, id, code string) error
	// RemoveContact ends an address, which is told of it; with the password typed
	// on the device. CodeSession, CodePassword, CodeSlow, CodeYoung, CodeNotFound.
	RemoveContact(ctx context.Context, token Secret, id, password string) error
	// AllowText says whether somebody who gave the right password may sign in with a
	// code sent to a confirmed telephone number; one number at most may. With the
	// password typed on the device. CodeSession, CodePassword, CodeSlow, CodeYoung,
	// CodeNotFound (no such number, or the server lets nobody in that way).
	AllowText(ctx context.Context, token Secret, id, password string, on bool) error
}

// Medium is how an address is reached. Stored and sent; do not change.
type Medium string

// The media.
const (
	MediumMail Medium = "mail"
	MediumText Medium = "text" // text messages to a telephone number
	MediumWake Medium = "wake" // an empty message to an ntfy topic: "look at your device"
)

// Contact is an address of the account.
type Contact struct {
	ID        string    `json:"id"`
	Medium    Medium    `json:"medium"`
	Address   string    `json:"address"`
	Language  string    `json:"language"` // "en", "de"
	Confirmed bool      `json:"confirmed"`
	Since     time.Time `json:"since"`
	SignIn    bool      `json:"sign_in,omitempty"` // see AllowText
}

// MaxContacts is how many addresses an account may have of each medium.
const MaxContacts = 2

// ContactCall adds an address, or removes or confirms the one with the ID; which
// fields are set follows from the call.
type ContactCall struct {
	ID       string `json:"id,omitempty"`
	Medium   Medium `json:"medium,omitempty"`
	Address  string `json:"address,omitempty"`
	Language string `json:"language,omitempty"`
	Password string `json:"password,omitempty"`
	Code     string `json:"code,omitempty"`
	On       bool   `json:"on,omitempty"`
}
