package server

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// renewWait is how long an operator's last resort waits, whatever the account's own
// rules say: somebody may be deceiving the operator.
const renewWait = 72 * time.Hour

// retiredKey begins the look-up key of an account that was begun anew. No name folds
// to capitals, so nobody finds it by a name.
const retiredKey = "RETIRED "

// Retired reports whether an account was begun anew under another identifier.
func Retired(a store.Account) bool { return strings.HasPrefix(a.Key, retiredKey) }

// Renewal is how far an operator's last resort is.
type Renewal struct {
	Until time.Time `json:"until"`          // when the wait is over
	Link  string    `json:"link,omitempty"` // then: the invitation that begins the account anew
}

// Renew lets a person who has lost all three things begin anew under the old name,
// when the wait is over. All devices and addresses are told, and any one thing stops
// it. The old account, its devices and what they vouch for end when the invitation is
// used, not before. CodeNotFound, CodeStopped: it was stopped; asked for again it
// waits anew.
func (s *Server) Renew(ctx context.Context, name string) (out Renewal, err error) {
	var id trust.AccountID
	err = s.store.Update(ctx, func(tx store.Tx) error {
		row, err := tx.AccountByKey(fold(name))
		if absent(err) {
			return refuse(api.CodeNotFound, "there is no account of this name", "")
		}
		if err != nil {
			return err
		}
		a, err := s.account(tx, row.ID)
		if err != nil {
			return err
		}
		id = a.ID
		out, err = s.renew(tx, a)
		return err
	})
	if err != nil {
		return Renewal{}, s.orInternal(ctx, "renew", err)
	}
	s.hub.hint(id)
	return out, nil
}

func (s *Server) renew(tx store.Tx, a account) (out Renewal, err error) {
	w, found, err := s.waitOf(tx, a.ID, api.WaitRenew, trust.DeviceID{})
	if err != nil {
		return out, err
	}
	if !found || !w.runs() {
		if w, err = s.startWait(tx, a, api.Wait{Kind: api.WaitRenew}, nil, renewWait); err != nil {
			return out, err
		}
	}
	if out.Until = w.Wait.Until; !w.over(s.now()) {
		return out, nil
	}
	t := store.Ticket{Kind: store.Invitation, Account: a.ID, Name: a.Name}
	secret, err := s.newTicket(tx, t, api.InvitationSize, invitationFor, "")
	out.Link = api.Link(s.record.Origin, secret)
	return out, err
}

// retire ends the account that an invitation begins anew. CodeInvitation if that was
// stopped meanwhile.
func (s *Server) retire(tx store.Tx, id trust.AccountID) error {
	a, err := s.account(tx, id)
	if err != nil {
		return err
	}
	w, found, err := s.waitOf(tx, id, api.WaitRenew, trust.DeviceID{})
	if err != nil {
		return err
	}
	if !found || !w.runs() || !w.over(s.now()) || Retired(a.Account) {
		return errInvitation()
	}
	w.Done = true
	if err := s.putWait(tx, w); err != nil {
		return err
	}
	return s.endAccount(tx, a)
}

// endAccount ends an account and all that it gave out. Its name is free.
func (s *Server) endAccount(tx store.Tx, a account) error {
	id := a.ID
	if err := s.stopWaits(tx, id, "replaced", func(wait) bool { return true }); err != nil {
		return err
	}
	if err := s.endSignIns(tx, a); err != nil {
		return err
	}
	if err := s.tell(tx, id, api.EventReplaced, api.EventData{}); err != nil {
		return err
	}
	for _, kind := range []store.TicketKind{store.Token, store.Grant, store.Box, store.Session, store.Browser, store.Contact} {
		if err := s.takeEvery(tx, kind, id); err != nil {
			return err
		}
	}
	a.Key = retiredKey + hex.EncodeToString(id[:])
	return s.save(tx, a)
}

// takeEvery ends all of an account's tickets of a kind.
func (s *Server) takeEvery(tx store.Tx, kind store.TicketKind, id trust.AccountID) error {
	tickets, err := tx.TicketsOf(id, kind)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if _, err := tx.TakeTicket(kind, t.Hash, s.now()); err != nil && !absent(err) {
			return err
		}
	}
	return nil
}
