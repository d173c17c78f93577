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
		if err := s.mayChangePassword(tx, c); err != nil {
			return err
		}
		return s.setPassword(tx, c.account, row, api.EventPassword, api.EventData{Device: c.device})
	}, func(c caller) (err error) {
		if next == present {
			return refuse(api.CodePassword, "this cannot be the next password", "another than the present one")
		}
		row, err = s.nextRow(ctx, c.account, next)
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
