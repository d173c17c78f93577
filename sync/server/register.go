package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// Invite makes an invitation for a name and gives its link. CodeName if the name
// is taken or cannot be one.
func (s *Server) Invite(ctx context.Context, name string) (link string, err error) {
	if trust.CheckName(name) != nil {
		return "", refuse(api.CodeName, "this cannot be a name", "1 to 64 bytes of text, without spaces around it")
	}
	var secret api.Secret
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if _, err := tx.AccountByKey(fold(name)); err == nil {
			return errNameTaken()
		} else if !absent(err) {
			return err
		}
		secret, err = s.newTicket(tx, store.Ticket{Kind: store.Invitation, Name: name}, api.InvitationSize, invitationFor, "")
		return err
	})
	if err != nil {
		return "", s.orInternal(ctx, "invite", err)
	}
	return api.Link(s.record.Origin, secret), nil
}

// Invitation looks an invitation up without using it.
func (s *Server) Invitation(ctx context.Context, secret api.Secret) (api.Invitation, error) {
	var out api.Invitation
	err := s.store.View(ctx, func(tx store.Tx) error {
		t, _, err := s.ticket(tx, store.Invitation, secret)
		if absent(err) {
			return errInvitation()
		}
		out = api.Invitation{Name: t.Name, Expires: t.Expires}
		return err
	})
	return out, s.orInternal(ctx, "invitation", err)
}

// Register makes the account of an invitation.
func (s *Server) Register(ctx context.Context, r api.Registration) error {
	if !checkPassword(r.Name, r.Password) {
		return refuse(api.CodePassword, "this cannot be a password", "8 to 256 bytes, and not the name")
	}
	st, err := s.checkEntries(r.Entries)
	if err != nil {
		return err
	}
	if err := s.mayRegister(ctx, r, st.Account()); err != nil {
		return s.orInternal(ctx, "register", err)
	}
	row, err := s.hashers.proven.make(ctx, s.rand, st.Account(), r.Password)
	if err != nil {
		return s.orInternal(ctx, "register", err)
	}
	var before trust.AccountID // under the same name
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		before, err = s.register(tx, r, st, row)
		return err
	})
	if err == nil {
		s.hub.hint(st.Account())
		s.hub.hint(before)
		s.cutReplaced(context.WithoutCancel(ctx), before)
	}
	return s.orInternal(ctx, "register", err)
}

// mayRegister refuses who has no invitation before anything costs time. It decides
// nothing: register looks again.
func (s *Server) mayRegister(ctx context.Context, r api.Registration, id trust.AccountID) error {
	return s.store.View(ctx, func(tx store.Tx) error {
		if done, err := s.registered(tx, r, id); done || err != nil {
			return err
		}
		_, _, err := s.ticket(tx, store.Invitation, r.Invitation)
		if absent(err) {
			return errInvitation()
		}
		return err
	})
}

// checkEntries verifies the two entries an account begins with: a genesis under
// this server's own record, and the recovery key.
func (s *Server) checkEntries(entries [][]byte) (chain.State, error) {
	invalid := refuse(api.CodeChain, "the chain entries are not valid here", "")
	if len(entries) != 2 {
		return chain.State{}, invalid
	}
	st, err := chain.Open(entries)
	if errors.Is(err, chain.ErrUnknown) {
		return chain.State{}, refuse(api.CodeVersion, "the chain holds an operation this server does not know", "update the server")
	}
	if err != nil {
		return chain.State{}, invalid
	}
	_, hasKey := st.Recovery(trust.Paper)
	v, ours := st.Verifier(s.record.ID)
	if !hasKey || !ours || len(st.Verifiers()) != 1 || v.Origin != s.record.Origin || v.Sign != s.record.Sign || !bytes.Equal(v.KEM, s.record.KEM) {
		return chain.State{}, invalid
	}
	return st, nil
}

// register makes the account, and gives the one that it replaces, if any.
func (s *Server) register(tx store.Tx, r api.Registration, st chain.State, password []byte) (before trust.AccountID, err error) {
	if done, err := s.registered(tx, r, st.Account()); done || err != nil {
		return before, err
	}
	t, _, err := s.take(tx, store.Invitation, r.Invitation)
	if absent(err) {
		return before, errInvitation()
	}
	if err != nil {
		return before, err
	}
	if t.Name != r.Name {
		return before, refuse(api.CodeName, "the invitation is for another name", "use the name of the invitation")
	}
	if t.Account != (trust.AccountID{}) {
		if err := s.retire(tx, t.Account); err != nil {
			return before, err
		}
	}
	a := store.Account{
		ID: st.Account(), Name: r.Name, Key: fold(r.Name), Password: password,
		Limits: s.verifier.EncodeLimits(st.Account(), verify.Limits{}), Created: s.now(),
	}
	if err := tx.CreateAccount(a); errors.Is(err, store.ErrConflict) {
		return before, errNameTaken()
	} else if err != nil {
		return before, err
	}
	if err := s.forgetTries(tx, a.Key, verify.Browser{}); err != nil { // strangers' failures at the name are not this account's
		return before, err
	}
	for seq, raw := range r.Entries {
		if err := tx.AppendEntry(a.ID, uint64(seq), raw); err != nil {
			return before, err
		}
	}
	return t.Account, s.tell(tx, a.ID, api.EventCreated, api.EventData{Device: st.Devices()[0].ID})
}

// registered reports whether the very same registration was done before: the
// answer may have been lost on the way. The password sent now is not looked at.
func (s *Server) registered(tx store.Tx, r api.Registration, id trust.AccountID) (bool, error) {
	entries, err := tx.Entries(id, 0)
	if err != nil && !absent(err) {
		return false, err
	}
	if len(entries) < 2 {
		return false, nil
	}
	a, err := tx.Account(id)
	if err != nil {
		return false, err
	}
	if a.Name != r.Name || sha256.Sum256(entries[0]) != sha256.Sum256(r.Entries[0]) || !bytes.Equal(entries[1], r.Entries[1]) {
		return false, refuse(api.CodeChain, "the account exists with other entries", "")
	}
	return true, nil
}

func errNameTaken() error {
	return refuse(api.CodeName, "this name is taken", "choose another name")
}

func errInvitation() error {
	return refuse(api.CodeInvitation, "this invitation is used, expired or never was", "ask for a new one")
}
