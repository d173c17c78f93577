package api

import (
	"time"

	"github.com/countersign/countersign/trust"
)

// Event is one line of an account's log. Seq has no gaps, so a device that holds
// a cursor knows that it missed nothing.
type Event struct {
	Seq  uint64    `json:"seq"`
	Kind EventKind `json:"kind"`
	At   time.Time `json:"at"`
	Data EventData `json:"data"`
}

// EventKind says what happened. Stored and sent; do not change.
type EventKind string

// The kinds of event.
const (
	EventCreated  EventKind = "created"  // the account was made
	EventRequest  EventKind = "request"  // somebody asks; Data.Request
	EventTarget   EventKind = "target"   // the page chose one device to ring
	EventAnswered EventKind = "answered" // Data.Answer by Data.Device
	EventDone     EventKind = "done"     // the right code was typed: somebody is in; Data.Request and, over its challenge, Data.Approval
	EventWrong    EventKind = "wrong"    // a wrong code was typed; Data.Left tries left. With Data.By "offline" an offline code of Data.Device, with "text" one that was sent
	EventBurned   EventKind = "burned"   // three wrong codes: the sign-in is over
	EventDenied   EventKind = "denied"   // not me
	EventExpired  EventKind = "expired"  // nobody answered, or nobody typed the code
	EventStopped  EventKind = "stopped"  // the page stopped its own sign-in
	EventRefused  EventKind = "refused"  // asks that did not ring; Data.Count
	EventTwoStep  EventKind = "two-step" // the trial sign-in succeeded
	EventPaused   EventKind = "paused"   // new browsers are refused until Data.Until
	EventOff      EventKind = "off"      // new browsers are refused until Resume
	EventResumed  EventKind = "resumed"
	EventDoor     EventKind = "door"
	EventPassword EventKind = "password" // another password was set on Data.Device
	EventChain    EventKind = "chain"    // an entry was appended; Data.Head
	EventSignOut  EventKind = "sign-out"
	EventWait     EventKind = "wait"       // something was asked for that waits; Data.Wait
	EventHalf     EventKind = "wait-half"  // half of it is over
	EventReady    EventKind = "wait-over"  // it is over: what was asked for can be had
	EventStop     EventKind = "wait-stop"  // it was stopped; Data.By, and Data.Device if a device did it
	EventReset    EventKind = "reset"      // the password was replaced; Data.By "key" or "wait"
	EventRegained EventKind = "regained"   // Data.Device joined by password and recovery key
	EventLeft     EventKind = "left"       // two-step verification was switched off
	EventReplaced EventKind = "replaced"   // the account was begun anew: this one is over
	EventOffline  EventKind = "offline"    // somebody is in by an offline code of Data.Device
	EventUsed     EventKind = "app-used"   // an app password opened Data.Service from a network that is new for it; Data.Name its label, Data.Address
	EventStale    EventKind = "app-stale"  // one that counts no more is still tried; Data.Service, Data.Name, Data.Address
	EventPermit   EventKind = "app-permit" // the code was typed for a change of app passwords: Data.Device may make it for 5 minutes; Data.Op, Data.Credential, Data.Service its identifier, Data.Name
	EventText     EventKind = "text"       // somebody is in by a code sent to a telephone number: no device answered
	EventContact  EventKind = "contact"    // Data.Address was confirmed, or what ContactRemoved and the others say in Data.By
)

// What EventContact says in Data.By. Stored and sent; do not change.
const (
	ContactRemoved  = "removed"
	ContactSignIn   = "sign-in"    // codes sent to this number let in from now on
	ContactNoSignIn = "no-sign-in" // they no longer do
)

// Change says what an entry of the chain changes. Stored and sent; do not change.
type Change string

// The changes.
const (
	ChangeAdded      Change = "added"      // a device; Data.Name
	ChangeRemoved    Change = "removed"    // a device; Data.Name
	ChangeRecovery   Change = "recovery"   // the recovery key was replaced
	ChangeVerifier   Change = "verifier"   // who may ask
	ChangePolicy     Change = "policy"     // the account's rules
	ChangeCredential Change = "credential" // an app password or an offline code was made
	ChangeRevoked    Change = "revoked"    // one of those was ended
)

// EventData is what an event is about; which fields are set follows from its kind.
type EventData struct {
	Challenge trust.ChallengeID `json:"challenge,omitzero"`
	Request   *Request          `json:"request,omitempty"`
	Service   string            `json:"service,omitempty"`
	Agent     string            `json:"agent,omitempty"`
	Address   string            `json:"address,omitempty"`
	Known     bool              `json:"known,omitempty"`
	Device    trust.DeviceID    `json:"device,omitzero"`
	Answer    trust.Answer      `json:"answer,omitempty"`
	Approval  []byte            `json:"approval,omitempty"` // done: as Data.Device signed it, for the other devices to check
	Left      int               `json:"left,omitempty"`
	Count     int               `json:"count,omitempty"`
	Until     *time.Time        `json:"until,omitempty"`
	Seq       uint64            `json:"seq,omitempty"`  // chain: of the entry
	Op        Change            `json:"op,omitempty"`   // chain: what the entry changes
	Name      string            `json:"name,omitempty"` // chain: of the device that was added or removed
	Letters   string            `json:"letters,omitempty"`
	Wait      *Wait             `json:"wait,omitempty"`
	// Action is set in all events of what was asked beside a sign-in: the sentence that
	// devices show; see ParseAction.
	Action string `json:"action,omitempty"`
	// Credential is the app password to be removed, hexadecimal.
	Credential string `json:"credential,omitempty"`
	By         string `json:"by,omitempty"`   // wait-stop: "device", "password", "key", "mail"; "replaced", "removed": what began it is
	Door       string `json:"door,omitempty"` // request: letters of the door it came through, which is closed by it
}
