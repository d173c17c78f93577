//go:build !wasm

package sqlite

import (
	"context"
	"fmt"
)

// fullCheckSize is up to where Open reads the whole file and compares every index
// with its table; beyond, it checks the structure alone and Check does the rest.
// Bytes; chosen so that a start takes no more than a few seconds.
const fullCheckSize = 256 << 20

// check examines the file with one of the engine's checks (integrity_check or
// quick_check), then looks for rows without the account they belong to. Unlike
// other statements it ends with ctx.
func (s *session) check(ctx context.Context, pragma string) error {
	reason, err := s.first(ctx, "PRAGMA "+pragma+"(1)")
	if err != nil {
		return err
	}
	if reason != "ok" {
		return s.file.corrupt(reason)
	}
	orphan, err := s.first(ctx, "SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1")
	if err != nil {
		return err
	}
	if orphan != "" {
		return s.file.corrupt(fmt.Sprintf("a row of %s belongs to no account", orphan))
	}
	return nil
}

// first gives the first column of the first row as text, "" without rows.
func (s *session) first(ctx context.Context, query string) (text string, err error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return "", s.file.explain(err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&text)
	}
	if err == nil {
		err = rows.Err()
	}
	return text, s.file.explain(err)
}
