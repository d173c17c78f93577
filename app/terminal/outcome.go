package terminal

import "errors"

// errComingBack says why a device that waits can do nothing else.
var errComingBack = errors.New("this device waits for its way back into an account: see countersignctl recover")

// outcome ends a command whose answer was printed, with an exit code of its own:
// nothing went wrong, but scripts have to tell it from what is done.
type outcome int

// Error is for who logs it; it is not printed.
func (o outcome) Error() string {
	if o == exitStopped {
		return "stopped"
	}
	return "it waits"
}
