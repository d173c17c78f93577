// Package notice carries what has to be told outside of the app to where the
// account's people are: security mails, text messages, wake-ups. It writes the
// sentences and speaks to gateways; whom to tell and when is the Source's, which
// keeps each message until it is sent.
//
// Source: docs/protocol.md §12.
package notice

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// ErrRefused says that a gateway will never take this message: there is no such
// address, or it does not like the text. Trying again is of no use.
var ErrRefused = errors.New("the message was refused")

// Message is one thing to tell one address. Either Code is set, or Event is.
type Message struct {
	ID       int64 // names it to the Source
	Medium   api.Medium
	Address  string
	Language string // "en", "de"
	Account  string // its name
	Server   string // what people call it
	Origin   string // where its pages are
	Event    api.Event
	Device   string // name of the device the event is about; "" = none
	By       string // name of the device that did it; "" = none
	Stop     string // link that stops Event.Data.Wait; "" = nothing to stop
	Code     string // 8 digits that confirm this address, or let in
	SignIn   bool   // Code lets in
	Created  time.Time
	Tries    int // so far
}

// Source is where messages come from. It writes them down in the transaction of
// what they tell of. Safe for concurrent use.
type Source interface {
	// Messages gives up to limit messages that are due, of some media or of any: of
	// different accounts if there are, each account's oldest, and accounts in turn, so
	// that a flood for one delays no other's. One whose Code is set gets another code
	// each time it is asked for.
	Messages(ctx context.Context, limit int, only ...api.Medium) ([]Message, error)
	// Sent ends a message.
	Sent(ctx context.Context, id int64) error
	// Retry puts a message off and counts a try.
	Retry(ctx context.Context, id int64, due time.Time) error
	// Due has a value when there may be messages sooner than was thought.
	Due() <-chan struct{}
}

// Sender speaks to one gateway. Send returns when the gateway has taken the
// message; ErrRefused if it never will, any other error if it may later. Safe for
// concurrent use.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Matters reports whether an event is told outside of the app.
func Matters(e api.Event) bool {
	switch e.Kind {
	case api.EventChain:
		return e.Data.Op != "" && e.Data.Op != api.ChangeVerifier
	case api.EventDone:
		return !e.Data.Known && e.Data.By != ByService && e.Data.Action == ""
	case api.EventStop: // what replaced it, or removed it, is told for itself
		return e.Data.By != "replaced" && e.Data.By != "removed"
	case api.EventWait, api.EventHalf, api.EventReady, api.EventReset, api.EventRegained, api.EventLeft, api.EventReplaced,
		api.EventOffline, api.EventText, api.EventContact, api.EventPassword, api.EventTwoStep, api.EventDenied, api.EventBurned,
		api.EventPaused, api.EventOff, api.EventUsed:
		return true
	}
	return false
}
