package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/verify"
)

// ChangePassword sets another password.
func (s *Server) ChangePassword(ctx context.Context, token api.Secret, present, next string) error {
	var row []byte
	c, err := s.confirmed(ctx, token, present, func(tx store.Tx, c caller) error {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		c.Password, c.limits = row, c.limits.PasswordChanged()
		if err := s.save(tx, c.account); err != nil {
			return err
		}
		if err := s.forgetTries(tx, c.Key, verify.Browser{}); err != nil {
			return err
		}
		if err := s.endSessions(tx, c.account); err != nil {
			return err
		}
		if err := s.endSignIns(tx, c.account); err != nil {
			return err
		}
		return s.tell(tx, c.ID, api.EventPassword, api.EventData{Device: c.device})
	}, func(c caller) (err error) {
		if !checkPassword(c.Name, next) || next == present {
			return refuse(api.CodePassword, "this cannot be the next password", "8 to 256 bytes, another one, and not the name")
		}
		row, err = s.hasher.make(ctx, s.rand, c.ID, next)
		return err
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "password", err)
}

// endSessions signs every browser out. Known browsers stay known: they still need
// password and device.
func (s *Server) endSessions(tx store.Tx, a account) error {
	tickets, err := tx.TicketsOf(a.ID, store.Session)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if _, err := tx.TakeTicket(store.Session, t.Hash, s.now()); err != nil && !absent(err) {
			return err
		}
	}
	return nil
}

// endSignIns stops what was begun with the old password.
func (s *Server) endSignIns(tx store.Tx, a account) error {
	open, err := s.open(tx, a.ID)
	if err != nil {
		return err
	}
	for _, in := range open {
		in.State = verify.Stopped
		if err := s.stopped(tx, in); err != nil {
			return err
		}
	}
	return nil
}
