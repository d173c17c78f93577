//go:build !wasm

package sqlite

import (
	"database/sql"
	"errors"
	"math"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// errOver says that a Tx was used after the function it was given to.
var errOver = errors.New("transaction is over")

// tx is one transaction, or one savepoint of a group commit. Its methods are in
// the files named after the rows.
type tx struct {
	*session
	readOnly bool
	over     bool
	// broken is the first engine error. It sticks: the engine may have rolled
	// back by itself (disk full, I/O error), and what follows would then be
	// written outside of any transaction.
	broken error
}

// scanner is a row: *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// usable is the gate of every statement.
func (t *tx) usable() error {
	if t.over {
		return errOver
	}
	return t.broken
}

// writable is the gate of every statement that writes.
func (t *tx) writable() error {
	if t.readOnly && !t.over {
		return store.ErrReadOnly
	}
	return t.usable()
}

// note keeps an engine error, passes the contract's own on.
func (t *tx) note(err error) error {
	if err != nil && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
		t.broken = err
	}
	return err
}

// write runs a statement that changes rows and gives their number.
func (t *tx) write(query string, args ...any) (int64, error) {
	if err := t.writable(); err != nil {
		return 0, err
	}
	n, err := t.exec(query, args...)
	return n, t.note(err)
}

// change is write for one row; ErrNotFound when there is none.
func (t *tx) change(query string, args ...any) error {
	n, err := t.write(query, args...)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// read runs scan once for each row.
func (t *tx) read(scan func(scanner) error, query string, args ...any) error {
	if err := t.usable(); err != nil {
		return err
	}
	return t.note(t.query(scan, query, args...))
}

// one reads the first row; ErrNotFound when there is none.
func (t *tx) one(scan func(scanner) error, query string, args ...any) error {
	found := false
	err := t.read(func(row scanner) error {
		found = true
		return scan(row)
	}, query, args...)
	if err == nil && !found {
		return store.ErrNotFound
	}
	return err
}

// exists reports whether the query has a row.
func (t *tx) exists(query string, args ...any) (bool, error) {
	err := t.one(func(row scanner) error { return nil }, query, args...)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// all reads every row with scan.
func all[T any](t *tx, scan func(scanner, *T) error, query string, args ...any) ([]T, error) {
	var out []T
	err := t.read(func(row scanner) error {
		var v T
		if err := scan(row, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// single reads one row with scan; ErrNotFound when there is none.
func single[T any](t *tx, scan func(scanner, *T) error, query string, args ...any) (T, error) {
	var v T
	err := t.one(func(row scanner) error { return scan(row, &v) }, query, args...)
	if err != nil {
		var none T
		return none, err
	}
	return v, nil
}

// blob gives bytes that are stored as they are: NULL is not a value here.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// owner is the account column of rows that may belong to none.
func owner(id trust.AccountID) any {
	if id == (trust.AccountID{}) {
		return nil
	}
	return id[:]
}

// fixed scans a blob into an identifier or a hash of exactly that length.
type fixed []byte

// Scan refuses any other length. NULL is all zeros.
func (f fixed) Scan(v any) error {
	switch b := v.(type) {
	case nil:
		clear(f)
		return nil
	case []byte:
		if len(b) == len(f) {
			copy(f, b)
			return nil
		}
	}
	return errors.New("an identifier has the wrong length")
}

// seconds scans whole seconds since 1970.
type seconds struct{ *time.Time }

// Scan refuses anything but an integer.
func (s seconds) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return errors.New("a time is no integer")
	}
	*s.Time = time.Unix(n, 0).UTC()
	return nil
}

// atMost is a limit as SQL takes it, where a negative one would mean none.
func atMost(limit int) int { return max(limit, 0) }

// clamp gives a sequence number as the engine's signed integer; no row has one
// beyond that.
func clamp(seq uint64) int64 { return int64(min(seq, math.MaxInt64)) }

var (
	_ store.Tx    = (*tx)(nil)
	_ sql.Scanner = fixed(nil)
	_ sql.Scanner = seconds{}
)
