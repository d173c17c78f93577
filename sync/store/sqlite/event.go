//go:build !wasm

package sqlite

import (
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Append implements store.Log. The account's row is the counter, so the number
// and the event are written together or not at all.
func (t *tx) Append(id trust.AccountID, e store.Event) (uint64, error) {
	if err := t.writable(); err != nil {
		return 0, err
	}
	scan := func(row scanner, seq *uint64) error { return row.Scan(seq) }
	seq, err := single(t, scan, `UPDATE account SET events = events + 1 WHERE id = ? RETURNING events`, id[:])
	if err != nil {
		return 0, err
	}
	_, err = t.write(`INSERT INTO event (account, seq, kind, at, data) VALUES (?, ?, ?, ?, ?)`,
		id[:], seq, e.Kind, e.At.Unix(), blob(e.Data))
	if err != nil {
		return 0, err
	}
	return seq, nil
}

// Events implements store.Log.
func (t *tx) Events(id trust.AccountID, after uint64, limit int) ([]store.Event, error) {
	scan := func(row scanner, e *store.Event) error {
		return row.Scan(&e.Seq, &e.Kind, seconds{&e.At}, &e.Data)
	}
	return all(t, scan, `SELECT seq, kind, at, data FROM event WHERE account = ? AND seq > ? ORDER BY seq LIMIT ?`,
		id[:], clamp(after), atMost(limit))
}
