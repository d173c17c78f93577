package app_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// failing is a vault of a program that dies before a write.
type failing struct {
	vault.Vault
	before func() error
}

func (m failing) Put(ctx context.Context, name string, value []byte) error {
	if err := m.before(); err != nil {
		return err
	}
	return m.Vault.Put(ctx, name, value)
}

// deadly has a program die before the n-th write to disk or vault from arm on.
type deadly struct{ hook func() error }

func (k *deadly) into(o *app.Options) {
	k.hook = func() error { return nil }
	o.OnSave(func() error { return k.hook() })
	o.Vault = failing{o.Vault, func() error { return k.hook() }}
}

func (k *deadly) arm(n int) { k.hook = dying(n) }
func (k *deadly) disarm()   { k.hook = func() error { return nil } }

// The program of a device on its way back is killed before each write of asking.
// Afterwards it is as new, or it waits and gets there.
func TestKilledWhileAskingToComeBack(t *testing.T) {
	for n := range 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inHouse(t, func(h *house) {
				var k deadly
				g := h.guest()
				defer func() { g.d.Close() }()
				g.d.Close()
				k.into(&g.o)
				g.open()
				k.arm(n)
				g.d.BeginRegain(h.ctx, h.regainInput())
				g.d.Close()
				k.disarm()
				g.open()
				h.pass(15 * time.Minute)
				switch r := g.d.View().Regaining; {
				case r == nil:
					if _, err := g.o.Vault.Get(h.ctx, "device"); !errors.Is(err, vault.ErrNotFound) {
						t.Errorf("a device that asked for nothing keeps secrets: %v", err)
					}
					done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
				case r.State == app.RegainStopped:
					done(t, g.d.RegainAgain(h.ctx, h.password))
				case r.State != app.RegainWaits:
					t.Fatalf("it is %+v", r)
				}
				h.sleepOn(g, theWait)
				h.comeBack(g)
				h.works(g)
			})
		})
	}
}

// It is killed before each write at the end of the wait. Whichever recovery key
// counts then is one that the person was shown.
func TestKilledWhileComingBack(t *testing.T) {
	for n := range 10 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inHouse(t, func(h *house) {
				var k deadly
				g := h.guest()
				defer func() { g.d.Close() }()
				g.d.Close()
				k.into(&g.o)
				g.open()
				done(t, g.d.BeginRegain(h.ctx, h.regainInput()))
				h.sleepOn(g, theWait)
				k.arm(n)
				shown := []trust.RecoveryKey{h.key}
				if r, err := g.d.OpenRegain(h.ctx, h.password); err == nil {
					shown = append(shown, r.Key())
					r.Finish(h.ctx, r.Key().Text(), nil)
				}
				g.d.Close()
				k.disarm()
				g.open()
				h.pass(15 * time.Minute)
				if g.d.View().Regaining != nil {
					h.comeBack(g)
					h.works(g)
					return
				}
				h.key = h.counting(shown)
				h.works(g)
			})
		})
	}
}

// counting gives the one of the keys that counts for the account.
func (h *house) counting(shown []trust.RecoveryKey) trust.RecoveryKey {
	h.t.Helper()
	done(h.t, h.d.CheckNow(h.ctx))
	for _, key := range shown {
		if h.d.CheckRecovery(key.Text()) == nil {
			return key
		}
	}
	h.t.Fatal("a key counts that nobody was shown")
	return trust.RecoveryKey{}
}

// A device is killed before each write while it sets another password with the
// recovery key: then the old two count, or the new two.
func TestKilledWhileResetting(t *testing.T) {
	killedWhile(t, func(h *house) (trust.RecoveryKey, error) {
		r, err := h.d.BeginReset(h.ctx, h.key.Text())
		if err != nil {
			return h.key, err
		}
		return r.Key(), r.Finish(h.ctx, nextPassword, r.Key().Text())
	}, nextPassword)
}

// Likewise while it replaces the recovery key.
func TestKilledWhileReplacingTheKey(t *testing.T) {
	killedWhile(t, func(h *house) (trust.RecoveryKey, error) {
		k, err := h.d.BeginNewKey(h.ctx)
		if err != nil {
			return h.key, err
		}
		return k.Key(), k.Finish(h.ctx, h.password, k.Key().Text())
	}, password)
}

func killedWhile(t *testing.T, what func(*house) (trust.RecoveryKey, error), next string) {
	for n := range 10 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			inHouse(t, func(h *house) {
				var k deadly
				h.d.Close()
				k.into(&h.o)
				h.d = must(app.Open(h.ctx, h.o))
				h.pass(time.Second)
				k.arm(n)
				ctx, cancel := context.WithTimeout(h.ctx, 20*time.Second)
				defer cancel()
				kept := h.ctx
				h.ctx = ctx
				key, err := what(h)
				h.ctx = kept
				h.d.Close()
				k.disarm()
				h.d = must(app.Open(h.ctx, h.o))
				h.pass(15 * time.Minute)
				counts := h.counting([]trust.RecoveryKey{h.key, key})
				if counts == key {
					h.password, h.key = next, key
				} else if err == nil {
					t.Fatal("it was done, and is not")
				}
				if h.d.View().Recovery.Kept {
					h.works(&guest{d: h.d})
				}
				if !h.d.View().Recovery.Kept {
					t.Errorf("no copy of the key that counts is kept")
				}
			})
		})
	}
}

// The answer is lost until the program is closed: it goes on by itself at the next
// start, with the same password and the same key.
func TestLostAnswersWhileResetting(t *testing.T) {
	inHouse(t, func(h *house) {
		lossy := &deaf{door: door{h}, left: 1000}
		h.reopenAt(lossy)
		r := must(h.d.BeginReset(h.ctx, h.key.Text()))
		ctx, cancel := context.WithTimeout(h.ctx, 10*time.Second)
		defer cancel()
		if err := r.Finish(ctx, nextPassword, r.Key().Text()); app.TroubleOf(err) != app.TroubleUnreachable {
			t.Fatalf("without an answer: %v", err)
		}
		lossy.left = 0
		h.reopenAt(lossy)
		h.pass(time.Minute)
		h.password, h.key = nextPassword, r.Key()
		h.works(&guest{d: h.d})
	})
}

// reopenAt starts the laptop again, with another way to the backend.
func (h *house) reopenAt(to *deaf) {
	h.t.Helper()
	h.d.Close()
	h.o.Dial = func(string) (api.Account, error) { return to, nil }
	h.d = must(app.Open(h.ctx, h.o))
	h.pass(time.Second)
}
