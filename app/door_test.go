package app_test

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func (d door) Server(ctx context.Context) (api.Server, error) { return d.h.s.Server(ctx) }

func (d door) Invitation(ctx context.Context, secret api.Secret) (api.Invitation, error) {
	return d.h.s.Invitation(ctx, secret)
}

func (d door) Register(ctx context.Context, r api.Registration) error { return d.h.s.Register(ctx, r) }

func (d door) Nonce(ctx context.Context, a trust.AccountID, id trust.DeviceID) (api.Secret, error) {
	return d.h.s.Nonce(ctx, a, id)
}

func (d door) Session(ctx context.Context, p api.SessionProof) (api.Session, error) {
	return d.h.s.Session(ctx, p)
}

func (d door) Status(ctx context.Context, token api.Secret) (api.Status, error) {
	return d.h.s.Status(ctx, token)
}

func (d door) Chain(ctx context.Context, token api.Secret, from uint64) ([][]byte, error) {
	return d.h.s.Chain(ctx, token, from)
}

func (d door) Requests(ctx context.Context, token api.Secret, opened bool) ([]api.Request, error) {
	return d.h.s.Requests(ctx, token, opened)
}

func (d door) Answer(ctx context.Context, token api.Secret, approval []byte) error {
	return d.h.s.Answer(ctx, token, approval)
}

func (d door) Events(ctx context.Context, token api.Secret, after uint64, limit int) ([]api.Event, error) {
	return d.h.s.Events(ctx, token, after, limit)
}

func (d door) Watch(ctx context.Context, token api.Secret, after uint64, alive func(), each func(api.Event) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.h.life, cancel)() // the connection breaks with the server
	return d.h.s.Watch(ctx, token, after, alive, each)
}

func (d door) Resume(ctx context.Context, token api.Secret, password string) error {
	return d.h.s.Resume(ctx, token, password)
}

func (d door) OpenDoor(ctx context.Context, token api.Secret, password string) (api.Door, error) {
	return d.h.s.OpenDoor(ctx, token, password)
}
