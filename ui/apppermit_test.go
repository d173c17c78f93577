package ui

import (
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

func permitted(remove bool) func(*app.View) {
	return func(v *app.View) {
		v.Permits = []app.Permit{{ID: trust.ChallengeID{7}, Remove: remove, Service: "imap", Title: "Mail", Name: "Thunderbird", Until: noon.Add(5 * time.Minute)}}
	}
}

// What was allowed on a page is made here, once, and shown here.
func TestWhatAPageAskedForIsMadeAndShown(t *testing.T) {
	u := newTester(t, &device{view: annas(withServices)}, wide)
	u.look(permitted(false))
	u.mustSay("App password for Mail")
	u.look(func(*app.View) {})
	n := 0
	for _, call := range u.device.calls {
		if call == "make permitted "+short(trust.ChallengeID{7}) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("the device was asked to %q", u.device.calls)
	}
	if p, ok := u.page.(*shownAppPage); !ok || len(p.rows(shape{})) == 0 {
		t.Errorf("it is not said what to type where: %+v", u.page)
	}
}

func TestWhatAPageAskedForIsRemoved(t *testing.T) {
	u := newTester(t, &device{view: annas(withApps)}, wide)
	u.look(permitted(true))
	u.mustSay("“Thunderbird” is removed")
}

func TestWhatAPageAskedForAndWasNotDone(t *testing.T) {
	for _, remove := range []bool{false, true} {
		d := &device{view: annas(withApps)}
		u := newTester(t, d, wide)
		d.err = app.ErrPermit
		u.look(permitted(remove))
		u.mustSay("The time for it is over, or another program of this device did it. Ask on the page again.")
	}
}
