package server

import (
	"context"
	"crypto/sha256"
	"net/netip"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// WaitsBy shows the waits to who has one thing.
func (s *Server) WaitsBy(ctx context.Context, f api.Factor) (out []api.Wait, err error) {
	_, err = s.byFactor(ctx, f, trust.RegainLook, trust.Hash{}, func(tx store.Tx, a account, _ string) error {
		out, err = s.running(tx, a.ID)
		return err
	})
	return out, s.orInternal(ctx, "waits", err)
}

// StopBy stops a wait with one thing.
func (s *Server) StopBy(ctx context.Context, f api.Factor, id trust.WaitID) error {
	a, err := s.byFactor(ctx, f, trust.RegainStop, trust.HashWait(id), func(tx store.Tx, a account, by string) error {
		return s.stopWait(tx, a.ID, id, by, trust.DeviceID{})
	})
	if err == nil {
		s.hub.hint(a)
	}
	return s.orInternal(ctx, "stop", err)
}

// byFactor runs work for who shows one thing: "password" or "key".
func (s *Server) byFactor(ctx context.Context, f api.Factor, p trust.Purpose, subject trust.Hash, work func(store.Tx, account, string) error) (id trust.AccountID, err error) {
	if len(f.Signature) > 0 {
		err = s.store.Update(ctx, func(tx store.Tx) error {
			a, err := s.accountNamed(tx, f.Name)
			if err != nil {
				return err
			}
			id = a.ID
			fits, err := s.signedByKey(tx, a, p, subject, f.Nonce, f.Signature)
			if err == nil && !fits {
				err = errFactor()
			}
			if err != nil {
				return err
			}
			return work(tx, a, "key")
		})
		return id, err
	}
	return s.byPassword(ctx, f, work)
}

// byPassword compares a password only where something waits: without that it is no
// place to try passwords at. Tries count for the name from one network, so that
// strangers elsewhere cannot use up the owner's.
func (s *Server) byPassword(ctx context.Context, f api.Factor, work func(store.Tx, account, string) error) (id trust.AccountID, err error) {
	var row []byte
	key := s.stopTries(ctx, f.Name)
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.tryNetwork(tx, addressOf(ctx)); err != nil {
			return err
		}
		if err := s.tryForEver(tx, key); err != nil { // whatever waits: the answers must not differ
			return err
		}
		a, err := s.accountNamed(tx, f.Name)
		if isPassword(err) {
			return nil
		}
		if err != nil {
			return err
		}
		waits, err := s.running(tx, a.ID)
		if len(waits) > 0 {
			id, row = a.ID, a.Password
		}
		return err
	})
	if err != nil {
		return id, err
	}
	right, err := s.hashers.stop.check(ctx, row, id, f.Password)
	if err == nil && !right {
		err = errFactor()
	}
	if err != nil {
		return id, err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.putTries(tx, key, verify.Tries{}); err != nil {
			return err
		}
		if err := s.forgiveNetwork(tx, addressOf(ctx)); err != nil {
			return err
		}
		a, err := s.account(tx, id)
		if err != nil {
			return err
		}
		return work(tx, a, "password")
	})
	return id, err
}

// tryNetwork counts a password as wrong for its network, whatever the name, or
// refuses: names can be made up without end, and each costs a comparison.
func (s *Server) tryNetwork(tx store.Tx, from netip.Addr) error {
	key := s.verifier.AddressKey(from)
	network, err := s.addressTries(tx, key)
	if err != nil {
		return err
	}
	network, verdict := network.Try(s.now())
	if !verdict.Allowed {
		return s.refuseUntil(verdict.Until)
	}
	return s.putAddressTries(tx, key, network)
}

// forgiveNetwork takes that back.
func (s *Server) forgiveNetwork(tx store.Tx, from netip.Addr) error {
	key := s.verifier.AddressKey(from)
	network, err := s.addressTries(tx, key)
	if err != nil {
		return err
	}
	return s.putAddressTries(tx, key, network.Forgive())
}

func (s *Server) stopTries(ctx context.Context, name string) [32]byte {
	network := s.verifier.AddressKey(addressOf(ctx))
	return s.verifier.TriesKey(fold(name), sha256.Sum256(append([]byte("td/1 tries to stop\x00"), network[:]...)))
}

func isRefusal(err error) bool {
	_, ok := err.(*api.Error)
	return ok
}

// isPassword reports whether an error says that a password or a key did not fit.
func isPassword(err error) bool {
	e, ok := err.(*api.Error)
	return ok && e.Code == api.CodePassword
}
