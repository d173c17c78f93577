//go:build !wasm

package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/countersign/countersign/sync/store"
)

// file is the database file as errors see it. Once damage was seen, nothing is
// served from it until the process is started again. Safe for concurrent use.
type file struct {
	path    string
	damaged atomic.Pointer[error]
}

// sound gives ErrCorrupt when damage was seen before.
func (f *file) sound() error {
	if err := f.damaged.Load(); err != nil {
		return *err
	}
	return nil
}

// corrupt notes damage and says what to do about it.
func (f *file) corrupt(reason string) error {
	err := fmt.Errorf("%q: %w (%s); stop the server, keep the file for examination and restore the data folder from a backup",
		f.path, store.ErrCorrupt, reason)
	f.damaged.CompareAndSwap(nil, &err)
	return *f.damaged.Load()
}

// explain turns an engine's error into one of the contract, or names the file
// and the remedy.
func (f *file) explain(err error) error {
	var e *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return store.ErrNotFound
	case !errors.As(err, &e):
		return fmt.Errorf("%q: %w", f.path, err)
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return store.ErrConflict
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return store.ErrNotFound
	}
	return f.explainPrimary(e)
}

// explainPrimary looks at the low byte of the code, which names the family.
func (f *file) explainPrimary(e *sqlite.Error) error {
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return f.corrupt(e.Error())
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%q: %w; free some space on its disk", f.path, e)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY:
		return fmt.Errorf("%q: %w; the folder and its files must belong to the user who runs the server", f.path, e)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("%q: %w; see the system's log for its disk", f.path, e)
	}
	return fmt.Errorf("%q: %w", f.path, e)
}
