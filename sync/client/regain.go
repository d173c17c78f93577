package client

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// RegainNonce implements api.Account.
func (c *Client) RegainNonce(ctx context.Context, name string) (n api.RegainNonce, err error) {
	err = c.call(ctx, api.PathRegainNonce, nil, api.RegainNonceCall{Name: name}, &n)
	return n, err
}

// BeginRegain implements api.Account.
func (c *Client) BeginRegain(ctx context.Context, r api.RegainCall) (out api.Regaining, err error) {
	err = c.call(ctx, api.PathBeginRegain, nil, r, &out)
	return out, err
}

// Regaining implements api.Account.
func (c *Client) Regaining(ctx context.Context, p api.SessionProof) (out api.Regaining, err error) {
	err = c.call(ctx, api.PathRegaining, nil, p, &out)
	return out, err
}

// FinishRegain implements api.Account.
func (c *Client) FinishRegain(ctx context.Context, p api.SessionProof, entries [][]byte) error {
	return c.call(ctx, api.PathFinishRegain, nil, api.FinishRegainCall{Proof: p, Entries: entries}, &api.Empty{})
}

// ResetWithKey implements api.Account.
func (c *Client) ResetWithKey(ctx context.Context, token api.Secret, next string, entry []byte) error {
	return c.call(ctx, api.PathResetWithKey, token, api.ResetCall{Next: next, Entry: entry}, &api.Empty{})
}

// BeginReset implements api.Account.
func (c *Client) BeginReset(ctx context.Context, token api.Secret) (w api.Wait, err error) {
	err = c.call(ctx, api.PathBeginReset, token, api.Empty{}, &w)
	return w, err
}

// FinishReset implements api.Account.
func (c *Client) FinishReset(ctx context.Context, token api.Secret, next string) error {
	return c.call(ctx, api.PathFinishReset, token, api.ResetCall{Next: next}, &api.Empty{})
}

// Leave implements api.Account.
func (c *Client) Leave(ctx context.Context, token api.Secret, password string) (w api.Wait, err error) {
	err = c.call(ctx, api.PathLeave, token, api.PasswordCall{Password: password}, &w)
	return w, err
}

// Pause implements api.Account.
func (c *Client) Pause(ctx context.Context, token api.Secret) error {
	return c.call(ctx, api.PathPause, token, api.Empty{}, &api.Empty{})
}

// StopWait implements api.Account.
func (c *Client) StopWait(ctx context.Context, token api.Secret, id trust.WaitID) error {
	return c.call(ctx, api.PathStop, token, api.StopCall{Wait: id}, &api.Empty{})
}

// WaitsBy implements api.Account.
func (c *Client) WaitsBy(ctx context.Context, f api.Factor) ([]api.Wait, error) {
	var out api.WaitsAnswer
	err := c.call(ctx, api.PathWaitsBy, nil, api.FactorCall{Factor: f}, &out)
	return out.Waits, err
}

// StopBy implements api.Account.
func (c *Client) StopBy(ctx context.Context, f api.Factor, id trust.WaitID) error {
	return c.call(ctx, api.PathStopBy, nil, api.FactorCall{Factor: f, Wait: id}, &api.Empty{})
}

// AddContact implements api.Account.
func (c *Client) AddContact(ctx context.Context, token api.Secret, call api.ContactCall) (out api.Contact, err error) {
	err = c.call(ctx, api.PathAddContact, token, call, &out)
	return out, err
}

// ConfirmContact implements api.Account.
func (c *Client) ConfirmContact(ctx context.Context, token api.Secret, id, code string) error {
	return c.call(ctx, api.PathConfirm, token, api.ContactCall{ID: id, Code: code}, &api.Empty{})
}

// RemoveContact implements api.Account.
func (c *Client) RemoveContact(ctx context.Context, token api.Secret, id, password string) error {
	return c.call(ctx, api.PathRemoveContact, token, api.ContactCall{ID: id, Password: password}, &api.Empty{})
}

// AllowText implements api.Account.
func (c *Client) AllowText(ctx context.Context, token api.Secret, id, password string, on bool) error {
	return c.call(ctx, api.PathAllowText, token, api.ContactCall{ID: id, Password: password, On: on}, &api.Empty{})
}
