package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Heal takes back entries that this server had accepted and then lost.
func (s *Server) Heal(ctx context.Context, id trust.AccountID, entries [][]byte, receipt []byte) error {
	last, ok := headOf(entries)
	if !ok || !hmac.Equal(receipt, s.seals.receipt(id, last)) {
		return errEntry()
	}
	var before account
	var after chain.State
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		before, err = s.account(tx, id)
		if absent(err) {
			return errEntry()
		}
		if err != nil {
			return err
		}
		after, err = s.heal(tx, before, entries, last)
		return err
	})
	if err == nil {
		s.hub.hint(id)
		s.cutSince(ctx, before, after)
	}
	return s.orInternal(ctx, "heal", err)
}

// headOf reads the place of the last entry.
func headOf(entries [][]byte) (chain.Head, bool) {
	if len(entries) == 0 {
		return chain.Head{}, false
	}
	raw := entries[len(entries)-1]
	e, err := chain.Inspect(raw)
	return chain.Head{Seq: e.Seq, Hash: trust.HashEntry(raw)}, err == nil
}

func (s *Server) heal(tx store.Tx, a account, entries [][]byte, last chain.Head) (after chain.State, err error) {
	if hash, known := a.chain.At(last.Seq); known && hash == last.Hash {
		return after, refuse(api.CodeStale, "nothing is missing here", "")
	}
	after = a.chain
	var author trust.DeviceID
	for _, raw := range entries {
		e, err := chain.Inspect(raw)
		if err != nil {
			return after, refuseEntry(err)
		}
		if hash, known := a.chain.At(e.Seq); known {
			if hash != trust.HashEntry(raw) {
				return after, errEntry()
			}
			continue
		}
		next, err := after.Apply(raw)
		if err != nil {
			return after, refuseEntry(err)
		}
		if err := s.takeBack(tx, a.ID, e, raw, after, next); err != nil {
			return after, err
		}
		after, author = next, e.Author
	}
	if after.Head() != last {
		return after, errEntry()
	}
	return after, s.tell(tx, a.ID, api.EventChain, api.EventData{Device: author, Seq: last.Seq})
}

// takeBack writes a lost entry, and what follows from it. How its pairing went is
// lost too: a device it added is as young as one from an unknown network, from the
// time in the entry on.
func (s *Server) takeBack(tx store.Tx, id trust.AccountID, e chain.Entry, raw []byte, before, after chain.State) error {
	if err := tx.AppendEntry(id, e.Seq, raw); err != nil {
		return err
	}
	for _, d := range missing(after, before) {
		joined := s.now().Truncate(time.Second)
		if at := time.Unix(int64(min(e.Time, uint64(joined.Unix()))), 0); at.Before(joined) {
			joined = at
		}
		if err := s.grow(tx, id, d, joined, youngFor, 0); err != nil {
			return err
		}
	}
	for _, d := range missing(before, after) {
		if err := s.remove(tx, id, d); err != nil {
			return err
		}
	}
	return nil
}

// receipt proves that this server has accepted a head.
func (s seals) receipt(id trust.AccountID, h chain.Head) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 receipt\x00"))
	mac.Write(id[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, h.Seq))
	mac.Write(h.Hash[:])
	return mac.Sum(nil)
}
