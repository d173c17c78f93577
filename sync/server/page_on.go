package server

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust/verify"
)

// ErrOn says that two-step verification was not switched off.
var ErrOn = errors.New("two-step verification was not switched off")

// TurnOn rings the devices for who is signed in by the password alone. The right
// code of any sign-in switches two-step verification on again, and ends what was
// had without one. It gives the secret of the sign-in, as Begin does; of ask, name
// and password are not looked at. It counts as asked by a browser that is not
// known. ErrSignedOut, ErrOn, Refused.
func (s *Server) TurnOn(ctx context.Context, session api.Secret, ask Asking) (api.Secret, error) {
	var in Entered
	var refused error
	err := s.act(ctx, s.entered(session), func(tx store.Tx, a account) error {
		left, err := s.left(tx, a)
		if err == nil && !left {
			err = ErrOn
		}
		if err != nil {
			return err
		}
		in, refused, err = s.prompt(tx, a, ask, verify.Browser{}, false)
		return err
	})
	if errors.Is(err, ErrOn) {
		return nil, err
	}
	if err != nil {
		return nil, s.holderError(ctx, err)
	}
	return in.SignIn, refused
}
