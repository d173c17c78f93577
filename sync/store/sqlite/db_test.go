//go:build !wasm

package sqlite

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/sync/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()) })
}

// open opens a database that is closed with the test, if the test did not.
func open(t testing.TB, dir string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func at(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// fill makes n accounts with an event each.
func fill(t testing.TB, db *DB, n int) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for i := range n {
			if err := tx.CreateAccount(account(i)); err != nil {
				return err
			}
			if _, err := tx.Append(account(i).ID, store.Event{Kind: "created", Data: []byte("{}")}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// wantRefusal ends the test unless err is kind (if not nil) and says every word.
func wantRefusal(t *testing.T, err, kind error, words ...string) {
	t.Helper()
	if err == nil || kind != nil && !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}
