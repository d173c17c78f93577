package server

import (
	"crypto/sha256"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
)

// How long what the backend gives out is good for.
const (
	invitationFor = 7 * 24 * time.Hour
	nonceFor      = 60 * time.Second
	tokenFor      = 15 * time.Minute
	sessionFor    = 24 * time.Hour
	browserFor    = 365 * 24 * time.Hour
)

// newTicket draws a secret of size bytes and writes its ticket.
func (s *Server) newTicket(tx store.Tx, t store.Ticket, size int, lasts time.Duration, note string) (api.Secret, error) {
	secret, err := s.secret(size)
	if err != nil {
		return nil, err
	}
	now := s.now().Truncate(time.Second)
	t.Hash, t.Created, t.Expires = sha256.Sum256(secret), now, now.Add(lasts)
	if t, err = s.seals.put(t, note); err != nil {
		return nil, err
	}
	return secret, tx.PutTicket(t)
}

// ticket looks a secret up; one that is unknown, expired or forged is not found.
func (s *Server) ticket(tx store.Tx, kind store.TicketKind, secret api.Secret) (store.Ticket, string, error) {
	t, err := tx.Ticket(kind, sha256.Sum256(secret), s.now())
	if err != nil {
		return store.Ticket{}, "", err
	}
	note, ok := s.seals.open(t)
	if !ok {
		return store.Ticket{}, "", store.ErrNotFound
	}
	return t, note, nil
}

// take is ticket for those that work once.
func (s *Server) take(tx store.Tx, kind store.TicketKind, secret api.Secret) (store.Ticket, string, error) {
	t, note, err := s.ticket(tx, kind, secret)
	if err != nil {
		return store.Ticket{}, "", err
	}
	_, err = tx.TakeTicket(kind, t.Hash, s.now())
	return t, note, err
}

// absent reports whether err says that there is no such row.
func absent(err error) bool { return errors.Is(err, store.ErrNotFound) }
