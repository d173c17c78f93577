//go:build !wasm

package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// oldestEngine is the first SQLite without the WAL-reset bug, which could damage
// the file when two connections wrote or checkpointed. (3.7.0 to 3.51.2 have it.)
const oldestEngine = "3.51.3"

// setting is one PRAGMA with the value that reading it back must give.
type setting struct{ name, value string }

// everywhere holds on every connection: a PRAGMA reaches only the connection it
// is sent on, so one sent once to a pool leaves the others with the defaults.
func everywhere() []setting {
	return []setting{
		{"busy_timeout", "10000"}, // ms; chosen arbitrarily, nobody else has the file
		{"journal_mode", "wal"},
		{"synchronous", "2"}, // FULL: a commit returns after its flush
		{"fullfsync", "1"},   // macOS: flush the drive's own cache too
		{"checkpoint_fullfsync", "1"},
		{"foreign_keys", "1"},
		{"trusted_schema", "0"},
		{"cell_size_check", "1"},
		{"temp_store", "2"}, // memory
	}
}

// writing are the settings of the one writer, which alone may checkpoint.
func writing() []setting {
	return append(everywhere(),
		setting{"query_only", "0"},
		setting{"wal_autocheckpoint", "1000"},     // pages of 4 KiB; SQLite's own default
		setting{"journal_size_limit", "67108864"}, // bytes; the WAL is cut back to this after a burst
	)
}

// reading are the settings of the connections for views.
func reading() []setting {
	return append(everywhere(),
		setting{"wal_autocheckpoint", "0"},
		setting{"query_only", "1"},
	)
}

// connector opens connections that are known to have their settings.
type connector struct {
	driver.Connector
	settings []setting
}

// newConnector gives a connector to the database file at path.
func newConnector(path string, settings []setting) (*connector, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a drive letter
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: "mode=rw&_defensive=1&_dqs=0&_txlock=immediate"}
	inner, err := sqlite.NewConnector(name.String())
	if err != nil {
		return nil, err
	}
	return &connector{inner, settings}, nil
}

// Connect opens a connection, applies the settings and reads each of them back.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, conn); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

func (c *connector) prepare(ctx context.Context, conn driver.Conn) error {
	version, err := ask(ctx, conn, "SELECT sqlite_version()")
	if err != nil {
		return err
	}
	if older(version, oldestEngine) {
		return fmt.Errorf("SQLite %s can damage its file, %s or newer is needed", version, oldestEngine)
	}
	for _, s := range c.settings {
		if _, err := ask(ctx, conn, "PRAGMA "+s.name+" = "+s.value); err != nil {
			return fmt.Errorf("setting %s: %w", s.name, err)
		}
		got, err := ask(ctx, conn, "PRAGMA "+s.name)
		if err != nil {
			return fmt.Errorf("reading %s: %w", s.name, err)
		}
		if got != s.value {
			return fmt.Errorf("setting %s: it is %q, not %q", s.name, got, s.value)
		}
	}
	return nil
}

// ask runs one statement and gives the first column of its first row, "" without rows.
func ask(ctx context.Context, conn driver.Conn, query string) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, query, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	switch err := rows.Next(row); {
	case err == io.EOF || err == nil && len(row) == 0:
		return "", nil
	case err != nil:
		return "", err
	}
	return fmt.Sprint(row[0]), nil
}

// older compares dotted version numbers; one that cannot be read is old.
func older(version, than string) bool {
	var a, b [3]int
	if n, err := fmt.Sscanf(version, "%d.%d.%d", &a[0], &a[1], &a[2]); n < 3 || err != nil {
		return true
	}
	fmt.Sscanf(than, "%d.%d.%d", &b[0], &b[1], &b[2])
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
