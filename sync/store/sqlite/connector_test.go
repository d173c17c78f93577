//go:build !wasm

package sqlite

import (
	"context"
	"strings"
	"testing"
)

// TestSettings asks every connection that serves, not only the first of a pool.
func TestSettings(t *testing.T) {
	db := open(t, t.TempDir())
	sessions := []*session{db.writer.session}
	for range cap(db.readers.idle) {
		s := <-db.readers.idle
		defer db.readers.give(s)
		sessions = append(sessions, s)
	}
	for i, s := range sessions {
		want := map[string]string{
			"journal_mode": "wal", "synchronous": "2", "fullfsync": "1", "checkpoint_fullfsync": "1",
			"foreign_keys": "1", "trusted_schema": "0", "query_only": "1", "wal_autocheckpoint": "0",
		}
		if i == 0 {
			want["query_only"], want["wal_autocheckpoint"] = "0", "1000"
		}
		for name, value := range want {
			if got, err := s.first(t.Context(), "PRAGMA "+name); err != nil || got != value {
				t.Errorf("connection %d: %s is %q (%v), want %q", i, name, got, err, value)
			}
		}
	}
}

// TestSettingRefused: a connection whose setting did not take is never handed out.
func TestSettingRefused(t *testing.T) {
	db := open(t, t.TempDir())
	for _, s := range []setting{
		{"synchronous", "FULL"}, // takes, but reads back as 2: not what was asked to be read
		{"synchronous", "7"},
		{"no_such_pragma", "1"},
		{"journal_mode", "off"}, // defensive mode keeps it
	} {
		c, err := newConnector(db.file.path, []setting{s})
		if err != nil {
			t.Fatal(err)
		}
		conn, err := c.Connect(t.Context())
		if err == nil {
			conn.Close()
			t.Errorf("%v gave a connection", s)
		} else if !strings.Contains(err.Error(), s.name) {
			t.Errorf("%v gave %q, which does not name it", s, err)
		}
	}
}

// TestReaderCannotWrite: not even past the Tx.
func TestReaderCannotWrite(t *testing.T) {
	db := open(t, t.TempDir())
	s := <-db.readers.idle
	defer db.readers.give(s)
	if _, err := s.conn.ExecContext(t.Context(), "DELETE FROM account"); err == nil {
		t.Error("a reading connection wrote")
	}
}

func TestOlder(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.3": false, "3.51.4": false, "3.52.0": false, "4.0.0": false, "3.100.0": false,
		"3.51.2": true, "3.9.9": true, "2.99.99": true, "": true, "new": true, "3.51": true,
	} {
		if got := older(version, oldestEngine); got != want {
			t.Errorf("older(%q) is %v", version, got)
		}
	}
}

// TestPathNames: characters that mean something in the engine's file names.
func TestPathNames(t *testing.T) {
	for _, name := range []string{"with space", "a?mode=memory", "a#b", "50%41", "a&b=c", "ü", "a'b;c"} {
		dir := t.TempDir() + "/" + name
		open(t, dir).Close()
		db := open(t, dir)
		if got, err := db.writer.session.first(context.Background(), "SELECT file FROM pragma_database_list"); err != nil || got != dir+"/"+databaseName {
			t.Errorf("%q was opened as %q (%v)", dir, got, err)
		}
	}
}
