package app_test

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// The backend in memory brings nothing back: that is tried with the real one.

func (b *backend) RegainNonce(context.Context, string) (api.RegainNonce, error) {
	return api.RegainNonce{}, b.refusal("RegainNonce")
}

func (b *backend) BeginRegain(context.Context, api.RegainCall) (api.Regaining, error) {
	return api.Regaining{}, b.refusal("BeginRegain")
}

func (b *backend) Regaining(context.Context, api.SessionProof) (api.Regaining, error) {
	return api.Regaining{}, b.refusal("Regaining")
}

func (b *backend) FinishRegain(context.Context, api.SessionProof, [][]byte) error {
	return b.refusal("FinishRegain")
}

func (b *backend) ResetWithKey(context.Context, api.Secret, string, []byte) error {
	return b.refusal("ResetWithKey")
}

func (b *backend) BeginReset(context.Context, api.Secret) (api.Wait, error) {
	return api.Wait{}, b.refusal("BeginReset")
}

func (b *backend) FinishReset(context.Context, api.Secret, string) error {
	return b.refusal("FinishReset")
}

func (b *backend) Leave(context.Context, api.Secret, string) (api.Wait, error) {
	return api.Wait{}, b.refusal("Leave")
}

func (b *backend) Pause(context.Context, api.Secret) error { return b.refusal("Pause") }

func (b *backend) StopWait(context.Context, api.Secret, trust.WaitID) error {
	return b.refusal("StopWait")
}

func (b *backend) WaitsBy(context.Context, api.Factor) ([]api.Wait, error) {
	return nil, b.refusal("WaitsBy")
}

func (b *backend) StopBy(context.Context, api.Factor, trust.WaitID) error { return b.refusal("StopBy") }

func (b *backend) AddContact(context.Context, api.Secret, api.ContactCall) (api.Contact, error) {
	return api.Contact{}, b.refusal("AddContact")
}

func (b *backend) ConfirmContact(context.Context, api.Secret, string, string) error {
	return b.refusal("ConfirmContact")
}

func (b *backend) RemoveContact(context.Context, api.Secret, string, string) error {
	return b.refusal("RemoveContact")
}

func (b *backend) AllowText(context.Context, api.Secret, string, string, bool) error {
	return b.refusal("AllowText")
}
