package server

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// markTest says that an account was made to try the services, and may be ended by that.
const markTest mark = "test"

// TestAccount is an account that exists to try what opens a service. Its device was held
// in memory and is gone: nobody can sign in with it or change it.
type TestAccount struct {
	ID       trust.AccountID `json:"id"`
	Name     string          `json:"name"` // as the service knows it
	Password string          `json:"password"`
	// App passwords: of the service, of it no more, and of another.
	Right   string `json:"right"`
	Removed string `json:"removed"`
	Expired string `json:"expired"`
	Foreign string `json:"foreign"`
}

// foreignService is what foreign app passwords open: nothing.
const foreignService = "selftest.nowhere"

// BeginTest makes an account with app passwords for a service, to be ended by EndTest;
// what earlier tests have left is ended first. name "" chooses one. CodeName if the name
// is taken, CodeNotFound for no service.
func (s *Server) BeginTest(ctx context.Context, name, service string) (TestAccount, error) {
	v, ok := s.services.named(service)
	if !ok {
		return TestAccount{}, refuse(api.CodeNotFound, "no such service is configured", "see countersignd services")
	}
	if err := s.EndTests(ctx); err != nil {
		return TestAccount{}, err
	}
	if name == "" {
		name = "selftest-" + strings.ToLower(rand.Text()[:8])
	}
	d, err := s.testDevice(ctx, name)
	if err != nil {
		return TestAccount{}, errors.Join(err, s.EndTests(context.WithoutCancel(ctx)))
	}
	out := TestAccount{ID: d.chain.Account(), Name: fold(name), Password: d.password}
	if err := d.tries(ctx, v, &out); err != nil {
		return TestAccount{}, errors.Join(err, s.EndTest(context.WithoutCancel(ctx), out.ID))
	}
	return out, nil
}

// EndTest ends an account that BeginTest made; CodeNotFound for any other.
func (s *Server) EndTest(ctx context.Context, id trust.AccountID) error {
	err := s.store.Update(ctx, func(tx store.Tx) error {
		note, err := s.marked(tx, markTest, id, trust.DeviceID{})
		if err != nil {
			return err
		}
		if note == nil {
			return refuse(api.CodeNotFound, "this account was not made for a test", "")
		}
		a, err := s.account(tx, id)
		if err != nil || Retired(a.Account) {
			return err
		}
		return s.endAccount(tx, a)
	})
	if err == nil {
		s.hub.hint(id)
	}
	return s.orInternal(ctx, "ending a test", err)
}

// EndTests ends what tests that were cut off have left.
func (s *Server) EndTests(ctx context.Context) error {
	for after := ""; ; {
		var left []trust.AccountID
		var more bool
		err := s.store.View(ctx, func(tx store.Tx) (err error) {
			left, after, more, err = s.testsAfter(tx, after)
			return err
		})
		if err != nil {
			return s.orInternal(ctx, "ending tests", err)
		}
		for _, id := range left {
			if err := s.EndTest(ctx, id); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// testsAfter gives those of the next accounts that tests have left, and where to go on.
func (s *Server) testsAfter(tx store.Tx, after string) (left []trust.AccountID, last string, more bool, err error) {
	list, err := tx.ListAccounts(after, 500)
	for _, a := range list {
		last = a.Key
		note, err := s.marked(tx, markTest, a.ID, trust.DeviceID{})
		if err != nil {
			return nil, last, false, err
		}
		if note != nil && !Retired(a) {
			left = append(left, a.ID)
		}
	}
	return left, last, len(list) > 0, err
}

// testDevice is the device of an account for tests.
type testDevice struct {
	s        *Server
	id       trust.DeviceID
	keys     trust.Keys
	chain    chain.State
	password string
	token    api.Secret
}

// testDevice makes the account of a name, and a session of its device.
func (s *Server) testDevice(ctx context.Context, name string) (*testDevice, error) {
	link, err := s.Invite(ctx, name)
	if err != nil {
		return nil, err
	}
	_, invitation, err := api.ParseLink(link)
	if err != nil {
		return nil, err
	}
	seed, err := trust.NewKeySeed(s.rand)
	if err != nil {
		return nil, err
	}
	d := &testDevice{s: s, password: base32.StdEncoding.EncodeToString([]byte(rand.Text()))[:32]}
	if d.keys, err = seed.Keys(); err != nil {
		return nil, err
	}
	if d.id, err = trust.NewDeviceID(s.rand); err != nil {
		return nil, err
	}
	entries, err := d.found()
	if err != nil {
		return nil, err
	}
	if err := s.markTest(ctx, d.chain.Account()); err != nil {
		return nil, err
	}
	err = s.Register(ctx, api.Registration{Invitation: invitation, Name: name, Password: d.password, Entries: entries})
	if err != nil {
		return nil, err
	}
	return d, d.open(ctx)
}

// markTest notes that an account is made to try the services, before it is made: however
// that ends, it can be ended.
func (s *Server) markTest(ctx context.Context, id trust.AccountID) error {
	return s.store.Update(ctx, func(tx store.Tx) error {
		return s.putMark(tx, markTest, id, trust.DeviceID{}, []byte{1}, forGood)
	})
}

// found writes the first two entries.
func (d *testDevice) found() ([][]byte, error) {
	record := trust.Device{ID: d.id, Name: "Self-test", Kind: trust.Terminal, Sign: d.keys.SignKey(), KEM: d.keys.KEMKey()}
	genesis, err := chain.Genesis(d.s.rand, d.keys, record, d.s.record, trust.DefaultPolicy(), d.s.now())
	if err != nil {
		return nil, err
	}
	if d.chain, err = chain.Open([][]byte{genesis}); err != nil {
		return nil, err
	}
	key, err := trust.NewRecoveryKey(d.s.rand)
	if err != nil {
		return nil, err
	}
	recovery, err := d.chain.SetRecovery(chain.AsDevice(d.id, d.keys), key, d.s.now())
	if err != nil {
		return nil, err
	}
	d.chain, err = d.chain.Apply(recovery)
	return [][]byte{genesis, recovery}, err
}

func (d *testDevice) open(ctx context.Context) error {
	nonce, err := d.s.Nonce(ctx, d.chain.Account(), d.id)
	if err != nil {
		return err
	}
	proof := trust.Proof{Account: d.chain.Account(), Device: d.id, Nonce: [32]byte(nonce), Origin: d.s.record.Origin}
	sig, err := proof.Sign(d.keys)
	if err != nil {
		return err
	}
	session, err := d.s.Session(ctx, api.SessionProof{Account: proof.Account, Device: d.id, Nonce: nonce, Signature: sig[:]})
	d.token = session.Token
	return err
}

// tries makes what a service is tried with.
func (d *testDevice) tries(ctx context.Context, v front.Service, t *TestAccount) (err error) {
	service := v.ID
	for _, one := range []struct {
		to      *string
		service string
		expires time.Time
		removed bool
	}{
		{to: &t.Right, service: service}, {to: &t.Foreign, service: foreignService},
		{to: &t.Expired, service: service, expires: time.Unix(1, 0)}, {to: &t.Removed, service: service, removed: true},
	} {
		spec := apppass.Spec{Account: d.chain.Account(), Service: one.service, Label: "Self-test", Expires: one.expires}
		if v.Kind == front.Calls {
			spec.Digest = &apppass.DigestUser{Name: t.Name, Realm: v.Realm}
		}
		if *one.to, err = d.make(ctx, spec, one.removed); err != nil {
			return err
		}
	}
	return nil
}

// make makes an app password, and removes it again where that is wanted.
func (d *testDevice) make(ctx context.Context, spec apppass.Spec, remove bool) (string, error) {
	if _, err := rand.Read(spec.ID[:]); err != nil {
		return "", err
	}
	p, err := apppass.New(d.s.rand)
	if err != nil {
		return "", err
	}
	c, err := apppass.Make(spec, p, d.s.record)
	if err != nil {
		return "", err
	}
	entry, err := d.chain.AddCredential(chain.AsDevice(d.id, d.keys), c, d.s.now())
	if err != nil {
		return "", err
	}
	if err := d.add(ctx, entry); err != nil || !remove {
		return p.Canonical(), err
	}
	entry, err = d.chain.RevokeCredential(chain.AsDevice(d.id, d.keys), spec.ID, d.s.now())
	if err != nil {
		return "", err
	}
	return p.Canonical(), d.add(ctx, entry)
}

func (d *testDevice) add(ctx context.Context, entry []byte) error {
	body, err := chain.Body(entry)
	if err != nil {
		return err
	}
	if err := d.s.Grant(ctx, d.token, d.password, trust.HashBody(body)); err != nil {
		return err
	}
	if err := d.s.Append(ctx, d.token, entry); err != nil {
		return err
	}
	d.chain, err = d.chain.Apply(entry)
	return err
}
