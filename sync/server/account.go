package server

import (
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// account is an account's row with what it holds, inside one transaction.
type account struct {
	store.Account
	chain  chain.State
	limits verify.Limits
}

// account reads the row, its chain and its limits. store.ErrNotFound.
func (s *Server) account(tx store.Tx, id trust.AccountID) (account, error) {
	row, err := tx.Account(id)
	if err != nil {
		return account{}, err
	}
	st, err := s.chains.state(tx, id)
	if err != nil {
		return account{}, err
	}
	limits, err := s.verifier.DecodeLimits(id, row.Limits)
	if err != nil {
		return account{}, err
	}
	return account{Account: row, chain: st, limits: limits}, nil
}

// save writes the row with its limits.
func (s *Server) save(tx store.Tx, a account) error {
	a.Limits = s.verifier.EncodeLimits(a.ID, a.limits)
	return tx.UpdateAccount(a.Account)
}

// tell appends an event to the account's log.
func (s *Server) tell(tx store.Tx, id trust.AccountID, kind api.EventKind, data api.EventData) error {
	raw, err := encodeEvent(data)
	if err != nil {
		return err
	}
	seq, err := tx.Append(id, store.Event{Kind: string(kind), At: s.now(), Data: raw})
	if err != nil {
		return err
	}
	return s.spread(tx, id, seq, kind, data)
}

// effects tells the devices what a limit changed and forgets a browser that is
// known no more.
func (s *Server) effects(tx store.Tx, a account, e verify.Effect, b verify.Browser) error {
	if !e.Paused.IsZero() {
		if err := s.tell(tx, a.ID, api.EventPaused, api.EventData{Until: &e.Paused}); err != nil {
			return err
		}
	}
	if e.Off {
		if err := s.tell(tx, a.ID, api.EventOff, api.EventData{}); err != nil {
			return err
		}
	}
	if e.Forget {
		for _, kind := range []store.TicketKind{store.Browser, store.Session} { // a step-up's browser is its session
			if _, err := tx.TakeTicket(kind, b, s.now()); err != nil && !absent(err) {
				return err
			}
		}
	}
	return nil
}

// waiting counts the open sign-ins beside the one a browser asks for.
func (s *Server) waiting(tx store.Tx, id trust.AccountID, b verify.Browser) (w verify.Waiting, err error) {
	rows, err := s.open(tx, id)
	if err != nil {
		return w, err
	}
	for _, r := range rows {
		if !r.Known {
			w.Unknown++
		}
		if !b.New() && r.Browser == b {
			w.Browser++
		}
	}
	return w, nil
}

// open gives the account's open sign-ins, oldest first, those whose time is over
// left out.
func (s *Server) open(tx store.Tx, id trust.AccountID) ([]verify.SignIn, error) {
	rows, err := tx.OpenSignIns(id)
	if err != nil {
		return nil, err
	}
	var out []verify.SignIn
	for _, r := range rows {
		in, err := s.verifier.Decode(r.Row)
		if err != nil {
			return nil, err
		}
		if _, over := s.verifier.Expire(in, s.now()); !over && in.Open() {
			out = append(out, in)
		}
	}
	return out, nil
}

// put writes a sign-in's row.
func (s *Server) put(tx store.Tx, in verify.SignIn) error {
	return tx.PutSignIn(store.SignIn{
		ID: in.ID, Account: in.Account, Session: in.Session, Open: in.Open(), Due: in.Due().Add(time.Second), Row: s.verifier.Encode(in),
	})
}
