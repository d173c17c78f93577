package server

import (
	"context"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Standing is what a page may say of an account beside what it is for.
type Standing struct {
	Waits    []api.Wait
	Paused   time.Time // until when new browsers are refused; zero = they are not
	Off      bool      // new browsers are refused until a trusted device says otherwise
	Left     bool      // two-step verification was switched off
	Contacts []api.Contact
}

// shown gives the account that who looks at a page may act for.
type shown func(store.Tx) (account, error)

// asked is the account of a sign-in that goes on. Its page came after the right
// password, which alone may stop and pause; with the sign-in that ends.
func (s *Server) asked(signIn api.Secret) shown {
	return func(tx store.Tx) (account, error) {
		in, a, err := s.signIn(tx, signIn)
		if err != nil {
			return a, err
		}
		if _, over := s.verifier.Expire(in, s.now()); over || !in.Open() {
			return a, ErrNoSignIn
		}
		return a, nil
	}
}

// entered is the account of who is signed in.
func (s *Server) entered(session api.Secret) shown {
	return func(tx store.Tx) (account, error) {
		_, a, err := s.held(tx, session)
		return a, err
	}
}

// StandingAt gives what the page of a sign-in says beside it. ErrNoSignIn.
func (s *Server) StandingAt(ctx context.Context, signIn api.Secret) (Standing, error) {
	out, err := s.standing(ctx, s.asked(signIn))
	return out, s.pageError(ctx, err)
}

// StandingOf gives what the account page says beside Holder. ErrSignedOut.
func (s *Server) StandingOf(ctx context.Context, session api.Secret) (Standing, error) {
	out, err := s.standing(ctx, s.entered(session))
	return out, s.holderError(ctx, err)
}

func (s *Server) standing(ctx context.Context, who shown) (out Standing, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		a, err := who(tx)
		if err != nil {
			return err
		}
		out.Off = a.limits.SwitchedOff()
		out.Paused, _ = a.limits.PausedUntil(s.now())
		if out.Waits, err = s.running(tx, a.ID); err != nil {
			return err
		}
		if out.Contacts, err = s.contacts(tx, a.ID); err != nil {
			return err
		}
		out.Left, err = s.left(tx, a)
		return err
	})
	return out, err
}

// StopAt stops a wait on the page of a sign-in. ErrNoSignIn, CodeStopped.
func (s *Server) StopAt(ctx context.Context, signIn api.Secret, id trust.WaitID) error {
	return s.pageError(ctx, s.stopShown(ctx, s.asked(signIn), id))
}

// StopOf stops a wait on the account page. ErrSignedOut, CodeStopped.
func (s *Server) StopOf(ctx context.Context, session api.Secret, id trust.WaitID) error {
	return s.holderError(ctx, s.stopShown(ctx, s.entered(session), id))
}

func (s *Server) stopShown(ctx context.Context, who shown, id trust.WaitID) error {
	return s.act(ctx, who, func(tx store.Tx, a account) error {
		return s.stopWait(tx, a.ID, id, "password", trust.DeviceID{})
	})
}

// act does something for the account of a page and tells who waits.
func (s *Server) act(ctx context.Context, who shown, work func(store.Tx, account) error) error {
	var id trust.AccountID
	err := s.store.Update(ctx, func(tx store.Tx) error {
		a, err := who(tx)
		if err != nil {
			return err
		}
		id = a.ID
		return work(tx, a)
	})
	if err == nil {
		s.hub.hint(id)
	}
	return err
}
