//go:build !wasm

package sqlite

import (
	"strings"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
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
func (t *tx) DueNotices(now time.Time, after trust.AccountID, limit int, kinds ...string) ([]store.Notice, error) {
	wanted, args := "", []any{now.Unix()}
	if len(kinds) > 0 {
		wanted = "AND kind IN (?" + strings.Repeat(", ?", len(kinds)-1) + ")"
	}
	for _, k := range kinds {
		args = append(args, k)
	}
	scan := func(row scanner, n *store.Notice) error {
		return row.Scan(&n.ID, fixed(n.Account[:]), &n.Kind, &n.Data, seconds{&n.Created}, seconds{&n.Due}, &n.Tries)
	}
	return all(t, scan, `SELECT id, account, kind, data, created, due, tries FROM (
			SELECT *, row_number() OVER (PARTITION BY account ORDER BY due, id) AS turn FROM notice WHERE due <= ? `+wanted+`
		) ORDER BY turn, coalesce(account, x'') <= ?, account LIMIT ?`, append(args, blob(after[:]), atMost(limit))...)
}

// RetryNotice implements store.Outbox.
func (t *tx) RetryNotice(id int64, due time.Time) error {
	return t.change(`UPDATE notice SET due = ?, tries = tries + 1 WHERE id = ?`, due.Unix(), id)
}

// DropNotice implements store.Outbox.
func (t *tx) DropNotice(id int64) error {
	return t.change(`DELETE FROM notice WHERE id = ?`, id)
}
