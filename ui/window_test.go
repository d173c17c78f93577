package ui

import (
	"testing"

	"github.com/countersign/countersign/app"
)

// Requests that do not ring are seen when the person opens the window; a window
// that a request brought to the front is no sign of a person.
func TestOpeningTheWindowAsks(t *testing.T) {
	u := newTester(t, &device{view: annas()}, phone)
	u.looked()
	u.mustHaveCalled("check now")
	u.look(func(v *app.View) { v.Requests = []app.Request{own()} })
	u.looked()
	u.mustHaveCalled("check now")
}
