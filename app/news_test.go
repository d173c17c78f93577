package app_test

import (
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// tells checks that a device has something to tell as often as named, and not again.
func (h *house) tells(d *app.Device, when string, want bool) {
	h.t.Helper()
	if got := d.View().News; got != want {
		h.t.Errorf("%s: the view has news: %v", when, got)
	}
	for _, want := range []bool{want, false} {
		if got, err := d.TakeNews(h.ctx); got != want || err != nil {
			h.t.Errorf("%s: it tells %v, %v", when, got, err)
		}
	}
	if d.View().News {
		h.t.Errorf("%s: it is still news", when)
	}
}

// What another asked for is told of when it begins, what this device asked for when it
// is over; each once, also after a restart.
func TestNewsIsToldOnce(t *testing.T) {
	inHouse(t, func(h *house) {
		h.tells(h.d, "before", false)
		g := h.regain()
		defer func() { g.d.Close() }()
		h.tells(g.d, "begun here", false)
		h.tells(h.d, "begun elsewhere", true)
		h.reopen(&between{})
		h.pass(time.Second)
		if len(h.d.View().Waits) != 1 {
			t.Fatalf("the waits are %+v", h.d.View().Waits)
		}
		h.tells(h.d, "after a restart", false)
		h.away(theWait+5*time.Second, g)
		h.tells(h.d, "what another asked for is over", false)
		h.tells(g.d, "what was begun here is over", true)
		g.d.Close()
		g.open()
		h.pass(time.Second)
		h.tells(g.d, "after a restart of the new one", false)
	})
}

// The end of what this device asked for alone is news here, and on another device only
// its beginning is.
func TestNewsOfADeviceAlone(t *testing.T) {
	inHouse(t, func(h *house) {
		phone := h.pair(h.d, "Phone")
		defer func() { phone.d.Close() }()
		must(h.d.AskReset(h.ctx))
		h.pass(time.Second)
		h.tells(h.d, "begun here", false)
		h.tells(phone.d, "begun elsewhere", true)
		h.away(alone+time.Second, phone)
		h.tells(h.d, "over while it was closed", true)
		h.tells(phone.d, "over", false)
	})
}

// A backend that hides a wait and shows it again is told of once, and one that names a
// thousand is too.
func TestNewsOfABackendThatFlickers(t *testing.T) {
	inHouse(t, func(h *house) {
		var show []api.Wait
		h.reopen(&between{status: func(s *api.Status) { s.Waits = show }})
		h.pass(time.Second)
		for i := range 1000 {
			show = append(show, api.Wait{ID: trust.WaitID{1, byte(i), byte(i >> 8)}, Kind: api.WaitLeave, Since: time.Now(), Until: time.Now().Add(day)})
		}
		all := show
		done(t, h.d.CheckNow(h.ctx))
		h.tells(h.d, "shown", true)
		show = nil
		done(t, h.d.CheckNow(h.ctx))
		h.tells(h.d, "hidden", false)
		show = all[:1]
		done(t, h.d.CheckNow(h.ctx))
		h.tells(h.d, "shown again", false)
	})
}
