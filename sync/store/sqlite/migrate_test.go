//go:build !wasm

package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// TestOldDump: a database that an old version wrote is opened with all it has.
func TestOldDump(t *testing.T) {
	dump, err := os.ReadFile("testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, dir, string(dump))
	db := open(t, dir)
	err = db.View(t.Context(), func(tx store.Tx) error {
		id := trust.AccountID{2, 31: 2}
		a, err := tx.AccountByKey("béla o'brien")
		wantSame(t, a, store.Account{ID: id, Name: "Béla O'Brien", Key: "béla o'brien", Password: []byte{1, 2},
			Limits: []byte{2, 2}, Events: 3, Created: at(1_800_000_000)}, err)
		entries, err := tx.Entries(id, 0)
		wantSame(t, entries, [][]byte{{2, 0}, {2, 1}, {2, 2}}, err)
		events, err := tx.Events(id, 2, 9)
		wantSame(t, events, []store.Event{{Seq: 3, Kind: "request", At: at(1_800_000_002), Data: []byte(`{"left":2}`)}}, err)
		open, err := tx.OpenSignIns(trust.AccountID{1, 31: 1})
		wantSame(t, open, []store.SignIn{{ID: trust.ChallengeID{1}, Account: trust.AccountID{1, 31: 1}, Session: trust.SessionHash{1},
			Open: true, Due: at(1_800_000_120), Row: []byte{3, 1}}}, err)
		k, err := tx.Ticket(store.Session, [32]byte{2}, at(1_800_000_001))
		wantSame(t, k, store.Ticket{Kind: store.Session, Hash: [32]byte{2}, Account: id, Device: trust.DeviceID{2}, Name: "Firefox on Debian",
			Created: at(1_800_000_000), Expires: at(1_900_000_000), Data: []byte{4, 2}}, err)
		k, err = tx.Ticket(store.Invitation, [32]byte{3}, at(1_800_000_001))
		wantSame(t, k, store.Ticket{Kind: store.Invitation, Hash: [32]byte{3}, Name: "Cem",
			Created: at(1_800_000_000), Expires: at(1_900_000_000)}, err)
		c, err := tx.Counter([32]byte{2}, at(1_800_000_001))
		wantSame(t, c, store.Counter{Key: [32]byte{2}, Expires: at(1_900_000_000), Data: []byte{5, 2}}, err)
		notices, err := tx.DueNotices(at(1_800_000_001), trust.AccountID{}, 1)
		wantSame(t, notices, []store.Notice{{ID: 1, Account: trust.AccountID{1, 31: 1}, Kind: "mail", Data: []byte{6, 1},
			Created: at(1_800_000_000), Due: at(1_800_000_001), Tries: 1}}, err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx store.Tx) error {
		seq, err := tx.Append(trust.AccountID{2, 31: 2}, store.Event{Kind: "done"})
		wantSame(t, seq, uint64(4), err)
		number, err := tx.Enqueue(store.Notice{Kind: "mail"})
		wantSame(t, number, int64(3), err)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSchemaUnchanged: a step that was released is never changed; what a new
// database gets is what the dump has.
func TestSchemaUnchanged(t *testing.T) {
	dump, err := os.ReadFile("testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := t.TempDir(), t.TempDir()
	write(t, old, string(dump))
	open(t, old).Close()
	open(t, fresh).Close()
	if d := cmp.Diff(schema(t, old), schema(t, fresh)); d != "" {
		t.Errorf("an old and a new database differ (-old +new):\n%s", d)
	}
}

// TestNewer: an older program does not touch what a newer one wrote.
func TestNewer(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	write(t, dir, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	_, err := Open(t.Context(), dir, Options{})
	wantRefusal(t, err, nil, databaseName, "9999", "newer")
}

// TestForeign: the database of another program is left alone.
func TestForeign(t *testing.T) {
	for name, script := range map[string]string{
		"tables": `CREATE TABLE wine (year)`,
		"mark":   `PRAGMA application_id = 252006673`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, script)
			before := schema(t, dir)
			_, err := Open(t.Context(), dir, Options{})
			wantRefusal(t, err, nil, databaseName, "another program")
			if d := cmp.Diff(before, schema(t, dir)); d != "" {
				t.Errorf("it was changed:\n%s", d)
			}
		})
	}
}

// write runs a script on the database file as another program would.
func write(t *testing.T, dir, script string) {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.ExecContext(t.Context(), script); err != nil {
		t.Fatal(err)
	}
}

// schema gives the text of every table and index.
func schema(t *testing.T, dir string) map[string]string {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(dir, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.QueryContext(t.Context(), "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	texts := map[string]string{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

func wantSame(t *testing.T, got, want any, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("(-want +got):\n%s", d)
	}
}

// TestHalfMade: a first start that was killed between any two steps of making the
// schema is taken up again.
func TestHalfMade(t *testing.T) {
	for name, script := range map[string]string{
		"marked":       fmt.Sprintf("PRAGMA application_id = %d", mark),
		"goose begins": fmt.Sprintf("PRAGMA application_id = %d; CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now'))); INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, 1)", mark),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, script)
			db, err := Open(t.Context(), dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
