package server_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// home is an account with one device on a house.
type home struct {
	*house
	name   string
	device *apitest.Device
}

// settle registers an account.
func (h *house) settle(name string) *home {
	h.t.Helper()
	ctx := context.Background()
	link := must(h.s.Invite(ctx, name))
	return &home{house: h, name: name, device: must(apitest.Join(ctx, h.s, link, name, password, h.clock.Now()))}
}

func (a *home) token() api.Secret {
	a.t.Helper()
	return must(a.device.Session(context.Background(), a.s))
}

// visitor is a browser.
type visitor struct {
	address netip.Addr
	cookie  api.Secret // of a known browser
}

var stranger = visitor{address: somewhere}

// begin gives the account's name and a password.
func (a *home) begin(v visitor, password string) (api.Secret, error) {
	ask := server.Asking{Name: a.name, Password: password, Address: v.address, Agent: "Firefox on Linux", Browser: v.cookie}
	return a.s.Begin(context.Background(), ask)
}

// ask begins a sign-in that must ring, and gives the newest request.
func (a *home) ask(v visitor) (api.Secret, api.Request) {
	a.t.Helper()
	signIn := must(a.begin(v, password))
	all := a.requests()
	if len(all) == 0 {
		a.t.Fatal("no request")
	}
	return signIn, all[len(all)-1]
}

func (a *home) requests() []api.Request {
	a.t.Helper()
	return must(a.s.Requests(context.Background(), a.token(), false))
}

// allow lets the device show a code.
func (a *home) allow(r api.Request) trust.Code {
	a.t.Helper()
	approval, code, err := a.device.Allow(r, a.clock.Now())
	if err != nil {
		a.t.Fatal(err)
	}
	a.answer(approval)
	return code
}

func (a *home) notMe(r api.Request) {
	a.t.Helper()
	a.answer(must(a.device.Decline(r, trust.NotMe, a.clock.Now())))
}

func (a *home) answer(approval []byte) {
	a.t.Helper()
	if err := a.s.Answer(context.Background(), a.token(), approval); err != nil {
		a.t.Fatal(err)
	}
}

func (a *home) typed(signIn api.Secret, code string) verify.Outcome {
	a.t.Helper()
	return must(a.s.Type(context.Background(), signIn, code, false, "Firefox on Linux")).Outcome
}

// known signs in and gives the browser that is known from then on.
func (a *home) known(at netip.Addr) visitor {
	a.t.Helper()
	signIn, r := a.ask(visitor{address: at})
	typed := must(a.s.Type(context.Background(), signIn, string(a.allow(r)), true, "Firefox on Linux"))
	if typed.Outcome != verify.Right || typed.Browser == nil {
		a.t.Fatalf("signing in gives %+v", typed)
	}
	return visitor{address: at, cookie: typed.Browser}
}

func (a *home) kinds() (out []api.EventKind) {
	a.t.Helper()
	var after uint64
	for {
		page := must(a.s.Events(context.Background(), a.token(), after, 500))
		if len(page) == 0 {
			return out
		}
		for _, e := range page {
			out, after = append(out, e.Kind), e.Seq
		}
	}
}

// reason gives why a sign-in was refused; fails the test if it was not.
func reason(t *testing.T, err error) verify.Reason {
	t.Helper()
	var r server.Refused
	if !errors.As(err, &r) {
		t.Fatalf("refused with %v", err)
	}
	return r.Reason
}
