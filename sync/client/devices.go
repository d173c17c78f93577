package client

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// Grant implements api.Account.
func (c *Client) Grant(ctx context.Context, token api.Secret, password string, body trust.Hash) error {
	return c.call(ctx, api.PathGrant, token, api.GrantCall{Password: password, Body: body}, &api.Empty{})
}

// Append implements api.Account.
func (c *Client) Append(ctx context.Context, token api.Secret, entry []byte) error {
	return c.call(ctx, api.PathAppend, token, api.AppendCall{Entry: entry}, &api.Empty{})
}

// Heal implements api.Account.
func (c *Client) Heal(ctx context.Context, account trust.AccountID, entries [][]byte, receipt []byte) error {
	return c.call(ctx, api.PathHeal, nil, api.HealCall{Account: account, Entries: entries, Receipt: receipt}, &api.Empty{})
}

// Sight implements api.Account.
func (c *Client) Sight(ctx context.Context, token api.Secret, sight []byte) error {
	return c.call(ctx, api.PathSight, token, api.SightCall{Sight: sight}, &api.Empty{})
}

// OpenBox implements api.Account.
func (c *Client) OpenBox(ctx context.Context, token api.Secret, hello []byte) (b api.Box, err error) {
	err = c.call(ctx, api.PathOpenBox, token, api.BoxCall{Message: hello}, &b)
	return b, err
}

// WriteBox implements api.Account.
func (c *Client) WriteBox(ctx context.Context, token api.Secret, symbols pair.Symbols, slot api.Slot, message []byte) error {
	return c.call(ctx, api.PathWriteBox, token, api.BoxCall{Symbols: symbols, Slot: slot, Message: message}, &api.Empty{})
}

// CloseBox implements api.Account.
func (c *Client) CloseBox(ctx context.Context, token api.Secret, symbols pair.Symbols, state api.BoxState) error {
	return c.call(ctx, api.PathCloseBox, token, api.BoxCall{Symbols: symbols, State: state}, &api.Empty{})
}

// Box implements api.Account.
func (c *Client) Box(ctx context.Context, symbols pair.Symbols) (b api.Box, err error) {
	err = c.call(ctx, api.PathBox, nil, api.BoxCall{Symbols: symbols}, &b)
	return b, err
}

// JoinBox implements api.Account.
func (c *Client) JoinBox(ctx context.Context, symbols pair.Symbols, key api.Secret, slot api.Slot, message []byte) error {
	return c.call(ctx, api.PathJoinBox, nil, api.BoxCall{Symbols: symbols, Key: key, Slot: slot, Message: message}, &api.Empty{})
}

// LeaveBox implements api.Account.
func (c *Client) LeaveBox(ctx context.Context, symbols pair.Symbols, key api.Secret) error {
	return c.call(ctx, api.PathLeaveBox, nil, api.BoxCall{Symbols: symbols, Key: key}, &api.Empty{})
}
