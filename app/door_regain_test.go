package app_test

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func (d door) RegainNonce(ctx context.Context, name string) (api.RegainNonce, error) {
	return d.h.s.RegainNonce(ctx, name)
}

func (d door) BeginRegain(ctx context.Context, r api.RegainCall) (api.Regaining, error) {
	return d.h.s.BeginRegain(ctx, r)
}

func (d door) Regaining(ctx context.Context, p api.SessionProof) (api.Regaining, error) {
	return d.h.s.Regaining(ctx, p)
}

func (d door) FinishRegain(ctx context.Context, p api.SessionProof, entries [][]byte) error {
	return d.h.s.FinishRegain(ctx, p, entries)
}

func (d door) ResetWithKey(ctx context.Context, token api.Secret, next string, entry []byte) error {
	return d.h.s.ResetWithKey(ctx, token, next, entry)
}

func (d door) BeginReset(ctx context.Context, token api.Secret) (api.Wait, error) {
	return d.h.s.BeginReset(ctx, token)
}

func (d door) FinishReset(ctx context.Context, token api.Secret, next string) error {
	return d.h.s.FinishReset(ctx, token, next)
}

func (d door) Leave(ctx context.Context, token api.Secret, password string) (api.Wait, error) {
	return d.h.s.Leave(ctx, token, password)
}

func (d door) Pause(ctx context.Context, token api.Secret) error {
	return d.h.s.Pause(ctx, token)
}

func (d door) StopWait(ctx context.Context, token api.Secret, id trust.WaitID) error {
	return d.h.s.StopWait(ctx, token, id)
}

func (d door) WaitsBy(ctx context.Context, f api.Factor) ([]api.Wait, error) {
	return d.h.s.WaitsBy(ctx, f)
}

func (d door) StopBy(ctx context.Context, f api.Factor, id trust.WaitID) error {
	return d.h.s.StopBy(ctx, f, id)
}

func (d door) AddContact(ctx context.Context, token api.Secret, c api.ContactCall) (api.Contact, error) {
	return d.h.s.AddContact(ctx, token, c)
}

func (d door) ConfirmContact(ctx context.Context, token api.Secret, id, code string) error {
	return d.h.s.ConfirmContact(ctx, token, id, code)
}

func (d door) RemoveContact(ctx context.Context, token api.Secret, id, password string) error {
	return d.h.s.RemoveContact(ctx, token, id, password)
}

func (d door) AllowText(ctx context.Context, token api.Secret, id, password string, on bool) error {
	return d.h.s.AllowText(ctx, token, id, password, on)
}
