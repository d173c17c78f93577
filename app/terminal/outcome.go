package terminal

import (
	"errors"
	"fmt"

	"github.com/countersign/countersign/sync/api"
)

// errComingBack says why a device that waits can do nothing else.
var errComingBack = errors.New("this device waits for its way back into an account: see countersignctl recover")

// errStopped ends a command that printed that what was waited for was stopped; it is
// not printed itself.
var errStopped = errors.New("stopped")

// errNotYet ends a command that printed that what it was asked for is not done, and
// until when it waits; it is not printed itself.
var errNotYet = errors.New("not yet")

// Refusals that the backend has one code for.
var (
	errNoMedium = errors.New("this backend sends no such messages")
	errNever    = errors.New("the account's rules do not let a device alone set a password: it takes the recovery key")
)

// insteadOf gives a refusal of which the backend only says that there is no such
// thing the words for what was asked.
func insteadOf(err, words error) error {
	if errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
		return fmt.Errorf("%w (%w)", words, err)
	}
	return err
}
