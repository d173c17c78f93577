//go:build !wasm

package sqlite

import "context"

// fullCheckSize is up to where Open reads the whole file and compares every index
// with its table; beyond, it checks the structure alone and Check does the rest.
// Bytes; chosen so that a start takes no more than a few seconds.
const fullCheckSize = 256 << 20

// check examines the file with one of the engine's checks (integrity_check or
// quick_check), then looks for rows that are missing: quick_check or not, the
// engine cannot know that an account belongs to a row, or that logs have no gaps.
// Unlike other statements it ends with ctx.
func (s *session) check(ctx context.Context, pragma string) error {
	reason, err := s.first(ctx, "PRAGMA "+pragma+"(1)")
	if err != nil {
		return err
	}
	if reason != "ok" {
		return s.file.corrupt(reason)
	}
	tables, err := s.first(ctx, "SELECT count(*) FROM sqlite_schema WHERE name IN ('account', 'entry', 'event')")
	if err != nil || tables != "3" {
		return err // made, but not yet filled: migrate does that
	}
	for _, loss := range losses() {
		found, err := s.first(ctx, loss.query)
		if err != nil {
			return err
		}
		if found != "" {
			return s.file.corrupt(loss.reason)
		}
	}
	return nil
}

// loss is a query that has a row only if data were lost.
type loss struct{ reason, query string }

func losses() []loss {
	return []loss{
		{"a row belongs to no account", `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`},
		{"an account's newest event is missing", `SELECT 1 FROM account a
			WHERE events <> (SELECT coalesce(max(seq), 0) FROM event WHERE account = a.id) LIMIT 1`},
		{"an account's log has a gap", `SELECT 1 FROM event
			GROUP BY account HAVING max(seq) - min(seq) + 1 <> count(*) LIMIT 1`},
		{"an account's chain has a gap", `SELECT 1 FROM entry
			GROUP BY account HAVING min(seq) <> 0 OR max(seq) + 1 <> count(*) LIMIT 1`},
	}
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
