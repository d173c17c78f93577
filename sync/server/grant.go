package server

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// grantFor is how long a typed password is good for one change.
const grantFor = 5 * time.Minute

// Grant keeps that the password was typed for one change.
func (s *Server) Grant(ctx context.Context, token api.Secret, password string, body trust.Hash) error {
	_, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		now := s.now().Truncate(time.Second)
		t, err := s.seals.put(store.Ticket{
			Kind: store.Grant, Hash: grantHash(c, body), Account: c.ID, Device: c.device, Created: now, Expires: now.Add(grantFor),
		}, "")
		if err != nil {
			return err
		}
		return tx.PutTicket(t)
	})
	return s.orInternal(ctx, "grant", err)
}

// useGrant uses a grant up. CodePassword if there is none.
func (s *Server) useGrant(tx store.Tx, c caller, body trust.Hash) error {
	none := refuse(api.CodePassword, "the password was not typed for this change", "type it again")
	t, err := tx.TakeTicket(store.Grant, grantHash(c, body), s.now())
	if absent(err) {
		return none
	}
	if err != nil {
		return err
	}
	if _, genuine := s.seals.open(t); !genuine {
		return none
	}
	return nil
}

func grantHash(c caller, body trust.Hash) [32]byte {
	return sha256.Sum256(slices.Concat([]byte("td/1 grant\x00"), c.ID[:], c.device[:], body[:]))
}
