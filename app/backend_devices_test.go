package app_test

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// What follows is enough for one device; several are tried with the real backend.

func (b *backend) refusal(method string) error {
	return b.do(method, func() error { return &api.Error{Code: api.CodeNotFound, Message: "not here"} })
}

func (b *backend) Grant(context.Context, api.Secret, string, trust.Hash) error {
	return b.refusal("Grant")
}

func (b *backend) Append(context.Context, api.Secret, []byte) error { return b.refusal("Append") }

func (b *backend) Heal(context.Context, trust.AccountID, [][]byte, []byte) error {
	return b.refusal("Heal")
}

func (b *backend) Sight(_ context.Context, token api.Secret, _ []byte) error {
	return b.in("Sight", token, func() error { return nil })
}

func (b *backend) OpenBox(context.Context, api.Secret, []byte) (api.Box, error) {
	return api.Box{}, b.refusal("OpenBox")
}

func (b *backend) WriteBox(context.Context, api.Secret, pair.Symbols, api.Slot, []byte) error {
	return b.refusal("WriteBox")
}

func (b *backend) CloseBox(context.Context, api.Secret, pair.Symbols, api.BoxState) error {
	return b.refusal("CloseBox")
}

func (b *backend) Box(context.Context, pair.Symbols) (api.Box, error) {
	return api.Box{}, b.refusal("Box")
}

func (b *backend) JoinBox(context.Context, pair.Symbols, api.Secret, api.Slot, []byte) error {
	return b.refusal("JoinBox")
}

func (b *backend) LeaveBox(context.Context, pair.Symbols, api.Secret) error {
	return b.refusal("LeaveBox")
}
