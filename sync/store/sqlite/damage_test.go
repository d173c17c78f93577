//go:build !wasm

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

const pageSize = 4096

// TestDamage flips bytes in every page of a database, first in the places that
// hold its structure, and opens it. Whatever was hit, the program either refuses
// loudly or still finds every row: never a store that looks empty, or emptier.
func TestDamage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, databaseName)
	db := open(t, dir)
	populate(t, db)
	whole, err := tally(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused, tried := 0, 0
	for page := 0; page < len(image); page += pageSize {
		for _, at := range []int{0, 5, 9, 101, 2700, 4090} {
			for _, run := range []int{1, 64} {
				damaged := append([]byte(nil), image...)
				for i := page + at; i < min(page+at+run, len(image)); i++ {
					damaged[i] ^= 0x55
				}
				if err := os.WriteFile(path, damaged, 0o600); err != nil {
					t.Fatal(err)
				}
				tried++
				if refuses(t, dir, whole, fmt.Sprintf("page %d, byte %d, %d bytes", page/pageSize+1, at, run)) {
					refused++
				}
			}
		}
	}
	if refused < tried/4 {
		t.Errorf("only %d of %d were refused: the damage does not hit", refused, tried)
	}
	t.Logf("%d of %d were refused, the others had every row", refused, tried)
}

// TestCut: a file that lost its end, as after a crash of the file system.
func TestCut(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	populate(t, db)
	whole, err := tally(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	image, err := os.ReadFile(filepath.Join(dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{1, 99, 100, 511, 512, pageSize, pageSize + 1, len(image) / 2, len(image) - pageSize, len(image) - 1} {
		for _, folder := range []string{dir, t.TempDir()} { // where it was made, and as a backup copied elsewhere
			if err := os.WriteFile(filepath.Join(folder, databaseName), image[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			if !refuses(t, folder, whole, fmt.Sprintf("cut to %d of %d bytes", size, len(image))) {
				t.Errorf("cut to %d of %d bytes was not refused", size, len(image))
			}
		}
	}
}

// refuses reports whether the damaged folder is refused, and fails the test if it
// is neither refused nor whole.
func refuses(t *testing.T, dir string, whole map[string]int, what string) bool {
	t.Helper()
	db, err := Open(t.Context(), dir, Options{Readers: 1})
	if err != nil {
		return true
	}
	defer db.Close()
	found, err := tally(t.Context(), db)
	if err != nil {
		if !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: reading gave %v, which does not say damaged", what, err)
		}
		return true
	}
	if d := cmp.Diff(whole, found); d != "" {
		t.Errorf("%s: it opens, with rows missing (-whole +found):\n%s", what, d)
	}
	return false
}

// TestDamageWhileOpen: damage that shows while the server runs ends all service,
// for those too whose rows are whole.
func TestDamageWhileOpen(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	populate(t, db)
	db.Close()
	db = open(t, dir)
	image, err := os.OpenFile(filepath.Join(dir, databaseName), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { image.Close() }) // later than the database: closing it here would end SQLite's own locks
	info, err := image.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for page := int64(pageSize); page < info.Size(); page += pageSize {
		if _, err := image.WriteAt(make([]byte, 16), page); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, db.Check(t.Context()), store.ErrCorrupt, databaseName, "backup")
	ran := func(store.Tx) error { t.Error("it ran on damaged data"); return nil }
	wantRefusal(t, db.Update(t.Context(), ran), store.ErrCorrupt, databaseName)
	wantRefusal(t, db.View(t.Context(), ran), store.ErrCorrupt, databaseName)
	wantRefusal(t, db.Check(t.Context()), store.ErrCorrupt, databaseName)
}

// TestLostRows: rows that somebody took out of a sound file are missed.
func TestLostRows(t *testing.T) {
	for name, script := range map[string]string{
		"newest event": `DELETE FROM event WHERE seq = 20`,
		"one event":    `DELETE FROM event WHERE seq = 7`,
		"genesis":      `DELETE FROM entry WHERE seq = 0`,
		"one entry":    `DELETE FROM entry WHERE seq = 2`,
		"account":      `DELETE FROM account WHERE key IN (SELECT key FROM account LIMIT 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, dir)
			populate(t, db)
			db.Close()
			write(t, dir, script)
			_, err := Open(t.Context(), dir, Options{})
			wantRefusal(t, err, store.ErrCorrupt, databaseName)
		})
	}
}

// TestTornLog: the end of the write-ahead log is lost, as when a disk lies about
// flushing. What had reached the database itself is there, and nothing is half there.
func TestTornLog(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	fill(t, db, 20)
	db.Close() // the first 20 reach the database
	db = open(t, dir)
	for i := 20; i < 40; i++ {
		err := db.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.CreateAccount(account(i)); err != nil {
				return err
			}
			_, err := tx.Append(account(i).ID, store.Event{Kind: "created"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	last := -1
	log, err := os.ReadFile(filepath.Join(dir, databaseName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := os.ReadFile(filepath.Join(dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 31, 32, 33, len(log) / 4, len(log) / 2, len(log) - 1, len(log)} {
		copied := t.TempDir()
		for name, data := range map[string][]byte{databaseName: base, databaseName + "-wal": log[:size]} {
			if err := os.WriteFile(filepath.Join(copied, name), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		n := count(t, open(t, copied))
		if n < 20 || n < last {
			t.Errorf("with %d of %d bytes of the log, %d accounts are there", size, len(log), n)
		}
		last = n
	}
	if last != 40 {
		t.Errorf("with the whole log, %d of 40 accounts are there", last)
	}
}

// populate writes some hundred rows into every table.
func populate(t *testing.T, db *DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for i := range 40 {
			a := account(i)
			errs := []error{tx.CreateAccount(a)}
			for n := range byte(20) {
				if n < 5 {
					errs = append(errs, tx.AppendEntry(a.ID, uint64(n), make([]byte, 150)))
				}
				_, err := tx.Append(a.ID, store.Event{Kind: "request", At: at(int64(n)), Data: make([]byte, 60)})
				errs = append(errs, err)
			}
			_, err := tx.Enqueue(store.Notice{Account: a.ID, Kind: "mail", Data: make([]byte, 100)})
			errs = append(errs, err,
				tx.PutSignIn(store.SignIn{ID: trust.ChallengeID(a.ID[:16]), Account: a.ID, Session: trust.SessionHash(a.ID), Open: true, Row: make([]byte, 300)}),
				tx.PutTicket(store.Ticket{Kind: store.Session, Hash: a.ID, Account: a.ID, Expires: at(1)}),
				tx.PutCounter(store.Counter{Key: a.ID, Expires: at(1), Data: make([]byte, 100)}))
			if err := errors.Join(errs...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tally finds what populate wrote, by every way to look it up, and counts it.
func tally(ctx context.Context, db *DB) (map[string]int, error) {
	n := map[string]int{}
	err := db.View(ctx, func(tx store.Tx) error {
		list, err := tx.ListAccounts("", 999)
		n["listed"] = len(list)
		if err != nil {
			return err
		}
		for i := range 40 {
			if err := tallyAccount(tx, account(i), n); err != nil {
				return err
			}
		}
		notices, err := tx.DueNotices(at(0), trust.AccountID{}, 999)
		n["notices"] = len(notices)
		return err
	})
	return n, err
}

func tallyAccount(tx store.Tx, a store.Account, n map[string]int) error {
	entries, err1 := tx.Entries(a.ID, 0)
	events, err2 := tx.Events(a.ID, 0, 999)
	signIns, err3 := tx.OpenSignIns(a.ID)
	tickets, err4 := tx.TicketsOf(a.ID, store.Session)
	n["entries"] += len(entries)
	n["events"] += len(events)
	n["open sign-ins"] += len(signIns)
	n["tickets of accounts"] += len(tickets)
	var errs []error
	found := func(what string, err error) {
		if err == nil {
			n[what]++
		} else if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	_, err := tx.Account(a.ID)
	found("accounts by id", err)
	_, err = tx.AccountByKey(a.Key)
	found("accounts by key", err)
	_, err = tx.SignIn(trust.ChallengeID(a.ID[:16]))
	found("sign-ins", err)
	_, err = tx.SignInBySession(trust.SessionHash(a.ID))
	found("sign-ins by session", err)
	_, err = tx.Ticket(store.Session, a.ID, at(0))
	found("tickets", err)
	_, err = tx.Counter(a.ID, at(0))
	found("counters", err)
	return errors.Join(append(errs, err1, err2, err3, err4)...)
}
