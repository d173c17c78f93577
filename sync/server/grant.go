package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

func notYet() error { return refuse(api.CodeInternal, "this server cannot do this", "") }

func (s *Server) Grant(context.Context, api.Secret, string, trust.Hash) error   { return notYet() }
func (s *Server) Append(context.Context, api.Secret, []byte) error              { return notYet() }
func (s *Server) Heal(context.Context, trust.AccountID, [][]byte, []byte) error { return notYet() }
func (s *Server) Sight(context.Context, api.Secret, []byte) error               { return notYet() }
func (s *Server) OpenBox(context.Context, api.Secret, []byte) (api.Box, error) {
	return api.Box{}, notYet()
}
func (s *Server) WriteBox(context.Context, api.Secret, pair.Symbols, api.Slot, []byte) error {
	return notYet()
}
func (s *Server) CloseBox(context.Context, api.Secret, pair.Symbols, api.BoxState) error {
	return notYet()
}
func (s *Server) Box(context.Context, pair.Symbols) (api.Box, error) { return api.Box{}, notYet() }
func (s *Server) JoinBox(context.Context, pair.Symbols, api.Secret, api.Slot, []byte) error {
	return notYet()
}
func (s *Server) LeaveBox(context.Context, pair.Symbols, api.Secret) error { return notYet() }
