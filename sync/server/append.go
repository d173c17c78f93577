package server

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Append adds the next entry of a chain.
func (s *Server) Append(ctx context.Context, token api.Secret, raw []byte) error {
	var c caller
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		return s.appendEntry(tx, c, raw)
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "append", err)
}

func (s *Server) appendEntry(tx store.Tx, c caller, raw []byte) error {
	e, err := chain.Inspect(raw)
	if err != nil {
		return refuseEntry(err)
	}
	if known, ok := c.chain.At(e.Seq); ok && known == trust.HashEntry(raw) {
		return nil // the answer was lost on the way
	}
	after, err := follows(c, e, raw)
	if err != nil {
		return err
	}
	if !leaves(e, after) {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
	}
	body, err := chain.Body(raw)
	if err != nil {
		return refuseEntry(err)
	}
	if err := s.useGrant(tx, c, trust.HashBody(body)); err != nil {
		return err
	}
	return s.extend(tx, c, e, raw, after)
}

// follows gives the state after an entry of the caller's own, or why there is none.
func follows(c caller, e chain.Entry, raw []byte) (chain.State, error) {
	if e.Account != c.ID || e.Author != c.device {
		return chain.State{}, errEntry()
	}
	if head := c.chain.Head(); e.Seq != head.Seq+1 || e.Prev != head.Hash {
		return chain.State{}, refuse(api.CodeStale, "another change was first", "fetch the chain and sign anew")
	}
	after, err := c.chain.Apply(raw)
	if err != nil {
		return chain.State{}, refuseEntry(err)
	}
	return after, nil
}

// extend writes an entry that was found good, and what follows from it.
func (s *Server) extend(tx store.Tx, c caller, e chain.Entry, raw []byte, after chain.State) error {
	if err := tx.AppendEntry(c.ID, e.Seq, raw); err != nil {
		return err
	}
	for _, d := range missing(after, c.chain) {
		if err := s.welcome(tx, c, d); err != nil {
			return err
		}
	}
	for _, d := range missing(c.chain, after) {
		if err := s.remove(tx, c.ID, d); err != nil {
			return err
		}
	}
	return s.tell(tx, c.ID, api.EventChain, api.EventData{Device: e.Author, Seq: e.Seq})
}

// welcome notes a device that the caller has added.
func (s *Server) welcome(tx store.Tx, c caller, d trust.DeviceID) error {
	network, err := s.pairedOver(tx, c)
	if err != nil {
		return err
	}
	young, held, err := s.youngBy(tx, c.account, c.device, network)
	if err != nil {
		return err
	}
	return s.grow(tx, c.ID, d, s.now().Truncate(time.Second), young, held)
}

// missing gives the devices of one state that another does not have.
func missing(of, in chain.State) (out []trust.DeviceID) {
	for _, d := range of.Devices() {
		if _, ok := in.Device(d.ID); !ok {
			out = append(out, d.ID)
		}
	}
	return out
}

func refuseEntry(err error) error {
	if errors.Is(err, chain.ErrUnknown) {
		return refuse(api.CodeVersion, "the chain holds an operation this server does not know", "update the server")
	}
	return errEntry()
}

func errEntry() error { return refuse(api.CodeChain, "the chain entry is not valid here", "") }
