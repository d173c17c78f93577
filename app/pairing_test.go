package app_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// guest is a second device in the house, which belongs to nothing yet.
type guest struct {
	h     *house
	o     app.Options
	d     *app.Device
	hears []app.Happening
}

func (h *house) guest() *guest {
	h.t.Helper()
	g := &guest{h: h}
	g.o = app.Options{
		Dir: filepath.Join(h.t.TempDir(), "countersign"), Vault: vault.NewMemory(), VaultKind: app.VaultMemory,
		Dial:     func(string) (api.Account, error) { return door{h}, nil },
		Happened: func(e app.Happening) { g.hears = append(g.hears, e) },
	}
	g.o.SealQuickly()
	g.open()
	return g
}

func (g *guest) open() { g.d = must(app.Open(g.h.ctx, g.o)) }

// meeting is a pairing whose two sides have met.
type meeting struct {
	p      *app.Pairing
	j      *app.Joining
	digits string
}

// meet brings a guest up to its six digits.
func (h *house) meet(by *app.Device, g *guest, name string) meeting {
	h.t.Helper()
	p := must(by.BeginPairing(h.ctx))
	j := must(g.d.BeginJoining(h.ctx, app.JoinInput{Link: p.Invite().Link, DeviceName: name, Kind: trust.Phone}))
	if n := must(p.Meet(h.ctx)); n.Name != name || n.Kind != trust.Phone {
		h.t.Errorf("who joins is %+v", n)
	}
	return meeting{p: p, j: j, digits: must(j.Digits(h.ctx))}
}

// finish carries both sides through their last step.
func (m meeting) finish(ctx context.Context, password string) (app.Member, app.View, error) {
	done := make(chan error, 1)
	var v app.View
	go func() {
		var err error
		v, err = m.j.Finish(ctx)
		done <- err
	}()
	member, err := m.p.Finish(ctx, password)
	if err != nil {
		m.p.Stop(ctx)
	}
	return member, v, errors.Join(err, <-done)
}

// pair makes a device called name one of the account's.
func (h *house) pair(by *app.Device, name string) *guest {
	h.t.Helper()
	g := h.guest()
	m := h.meet(by, g, name)
	if err := m.p.Check(m.digits); err != nil {
		h.t.Fatal(err)
	}
	member, v, err := m.finish(h.ctx, h.password)
	if err != nil {
		h.t.Fatalf("pairing %s: %v", name, err)
	}
	if member.Name != name || v.Stage != app.StageOn || v.Name != "anna" || v.This != member.ID {
		h.t.Errorf("the new member is %+v, its view %+v", member, v)
	}
	h.pass(2 * time.Second)
	return g
}

func names(v app.View) (out []string) {
	for _, d := range v.Devices {
		out = append(out, d.Name)
	}
	return out
}

func TestPairingByLink(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		for _, v := range []app.View{h.d.View(), g.d.View()} {
			if !slices.Equal(names(v), []string{"Laptop", "Phone"}) || v.Notice != app.NoticeNone || v.Link.State != app.Online {
				t.Errorf("view is %+v", v)
			}
			for _, d := range v.Devices {
				if d.Sight != app.SightSame && d.Sight != app.SightNone {
					t.Errorf("%s sees %d", d.Name, d.Sight)
				}
			}
		}
		if a := h.d.View().Activity[0]; a.Kind != app.EntryAdded || a.Device != "Phone" || a.By != "Laptop" {
			t.Errorf("the newest line is %+v", a)
		}
		if r := g.d.View().Recovery; r.Kept || !r.Set || !r.Proved.IsZero() {
			t.Errorf("recovery is %+v", r)
		}
		id := g.d.View().This
		g.d.Close()
		g.open()
		h.pass(time.Second)
		if v := g.d.View(); v.This != id || v.Stage != app.StageOn || v.Link.State != app.Online {
			t.Errorf("after a restart the view is %+v", v)
		}
	})
}

func TestPairingBySymbols(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		p := must(h.d.BeginPairing(h.ctx))
		in := p.Invite()
		typed := strings.ToLower(string(in.Symbols[:4]) + " " + string(in.Symbols[4:]))
		j := must(g.d.BeginJoining(h.ctx, app.JoinInput{Server: strings.TrimPrefix(in.Server, "https://"), Symbols: typed, DeviceName: "Tablet", Kind: trust.Tablet}))
		must(p.Meet(h.ctx))
		digits := must(j.Digits(h.ctx))
		if err := p.Check(digits[:3] + " " + digits[3:]); err != nil {
			t.Fatal(err)
		}
		if _, _, err := (meeting{p: p, j: j}).finish(h.ctx, h.password); err != nil {
			t.Fatal(err)
		}
		if j.Server() != "https://id.example.org" || !slices.Equal(names(g.d.View()), []string{"Laptop", "Tablet"}) {
			t.Errorf("at %s the view is %+v", j.Server(), g.d.View())
		}
	})
}

func TestWrongDigitsEndThePairing(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		m := h.meet(h.d, g, "Phone")
		for _, form := range []string{"", "12345", "1234567", "12345x", "１２３４５６"} {
			if err := m.p.Check(form); !errors.Is(err, app.ErrDigitsForm) {
				t.Errorf("%q: %v", form, err)
			}
		}
		wrong := string('0'+(m.digits[0]-'0'+1)%10) + m.digits[1:]
		if err := m.p.Check(wrong); !errors.Is(err, pair.ErrDigits) {
			t.Fatalf("wrong digits: %v", err)
		}
		var over app.ErrPairOver
		if err := m.p.Check(m.digits); !errors.As(err, &over) || over.State != api.BoxDigits {
			t.Errorf("the right ones afterwards: %v", err)
		}
		if _, err := m.p.Finish(h.ctx, h.password); !errors.As(err, &over) {
			t.Errorf("finishing: %v", err)
		}
		over = app.ErrPairOver{}
		if _, err := m.j.Finish(h.ctx); !errors.As(err, &over) || over.State != api.BoxDigits {
			t.Errorf("the new device: %v", err)
		}
		h.unchanged(g)
	})
}

// unchanged checks that nobody joined and that the guest is as new.
func (h *house) unchanged(g *guest) {
	h.t.Helper()
	h.pass(time.Second)
	if v := h.d.View(); !slices.Equal(names(v), []string{"Laptop"}) {
		h.t.Errorf("devices are %s", names(v))
	}
	if v := g.d.View(); v.Stage != app.StageNew || v.Joining {
		h.t.Errorf("the new device's view is %+v", v)
	}
	if _, err := app.KeysOf(h.ctx, g.o); err != nil {
		h.t.Error(err)
	}
	if raw, err := g.o.Vault.Get(h.ctx, "device"); !errors.Is(err, vault.ErrNotFound) {
		h.t.Errorf("%d bytes of secrets are kept, %v", len(raw), err)
	}
}

func TestStoppedFromEitherSide(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		var over app.ErrPairOver

		m := h.meet(h.d, g, "Phone")
		waits := make(chan error, 1)
		go func() { _, err := m.j.Finish(h.ctx); waits <- err }()
		m.p.Stop(h.ctx)
		if err := <-waits; !errors.As(err, &over) || over.State != api.BoxStopped {
			t.Errorf("stopped on the trusted device: %v", err)
		}
		h.unchanged(g)

		m = h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		go func() { _, err := m.p.Finish(h.ctx, h.password); waits <- err }()
		m.j.Stop(h.ctx)
		over = app.ErrPairOver{}
		if err := <-waits; !errors.As(err, &over) || over.State != api.BoxLeft {
			t.Errorf("stopped on the new device: %v", err)
		}
		h.unchanged(g)

		p := must(h.d.BeginPairing(h.ctx))
		go func() { _, err := p.Meet(h.ctx); waits <- err }()
		h.pass(time.Second)
		p.Stop(h.ctx)
		over = app.ErrPairOver{}
		if err := <-waits; !errors.As(err, &over) || over.State != api.BoxStopped {
			t.Errorf("stopped while nobody joined: %v", err)
		}
	})
}

func TestAPairingsTimeIsFiveMinutes(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		m := h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		h.pass(5*time.Minute + time.Second)
		var over app.ErrPairOver
		if _, err := m.p.Finish(h.ctx, h.password); !errors.As(err, &over) || over.State != api.BoxOpen {
			t.Errorf("the trusted device: %v", err)
		}
		over = app.ErrPairOver{}
		if _, err := m.j.Finish(h.ctx); !errors.As(err, &over) || over.State != api.BoxOpen {
			t.Errorf("the new device: %v", err)
		}
		p := must(h.d.BeginPairing(h.ctx))
		h.pass(6 * time.Minute)
		_, err := g.d.BeginJoining(h.ctx, app.JoinInput{Link: p.Invite().Link, DeviceName: "Phone", Kind: trust.Phone})
		if !errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
			t.Errorf("joining too late: %v", err)
		}
		h.unchanged(g)
	})
}

// Who photographs the picture and is first has other digits; the second finds out.
func TestASecondJoinerIsRefused(t *testing.T) {
	inHouse(t, func(h *house) {
		first, second := h.guest(), h.guest()
		defer func() { first.d.Close(); second.d.Close() }()
		m := h.meet(h.d, first, "Phone")
		_, err := second.d.BeginJoining(h.ctx, app.JoinInput{Link: m.p.Invite().Link, DeviceName: "Other", Kind: trust.Phone})
		if !errors.Is(err, &api.Error{Code: api.CodeAnswered}) {
			t.Errorf("the second joins: %v", err)
		}
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		if _, _, err := m.finish(h.ctx, h.password); err != nil {
			t.Error(err)
		}
	})
}

func TestAWrongPasswordMayBeTypedAgain(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		m := h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); err != nil {
			t.Fatal(err)
		}
		if _, err := m.p.Finish(h.ctx, "not the password"); !errors.Is(err, &api.Error{Code: api.CodePassword}) {
			t.Fatalf("the wrong password: %v", err)
		}
		h.unchanged(g)
		if _, _, err := m.finish(h.ctx, h.password); err != nil {
			t.Error(err)
		}
	})
}

func TestALinkThatLeadsNowhere(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		p := must(h.d.BeginPairing(h.ctx))
		invite := p.Invite()
		for _, c := range []struct {
			in   app.JoinInput
			want error
		}{
			{app.JoinInput{Link: "https://id.example.org/"}, app.ErrOffer},
			{app.JoinInput{Link: "WIFI:S:x;;"}, app.ErrOffer},
			{app.JoinInput{Link: strings.Replace(invite.Link, "#1.", "#2.", 1)}, app.ErrOffer},
			{app.JoinInput{Server: "not an address", Symbols: "7QK2M9XW"}, app.ErrAddress},
			{app.JoinInput{Server: invite.Server, Symbols: "7QK2"}, app.ErrOffer},
			{app.JoinInput{Server: invite.Server, Symbols: "7QK2M9XW"}, &api.Error{Code: api.CodeNotFound}},
			{app.JoinInput{Link: otherFingerprint(invite.Link)}, app.ErrPairing},
		} {
			c.in.DeviceName, c.in.Kind = "Phone", trust.Phone
			if _, err := g.d.BeginJoining(h.ctx, c.in); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v", c.in, err)
			}
		}
		if _, err := h.d.BeginJoining(h.ctx, app.JoinInput{Link: invite.Link, DeviceName: "Laptop", Kind: trust.Laptop}); !errors.Is(err, app.ErrSetUp) {
			t.Errorf("a device with an account: %v", err)
		}
		h.unchanged(g)
	})
}

// otherFingerprint gives a link to the same box that promises another hello.
func otherFingerprint(link string) string {
	at := len(link) - 20
	other := "0"
	if link[at] == '0' {
		other = "1"
	}
	return link[:at] + other + link[at+1:]
}
