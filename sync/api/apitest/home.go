package apitest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

const password = "correct horse battery"

// home is an account on a house: its device and the device's session.
type home struct {
	*House
	t      *testing.T
	device *Device
	token  api.Secret
}

// settle registers "anna" and opens a session.
func (h *House) settle(t *testing.T) *home {
	t.Helper()
	a := &home{House: h, t: t}
	a.device = must(Join(t.Context(), h.Account, must(h.Invite(t.Context(), "anna")), "anna", password, h.Now()))
	a.token = must(a.device.Session(t.Context(), h.Account))
	return a
}

// ask begins a sign-in and gives it with the request that the device sees.
func (a *home) ask() (signIn api.Secret, r api.Request) {
	a.t.Helper()
	signIn = must(a.Begin(a.t.Context(), "anna", password))
	all := a.requests()
	if len(all) == 0 {
		a.t.Fatal("the device sees no request")
	}
	return signIn, all[len(all)-1]
}

func (a *home) requests() []api.Request {
	a.t.Helper()
	return must(a.Account.Requests(a.t.Context(), a.token, false))
}

// allow answers a request with Allow and gives the code.
func (a *home) allow(r api.Request) trust.Code {
	a.t.Helper()
	approval, code, err := a.device.Allow(r, a.Now())
	if err != nil {
		a.t.Fatal(err)
	}
	if err := a.Account.Answer(a.t.Context(), a.token, approval); err != nil {
		a.t.Fatal(err)
	}
	return code
}

func (a *home) events(after uint64) []api.Event {
	a.t.Helper()
	return must(a.Account.Events(a.t.Context(), a.token, after, 500))
}

// kinds gives the kinds of the events after a place, in order.
func (a *home) kinds(after uint64) (out []api.EventKind) {
	a.t.Helper()
	for _, e := range a.events(after) {
		out = append(out, e.Kind)
	}
	return out
}

func (a *home) status() api.Status {
	a.t.Helper()
	return must(a.Account.Status(a.t.Context(), a.token))
}

// again opens a new session, as a device does when its token has run out.
func (a *home) again() {
	a.t.Helper()
	a.token = must(a.device.Session(a.t.Context(), a.Account))
}

func (a *home) pass(d time.Duration) {
	a.t.Helper()
	a.Advance(d)
	a.again()
}

// must gives v; an error ends the test by a panic that names it.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
