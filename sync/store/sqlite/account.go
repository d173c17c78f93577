//go:build !wasm

package sqlite

import (
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

const accountColumns = "SELECT id, name, key, password, limits, two_step, events, created FROM account "

func scanAccount(row scanner, a *store.Account) error {
	return row.Scan(fixed(a.ID[:]), &a.Name, &a.Key, &a.Password, &a.Limits, &a.TwoStep, &a.Events, seconds{&a.Created})
}

// Account implements store.Accounts.
func (t *tx) Account(id trust.AccountID) (store.Account, error) {
	return single(t, scanAccount, accountColumns+"WHERE id = ?", id[:])
}

// AccountByKey implements store.Accounts.
func (t *tx) AccountByKey(key string) (store.Account, error) {
	return single(t, scanAccount, accountColumns+"WHERE key = ?", key)
}

// ListAccounts implements store.Accounts.
func (t *tx) ListAccounts(afterKey string, limit int) ([]store.Account, error) {
	return all(t, scanAccount, accountColumns+"WHERE key > ? ORDER BY key LIMIT ?", afterKey, atMost(limit))
}

// CreateAccount implements store.Accounts.
func (t *tx) CreateAccount(a store.Account) error {
	_, err := t.write(`INSERT INTO account (id, name, key, password, limits, two_step, created) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		a.ID[:], a.Name, a.Key, blob(a.Password), blob(a.Limits), a.TwoStep, a.Created.Unix())
	return err
}

// UpdateAccount implements store.Accounts.
func (t *tx) UpdateAccount(a store.Account) error {
	return t.change(`UPDATE account SET name = ?, key = ?, password = ?, limits = ?, two_step = ? WHERE id = ?`,
		a.Name, a.Key, blob(a.Password), blob(a.Limits), a.TwoStep, a.ID[:])
}

// Entries implements store.Accounts.
func (t *tx) Entries(id trust.AccountID, from uint64) ([][]byte, error) {
	scan := func(row scanner, raw *[]byte) error { return row.Scan(raw) }
	return all(t, scan, `SELECT raw FROM entry WHERE account = ? AND seq >= ? ORDER BY seq`, id[:], clamp(from))
}

// AppendEntry implements store.Accounts.
func (t *tx) AppendEntry(id trust.AccountID, seq uint64, raw []byte) error {
	n, err := t.write(`INSERT INTO entry (account, seq, raw) SELECT ?1, ?2, ?3
		WHERE ?2 = (SELECT coalesce(max(seq) + 1, 0) FROM entry WHERE account = ?1)`, id[:], clamp(seq), blob(raw))
	if err == nil && n == 0 {
		return store.ErrConflict
	}
	return err
}
