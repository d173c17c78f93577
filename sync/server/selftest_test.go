package server_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
)

// failing is a store that takes so many changes and then none.
type failing struct {
	store.Store
	left atomic.Int64
}

func (f *failing) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.left.Add(-1) < 0 {
		return errDisk
	}
	return f.Store.Update(ctx, fn)
}

// accounts gives the names that are taken.
func (h *house) accounts() (names []string) {
	h.t.Helper()
	ok(h.t, h.db.View(context.Background(), func(tx store.Tx) error {
		list, err := tx.ListAccounts("", 500)
		for _, a := range list {
			if !server.Retired(a) {
				names = append(names, a.Name)
			}
		}
		return err
	}))
	return names
}

// Wherever a test of the services is cut off, the next one ends what it left, and
// nobody else's account.
func TestATestThatIsCutOffLeavesNoAccount(t *testing.T) {
	h := newHouse(t, origin)
	h.services = []front.Service{{ID: "imap", Kind: front.Mail, Title: "Mail", Open: true}}
	h.reopen()
	h.settle("anna")
	ctx := context.Background()
	for n := int64(0); ; n++ {
		disk := &failing{Store: h.db}
		disk.left.Store(n)
		s := must(server.New(server.Options{Store: disk, Keys: h.keys, Name: "Example", Now: h.clock.Now, Services: h.services}))
		s.TestOnlyHashFast()
		_, err := s.BeginTest(ctx, "", "imap")
		if names := h.accounts(); err == nil && len(names) != 2 {
			t.Fatalf("a test has made %q", names)
		}
		ok(t, h.s.EndTests(ctx))
		if names := h.accounts(); len(names) != 1 || names[0] != "anna" {
			t.Fatalf("cut off after %d changes it leaves %q", n, names)
		}
		if err == nil {
			return
		}
	}
}
