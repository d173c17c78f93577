// Package store is the contract of durable state for the sync backend: what is
// kept, and what a transaction promises. Engines live beneath (sqlite), their
// common examination in storetest. It knows no rule of the protocol: rows that
// must not be forged carry a MAC that only trust/verify can make.
//
// Source: docs/protocol.md §6.2 (rows), docs/design/ (engine).
package store

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/trust"
)

var (
	// ErrNotFound says that no such row exists.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a row with this key exists already (or an entry with this seq).
	ErrConflict = errors.New("exists already")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("store is closed")
	// ErrCorrupt says that the data failed an integrity check; nothing is served from it.
	ErrCorrupt = errors.New("data is damaged")
	// ErrInUse says that another process has the data open.
	ErrInUse = errors.New("data is in use by another process")
	// ErrReadOnly says that a View tried to write.
	ErrReadOnly = errors.New("a view cannot write")
)

// Store keeps accounts, their events, sign-ins, tickets, counters and the outbox.
// Safe for concurrent use.
type Store interface {
	// Update runs fn in a serialised read-write transaction. When Update returns
	// nil, everything fn wrote is on stable storage. When fn or the commit fails,
	// nothing of it is. fn must be quick, must use only its Tx, and may be run
	// again after a failed commit of others, so it must not touch anything outside.
	Update(ctx context.Context, fn func(Tx) error) error
	// View runs fn in a read-only snapshot. Writing in it fails.
	View(ctx context.Context, fn func(Tx) error) error
	// Check runs the engine's full integrity check; ErrCorrupt with the reason if it fails.
	Check(ctx context.Context) error
	// Close waits for running transactions and releases the data.
	Close() error
}

// Tx is one transaction. Methods return ErrNotFound or ErrConflict where the
// comment says so, otherwise only engine errors. Not safe for concurrent use.
type Tx interface {
	Accounts
	Log
	SignIns
	Tickets
	Counters
	Outbox
}

// Account is one account's row. Entries and events are kept beside it.
type Account struct {
	ID       trust.AccountID
	Name     string    // unique after folding; as the person wrote it
	Key      string    // folded name, unique; made by the caller
	Password []byte    // sealed password record, opaque
	Limits   []byte    // verify.Limits, opaque, with its MAC
	TwoStep  bool      // the trial sign-in succeeded
	Events   uint64    // seq of the newest event; written by Append only
	Created  time.Time // seconds
}

// Accounts is the part of a Tx about accounts and their chains.
type Accounts interface {
	Account(id trust.AccountID) (Account, error)                // ErrNotFound
	AccountByKey(key string) (Account, error)                   // ErrNotFound
	ListAccounts(afterKey string, limit int) ([]Account, error) // by Key
	CreateAccount(a Account) error                              // ErrConflict on id or key
	UpdateAccount(a Account) error                              // all but ID, Events and Created; ErrNotFound
	// Entries gives the raw chain entries with seq >= from, in order.
	Entries(id trust.AccountID, from uint64) ([][]byte, error)
	// AppendEntry adds the raw entry at seq; ErrConflict unless seq is the next.
	AppendEntry(id trust.AccountID, seq uint64, raw []byte) error
}

// Event is one line of an account's gap-free log: what devices are told and what
// Activity shows. Data is a message of sync/api, opaque here.
type Event struct {
	Seq  uint64 // 1, 2, 3 …; set by Append
	Kind string
	At   time.Time // seconds
	Data []byte
}

// Log is the part of a Tx about the event log.
type Log interface {
	// Append adds an event with the next seq of the account and gives that seq. ErrNotFound.
	Append(id trust.AccountID, e Event) (uint64, error)
	// Events gives up to limit events with seq > after, in order.
	Events(id trust.AccountID, after uint64, limit int) ([]Event, error)
}

// SignIn is one sign-in's row: Row is verify's encoding with its MAC; the other
// columns exist for look-up only and are never trusted over Row.
type SignIn struct {
	ID      trust.ChallengeID
	Account trust.AccountID
	Session trust.SessionHash
	Open    bool      // pending or approved
	Due     time.Time // when an open one ends by itself, seconds
	Row     []byte
}

// SignIns is the part of a Tx about sign-ins.
type SignIns interface {
	SignIn(id trust.ChallengeID) (SignIn, error)                // ErrNotFound
	SignInBySession(s trust.SessionHash) (SignIn, error)        // the newest; ErrNotFound
	OpenSignIns(account trust.AccountID) ([]SignIn, error)      // oldest first
	DueSignIns(now time.Time, limit int) ([]SignIn, error)      // open and due <= now
	PutSignIn(s SignIn) error                                   // insert or replace by ID
	DropSignIns(before time.Time, limit int) (n int, err error) // closed, due before
}

// TicketKind says what a ticket is good for.
type TicketKind string

// The kinds of ticket. Written to storage; do not change.
const (
	Invitation TicketKind = "invitation" // lets its holder make the account Name
	Nonce      TicketKind = "nonce"      // one device session proof
	Token      TicketKind = "token"      // a device's session
	Session    TicketKind = "session"    // a browser signed in
	Browser    TicketKind = "browser"    // a browser known to an account
	Grant      TicketKind = "grant"      // the password was typed for one change
	Box        TicketKind = "box"        // a pairing's mailbox
	Wait       TicketKind = "wait"       // something that was asked for and waits
	Contact    TicketKind = "contact"    // an address of an account
)

// Ticket is a secret the backend gave out, kept only as its hash.
type Ticket struct {
	Kind    TicketKind
	Hash    [32]byte // SHA-256 of the secret
	Account trust.AccountID
	Device  trust.DeviceID
	Name    string // invitation: the account's name; browser/session: program and system
	Created time.Time
	Expires time.Time // seconds; a ticket past it is ErrNotFound to Ticket and TakeTicket
	Data    []byte    // opaque, with a MAC where it must not be forged
}

// Tickets is the part of a Tx about tickets.
type Tickets interface {
	Ticket(kind TicketKind, hash [32]byte, now time.Time) (Ticket, error)     // ErrNotFound
	TakeTicket(kind TicketKind, hash [32]byte, now time.Time) (Ticket, error) // and delete; ErrNotFound
	PutTicket(t Ticket) error                                                 // insert or replace by kind and hash
	TicketsOf(account trust.AccountID, kind TicketKind) ([]Ticket, error)     // newest first, expired too
	DropTickets(now time.Time, limit int) (n int, err error)                  // expired
}

// Counter is a small budget kept by key: tries per name, failures per address.
type Counter struct {
	Key     [32]byte // keyed hash of what is counted
	Expires time.Time
	Data    []byte // opaque, with a MAC
}

// Counters is the part of a Tx about budgets.
type Counters interface {
	Counter(key [32]byte, now time.Time) (Counter, error) // ErrNotFound, also when expired
	PutCounter(c Counter) error
	DropCounters(now time.Time, limit int) (n int, err error)
}

// Notice is a message to be sent after commit: a security mail, a wake-up.
type Notice struct {
	ID      int64 // set by Enqueue
	Account trust.AccountID
	Kind    string
	Data    []byte
	Created time.Time
	Due     time.Time // next try
	Tries   int
}

// Outbox is the part of a Tx about messages to be sent.
type Outbox interface {
	Enqueue(n Notice) (int64, error)
	// DueNotices gives up to limit notices with due <= now of these kinds, of all kinds
	// if none is named: the oldest of each account, then the second of each, and so on,
	// accounts in order beginning after the one named. No number of one account's hides
	// another's.
	DueNotices(now time.Time, after trust.AccountID, limit int, kinds ...string) ([]Notice, error)
	RetryNotice(id int64, due time.Time) error // counts a try; ErrNotFound
	DropNotice(id int64) error                 // sent or given up; ErrNotFound
}
