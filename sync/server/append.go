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
	var waits error
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		waits, err = s.appendEntry(tx, c, raw)
		return err
	})
	if err == nil {
		s.hub.hint(c.ID)
		s.cutEnded(ctx, c.account, raw)
		err = waits
	}
	return s.orInternal(ctx, "append", err)
}

// appendEntry adds an entry; waits says that it has to wait, which is no failure of
// the transaction.
func (s *Server) appendEntry(tx store.Tx, c caller, raw []byte) (waits, err error) {
	e, err := chain.Inspect(raw)
	if err != nil {
		return nil, refuseEntry(err)
	}
	if known, ok := c.chain.At(e.Seq); ok && known == trust.HashEntry(raw) {
		return nil, nil // the answer was lost on the way
	}
	after, err := follows(c, e, raw)
	if err != nil {
		return nil, err
	}
	if !leaves(e, after) {
		if err := s.mayChange(tx, c); err != nil {
			return nil, err
		}
	}
	body, err := chain.Body(raw)
	if err != nil {
		return nil, refuseEntry(err)
	}
	if err := s.allowedBy(tx, c, trust.HashBody(body), after); err != nil {
		return nil, err
	}
	if gone := missing(c.chain, after); len(gone) > 0 && gone[0] != c.device {
		if waits, err = s.mayRemove(tx, c, gone[0]); waits != nil || err != nil {
			return waits, err
		}
	}
	return nil, s.extend(tx, c.account, e, raw, after, &c)
}

// follows gives the state after an entry of the caller's own, or why there is none.
func follows(c caller, e chain.Entry, raw []byte) (chain.State, error) {
	if e.Account != c.ID || e.Author != c.device {
		return chain.State{}, errEntry()
	}
	if head := c.chain.Head(); e.Seq != head.Seq+1 || e.Prev != head.Hash {
		return chain.State{}, errStale()
	}
	after, err := c.chain.Apply(raw)
	if err != nil {
		return chain.State{}, refuseEntry(err)
	}
	return after, nil
}

// extend writes an entry that was found good, and what follows from it. by is the
// device that hands it in; nil for the recovery key, whose devices are young.
func (s *Server) extend(tx store.Tx, a account, e chain.Entry, raw []byte, after chain.State, by *caller) error {
	if err := tx.AppendEntry(a.ID, e.Seq, raw); err != nil {
		return err
	}
	data := api.EventData{Device: e.Author, Seq: e.Seq, Op: changeBy(e.Op)}
	s.aboutAppPassword(&data, a.chain, after)
	for _, d := range missing(after, a.chain) {
		if err := s.arrive(tx, a, d, by); err != nil {
			return err
		}
		data.Name = nameIn(after, d)
	}
	for _, d := range missing(a.chain, after) {
		if err := s.remove(tx, a.ID, d); err != nil {
			return err
		}
		data.Name = nameIn(a.chain, d)
	}
	if err := s.tell(tx, a.ID, api.EventChain, data); err != nil || !replaced(a.chain, after) {
		return err
	}
	return s.stopWaits(tx, a.ID, "replaced", func(w wait) bool { return w.Wait.Kind == api.WaitDevice })
}

// arrive notes a device that was added.
func (s *Server) arrive(tx store.Tx, a account, d trust.DeviceID, by *caller) error {
	if by == nil {
		return s.grow(tx, a.ID, d, s.now().Truncate(time.Second), youngFor, 0)
	}
	return s.welcome(tx, *by, d)
}

func nameIn(st chain.State, id trust.DeviceID) string {
	d, _ := st.Device(id)
	return d.Name
}

// changeBy says what an operation changes; nothing for those that stand for more.
func changeBy(op chain.Op) api.Change {
	switch op {
	case chain.OpAddDevice:
		return api.ChangeAdded
	case chain.OpRemoveDevice:
		return api.ChangeRemoved
	case chain.OpSetRecovery:
		return api.ChangeRecovery
	case chain.OpSetVerifier:
		return api.ChangeVerifier
	case chain.OpSetPolicy:
		return api.ChangePolicy
	case chain.OpAddCredential:
		return api.ChangeCredential
	case chain.OpRevokeCredential:
		return api.ChangeRevoked
	}
	return ""
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

func errStale() error {
	return refuse(api.CodeStale, "another change was first", "fetch the chain and sign anew")
}

func errEntry() error { return refuse(api.CodeChain, "the chain entry is not valid here", "") }
