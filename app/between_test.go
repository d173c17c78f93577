package app_test

import (
	"context"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust/pair"
)

// between stands between one device and the real backend, and does what a test
// says: nil is nothing.
type between struct {
	door
	append func(entry []byte, do func() error) error
	status func(*api.Status)
	chain  func(from uint64, entries [][]byte) [][]byte
	box    func(*api.Box)
	server func(*api.Server)
	heal   func() error
	sight  func([]byte) []byte
}

// through makes the device whose options these are talk through b.
func through(h *house, o *app.Options, b *between) {
	b.door = door{h}
	o.Dial = func(string) (api.Account, error) { return b, nil }
}

func (b *between) Append(ctx context.Context, token api.Secret, entry []byte) error {
	do := func() error { return b.door.Append(ctx, token, entry) }
	if b.append != nil {
		return b.append(entry, do)
	}
	return do()
}

func (b *between) Status(ctx context.Context, token api.Secret) (api.Status, error) {
	s, err := b.door.Status(ctx, token)
	if b.status != nil && err == nil {
		b.status(&s)
	}
	return s, err
}

func (b *between) Chain(ctx context.Context, token api.Secret, from uint64) ([][]byte, error) {
	entries, err := b.door.Chain(ctx, token, from)
	if b.chain != nil && err == nil {
		entries = b.chain(from, entries)
	}
	return entries, err
}

func (b *between) OpenBox(ctx context.Context, token api.Secret, hello []byte) (api.Box, error) {
	box, err := b.door.OpenBox(ctx, token, hello)
	if b.box != nil && err == nil {
		b.box(&box)
	}
	return box, err
}

func (b *between) Box(ctx context.Context, symbols pair.Symbols) (api.Box, error) {
	box, err := b.door.Box(ctx, symbols)
	if b.box != nil && err == nil {
		b.box(&box)
	}
	return box, err
}

func (b *between) Server(ctx context.Context) (api.Server, error) {
	s, err := b.door.Server(ctx)
	if b.server != nil && err == nil {
		b.server(&s)
	}
	return s, err
}

func (b *between) Sight(ctx context.Context, token api.Secret, sight []byte) error {
	if b.sight != nil {
		sight = b.sight(sight)
	}
	return b.door.Sight(ctx, token, sight)
}
