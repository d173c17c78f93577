package server_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
)

// stumbling is a store whose next change fails, and no other.
type stumbling struct {
	store.Store
	now atomic.Bool
}

func (f *stumbling) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.now.CompareAndSwap(true, false) {
		return errDisk
	}
	return f.Store.Update(ctx, fn)
}

// What cannot be written of one app password keeps nothing from being written of others.
func TestOneUseThatCannotBeWritten(t *testing.T) {
	d := newDoor(t)
	list := []made{d.make("imap", "one"), d.make("imap", "two"), d.make("imap", "three")}
	disk := &stumbling{Store: d.db}
	d.s = must(server.New(server.Options{Store: disk, Keys: d.keys, Name: "Example", Now: d.clock.Now, Services: d.services}))
	for _, p := range list {
		must(d.s.Check(context.Background(), front.Try{Service: "imap", Name: "anna", Password: p.text, From: somewhere, Protocol: "http"}))
	}
	disk.now.Store(true)
	if err := d.s.WriteUses(context.Background()); !errors.Is(err, errDisk) {
		t.Errorf("writing gives %v", err)
	}
	if uses := must(d.s.Status(context.Background(), d.token())).Uses; len(uses) != 2 {
		t.Errorf("%d of 3 were written", len(uses))
	}
}
