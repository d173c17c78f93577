//go:build !wasm

package sqlite

import (
	"context"
	"database/sql"

	"github.com/countersign/countersign/sync/store"
)

// session is one connection with the statements prepared on it. Not safe for
// concurrent use.
type session struct {
	file  *file
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newSession(ctx context.Context, pool *sql.DB, f *file) (*session, error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, f.explain(err)
	}
	return &session{file: f, conn: conn, stmts: make(map[string]*sql.Stmt)}, nil
}

// prepared gives the statement, prepared once for the life of the session.
// Statements are run without a context: they are short, and one interrupted in
// a group commit would take the whole group with it.
func (s *session) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, s.file.explain(err)
	}
	s.stmts[query] = stmt
	return stmt, nil
}

// exec runs a statement and gives the number of rows it changed.
func (s *session) exec(query string, args ...any) (int64, error) {
	stmt, err := s.prepared(query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, s.file.explain(err)
	}
	return res.RowsAffected()
}

// query runs scan once for each row.
func (s *session) query(scan func(scanner) error, query string, args ...any) error {
	stmt, err := s.prepared(query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(context.Background(), args...)
	if err != nil {
		return s.file.explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return s.file.corrupt(err.Error()) // a row that the schema does not allow
		}
	}
	return s.file.explain(rows.Err())
}

// snapshot runs fn in a read-only transaction that sees the data as they are now.
func (s *session) snapshot(fn func(store.Tx) error) (err error) {
	if _, err := s.exec("BEGIN DEFERRED"); err != nil {
		return err
	}
	t := &tx{session: s, readOnly: true}
	defer func() {
		t.over = true
		if _, end := s.exec("ROLLBACK"); err == nil {
			err = end
		}
	}()
	// BEGIN alone takes no snapshot, the first read does.
	if _, err := t.exists("SELECT 1 FROM account LIMIT 1"); err != nil {
		return err
	}
	if err := fn(t); err != nil {
		return err
	}
	return t.broken
}

func (s *session) close() error {
	for _, stmt := range s.stmts {
		stmt.Close()
	}
	return s.conn.Close()
}
