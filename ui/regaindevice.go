package ui

import (
	"context"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// Returning is the part of a device that brings one of the three things back by
// the other two, or by a device alone after a wait.
type Returning interface {
	BeginRegain(ctx context.Context, in app.RegainInput) error
	RegainAgain(ctx context.Context, password string) error
	OpenRegain(ctx context.Context, password string) (Regain, error)
	CancelRegain(ctx context.Context, password string) error

	BeginReset(ctx context.Context, typedKey string) (Reset, error)
	AskReset(ctx context.Context) (app.Wait, error)
	FinishReset(ctx context.Context, next string) error
}

// Regain is this device's way back into an account, its wait over.
type Regain interface {
	Key() trust.RecoveryKey
	Members() []app.Member
	Finish(ctx context.Context, typedBack string, lost []trust.DeviceID) (app.View, error)
}

// Reset is a new password under way, with a trusted device and the recovery key.
type Reset interface {
	Key() trust.RecoveryKey
	Finish(ctx context.Context, next, typedBack string) error
}

func (r real) OpenRegain(ctx context.Context, password string) (Regain, error) {
	g, err := r.Device.OpenRegain(ctx, password)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (r real) BeginReset(ctx context.Context, typedKey string) (Reset, error) {
	t, err := r.Device.BeginReset(ctx, typedKey)
	if err != nil {
		return nil, err
	}
	return t, nil
}
