package apitest

import (
	"bytes"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

func testServer(t *testing.T, h *House) {
	who := must(h.Account.Server(t.Context()))
	if who.Protocol != "td/1" || who.Name == "" {
		t.Errorf("it says %+v", who)
	}
	if err := who.Verifier.Record().Check(); err != nil {
		t.Errorf("its record cannot go into a chain: %v", err)
	}
}

func testInvitations(t *testing.T, h *House) {
	ctx := t.Context()
	_, secret, err := api.ParseLink(must(h.Invite(ctx, "anna")))
	if err != nil || len(secret) != api.InvitationSize {
		t.Fatalf("the link reads as %d bytes, %v", len(secret), err)
	}
	for range 2 { // looking does not use it
		i := must(h.Account.Invitation(ctx, secret))
		if i.Name != "anna" || i.Expires.Before(h.Now().Add(6*24*time.Hour)) {
			t.Errorf("it reads %+v", i)
		}
	}
	other := bytes.Clone(secret)
	other[0] ^= 1
	for what, s := range map[string]api.Secret{"another": other, "none": {}, "a short one": secret[:15], "a long one": append(bytes.Clone(secret), 0)} {
		_, err := h.Account.Invitation(ctx, s)
		wants(t, err, api.CodeInvitation, what)
	}
	h.Advance(8 * 24 * time.Hour)
	_, err = h.Account.Invitation(ctx, secret)
	wants(t, err, api.CodeInvitation, "an old one")
}

func testRegister(t *testing.T, h *House) {
	ctx := t.Context()
	link := must(h.Invite(ctx, "Änna Lindqvist"))
	d := must(NewDevice(must(h.Account.Server(ctx)), h.Now()))
	r := must(d.Registration(link, "Änna Lindqvist", password))
	for range 3 { // an answer may be lost: the same bytes succeed again
		if err := h.Account.Register(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.Account.Invitation(ctx, r.Invitation)
	wants(t, err, api.CodeInvitation, "a used invitation")
	other := must(NewDevice(must(h.Account.Server(ctx)), h.Now()))
	wants(t, h.Account.Register(ctx, must(other.Registration(link, "Änna Lindqvist", password))), api.CodeInvitation, "a second account with it")
	for _, same := range []string{"Änna Lindqvist", "änna lindqvist", "A\u0308NNA LINDQVIST"} {
		if _, err := h.Invite(ctx, same); !is(err, api.CodeName) {
			t.Errorf("an invitation for %q gives %v", same, err)
		}
	}
	a := &home{House: h, t: t, device: d}
	a.again()
	if got := a.kinds(0); !slices.Equal(got, []api.EventKind{api.EventCreated}) {
		t.Errorf("registering three times left the events %v", got)
	}
}

func testRegisterRefuses(t *testing.T, h *House) {
	ctx := t.Context()
	who := must(h.Account.Server(ctx))
	me := must(NewDevice(who, h.Now()))
	good := must(me.Registration(must(h.Invite(ctx, "anna")), "anna", password))
	foreign := who
	foreign.Verifier.Sign[0] ^= 1
	elsewhere := who
	elsewhere.Verifier.Origin = "https://id.example.net"
	for what, c := range map[string]struct {
		code   api.Code
		change func(*api.Registration)
	}{
		"a short password":            {api.CodePassword, func(r *api.Registration) { r.Password = "seven77" }},
		"a password that is too long": {api.CodePassword, func(r *api.Registration) { r.Password = strings.Repeat("x", 257) }},
		"the name as password":        {api.CodePassword, func(r *api.Registration) { r.Name, r.Password = "Anna Anna", "anna anna" }},
		"another name":                {api.CodeName, func(r *api.Registration) { r.Name = "berta" }},
		"no entries":                  {api.CodeChain, func(r *api.Registration) { r.Entries = nil }},
		"no recovery key":             {api.CodeChain, func(r *api.Registration) { r.Entries = r.Entries[:1] }},
		"entries in another order":    {api.CodeChain, func(r *api.Registration) { r.Entries = [][]byte{r.Entries[1], r.Entries[0]} }},
		"an entry twice":              {api.CodeChain, func(r *api.Registration) { r.Entries = [][]byte{r.Entries[0], r.Entries[0]} }},
		"a changed byte":              {api.CodeChain, func(r *api.Registration) { r.Entries = [][]byte{r.Entries[0], flip(r.Entries[1])} }},
		"another's recovery key": {api.CodeChain, func(r *api.Registration) {
			r.Entries = [][]byte{r.Entries[0], must(NewDevice(who, h.Now())).Entries[1]}
		}},
		"another verifier's key":    {api.CodeChain, func(r *api.Registration) { r.Entries = must(NewDevice(foreign, h.Now())).Entries }},
		"another verifier's origin": {api.CodeChain, func(r *api.Registration) { r.Entries = must(NewDevice(elsewhere, h.Now())).Entries }},
		"another second entry":      {api.CodeChain, func(r *api.Registration) { r.Entries = second(me, h.Now()) }},
		"a third entry":             {api.CodeChain, func(r *api.Registration) { r.Entries = third(who, h.Now()) }},
		"no invitation":             {api.CodeInvitation, func(r *api.Registration) { r.Invitation = make(api.Secret, api.InvitationSize) }},
	} {
		r := good
		c.change(&r)
		wants(t, h.Account.Register(ctx, r), c.code, what)
	}
	if err := h.Account.Register(ctx, good); err != nil {
		t.Errorf("after all of these the good one gives %v", err)
	}
}

func flip(b []byte) []byte {
	out := bytes.Clone(b)
	out[len(out)/2] ^= 1
	return out
}

// second gives a valid chain of two entries without a recovery key.
func second(d *Device, now time.Time) [][]byte {
	st := must(chain.Open(d.Entries[:1]))
	return [][]byte{d.Entries[0], must(st.SetPolicy(chain.AsDevice(d.ID, d.Keys), trust.DefaultPolicy(), now))}
}

// third gives a valid chain of three entries.
func third(who api.Server, now time.Time) [][]byte {
	d := must(NewDevice(who, now))
	p := trust.DefaultPolicy()
	p.Digits = 6
	return append(slices.Clone(d.Entries), must(d.Chain.SetPolicy(chain.AsDevice(d.ID, d.Keys), p, now)))
}

func testSession(t *testing.T, h *House) {
	a := h.settle(t)
	a.status()
	a.Advance(14 * time.Minute)
	a.status()
	a.Advance(2 * time.Minute)
	_, err := a.Account.Status(t.Context(), a.token)
	wants(t, err, api.CodeSession, "a token after a quarter of an hour")
	a.again()
	a.status()
}

func testSessionRefuses(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	nonce := func() api.Secret { return must(a.Account.Nonce(ctx, a.device.Chain.Account(), a.device.ID)) }
	no := func(p api.SessionProof, what string) {
		t.Helper()
		_, err := a.Account.Session(ctx, p)
		wants(t, err, api.CodeDevice, what)
	}
	used := must(a.device.Proof(nonce(), a.device.Origin))
	must(a.Account.Session(ctx, used))
	no(used, "a proof for the second time")
	old := must(a.device.Proof(nonce(), a.device.Origin))
	a.Advance(61 * time.Second)
	no(old, "a proof after a minute")
	invented := make(api.Secret, 32)
	no(must(a.device.Proof(invented, a.device.Origin)), "a nonce of its own")
	no(must(a.device.Proof(nonce(), "https://id.example.net")), "a proof for another origin")
	stranger := must(NewDevice(must(a.Account.Server(ctx)), a.Now()))
	forged := must(stranger.Proof(nonce(), a.device.Origin))
	forged.Account, forged.Device = a.device.Chain.Account(), a.device.ID
	no(forged, "a stranger's signature")
	others := must(a.device.Proof(must(a.Account.Nonce(ctx, stranger.Chain.Account(), stranger.ID)), a.device.Origin))
	no(others, "a nonce given to another device")
	no(must(stranger.Proof(must(a.Account.Nonce(ctx, stranger.Chain.Account(), stranger.ID)), stranger.Origin)), "an account that was never registered")
	short := must(a.device.Proof(nonce(), a.device.Origin))
	short.Signature = short.Signature[:63]
	no(short, "a short signature")
	short.Signature = nil
	no(short, "no signature")
}

func testNeedsSession(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	random := make(api.Secret, 32)
	must(rand.Read(random))
	for _, token := range []api.Secret{nil, {}, random, a.token[:31]} {
		for what, call := range map[string]func() error{
			"status":   func() error { _, err := a.Account.Status(ctx, token); return err },
			"chain":    func() error { _, err := a.Account.Chain(ctx, token, 0); return err },
			"requests": func() error { _, err := a.Account.Requests(ctx, token, true); return err },
			"answer":   func() error { return a.Account.Answer(ctx, token, []byte{1}) },
			"events":   func() error { _, err := a.Account.Events(ctx, token, 0, 1); return err },
			"resume":   func() error { return a.Account.Resume(ctx, token, password) },
			"door":     func() error { _, err := a.Account.OpenDoor(ctx, token, password); return err },
			"grant":    func() error { return a.Account.Grant(ctx, token, password, trust.Hash{}) },
			"append":   func() error { return a.Account.Append(ctx, token, []byte{1}) },
			"sight":    func() error { return a.Account.Sight(ctx, token, []byte{1}) },
			"open box": func() error { _, err := a.Account.OpenBox(ctx, token, []byte{1}); return err },
			"write box": func() error {
				return a.Account.WriteBox(ctx, token, "00000000", api.SlotReveal, []byte{1})
			},
			"reset with key": func() error { return a.Account.ResetWithKey(ctx, token, password, []byte{1}) },
			"begin reset":    func() error { _, err := a.Account.BeginReset(ctx, token); return err },
			"finish reset":   func() error { return a.Account.FinishReset(ctx, token, password) },
			"leave":          func() error { _, err := a.Account.Leave(ctx, token, password); return err },
			"pause":          func() error { return a.Account.Pause(ctx, token) },
			"stop":           func() error { return a.Account.StopWait(ctx, token, trust.WaitID{}) },
			"confirm":        func() error { return a.Account.ConfirmContact(ctx, token, "0", "0") },
			"remove address": func() error { return a.Account.RemoveContact(ctx, token, "0", password) },
			"allow text":     func() error { return a.Account.AllowText(ctx, token, "0", password, true) },
			"close box":      func() error { return a.Account.CloseBox(ctx, token, "00000000", api.BoxDone) },
			"watch": func() error {
				return a.Account.Watch(ctx, token, 0, nil, func(api.Event) error { return context.Canceled })
			},
		} {
			wants(t, call(), api.CodeSession, what)
		}
	}
}

func testStatus(t *testing.T, h *House) {
	a := h.settle(t)
	s := a.status()
	if s.Name != "anna" || s.TwoStep || s.Head != a.device.Chain.Head() || s.Events != 1 || !s.Now.Equal(a.Now()) {
		t.Errorf("status is %+v", s)
	}
	if len(s.Devices) != 1 || s.Devices[0].Device != a.device.ID || s.Devices[0].Seen.IsZero() {
		t.Errorf("devices are %+v", s.Devices)
	}
	if s.Paused != nil || s.Off || s.MustReset || s.Quiet || s.Door != nil {
		t.Errorf("a new account is %+v", s)
	}
	for from, want := range [][][]byte{a.device.Entries, a.device.Entries[1:], nil} {
		got := must(a.Account.Chain(t.Context(), a.token, uint64(from)))
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("the chain from %d has %d entries, want %d", from, len(got), len(want))
		}
	}
}
