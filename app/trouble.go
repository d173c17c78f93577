package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// Trouble names what went wrong, in terms a screen has a sentence for.
type Trouble string

// The troubles.
const (
	TroubleNone        Trouble = ""
	TroubleInternal    Trouble = "internal"     // none of the others: the log knows more
	TroubleUnreachable Trouble = "unreachable"  // no answer was had from the backend
	TroubleAddress     Trouble = "address"      // neither an address nor an invitation link
	TroubleOrigin      Trouble = "origin"       // the backend there goes by another address
	TroubleVersion     Trouble = "version"      // device and backend do not speak the same protocol
	TroubleInvitation  Trouble = "invitation"   // used, expired or never was
	TroubleName        Trouble = "name"         // taken, or cannot be one
	TroublePassword    Trouble = "password"     // wrong, or too short when set
	TroubleSlow        Trouble = "slow"         // too many tries; see RetryOf
	TroubleKey         Trouble = "key"          // what was typed is not a recovery key: mistyped
	TroubleOtherKey    Trouble = "other-key"    // a recovery key, but not this account's
	TroubleNoCopy      Trouble = "no-copy"      // no copy of the recovery key is kept here
	TroubleGone        Trouble = "gone"         // there is no such request any more
	TroubleAnswered    Trouble = "answered"     // another device was first
	TroubleRefused     Trouble = "refused"      // the backend does not accept what was sent
	TroubleFrozen      Trouble = "frozen"       // the device list was changed behind this device's back
	TroubleUpdate      Trouble = "update"       // the account holds what this version does not know
	TroubleRemoved     Trouble = "removed"      // this device no longer belongs to the account
	TroubleNoAccount   Trouble = "no-account"   // no account is set up here
	TroubleSetUp       Trouble = "set-up"       // an account is set up here already
	TroubleLocked      Trouble = "vault-locked" // the keyring is locked
	TroubleAbsent      Trouble = "vault-absent" // there is no keyring
	TroubleSilent      Trouble = "vault-silent" // the keyring did not answer in time
	TroublePassphrase  Trouble = "passphrase"   // it does not open the vault file
	TroubleDamaged     Trouble = "damaged"      // what is stored here is damaged
	TroubleNewer       Trouble = "newer"        // what is stored here was written by a newer version
	TroubleListen      Trouble = "listen"       // another program has the backend's place on this computer
	TroubleOffer       Trouble = "offer"        // what was scanned or typed is not a pairing code
	TroublePairing     Trouble = "pairing"      // what came is not from the device that was scanned: the pairing is over
	TroubleDigits      Trouble = "digits"       // wrong digits were typed: the pairing is over
	TroubleDigitsForm  Trouble = "digits-form"  // not six digits: nothing was compared
	TroubleStopped     Trouble = "stopped"      // the pairing was stopped on one of the two devices
	TroubleTooLate     Trouble = "too-late"     // the pairing's time is over
	TroubleLast        Trouble = "last"         // the only device cannot be removed
	TroubleNoDevice    Trouble = "no-device"    // no such trusted device
	TroubleYoung       Trouble = "young"        // this device is too new for that; see RetryOf
	TroubleNoOffline   Trouble = "no-offline"   // offline codes are not turned on here
	TroubleStale       Trouble = "stale"        // others kept changing the list of devices: try again
	TroubleWait        Trouble = "wait"         // a wait has to pass first; see RetryOf
	TroubleWaitStopped Trouble = "wait-stopped" // what was waited for was stopped, or is not waited for any more
	TroubleNoService   Trouble = "no-service"   // the server opens no such service
	TroubleAppName     Trouble = "app-name"     // what an app password is to be called cannot be shown
	TroubleNoApp       Trouble = "no-app"       // no such app password
	TroubleAppMany     Trouble = "app-many"     // as many app passwords as there may be
	TroublePermit      Trouble = "permit"       // what was allowed on a page can be made no more
	TroubleShort       Trouble = "short"        // the password is too short to stand alone: 15 characters
)

// Errors of the device itself.
var (
	ErrAddress   = errors.New("neither an address nor an invitation link")
	ErrOrigin    = errors.New("the backend goes by another address")
	ErrKey       = errors.New("not a recovery key: look for a mistyped symbol")
	ErrOtherKey  = errors.New("a recovery key, but not this account's")
	ErrNoCopy    = errors.New("no copy of the recovery key is kept here")
	ErrGone      = errors.New("there is no such request any more")
	ErrFrozen    = errors.New("the device list was changed behind this device's back")
	ErrNoAccount = errors.New("no account is set up here")
	ErrSetUp     = errors.New("an account is set up here already")
	ErrNewer     = errors.New("written by a newer version of this program")
	ErrProtocol  = errors.New("the backend does not speak " + protocol)
	ErrUnproved  = errors.New("the request is not signed as it must be")
	ErrListen    = errors.New("another program has the backend's place on this computer")

	ErrOffer      = errors.New("not a pairing code")
	ErrPairing    = errors.New("what came is not from the device that the pairing began with")
	ErrDigitsForm = errors.New("not six digits")
	ErrLast       = errors.New("the only trusted device cannot be removed")
	ErrNoDevice   = errors.New("no such trusted device")
)

// protocol is what this device speaks.
const protocol = "td/1"

// TroubleOf names err; TroubleNone for nil.
func TroubleOf(err error) Trouble {
	var refusal *api.Error
	if err == nil {
		return TroubleNone
	}
	if errors.As(err, &refusal) {
		return refusalTrouble(refusal.Code)
	}
	for _, known := range troubles() {
		if errors.Is(err, known.err) {
			return known.trouble
		}
	}
	var over ErrPairOver
	if errors.As(err, &over) {
		return overTrouble(over.State)
	}
	if errors.Is(err, errNoAnswer) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return TroubleUnreachable
	}
	return TroubleInternal
}

func overTrouble(s api.BoxState) Trouble {
	switch s {
	case api.BoxDigits:
		return TroubleDigits
	case api.BoxStopped, api.BoxLeft:
		return TroubleStopped
	}
	return TroubleTooLate
}

// RetryOf says how long to wait before trying again, 0 if err does not say.
func RetryOf(err error) time.Duration {
	var refusal *api.Error
	if !errors.As(err, &refusal) {
		return 0
	}
	return time.Duration(refusal.Retry) * time.Second
}

type namedTrouble struct {
	err     error
	trouble Trouble
}

// troubles lists the errors in the order in which they are looked for.
func troubles() []namedTrouble {
	return []namedTrouble{
		{ErrAddress, TroubleAddress}, {api.ErrLink, TroubleAddress}, {ErrOrigin, TroubleOrigin}, {ErrProtocol, TroubleVersion}, {ErrListen, TroubleListen},
		{ErrKey, TroubleKey}, {ErrOtherKey, TroubleOtherKey}, {ErrNoCopy, TroubleNoCopy}, {trust.ErrRecoveryKey, TroubleKey},
		{ErrGone, TroubleGone}, {ErrFrozen, TroubleFrozen}, {chain.ErrFork, TroubleFrozen}, {chain.ErrUnknown, TroubleUpdate},
		{ErrUnproved, TroubleRefused}, {chain.ErrInvalid, TroubleRefused}, {chain.ErrBehind, TroubleRefused},
		{ErrNoAccount, TroubleNoAccount}, {ErrSetUp, TroubleSetUp}, {ErrNewer, TroubleNewer},
		{ErrOffer, TroubleOffer}, {pair.ErrOffer, TroubleOffer}, {ErrPairing, TroublePairing}, {pair.ErrDigits, TroubleDigits},
		{ErrService, TroubleNoService}, {ErrAppName, TroubleAppName}, {ErrAppPassword, TroubleNoApp}, {ErrAppMany, TroubleAppMany}, {ErrPermit, TroublePermit},
		{ErrDigitsForm, TroubleDigitsForm}, {ErrNoOffline, TroubleNoOffline}, {ErrLast, TroubleLast}, {ErrNoDevice, TroubleNoDevice},
		{vault.ErrLocked, TroubleLocked}, {vault.ErrUnavailable, TroubleAbsent}, {vault.ErrTimeout, TroubleSilent},
		{vault.ErrPassphrase, TroublePassphrase}, {vault.ErrPassword, TroublePassword}, {vault.ErrDamaged, TroubleDamaged},
	}
}

func refusalTrouble(c api.Code) Trouble {
	switch c {
	case api.CodeInvitation:
		return TroubleInvitation
	case api.CodeName:
		return TroubleName
	case api.CodePassword:
		return TroublePassword
	case api.CodeDevice:
		return TroubleRemoved
	case api.CodeAnswered:
		return TroubleAnswered
	case api.CodeLate, api.CodeNotFound:
		return TroubleGone
	case api.CodeSlow:
		return TroubleSlow
	case api.CodeYoung:
		return TroubleYoung
	case api.CodeStale:
		return TroubleStale
	case api.CodeWait:
		return TroubleWait
	case api.CodeStopped:
		return TroubleWaitStopped
	case api.CodeShort:
		return TroubleShort
	case api.CodeVersion:
		return TroubleVersion
	case api.CodeMalformed, api.CodeChain, api.CodeApproval:
		return TroubleRefused
	}
	return TroubleInternal
}
