package storetest

import (
	"context"
	"testing"

	"github.com/countersign/countersign/sync/store"
)

func ends() []examination {
	return []examination{
		{"transaction is over", testOver},
		{"check", testCheck},
		{"closed", testClosed},
		{"close waits", testCloseWaits},
	}
}

// testOver: a Tx that outlives its function neither reads nor writes, and above
// all not into somebody else's transaction.
func testOver(t *testing.T, s store.Store) {
	var updating, viewing store.Tx
	do(t, s, func(tx store.Tx) { updating = tx })
	see(t, s, func(tx store.Tx) { viewing = tx })
	do(t, s, func(store.Tx) {
		for _, tx := range []store.Tx{updating, viewing} {
			if err := tx.CreateAccount(account(1)); err == nil {
				t.Error("a transaction that is over wrote")
			}
			if list, err := tx.ListAccounts("", 9); err == nil {
				t.Errorf("a transaction that is over read %v", list)
			}
		}
	})
	empty(t, s)
}

func testCheck(t *testing.T, s store.Store) {
	do(t, s, func(tx store.Tx) { fill(t, tx) })
	ok(t, s.Check(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	is(t, "a check with an ended context", s.Check(ctx), context.Canceled)
	ok(t, s.Check(t.Context()))
}

func testClosed(t *testing.T, s store.Store) {
	create(t, s, 1)
	ok(t, s.Close())
	ran := func(store.Tx) error { t.Error("a transaction ran in a closed store"); return nil }
	is(t, "an update", s.Update(t.Context(), ran), store.ErrClosed)
	is(t, "a view", s.View(t.Context(), ran), store.ErrClosed)
	is(t, "a check", s.Check(t.Context()), store.ErrClosed)
	ok(t, s.Close())
}

// testCloseWaits: a transaction that runs is finished, and its answer is true.
func testCloseWaits(t *testing.T, s store.Store) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	viewing, updated, viewed, closed := make(chan struct{}), make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() {
		updated <- s.Update(t.Context(), func(tx store.Tx) error {
			close(begun)
			<-goOn
			return tx.CreateAccount(account(1))
		})
	}()
	go func() {
		viewed <- s.View(t.Context(), func(tx store.Tx) error {
			close(viewing)
			<-goOn
			_, err := tx.ListAccounts("", 9)
			return err
		})
	}()
	<-begun
	<-viewing
	go func() { closed <- s.Close() }()
	for s.View(t.Context(), func(store.Tx) error { return nil }) == nil {
		// until Close has begun
	}
	select {
	case err := <-closed:
		t.Fatalf("closed (%v) while transactions ran", err)
	default:
	}
	close(goOn)
	ok(t, <-updated)
	ok(t, <-viewed)
	ok(t, <-closed)
}
