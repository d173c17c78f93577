package server_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

const (
	day       = 24 * time.Hour
	nextWord  = "another horse battery"
	wrongWord = "not the password"
)

// states are what may have become of an account before somebody needs one of the
// rows of docs/protocol.md §14.1.
func states() map[string]func(t *testing.T) *home {
	settled := func(t *testing.T) *home { return newHouse(t, origin).settle("anna").grownUp() }
	after := func(what func(*home)) func(*testing.T) *home {
		return func(t *testing.T) *home {
			a := settled(t)
			what(a)
			return a
		}
	}
	return map[string]func(*testing.T) *home{
		"normal":         settled,
		"two-step is on": after(func(a *home) { a.known(somewhere) }),
		"paused": after(func(a *home) {
			_, r := a.ask(stranger)
			a.notMe(r)
		}),
		"burned": after(func(a *home) {
			signIn, r := a.ask(stranger)
			code := a.allow(r)
			for range 3 {
				a.typed(signIn, apitest.Wrong(code))
			}
		}),
		"off after six wrong codes": after(func(a *home) {
			for range 2 {
				a.pass(day)
				signIn, r := a.ask(stranger)
				code := a.allow(r)
				for range 3 {
					a.typed(signIn, apitest.Wrong(code))
				}
			}
		}),
		"password disabled by strangers": after(func(a *home) {
			for range verify.DisableAfter + 1 {
				a.begin(visitor{address: netip.AddrFrom4([4]byte{203, 0, 113, byte(len(a.name))})}, wrongWord)
				a.clock.move(verify.LongestWait)
			}
			if got := reason(a.t, second(a.begin(stranger, password))); got != verify.Disabled {
				a.t.Fatalf("strangers brought about %q", got)
			}
		}),
		"paused by the owner": after(func(a *home) { ok(a.t, a.s.Pause(context.Background(), a.token())) }),
		"restored from a backup": after(func(a *home) {
			folder := a.backUp()
			a.known(somewhere)
			a.putBack(folder)
		}),
		"two devices": after(func(a *home) { a.pair() }),
	}
}

func second[A, B any](_ A, b B) B { return b }

func newKey() trust.RecoveryKey { return must(trust.NewRecoveryKey(rand.Reader)) }

// fresh is a device that belongs to no account.
func (a *home) fresh(name string) *home {
	return &home{house: a.house, name: a.name, device: must(apitest.NewMember(name, trust.Phone, a.device.Origin))}
}

func (a *home) account() trust.AccountID { return a.device.Chain.Account() }

// lets fails the test unless the home's device can let somebody in.
func (a *home) lets(word string) {
	a.t.Helper()
	ctx := context.Background()
	ok(a.t, a.s.Resume(ctx, a.token(), word)) // whatever strangers did; P+D may
	signIn := must(a.begin(stranger, word))
	all := a.requests()
	if outcome := a.typed(signIn, string(a.allow(all[len(all)-1]))); outcome != verify.Right {
		a.t.Fatalf("the code is %q", outcome)
	}
}

// Password and recovery key bring a device, after the wait, in every state.
func TestPasswordAndKeyBringADevice(t *testing.T) {
	ctx := context.Background()
	for name, open := range states() {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			b, next := a.fresh("New phone"), newKey()
			began := must(b.device.Regain(ctx, a.s, a.name, password, a.device.Paper))
			if began.State != api.RegainWaits || !began.Wait.Until.Equal(a.clock.Now().Add(day)) {
				t.Fatalf("it began as %+v", began)
			}
			refused(t, b.device.FinishRegain(ctx, a.s, a.account(), must(b.device.Return(a.chain(), a.device.Paper, next, nil, a.clock.Now()))), api.CodeWait, "finishing at once")
			a.reopen()
			a.pass(day - time.Second)
			if now := must(b.device.Regaining(ctx, a.s, a.account())); now.State != api.RegainWaits || now.Entries != nil {
				t.Fatalf("a second before the end it is %+v", now)
			}
			a.pass(time.Second)
			ready := must(b.device.Regaining(ctx, a.s, a.account()))
			if ready.State != api.RegainReady {
				t.Fatalf("after the wait it is %+v", ready)
			}
			entries := must(b.device.Return(ready.Entries, a.device.Paper, next, []trust.DeviceID{a.device.ID}, a.clock.Now()))
			ok(t, b.device.FinishRegain(ctx, a.s, a.account(), entries))
			ok(t, b.device.FinishRegain(ctx, a.s, a.account(), entries)) // the answer was lost
			b.lets(password)
			refused(t, second(b.s.BeginReset(ctx, b.token())), api.CodeYoung, "a change by the new device")
			ok(t, b.s.ChangePassword(ctx, b.token(), password, nextWord)) // which it is asked to
			ok(t, b.s.ChangePassword(ctx, b.token(), nextWord, password))
			_, err := a.device.Session(ctx, a.s)
			refused(t, err, api.CodeDevice, "a session of the lost device")
			_, err = b.fresh("Thief").device.Regain(ctx, a.s, a.name, password, a.device.Paper)
			refused(t, err, api.CodePassword, "the used key")
			must(b.fresh("Other").device.Regain(ctx, a.s, a.name, password, next))
		})
	}
}

func (a *home) chain() [][]byte {
	a.t.Helper()
	return must(a.s.Chain(context.Background(), a.token(), 0))
}

// A device and the recovery key bring another password at once.
func TestDeviceAndKeyBringAPassword(t *testing.T) {
	ctx := context.Background()
	for name, open := range states() {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			a.catchUp()
			next := newKey()
			entry := must(a.device.Replace(a.device.Paper, next, a.clock.Now()))
			ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
			ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry)) // the answer was lost
			refused(t, a.s.ResetWithKey(ctx, a.token(), wrongWord, entry), api.CodeStale, "the same proof for another password")
			ok(t, a.device.Learn(entry))
			a.lets(nextWord)
			refused(t, a.s.Resume(ctx, a.token(), password), api.CodePassword, "the old password")
			again := must(a.device.Chain.SetRecovery(a.device.Author(), newKey(), a.clock.Now()))
			refused(t, a.s.ResetWithKey(ctx, a.token(), wrongWord, again), api.CodeChain, "an entry that the device signed")
		})
	}
}

// A device alone brings another password after its wait; password and device
// bring another password and key at once.
func TestADeviceBringsTheRest(t *testing.T) {
	ctx := context.Background()
	for name, open := range states() {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			w := must(a.s.BeginReset(ctx, a.token()))
			if again := must(a.s.BeginReset(ctx, a.token())); again.ID != w.ID {
				t.Error("asking again began another wait")
			}
			refused(t, a.s.FinishReset(ctx, a.token(), nextWord), api.CodeWait, "a password at once")
			a.pass(3*day - time.Second)
			refused(t, a.s.FinishReset(ctx, a.token(), nextWord), api.CodeWait, "a password a second early")
			a.pass(time.Second)
			ok(t, a.s.FinishReset(ctx, a.token(), nextWord))
			ok(t, a.s.FinishReset(ctx, a.token(), nextWord)) // the answer was lost
			refused(t, a.s.FinishReset(ctx, a.token(), wrongWord), api.CodeStopped, "the same wait twice")
			a.lets(nextWord)
			ok(t, a.s.ChangePassword(ctx, a.token(), nextWord, password))
			a.catchUp()
			a.change(must(a.device.Chain.SetRecovery(a.device.Author(), newKey(), a.clock.Now())))
			a.lets(password)
		})
	}
}

// Each single thing stops each wait, in every state, and that is told.
func TestAnyOneThingStops(t *testing.T) {
	ctx := context.Background()
	stops := map[string]func(a *home, id trust.WaitID) error{
		"device": func(a *home, id trust.WaitID) error { return a.s.StopWait(ctx, a.token(), id) },
		"password": func(a *home, id trust.WaitID) error {
			if seen := must(a.s.WaitsBy(ctx, api.Factor{Name: a.name, Password: password})); len(seen) != 1 || seen[0].ID != id {
				a.t.Errorf("who has the password sees %+v", seen)
			}
			return a.s.StopBy(ctx, api.Factor{Name: a.name, Password: password}, id)
		},
		"key": func(a *home, id trust.WaitID) error {
			nonce, sig, err := apitest.SignByKey(ctx, a.s, a.name, a.device.Paper, trust.RegainStop, trust.HashWait(id), a.device.Origin)
			ok(a.t, err)
			f := api.Factor{Name: a.name, Nonce: nonce, Signature: sig}
			refused(a.t, second(a.s.WaitsBy(ctx, f)), api.CodePassword, "looking with a signature for stopping")
			err = a.s.StopBy(ctx, f, id)
			refused(a.t, a.s.StopBy(ctx, f, id), api.CodePassword, "the same signature again")
			return err
		},
	}
	for name, open := range states() {
		for by, stop := range stops {
			t.Run(name+" by "+by, func(t *testing.T) {
				a := open(t)
				b := a.fresh("New phone")
				w := must(b.device.Regain(ctx, a.s, a.name, password, a.device.Paper)).Wait
				ok(t, stop(a, w.ID))
				a.pass(2 * day)
				if now := must(b.device.Regaining(ctx, a.s, a.account())); now.State != api.RegainStopped || now.By != by {
					t.Errorf("after the stop it is %+v", now)
				}
				entries := must(b.device.Return(a.chain(), a.device.Paper, newKey(), nil, a.clock.Now()))
				refused(t, b.device.FinishRegain(ctx, a.s, a.account(), entries), api.CodeStopped, "finishing what was stopped")
				refused(t, a.s.StopWait(ctx, a.token(), w.ID), api.CodeStopped, "stopping again")
				if kinds := a.kinds(); kinds[len(kinds)-1] != api.EventStop {
					t.Errorf("the last word is %q", kinds[len(kinds)-1])
				}
				own := must(a.s.BeginReset(ctx, a.token()))
				ok(t, stop(a, own.ID))
				a.pass(4 * day)
				refused(t, a.s.FinishReset(ctx, a.token(), nextWord), api.CodeStopped, "a password after the stop")
			})
		}
	}
}

// Nothing less than two: what who has one thing can send brings nothing but a wait
// of the device alone.
func TestNothingLessThanTwo(t *testing.T) {
	ctx := context.Background()
	for name, open := range states() {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			a.catchUp()
			thief := a.fresh("Thief")
			_, err := thief.device.Regain(ctx, a.s, a.name, password, newKey())
			refused(t, err, api.CodePassword, "the password with another key")
			_, err = thief.device.Regain(ctx, a.s, a.name, wrongWord, a.device.Paper)
			refused(t, err, api.CodePassword, "the key with another password")
			_, err = thief.device.Regain(ctx, a.s, "nobody", password, a.device.Paper)
			refused(t, err, api.CodePassword, "a name without account")
			_, err = thief.device.Regaining(ctx, a.s, a.account())
			refused(t, err, api.CodeDevice, "a device that waits for nothing")

			token := a.token()
			entry := must(a.device.Chain.SetRecovery(a.device.Author(), newKey(), a.clock.Now()))
			refused(t, a.s.Append(ctx, token, entry), api.CodePassword, "a new key with the device alone")
			refused(t, apitest.Grant(ctx, a.s, token, wrongWord, entry), api.CodePassword, "a grant with another password")
			refused(t, a.s.ResetWithKey(ctx, token, nextWord, entry), api.CodeChain, "a reset with the device's own signature")
			refused(t, a.s.ResetWithKey(ctx, nil, nextWord, entry), api.CodeSession, "a reset without a device")
			stolen := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now()))
			refused(t, a.s.Append(ctx, token, stolen), api.CodeChain, "the key's own entry, appended")
			refused(t, a.s.ChangePassword(ctx, token, wrongWord, nextWord), api.CodePassword, "another password with the device alone")
			refused(t, second(a.s.Leave(ctx, token, wrongWord)), api.CodePassword, "leaving with the device alone")
			refused(t, a.s.FinishReset(ctx, token, nextWord), api.CodeStopped, "a reset without a wait")
			refused(t, second(a.s.WaitsBy(ctx, api.Factor{Name: a.name, Password: password})), api.CodePassword, "looking where nothing waits")
			must(a.s.BeginReset(ctx, token))
			refused(t, second(a.s.WaitsBy(ctx, api.Factor{Name: a.name, Password: wrongWord})), api.CodePassword, "looking with another password")
		})
	}
}

// A device alone learns nothing about the password by asking again for what was done.
func TestAskingAgainIsNoPlaceToTryPasswords(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	refused(t, a.s.ResetWithKey(ctx, a.token(), password, a.device.Entries[0]), api.CodeChain, "the genesis with the right password")
	refused(t, a.s.ResetWithKey(ctx, a.token(), password, a.device.Entries[1]), api.CodeChain, "the first key's entry with the right password")
	entry := must(a.device.Replace(a.device.Paper, newKey(), a.clock.Now()))
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
	slowed := false
	for range 20 {
		slowed = slowed || errors.Is(a.s.ResetWithKey(ctx, a.token(), wrongWord, entry), &api.Error{Code: api.CodeSlow})
	}
	if !slowed {
		t.Error("twenty passwords were compared")
	}
}

// Wrong passwords, whoever typed them, do not outlive the password or the key.
func TestWrongPasswordsEndWithThePassword(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna").grownUp()
	b := a.fresh("Thief")
	for range 101 { // who found the paper, and who found the device
		b.device.Regain(ctx, a.s, a.name, wrongWord, a.device.Paper)
		a.s.Resume(ctx, a.token(), wrongWord)
		a.clock.move(time.Hour)
	}
	if e := refused(t, a.s.Resume(ctx, a.token(), password), api.CodeSlow, "the right password on a device where too many were wrong"); e.Retry < 3600 {
		t.Errorf("it is told to come back in %d s", e.Retry)
	}
	a.clock.move(time.Hour)
	must(a.fresh("New phone").device.Regain(ctx, a.s, a.name, password, a.device.Paper))
	next := newKey()
	entry := must(a.device.Replace(a.device.Paper, next, a.clock.Now()))
	ok(t, a.s.ResetWithKey(ctx, a.token(), nextWord, entry))
	ok(t, a.s.Resume(ctx, a.token(), nextWord))
	must(a.fresh("Newer phone").device.Regain(ctx, a.s, a.name, nextWord, next))
}
