// Package front is the doorway for services that are not web pages of ours: one small
// Gate, behind which the rules are, and the words in which fronts ask it. Each
// protocol (HTTP, LDAP, RADIUS) is a package beneath.
//
// It knows no store and no chain: sync/server is the Gate.
//
// Source: docs/protocol.md §11.
package front

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Gate is what a front asks. Safe for concurrent use. Errors are ErrService, ErrBusy,
// ErrRefused where the method says so; others mean that nothing could be found out.
type Gate interface {
	// Check says whether an app password opens a service; ErrRefused if not, ErrService
	// for a service that is not configured. It never rings a device and compares no
	// account password.
	Check(ctx context.Context, try Try) (Opened, error)
	// Ask begins a sign-in at a service that asks for the code: it rings the account's
	// devices after the right password of the account, and answers at once. With
	// try.First nothing is compared: the service has examined its own first factor, as
	// a key. ErrRefused; ErrService also where the service does not ask for codes.
	Ask(ctx context.Context, try Try) (Asked, error)
	// Code types the code, try.Password, to what Ask began at this very service; the name
	// is not looked at. ErrRefused if it is over; ErrAgain if another may be typed.
	Code(ctx context.Context, state []byte, try Try) (Opened, error)
	// Both is for who cannot ask twice: try.Password is the password of the account with a
	// code behind it (see Split), of the sign-in that Ask began at this service, or an
	// offline code. ErrRefused, ErrService, ErrBusy.
	Both(ctx context.Context, try Try) (Opened, error)
	// Digests gives what a service with digest authentication compares with, of all app
	// passwords that open it. ErrService, or none for whom there is no account.
	Digests(ctx context.Context, service, name, realm string) ([]Digest, error)
	// Services gives what is configured, in its order.
	Services() []Service
}

var (
	// ErrRefused is the one answer to a name and a password that do not fit: it does
	// not say whether there is such an account.
	ErrRefused = errors.New("refused")
	// ErrService says that no such service is configured.
	ErrService = errors.New("no such service")
	// ErrBusy says that the limits for work are reached; try later.
	ErrBusy = errors.New("busy")
	// ErrAgain says that the code was wrong, or comes before a device allowed it;
	// another may be typed.
	ErrAgain = errors.New("try again")
)

// Try is somebody who wants in.
type Try struct {
	Service  string // its id
	Name     string // of the account; case is ignored
	Password string
	First    bool       // Ask: the service has examined another first factor, and Password is empty
	From     netip.Addr // of the client, as the service tells it; zero = unknown
	Protocol string     // "http", "ldap", "radius": by which front
}

// Opened says for whom a service opens.
type Opened struct {
	Account string // the account's name as people write it
	User    string // its name as services know it: folded
	Label   string // of the app password; "" where a code opened it
}

// Asked is a sign-in that waits for its code.
type Asked struct {
	State   []byte // 32 secret bytes, for Code
	Letters string // three letters that the device shows beside it
	Digits  int    // how long the code is
	Until   time.Time
}

// Digest is a name, realm and password hashed as RFC 7616 wants it, in hexadecimal.
type Digest struct {
	MD5, SHA256 string
}

// Kind says what a service is, which screens have a word and an icon for. Stored in
// configurations and sent; do not change.
type Kind string

// The kinds.
const (
	Mail      Kind = "mail"
	Chat      Kind = "chat"
	Calls     Kind = "calls"
	Calendars Kind = "calendars"
	Network   Kind = "network" // Wi-Fi, VPN
	Shell     Kind = "shell"   // SSH, sudo
	Web       Kind = "web"     // a page behind forward-auth
	Other     Kind = "other"
)

// Service is one thing that app passwords, or passwords and codes, open.
type Service struct {
	ID    string   // what fronts and app passwords name; see trust/apppass.CheckService
	Also  []string // further names by which fronts may ask for the same
	Kind  Kind
	Title string // what people call it: "Mail"
	// Address is where its own clients connect to: "imaps://mail.example.org:993".
	// For set-up by QR code and file, and for the self-test.
	Address string
	Send    string // mail: where messages are handed in, "submission://mail.example.org:587"
	Realm   string // calls: of its digests; chat, mail: the domain of its names
	Code    bool   // asks for the code: password of the account, then the code
	Open    bool   // app passwords open it
}
