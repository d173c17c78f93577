package server

import (
	"context"
	"crypto/sha256"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/pair"
)

// Box reads a box.
func (s *Server) Box(ctx context.Context, symbols pair.Symbols) (out api.Box, err error) {
	missed := false
	err = s.store.View(ctx, func(tx store.Tx) error {
		if err := s.maySeek(ctx, tx); err != nil {
			return err
		}
		b, err := s.box(tx, symbols)
		if missed = absent(err); missed {
			return nil
		}
		if err != nil {
			return err
		}
		out, err = s.shown(tx, symbols, b)
		return err
	})
	if err == nil && missed {
		err = s.missed(ctx)
	}
	return out, s.orInternal(ctx, "box", err)
}

// knownBox does something with a box for who knows its symbols.
func (s *Server) knownBox(ctx context.Context, symbols pair.Symbols, work func(store.Tx, box) error) error {
	missed := false
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.maySeek(ctx, tx); err != nil {
			return err
		}
		b, err := s.box(tx, symbols)
		if missed = absent(err); missed {
			return nil
		}
		if err != nil {
			return err
		}
		return work(tx, b)
	})
	if err == nil && missed {
		err = s.missed(ctx)
	}
	return s.orInternal(ctx, "box", err)
}

// maySeek refuses a network from which many symbols were tried that name no box:
// as many as wrong passwords, but counted apart.
func (s *Server) maySeek(ctx context.Context, tx store.Tx) error {
	tries, err := s.addressTries(tx, s.seekKey(ctx))
	if err != nil {
		return err
	}
	if _, verdict := tries.Try(s.now()); !verdict.Allowed {
		return s.refuseUntil(verdict.Until)
	}
	return nil
}

// missed counts symbols that name no box, and says so.
func (s *Server) missed(ctx context.Context) error {
	key := s.seekKey(ctx)
	err := s.store.Update(ctx, func(tx store.Tx) error {
		tries, err := s.addressTries(tx, key)
		if err != nil {
			return err
		}
		tries, verdict := tries.Try(s.now())
		if !verdict.Allowed {
			return s.refuseUntil(verdict.Until)
		}
		return s.putAddressTries(tx, key, tries)
	})
	if err != nil {
		return err
	}
	return errNoBox()
}

func (s *Server) seekKey(ctx context.Context) [32]byte {
	key := s.verifier.AddressKey(addressOf(ctx))
	return sha256.Sum256(append([]byte("td/1 symbols\x00"), key[:]...))
}
