package server

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// ErrSignedOut says that nobody is signed in in this browser.
var ErrSignedOut = errors.New("not signed in")

// Holder is the account of who is signed in, as its page shows it.
type Holder struct {
	Name     string
	TwoStep  bool
	Devices  []Ringing
	Sessions []Place // signed in now
	Browsers []Place // known
	Events   []api.Event
}

// Place is a browser on the account page.
type Place struct {
	ID    string // names it for Forget; no secret
	Agent string
	Since time.Time
	This  bool
}

// Holder gives the account of a session. ErrSignedOut.
func (s *Server) Holder(ctx context.Context, session, browser api.Secret) (out Holder, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		t, a, err := s.held(tx, session)
		if err != nil {
			return err
		}
		out, err = s.holder(tx, t, a, browser)
		return err
	})
	return out, s.holderError(ctx, err)
}

func (s *Server) holderError(ctx context.Context, err error) error {
	if errors.Is(err, ErrSignedOut) {
		return err
	}
	return s.orInternal(ctx, "account page", err)
}

func (s *Server) held(tx store.Tx, session api.Secret) (store.Ticket, account, error) {
	t, _, err := s.ticket(tx, store.Session, session)
	if absent(err) {
		return t, account{}, ErrSignedOut
	}
	if err != nil {
		return t, account{}, err
	}
	a, err := s.account(tx, t.Account)
	return t, a, err
}

// recentEvents is how many lines of activity the account page shows.
const recentEvents = 20

func (s *Server) holder(tx store.Tx, t store.Ticket, a account, browser api.Secret) (Holder, error) {
	out := Holder{Name: a.Name, TwoStep: a.TwoStep}
	seen, err := s.seen(tx, a)
	if err != nil {
		return out, err
	}
	for i, d := range a.chain.Devices() {
		y, err := s.youth(tx, a.ID, d.ID)
		if err != nil {
			return out, err
		}
		out.Devices = append(out.Devices, Ringing{
			ID: d.ID, Name: d.Name, Kind: d.Kind, Online: seen[i].Online, Seen: seen[i].Seen,
			Since: trust.Clock(a.chain.Since(d.ID)), Young: y.young, Held: y.held,
		})
	}
	if out.Sessions, err = s.places(tx, a.ID, store.Session, t.Hash); err != nil {
		return out, err
	}
	var this [32]byte
	if known, _, err := s.ticket(tx, store.Browser, browser); err == nil {
		this = known.Hash
	}
	if out.Browsers, err = s.places(tx, a.ID, store.Browser, this); err != nil {
		return out, err
	}
	rows, err := tx.Events(a.ID, a.Events-min(a.Events, recentEvents), recentEvents)
	if err != nil {
		return out, err
	}
	for i := len(rows) - 1; i >= 0; i-- {
		e, err := decodeEvent(rows[i], addressNone)
		if err != nil {
			return out, err
		}
		out.Events = append(out.Events, e)
	}
	return out, nil
}

func (s *Server) places(tx store.Tx, id trust.AccountID, kind store.TicketKind, this [32]byte) ([]Place, error) {
	tickets, err := tx.TicketsOf(id, kind)
	if err != nil {
		return nil, err
	}
	var out []Place
	for _, t := range tickets {
		if _, genuine := s.seals.open(t); genuine && t.Expires.After(s.now()) {
			out = append(out, Place{ID: trust.Hash(t.Hash).String(), Agent: t.Name, Since: t.Created, This: t.Hash == this})
		}
	}
	return out, nil
}

// SignOut ends a session. Ending one that is over is no error.
func (s *Server) SignOut(ctx context.Context, session api.Secret) error {
	var id trust.AccountID
	err := s.store.Update(ctx, func(tx store.Tx) error {
		t, _, err := s.take(tx, store.Session, session)
		if absent(err) {
			return nil
		}
		if err != nil {
			return err
		}
		id = t.Account
		return s.tell(tx, t.Account, api.EventSignOut, api.EventData{Agent: t.Name})
	})
	s.hub.hint(id)
	return s.orInternal(ctx, "sign out", err)
}

// Forget ends another session, or makes a known browser unknown, by the ID of its
// Place. ErrSignedOut; an ID that names nothing changes nothing.
func (s *Server) Forget(ctx context.Context, session api.Secret, id string) error {
	var hash trust.Hash
	if hash.UnmarshalText([]byte(id)) != nil {
		return nil
	}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		mine, a, err := s.held(tx, session)
		if err != nil {
			return err
		}
		for _, kind := range []store.TicketKind{store.Session, store.Browser} {
			t, err := tx.Ticket(kind, hash, s.now())
			if absent(err) || err == nil && (t.Account != a.ID || t.Hash == mine.Hash) {
				continue
			}
			if err != nil {
				return err
			}
			if _, err := tx.TakeTicket(kind, hash, s.now()); err != nil {
				return err
			}
		}
		return nil
	})
	return s.holderError(ctx, err)
}
