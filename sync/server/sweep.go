package server

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// How often and how much is tidied; chosen arbitrarily, except that a sign-in's
// end must be told within a second or two.
const (
	sweepEvery = time.Second
	tidyEvery  = time.Minute
	sweepMost  = 200
	keepClosed = 24 * time.Hour // closed sign-ins, for pages that come late
)

// Run ends sign-ins whose time is over and drops what expired, until ctx ends.
func (s *Server) Run(ctx context.Context) {
	sweep, tidy, write := time.NewTicker(sweepEvery), time.NewTicker(tidyEvery), time.NewTicker(useEvery)
	defer sweep.Stop()
	defer write.Stop()
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-sweep.C:
			err = s.Sweep(ctx)
		case <-write.C:
			err = s.WriteUses(ctx)
		case <-tidy.C:
			err = s.Tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "sweeping", "err", err)
		}
	}
}

// Sweep ends the sign-ins whose time is over now, and tells of waits that have come
// to their half or end. What is wrong with one account's holds up nobody else's; it is
// told when all is done.
func (s *Server) Sweep(ctx context.Context) error {
	wrong := s.sweepWaits(ctx)
	var due []store.SignIn
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		due, err = tx.DueSignIns(s.now(), sweepMost)
		return err
	})
	wrong = errors.Join(wrong, err)
	for _, row := range due {
		err := s.store.Update(ctx, func(tx store.Tx) error { return s.expire(tx, row.ID) })
		if errors.Is(err, verify.ErrTampered) {
			err = s.setAside(ctx, row)
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		s.hub.hint(row.Account)
	}
	return wrong
}

// sweepWaits reads first, so that a sweep with nothing to do writes nothing.
func (s *Server) sweepWaits(ctx context.Context) error {
	queue := []string{noticeWait}
	var due []store.Notice
	wrong := s.store.View(ctx, func(tx store.Tx) (err error) {
		due, err = tx.DueNotices(s.now(), s.turns.after(queue), sweepMost, queue...)
		return err
	})
	for _, n := range due {
		s.turns.took(queue, n.Account)
		err := s.store.Update(ctx, func(tx store.Tx) error { return s.wake(tx, n) })
		if errors.Is(err, verify.ErrTampered) {
			s.log.ErrorContext(ctx, "a row is damaged", "wait of account", n.Account)
			err = s.store.Update(ctx, func(tx store.Tx) error { return tx.DropNotice(n.ID) })
		}
		if err = present(err); err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		s.hub.hint(n.Account)
	}
	return wrong
}

// setAside closes a damaged row for look-up, so that it is met once and not every
// second, and holds up nobody else. It opens nothing: what it says is never trusted.
func (s *Server) setAside(ctx context.Context, row store.SignIn) error {
	s.log.ErrorContext(ctx, "a row is damaged", "sign-in", row.ID, "account", row.Account)
	row.Open = false
	return s.store.Update(ctx, func(tx store.Tx) error { return tx.PutSignIn(row) })
}

// expire ends one sign-in, unless somebody ended it meanwhile.
func (s *Server) expire(tx store.Tx, id trust.ChallengeID) error {
	row, err := tx.SignIn(id)
	if err != nil {
		return err
	}
	in, err := s.verifier.Decode(row.Row)
	if err != nil {
		return err
	}
	in, ended := s.verifier.Expire(in, s.now())
	if !ended {
		return s.put(tx, in) // its columns said something else than its row
	}
	a, err := s.account(tx, in.Account)
	if err != nil {
		return err
	}
	if err := s.put(tx, in); err != nil {
		return err
	}
	data, err := s.about(in)
	if err != nil {
		return err
	}
	if err := s.tell(tx, a.ID, api.EventExpired, data); err != nil {
		return err
	}
	return s.ended(tx, a, in)
}

// Tidy drops what expired: all of it, in small steps, since everybody may ask for
// nonces.
func (s *Server) Tidy(ctx context.Context) error {
	now := s.now()
	for _, drop := range []func(store.Tx) (int, error){
		func(tx store.Tx) (int, error) { return tx.DropTickets(now, sweepMost) },
		func(tx store.Tx) (int, error) { return tx.DropCounters(now, sweepMost) },
		func(tx store.Tx) (int, error) { return tx.DropSignIns(now.Add(-keepClosed), sweepMost) },
	} {
		if err := s.dropAll(ctx, drop); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) dropAll(ctx context.Context, drop func(store.Tx) (int, error)) error {
	for n := sweepMost; n == sweepMost; {
		err := s.store.Update(ctx, func(tx store.Tx) (err error) {
			n, err = drop(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
