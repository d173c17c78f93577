//go:build !wasm

package sqlite

import (
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
