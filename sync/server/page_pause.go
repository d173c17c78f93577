package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
)

// PauseAt refuses new browsers for a day, on the page of a sign-in. The sign-in
// itself goes on. ErrNoSignIn.
func (s *Server) PauseAt(ctx context.Context, signIn api.Secret) error {
	return s.pageError(ctx, s.act(ctx, s.asked(signIn), s.pause))
}

// PauseOf refuses new browsers for a day, on the account page. ErrSignedOut.
func (s *Server) PauseOf(ctx context.Context, session api.Secret) error {
	return s.holderError(ctx, s.act(ctx, s.entered(session), s.pause))
}
