package server_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// fragile is a store whose commits fail while broken is set, after the transaction
// has done all its work.
type fragile struct {
	store.Store
	broken atomic.Bool
}

var errDisk = errors.New("disk is full")

func (f *fragile) Update(ctx context.Context, fn func(store.Tx) error) error {
	return f.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil || !f.broken.Load() {
			return err
		}
		return errDisk
	})
}

// An entry whose commit failed never was: nobody is told of it, its grant is still
// there, and another entry takes its place.
func TestAnEntryWhoseCommitFails(t *testing.T) {
	ctx := context.Background()
	a := newHouse(t, origin).settle("anna")
	disk := &fragile{Store: a.db}
	a.s = must(server.New(server.Options{Store: disk, Keys: a.keys, Name: "Example", Version: "test", Now: a.clock.Now}))
	lost, other := a.policy(six), a.policy(func(p *trust.Policy) { p.RecoveryWait = 1 })
	a.grant(lost)
	a.grant(other)
	before, token := must(a.s.Status(ctx, a.token())), a.token()

	disk.broken.Store(true)
	refused(t, a.s.Append(ctx, token, lost), api.CodeInternal, "an entry whose commit fails")
	disk.broken.Store(false)
	if s := must(a.s.Status(ctx, token)); s.Head != before.Head || s.Events != before.Events {
		t.Errorf("it left %+v", s)
	}
	ok(t, a.s.Append(ctx, token, other))
	refused(t, a.s.Append(ctx, token, lost), api.CodeStale, "the lost entry after another took its place")
	ok(t, a.device.Learn(other))
	a.change(a.policy(six))
	if s := must(a.s.Status(ctx, token)); s.Head != a.device.Chain.Head() {
		t.Errorf("the head is %+v", s.Head)
	}
}
