package server_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

var (
	hostAt  = netip.MustParseAddr("198.51.100.4")
	guestAt = netip.MustParseAddr("203.0.113.9")
)

// refused fails the test unless err is the contract's error with this code.
func refused(t *testing.T, err error, code api.Code, what string) *api.Error {
	t.Helper()
	var e *api.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%s gives %v, want code %d", what, err, code)
		return &api.Error{}
	}
	return e
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// change types the password for an entry of the home's device and appends it.
func (a *home) change(entry []byte) {
	a.t.Helper()
	ok(a.t, a.device.Change(context.Background(), a.s, a.token(), password, entry))
}

// grant types the password for an entry.
func (a *home) grant(entry []byte) {
	a.t.Helper()
	ok(a.t, apitest.Grant(context.Background(), a.s, a.token(), password, entry))
}

// policy writes another policy.
func (a *home) policy(change func(*trust.Policy)) []byte {
	a.t.Helper()
	p := a.device.Chain.Policy()
	change(&p)
	return must(a.device.Chain.SetPolicy(a.device.Author(), p, a.clock.Now()))
}

func six(p *trust.Policy) { p.Digits = 6 }

func (a *home) removal(of *home) []byte {
	a.t.Helper()
	return must(a.device.Chain.RemoveDevice(a.device.Author(), of.device.ID, a.clock.Now()))
}

// join adds a device whose pairing nobody saw.
func (a *home) join(name string) *home {
	a.t.Helper()
	d := must(apitest.NewMember(name, trust.Phone, a.device.Origin))
	a.change(must(a.device.Admit(d, a.clock.Now())))
	ok(a.t, d.Learn(a.device.Entries[len(a.device.Entries)-1]))
	return &home{house: a.house, name: a.name, device: d}
}

// pair adds a second device.
func (a *home) pair() *apitest.Device {
	a.t.Helper()
	return a.join("Phone").device
}

// takeIn adds a device over a box, from one network to the other.
func (a *home) takeIn(name string, from, to netip.Addr) (*home, api.Box) {
	a.t.Helper()
	symbols, box := a.paired(name, from, to)
	b := a.join(name)
	ok(a.t, a.s.CloseBox(context.Background(), a.token(), symbols, api.BoxDone))
	return b, box
}

// paired fills a box with what it holds before the new device is added.
func (a *home) paired(hello string, from, to netip.Addr) (pair.Symbols, api.Box) {
	a.t.Helper()
	token, key := a.token(), make(api.Secret, 16)
	host, guest := server.WithAddress(context.Background(), from), server.WithAddress(context.Background(), to)
	symbols := must(a.s.OpenBox(host, token, []byte(hello))).Symbols
	ok(a.t, a.s.JoinBox(guest, symbols, key, api.SlotJoin, []byte("join")))
	ok(a.t, a.s.WriteBox(host, token, symbols, api.SlotReveal, []byte("reveal")))
	ok(a.t, a.s.WriteBox(host, token, symbols, api.SlotWelcome, []byte("welcome")))
	ok(a.t, a.s.JoinBox(guest, symbols, key, api.SlotConsent, []byte("consent")))
	return symbols, must(a.s.Box(guest, symbols))
}

// catchUp lets a device read what others appended.
func (a *home) catchUp() {
	a.t.Helper()
	if news := must(a.s.Chain(context.Background(), a.token(), a.device.Chain.Head().Seq+1)); len(news) > 0 {
		ok(a.t, a.device.Learn(news...))
	}
}

// seen gives what the status says of a device.
func (a *home) seen(of *home) api.DeviceSeen {
	a.t.Helper()
	all := must(a.s.Status(context.Background(), a.token())).Devices
	i := slices.IndexFunc(all, func(d api.DeviceSeen) bool { return d.Device == of.device.ID })
	if i < 0 {
		a.t.Fatalf("the status does not name the device")
	}
	return all[i]
}

// grownUp lets the account become so old that its first device may vouch for others.
func (a *home) grownUp() *home {
	a.pass(7*24*time.Hour + time.Second)
	return a
}

// appended sends an entry as it is.
func (a *home) appended(entry []byte) error {
	return a.s.Append(context.Background(), a.token(), entry)
}
