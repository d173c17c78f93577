package server

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/verify"
)

// confirmed runs work after the password, typed on a device, was right. Such tries
// have a count of their own for each device, so that neither strangers at the
// page nor another device use it up. What takes time is prepared between the
// password and work, outside of any transaction.
func (s *Server) confirmed(ctx context.Context, token api.Secret, password string, work func(store.Tx, caller) error, prepare ...func(caller) error) (caller, error) {
	var c caller
	var key [32]byte
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		key = s.deviceTries(c)
		return s.try(tx, key)
	})
	if err != nil {
		return c, err
	}
	right, err := s.hashers.proven.check(ctx, c.Password, c.ID, password)
	if err != nil {
		return c, err
	}
	if !right {
		return c, refuse(api.CodePassword, "the password is wrong", "")
	}
	for _, p := range prepare {
		if err := p(c); err != nil {
			return c, err
		}
	}
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		if err := s.putTries(tx, key, verify.Tries{}); err != nil {
			return err
		}
		if err := s.codesConfirmed(tx, &c.account); err != nil {
			return err
		}
		return work(tx, c)
	})
	return c, err
}

// deviceTries is where password tries on one device are counted: under a browser
// that no cookie can name, whatever is typed at the page.
func (s *Server) deviceTries(c caller) [32]byte {
	return s.verifier.TriesKey(c.Key, sha256.Sum256([]byte("td/1 tries on device "+c.device.String())))
}

// try counts a password as wrong in advance, or refuses.
func (s *Server) try(tx store.Tx, key [32]byte) error {
	t, err := s.tries(tx, key)
	if err != nil {
		return err
	}
	t, verdict := t.Try(s.now())
	if !verdict.Allowed {
		return s.refuseTries(verdict)
	}
	return s.putTries(tx, key, t)
}

// refuseTries refuses a password; no time helps once there were too many.
func (s *Server) refuseTries(v verify.Verdict) error {
	if v.Reason == verify.Disabled {
		return &api.Error{Code: api.CodeSlow, Message: "too many wrong passwords on this device",
			Hint: "set another password with the recovery key, or on another device", Retry: int(disabledRetry / time.Second)}
	}
	return s.refuseUntil(v.Until)
}

// disabledRetry is what programs are told that ask for a time.
const disabledRetry = 24 * time.Hour

// tryForEver is try where no number of wrong passwords may end the tries for good: the
// longest wait lies between them instead.
func (s *Server) tryForEver(tx store.Tx, key [32]byte) error {
	t, err := s.tries(tx, key)
	if err != nil {
		return err
	}
	t.Wrong = min(t.Wrong, verify.DisableAfter-1)
	t, verdict := t.Try(s.now())
	if !verdict.Allowed {
		return s.refuseUntil(verdict.Until)
	}
	return s.putTries(tx, key, t)
}

func (s *Server) tries(tx store.Tx, key [32]byte) (verify.Tries, error) {
	row, err := tx.Counter(key, s.now())
	if absent(err) {
		return verify.Tries{}, nil
	}
	if err != nil {
		return verify.Tries{}, err
	}
	return s.verifier.DecodeTries(key, row.Data)
}

func (s *Server) putTries(tx store.Tx, key [32]byte, t verify.Tries) error {
	return tx.PutCounter(store.Counter{Key: key, Expires: t.Keep(), Data: s.verifier.EncodeTries(key, t)})
}

func (s *Server) forgetTries(tx store.Tx, name string, b verify.Browser) error {
	return s.putTries(tx, s.verifier.TriesKey(name, b), verify.Tries{})
}

func (s *Server) addressTries(tx store.Tx, key [32]byte) (verify.Address, error) {
	row, err := tx.Counter(key, s.now())
	if absent(err) {
		return verify.Address{}, nil
	}
	if err != nil {
		return verify.Address{}, err
	}
	return s.verifier.DecodeAddress(key, row.Data)
}

func (s *Server) putAddressTries(tx store.Tx, key [32]byte, a verify.Address) error {
	return tx.PutCounter(store.Counter{Key: key, Expires: a.Keep(), Data: s.verifier.EncodeAddress(key, a)})
}
