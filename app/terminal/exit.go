package terminal

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/app"
)

// The exit codes. Scripts rely on them: never change one.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNothing     = 3  // no request waits
	exitUnreachable = 4  // the backend did not answer
	exitVault       = 5  // keyring, vault file, passphrase or stored state
	exitRefused     = 6  // the backend or the device says no
	exitSeveral     = 7  // several requests wait and none was named
	exitAccount     = 8  // no account is set up here, or one is already
	exitYoung       = 9  // this device is too new for that
	exitOver        = 10 // the pairing is over: stopped on either side, or too late
	exitDigits      = 11 // wrong digits: the pairing is over
	exitWaiting     = 12 // refused for now: something has to wait first
	exitStopped     = 13 // what was waited for was stopped, or waits no more
)

const exitHelp = `Exit codes:
  0  done
  1  something else went wrong
  2  the command line is wrong
  3  nothing is waiting
  4  the backend does not answer
  5  the keyring, the vault file, its passphrase or what is stored
  6  refused: wrong password, answered elsewhere, invitation used, frozen, removed ...
  7  several requests are waiting and none was named
  8  no account is set up here, or one is already
  9  not yet: this device is too new for that
  10 the pairing is over: stopped on one of the devices, or too late
  11 the pairing is over: wrong digits were typed
  12 this has to wait first: run the same command again when the time has come
  13 what was waited for was stopped
`

// usageError says that the command line is wrong.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// severalError lists the requests of which one has to be named.
type severalError struct{ requests []app.Request }

func (e severalError) Error() string {
	text := "several sign-ins are waiting, and only one can be yours; name one:"
	for _, r := range e.requests {
		text += "\n  " + describe(r)
	}
	return text
}

var errNothing = errors.New("no sign-in is waiting")

func exitCode(err error) int {
	var usage usageError
	var several severalError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &several):
		return exitSeveral
	case errors.Is(err, errStopped):
		return exitStopped
	case errors.Is(err, errNoMedium), errors.Is(err, errNever):
		return exitRefused
	case errors.Is(err, errComingBack), errors.Is(err, errNotYet):
		return exitWaiting
	case errors.Is(err, errNothing), errors.Is(err, errNoWait):
		return exitNothing
	case errors.Is(err, errNoPairing):
		return exitOver
	case errors.Is(err, errWaiting):
		return exitAccount
	}
	return troubleCode(app.TroubleOf(err))
}

func troubleCode(t app.Trouble) int {
	switch t {
	case app.TroubleNone:
		return exitOK
	case app.TroubleInternal:
		return exitFailed
	case app.TroubleAddress, app.TroubleOffer, app.TroubleDigitsForm, app.TroubleNoDevice, app.TroubleNoService, app.TroubleAppName, app.TroubleNoApp:
		return exitUsage
	case app.TroubleGone:
		return exitNothing
	case app.TroubleUnreachable:
		return exitUnreachable
	case app.TroubleLocked, app.TroubleAbsent, app.TroubleSilent, app.TroublePassphrase, app.TroubleDamaged, app.TroubleNewer:
		return exitVault
	case app.TroubleNoAccount, app.TroubleSetUp:
		return exitAccount
	case app.TroubleYoung:
		return exitYoung
	case app.TroubleStopped, app.TroubleTooLate, app.TroublePairing:
		return exitOver
	case app.TroubleDigits:
		return exitDigits
	case app.TroubleWait:
		return exitWaiting
	case app.TroubleWaitStopped:
		return exitStopped
	}
	return exitRefused
}

// complain says on the error stream what went wrong and what to do about it.
func (c *call) complain(err error) {
	trouble, retry := app.TroubleOf(err), app.RetryOf(err)
	if c.json {
		json.NewEncoder(c.Err).Encode(map[string]any{"trouble": trouble, "message": err.Error(), "retry": int(retry / time.Second), "exit": exitCode(err)})
		return
	}
	fmt.Fprintf(c.Err, "countersignctl: %v\n", err)
	if retry > 0 {
		fmt.Fprintf(c.Err, "Try again in %s.\n", wait(retry))
	}
	if hint := remedy(trouble); hint != "" {
		fmt.Fprintln(c.Err, hint)
	}
}

func remedy(t app.Trouble) string {
	switch t {
	case app.TroubleUnreachable:
		return "Is the backend running, and is this computer online?"
	case app.TroubleAddress:
		return "A link looks like https://id.example.org/i#..., and http works only on this computer."
	case app.TroubleNoAccount:
		return "Set one up with: countersignctl setup --invite LINK, or join one: countersignctl join --link LINK"
	case app.TroubleOffer:
		return "A pairing link looks like https://id.example.org/p#..., the symbols like 7QK2 M9XW."
	case app.TroubleLast:
		return "Pair another one first: countersignctl pair"
	case app.TroubleFrozen:
		return outOfFreeze
	case app.TroubleNoOffline:
		return "Turn them on, while the backend answers, with: countersignctl offline-code --password-file F"
	case app.TroubleRemoved:
		return "Erase what it keeps with: countersignctl forget; then join or recover."
	case app.TroubleWait:
		return "Run the same command again then. Until then it can be stopped; see countersignctl waits"
	case app.TroubleShort:
		return "Set a longer one first: countersignctl password"
	case app.TroubleStale:
		return "Try again."
	case app.TroubleLocked, app.TroubleAbsent, app.TroubleSilent:
		return "Unlock the keyring and try again, or keep the secrets in a file: --vault file:PATH"
	case app.TroubleDamaged:
		return "Go on from what is sound with: --repair"
	case app.TroubleNewer, app.TroubleUpdate, app.TroubleVersion:
		return "Update this program."
	case app.TroubleOrigin:
		return "Use the address by which the backend calls itself."
	}
	return ""
}
