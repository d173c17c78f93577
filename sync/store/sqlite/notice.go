//go:build !wasm

package sqlite

import (
	"time"

	"github.com/countersign/countersign/sync/store"
)

// Enqueue implements store.Outbox.
func (t *tx) Enqueue(n store.Notice) (int64, error) {
	if err := t.writable(); err != nil {
		return 0, err
	}
	scan := func(row scanner, id *int64) error { return row.Scan(id) }
	return single(t, scan, `INSERT INTO notice (account, kind, data, created, due, tries) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
		owner(n.Account), n.Kind, blob(n.Data), n.Created.Unix(), n.Due.Unix(), n.Tries)
}

// DueNotices implements store.Outbox.
func (t *tx) DueNotices(now time.Time, limit int) ([]store.Notice, error) {
	scan := func(row scanner, n *store.Notice) error {
		return row.Scan(&n.ID, fixed(n.Account[:]), &n.Kind, &n.Data, seconds{&n.Created}, seconds{&n.Due}, &n.Tries)
	}
	return all(t, scan, `SELECT id, account, kind, data, created, due, tries FROM notice
		WHERE due <= ? ORDER BY due, id LIMIT ?`, now.Unix(), atMost(limit))
}

// RetryNotice implements store.Outbox.
func (t *tx) RetryNotice(id int64, due time.Time) error {
	return t.change(`UPDATE notice SET due = ?, tries = tries + 1 WHERE id = ?`, due.Unix(), id)
}

// DropNotice implements store.Outbox.
func (t *tx) DropNotice(id int64) error {
	return t.change(`DELETE FROM notice WHERE id = ?`, id)
}
