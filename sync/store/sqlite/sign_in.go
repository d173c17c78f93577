//go:build !wasm

package sqlite

import (
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

const signInColumns = "SELECT id, account, session, open, due, row FROM sign_in "

func scanSignIn(row scanner, s *store.SignIn) error {
	return row.Scan(fixed(s.ID[:]), fixed(s.Account[:]), fixed(s.Session[:]), &s.Open, seconds{&s.Due}, &s.Row)
}

// SignIn implements store.SignIns.
func (t *tx) SignIn(id trust.ChallengeID) (store.SignIn, error) {
	return single(t, scanSignIn, signInColumns+"WHERE id = ?", id[:])
}

// SignInBySession implements store.SignIns.
func (t *tx) SignInBySession(s trust.SessionHash) (store.SignIn, error) {
	return single(t, scanSignIn, signInColumns+"WHERE session = ? ORDER BY n DESC LIMIT 1", s[:])
}

// OpenSignIns implements store.SignIns.
func (t *tx) OpenSignIns(account trust.AccountID) ([]store.SignIn, error) {
	return all(t, scanSignIn, signInColumns+"WHERE account = ? AND open = 1 ORDER BY n", account[:])
}

// DueSignIns implements store.SignIns.
func (t *tx) DueSignIns(now time.Time, limit int) ([]store.SignIn, error) {
	return all(t, scanSignIn, signInColumns+"WHERE open = 1 AND due <= ? ORDER BY due, n LIMIT ?", now.Unix(), atMost(limit))
}

// PutSignIn implements store.SignIns. A replaced row keeps its place in the order.
func (t *tx) PutSignIn(s store.SignIn) error {
	_, err := t.write(`INSERT INTO sign_in (id, account, session, open, due, row) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET account = excluded.account, session = excluded.session,
		open = excluded.open, due = excluded.due, row = excluded.row`,
		s.ID[:], s.Account[:], s.Session[:], s.Open, s.Due.Unix(), blob(s.Row))
	return err
}

// DropSignIns implements store.SignIns.
func (t *tx) DropSignIns(before time.Time, limit int) (int, error) {
	n, err := t.write(`DELETE FROM sign_in WHERE n IN
		(SELECT n FROM sign_in WHERE open = 0 AND due < ? ORDER BY due LIMIT ?)`, before.Unix(), atMost(limit))
	return int(n), err
}
