//go:build js || android || ios

package desktop

import "errors"

// ErrTaken says that another window is on the data folder. Here the system itself
// keeps an app to one.
var ErrTaken = errors.New("the window is open already and was brought to the front")

// Claim is the right to be the one window on a data folder.
type Claim struct{}

// Take always succeeds.
func Take(string) (*Claim, error) { return &Claim{}, nil }

// Serve has nobody to hear.
func (*Claim) Serve(func()) {}

// Release has nothing to give free.
func (*Claim) Release() {}
