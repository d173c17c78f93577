package verify

import (
	"slices"
	"time"
)

// The table of docs/protocol.md §6.3. Changing a number changes what an attacker
// who has the password can reach in a year; see the simulation in limits_test.go.
const (
	// L1, password, for each name and class of browser.
	FreeTries    = 5                // wrong passwords before the first wait
	FirstWait    = 30 * time.Second // doubles with each further one
	LongestWait  = time.Hour
	DisableAfter = 100 // wrong ones in a row
	// L1, password, for each network address.
	AddressFailures = 30
	AddressWindow   = 15 * time.Minute
	// L2, prompts.
	PromptsQuarter = 3 // unknown browsers together, in 15 minutes
	PromptsHour    = 6
	PromptsDay     = 10
	PromptsKnown   = 10 // each known browser, in an hour
	OpenUnknown    = 2  // unknown browsers together, at a time
	OpenBrowser    = 1  // each browser, at a time
	// L4, wrong codes in sign-ins that did not succeed.
	PauseAtWrong  = 3 // unknown browsers together: paused
	OffAtWrong    = 6 // unknown browsers together: off
	WrongWindow   = 365 * 24 * time.Hour
	ForgetAtWrong = 9 // one known browser: known no more
	ShortPause    = time.Hour
	// L5, not me.
	NotMeWindow = 24 * time.Hour
	LongPause   = 24 * time.Hour // at the second within NotMeWindow
	// L6, ignored.
	QuietAfter = 3 // in a row
	// The door.
	DoorFor     = 10 * time.Minute
	DoorGuesses = 5 // wrong passwords that pass through it
	// MaxKnown is how many known browsers are remembered with a history.
	MaxKnown = 200
)

// Reason says which limit refused.
type Reason string

// The reasons.
const (
	TooOften   Reason = "too often"   // L2: wait until Verdict.Until
	OpenOthers Reason = "others wait" // L2: other sign-ins wait for an answer
	Paused     Reason = "paused"      // L4, L5: wait until Verdict.Until
	Off        Reason = "off"         // L4: until Confirm, PasswordChanged or a door
	WrongOften Reason = "wrong often" // L1: wait until Verdict.Until
	Disabled   Reason = "disabled"    // L1: until the password is changed or a door is open
	Network    Reason = "network"     // L1: too many failures from this network
)

// Verdict is a limit's answer.
type Verdict struct {
	Allowed bool
	Reason  Reason    // why not; empty if allowed
	Until   time.Time // when to ask again; zero if no time will help, or if allowed
	Known   bool      // counted as a known browser; goes into Ask.Known
	Silent  bool      // allowed, but devices do not ring: it is shown in the app only (L6)
	Door    string    // letters of the door that was used up by this; goes into Ask.Door
}

// Effect is what an outcome changed for the account, to be told to its devices.
type Effect struct {
	Paused     time.Time // unknown browsers are refused until then; zero if this changed nothing
	Off        bool      // unknown browsers are refused from now on
	MustChange bool      // the password is known to others from now on
	Forget     bool      // the known browser is known no more: drop its ticket
	Quiet      bool      // ringing stops from now on
}

// Limits are an account's budgets (L2, L4, L5, L6 and the door). It is an
// immutable value: methods give the changed one, to be stored with
// Verifier.EncodeLimits in the same transaction. The zero value is a new account's.
type Limits struct{ row limitsRow }

// limitsRow is the stored form. Times are unix seconds, oldest first.
// Fields are numbered for ever; do not reorder or reuse.
type limitsRow struct {
	Prompts []uint64    `cbor:"1,keyasint,omitempty"` // of unknown browsers, within a day
	Wrong   []uint64    `cbor:"2,keyasint,omitempty"` // codes typed by unknown browsers
	NotMe   uint64      `cbor:"3,keyasint,omitempty"` // last one
	Ignored uint64      `cbor:"4,keyasint,omitempty"` // in a row
	Paused  uint64      `cbor:"5,keyasint,omitempty"` // until
	Off     bool        `cbor:"6,keyasint,omitempty"`
	Change  bool        `cbor:"7,keyasint,omitempty"`
	Refused []uint64    `cbor:"8,keyasint,omitempty"` // count, time of the last
	Door    *door       `cbor:"9,keyasint,omitempty"`
	Known   []knownRow  `cbor:"10,keyasint,omitempty"`
	Offline *offlineRow `cbor:"11,keyasint,omitempty"`
	Text    *textRow    `cbor:"12,keyasint,omitempty"`
}

// knownRow is one known browser's history.
// Fields are numbered for ever; do not reorder or reuse.
type knownRow struct {
	Browser Browser  `cbor:"1,keyasint"`
	Prompts []uint64 `cbor:"2,keyasint,omitempty"` // within an hour
	Wrong   uint64   `cbor:"3,keyasint,omitempty"` // codes typed
	Gone    bool     `cbor:"4,keyasint,omitempty"` // known no more
}

// door is one sign-in's pass. Fields are numbered for ever; do not reorder or reuse.
type door struct {
	Letters string `cbor:"1,keyasint"`
	Until   uint64 `cbor:"2,keyasint"`
	Guesses uint64 `cbor:"3,keyasint,omitempty"` // wrong passwords that passed
}

// Known reports whether the browser still counts as known. One for whose history
// there is no room left does not.
func (l Limits) Known(b Browser) bool {
	if b.New() {
		return false
	}
	if at := l.find(b); at >= 0 {
		return !l.row.Known[at].Gone
	}
	return len(l.row.Known) < MaxKnown || slices.ContainsFunc(l.row.Known, knownRow.clean)
}

// clean reports whether there is nothing against the browser.
func (k knownRow) clean() bool { return k.Wrong == 0 && !k.Gone }

func (l Limits) find(b Browser) int {
	return slices.IndexFunc(l.row.Known, func(k knownRow) bool { return k.Browser == b })
}

func (l Limits) known(b Browser) knownRow {
	if at := l.find(b); at >= 0 {
		return l.row.Known[at]
	}
	return knownRow{Browser: b}
}

// withKnown replaces a browser's history. Beyond MaxKnown the oldest one is
// dropped that has nothing against it; Known sees to it that there is one.
func (l Limits) withKnown(k knownRow) Limits {
	rows := slices.DeleteFunc(slices.Clone(l.row.Known), func(o knownRow) bool { return o.Browser == k.Browser })
	if len(rows) >= MaxKnown {
		at := max(0, slices.IndexFunc(rows, knownRow.clean))
		rows = slices.Delete(rows, at, at+1)
	}
	l.row.Known = append(rows, k)
	return l
}
