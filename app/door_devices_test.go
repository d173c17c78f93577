package app_test

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

func (d door) Grant(ctx context.Context, token api.Secret, password string, body trust.Hash) error {
	return d.h.s.Grant(ctx, token, password, body)
}

func (d door) Append(ctx context.Context, token api.Secret, entry []byte) error {
	return d.h.s.Append(ctx, token, entry)
}

func (d door) Heal(ctx context.Context, account trust.AccountID, entries [][]byte, receipt []byte) error {
	return d.h.s.Heal(ctx, account, entries, receipt)
}

func (d door) Sight(ctx context.Context, token api.Secret, sight []byte) error {
	return d.h.s.Sight(ctx, token, sight)
}

func (d door) OpenBox(ctx context.Context, token api.Secret, hello []byte) (api.Box, error) {
	return d.h.s.OpenBox(ctx, token, hello)
}

func (d door) WriteBox(ctx context.Context, token api.Secret, symbols pair.Symbols, slot api.Slot, message []byte) error {
	return d.h.s.WriteBox(ctx, token, symbols, slot, message)
}

func (d door) CloseBox(ctx context.Context, token api.Secret, symbols pair.Symbols, state api.BoxState) error {
	return d.h.s.CloseBox(ctx, token, symbols, state)
}

func (d door) Box(ctx context.Context, symbols pair.Symbols) (api.Box, error) {
	return d.h.s.Box(ctx, symbols)
}

func (d door) JoinBox(ctx context.Context, symbols pair.Symbols, key api.Secret, slot api.Slot, message []byte) error {
	return d.h.s.JoinBox(ctx, symbols, key, slot, message)
}

func (d door) LeaveBox(ctx context.Context, symbols pair.Symbols, key api.Secret) error {
	return d.h.s.LeaveBox(ctx, symbols, key)
}
