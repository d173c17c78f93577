//go:build !wasm

package sqlite

import (
	"time"

	"github.com/countersign/countersign/sync/store"
)

// Counter implements store.Counters.
func (t *tx) Counter(key [32]byte, now time.Time) (store.Counter, error) {
	scan := func(row scanner, c *store.Counter) error {
		return row.Scan(fixed(c.Key[:]), seconds{&c.Expires}, &c.Data)
	}
	return single(t, scan, `SELECT key, expires, data FROM counter WHERE key = ? AND expires > ?`, key[:], now.Unix())
}

// PutCounter implements store.Counters.
func (t *tx) PutCounter(c store.Counter) error {
	_, err := t.write(`INSERT INTO counter (key, expires, data) VALUES (?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET expires = excluded.expires, data = excluded.data`,
		c.Key[:], c.Expires.Unix(), blob(c.Data))
	return err
}

// DropCounters implements store.Counters.
func (t *tx) DropCounters(now time.Time, limit int) (int, error) {
	n, err := t.write(`DELETE FROM counter WHERE key IN
		(SELECT key FROM counter WHERE expires <= ? ORDER BY expires LIMIT ?)`, now.Unix(), atMost(limit))
	return int(n), err
}
