package app_test

import (
	"crypto/rand"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// intruder is a device of the backend's own making.
func intruder() (trust.Device, trust.Keys) {
	keys := must(must(trust.NewKeySeed(rand.Reader)).Keys())
	return trust.Device{ID: must(trust.NewDeviceID(rand.Reader)), Name: "Phone", Kind: trust.Phone, Sign: keys.SignKey(), KEM: keys.KEMKey()}, keys
}

// A backend that puts a device of its own between the two is found out by the
// digits, and by them alone where nothing was scanned.
func TestABackendThatJoinsItself(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		var own []byte
		h.reopen(&between{box: func(b *api.Box) {
			if b.Messages[api.SlotJoin] == nil {
				return
			}
			if own == nil {
				d, keys := intruder()
				_, own, _ = pair.NewGuest(rand.Reader, b.Messages[api.SlotHello], nil, d, keys)
			}
			b.Messages[api.SlotJoin] = own
		}})
		m := h.meet(h.d, g, "Phone")
		if err := m.p.Check(m.digits); !errors.Is(err, pair.ErrDigits) {
			t.Errorf("the digits of the true device: %v", err)
		}
		h.pass(time.Second)
		h.unchanged(g)
	})
}

// Messages that were changed on the way end the pairing, and nothing is left of it.
// What is no symbols does not get into a link or onto the screen.
func TestABackendThatGivesOtherSymbols(t *testing.T) {
	for _, symbols := range []pair.Symbols{"", "7QK2M9X", "7QK2M9X\n", "7qk2m9xw", "7QK2M9XW.7QK2M9XW", "OQK2M9XW"} {
		inHouse(t, func(h *house) {
			h.d.Close()
			through(h, &h.o, &between{box: func(b *api.Box) { b.Symbols = symbols }})
			h.d = must(app.Open(h.ctx, h.o))
			if _, err := h.d.BeginPairing(h.ctx); !errors.Is(err, app.ErrProtocol) {
				t.Errorf("symbols %q give %v", symbols, err)
			}
		})
	}
}

func TestABackendThatChangesMessages(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		var swapped api.Slot
		swap := func(b *api.Box) {
			if m := b.Messages[swapped]; m != nil {
				m = slices.Clone(m)
				m[len(m)-1] ^= 1
				b.Messages[swapped] = m
			}
		}
		g.d.Close()
		through(h, &g.o, &between{box: swap})
		g.open()
		h.reopen(&between{box: func(b *api.Box) {
			if swapped == api.SlotJoin || swapped == api.SlotConsent {
				swap(b)
			}
		}})
		for swapped = range api.Slot(api.Slots) {
			if err := h.tryPairing(g); !errors.Is(err, app.ErrPairing) {
				t.Errorf("message %d: %v", swapped, err)
			}
			h.pass(30 * time.Minute)
			h.unchanged(g)
		}
	})
}

// tryPairing pairs until one of the two sides objects.
func (h *house) tryPairing(g *guest) error {
	p, err := h.d.BeginPairing(h.ctx)
	if err != nil {
		return err
	}
	defer p.Stop(h.ctx)
	j, err := g.d.BeginJoining(h.ctx, app.JoinInput{Link: p.Invite().Link, DeviceName: "Phone", Kind: trust.Phone})
	if err != nil {
		return err
	}
	defer j.Stop(h.ctx)
	if _, err := p.Meet(h.ctx); err != nil {
		return err
	}
	digits, err := j.Digits(h.ctx)
	if err != nil {
		return err
	}
	if err := p.Check(digits); err != nil {
		return err
	}
	_, _, err = meeting{p: p, j: j}.finish(h.ctx, h.password)
	return err
}

// Entries that no device of the account signed are nobody's word: a device or keys
// of the backend's own do not get into the list.
func TestABackendThatAddsADevice(t *testing.T) {
	inHouse(t, func(h *house) {
		st := must(chain.Open(must(h.d.Export())))
		laptop := h.d.View().This
		d, keys := intruder()
		keysOfLaptop := must(app.KeysOf(h.ctx, h.o))
		body := must(st.DeviceBody(chain.AsDevice(laptop, keysOfLaptop), d, time.Now()))
		possession := must(chain.Possess(body, st.Account(), d, keys))
		genuine := must(st.AddDevice(chain.AsDevice(laptop, keysOfLaptop), body, possession))
		forged := slices.Clone(genuine)
		at := slices.Index(forged, genuine[len(genuine)-70]) // inside the signatures
		forged[max(at, len(forged)-100)] ^= 1
		h.reopen(&between{
			status: func(s *api.Status) { s.Head = chain.Head{Seq: 2, Hash: trust.HashEntry(forged)} },
			chain:  func(from uint64, e [][]byte) [][]byte { return append(e, forged) },
		})
		h.pass(time.Minute)
		if v := h.d.View(); !slices.Equal(names(v), []string{"Laptop"}) {
			t.Errorf("devices are %s", names(v))
		}
		if _, err := h.d.BeginPairing(h.ctx); err == nil {
			t.Error("it pairs on a list that is not the backend's")
		}
	})
}

// A backend that shows an older list than it showed before changes nothing here, and
// is noticed.
func TestABackendThatRollsBack(t *testing.T) {
	inHouse(t, func(h *house) {
		before := h.head(h.d)
		g := h.pair(h.d, "Phone")
		defer func() { g.d.Close() }()
		h.reopen(hide(before))
		h.pass(time.Minute)
		v := h.d.View()
		if !slices.Equal(names(v), []string{"Laptop", "Phone"}) || v.Notice != app.NoticeRestored {
			t.Errorf("view is %+v", v)
		}
		if err := h.d.RemoveDevice(h.ctx, g.d.View().This, h.password); err == nil {
			t.Error("it signs on a list that is not the backend's")
		}
	})
}

// A new device takes no other account than the one it was welcomed to, and none
// whose services do not stand at the address it talks to.
func TestABackendThatShowsAnotherAccount(t *testing.T) {
	inHouse(t, func(h *house) {
		h.deceiveGuest(func(*guest, [][]byte) [][]byte { return h.stranger() })
	})
}

// Nor does it take another history of that account, even one in which it belongs.
func TestABackendThatShowsANewDeviceAnotherHistory(t *testing.T) {
	inHouse(t, func(h *house) { h.deceiveGuest(h.otherHistory) })
}

// deceiveGuest shows a device that joins another chain than the true one.
func (h *house) deceiveGuest(show func(g *guest, genuine [][]byte) [][]byte) {
	t := h.t
	t.Helper()
	g := h.guest()
	defer func() { g.d.Close() }()
	g.d.Close()
	through(h, &g.o, &between{chain: func(_ uint64, e [][]byte) [][]byte { return show(g, e) }})
	g.open()
	m := h.meet(h.d, g, "Phone")
	if err := m.p.Check(m.digits); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.finish(h.ctx, h.password); !errors.Is(err, chain.ErrInvalid) {
		t.Errorf("joining: %v", err)
	}
	if v := g.d.View(); v.Stage != app.StageNew || len(v.Devices) != 0 {
		t.Errorf("view is %+v", v)
	}
	g.d.Close()
	through(h, &g.o, &between{})
	g.open()
	h.pass(time.Minute)
	if v := g.d.View(); v.Stage != app.StageOn || len(v.Devices) != 2 {
		t.Errorf("once the true one is shown the view is %+v", v)
	}
}

// otherHistory gives the account as it would be with another recovery key, signed by
// the laptop, and with the guest in it.
func (h *house) otherHistory(g *guest, genuine [][]byte) [][]byte {
	if len(genuine) < 3 {
		return genuine
	}
	laptop := chain.AsDevice(h.d.View().This, must(app.KeysOf(h.ctx, h.o)))
	me := must(chain.Open(genuine)).Devices()[1]
	keys := must(app.KeysOf(h.ctx, g.o))
	st := must(chain.Open(genuine[:1]))
	recovery := must(st.SetRecovery(laptop, must(trust.NewRecoveryKey(rand.Reader)), time.Now()))
	st = must(st.Apply(recovery))
	body := must(st.DeviceBody(laptop, me, time.Now()))
	add := must(st.AddDevice(laptop, body, must(chain.Possess(body, st.Account(), me, keys))))
	return [][]byte{genuine[0], recovery, add}
}

// stranger gives the chain of an account at the same backend.
func (h *house) stranger() [][]byte {
	d, keys := intruder()
	return [][]byte{must(chain.Genesis(rand.Reader, keys, d, must(h.s.Server(h.ctx)).Verifier.Record(), trust.DefaultPolicy(), time.Now()))}
}

// A picture that leads to a backend which calls itself otherwise is refused before
// anything is said.
func TestABackendOfAnotherName(t *testing.T) {
	inHouse(t, func(h *house) {
		g := h.guest()
		defer func() { g.d.Close() }()
		g.d.Close()
		through(h, &g.o, &between{server: func(s *api.Server) { s.Verifier.Origin = "https://evil.example.org" }})
		g.open()
		p := must(h.d.BeginPairing(h.ctx))
		_, err := g.d.BeginJoining(h.ctx, app.JoinInput{Link: p.Invite().Link, DeviceName: "Phone", Kind: trust.Phone})
		if !errors.Is(err, app.ErrOrigin) {
			t.Errorf("joining: %v", err)
		}
		h.unchanged(g)
	})
}
