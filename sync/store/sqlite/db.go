//go:build !wasm

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/countersign/countersign/sync/store"
)

// Options are what an operator may choose. The zero value is right for all but
// the largest servers.
type Options struct {
	// Readers is how many views may run at once; 0 stands for 4.
	Readers int

	// testOnlyFilesystem stands in for networkFilesystem.
	testOnlyFilesystem func(path string) (string, error)
}

// DB is a store.Store in one file. Safe for concurrent use.
type DB struct {
	file    *file
	folder  *folder
	pools   []*sql.DB
	writer  *writer
	readers *readers
	closing sync.Once
	closed  error
}

var _ store.Store = (*DB)(nil)

// Open opens the database countersign.db in the data folder dir, and makes both
// if they are missing (folder 0700, files 0600). It gives
//
//   - store.ErrInUse when the folder is open elsewhere,
//   - store.ErrCorrupt when the file fails its examination, or was there and is gone,
//   - an error that says what to do when the folder is on a network file system,
//     or the file is of another program or of a newer version.
//
// ctx bounds the opening only.
func Open(ctx context.Context, dir string, opts Options) (*DB, error) {
	if opts.Readers <= 0 {
		opts.Readers = 4
	}
	if opts.testOnlyFilesystem == nil {
		opts.testOnlyFilesystem = networkFilesystem
	}
	d, err := openFolder(dir, opts.testOnlyFilesystem)
	if err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	db := &DB{folder: d, file: &file{path: filepath.Join(d.path, databaseName)}}
	if err := db.open(ctx, opts.Readers); err != nil {
		db.release()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

func (db *DB) open(ctx context.Context, readers int) error {
	if err := db.folder.database(db.file); err != nil {
		return err
	}
	pool, err := db.pool(writing(), 1)
	if err != nil {
		return err
	}
	if err := db.examine(ctx, pool); err != nil {
		return err
	}
	if err := migrate(ctx, pool, db.file, db.folder.made); err != nil {
		return err
	}
	if err := db.folder.remember(); err != nil {
		return err
	}
	if err := db.startReaders(ctx, readers); err != nil {
		return err
	}
	s, err := newSession(ctx, pool, db.file)
	if err != nil {
		return err
	}
	db.writer = newWriter(s)
	return nil
}

// pool gives connections with the settings, at most n.
func (db *DB) pool(settings []setting, n int) (*sql.DB, error) {
	c, err := newConnector(db.file.path, settings)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(n)
	db.pools = append(db.pools, pool)
	return pool, nil
}

// examine checks the file before anything is read from it.
func (db *DB) examine(ctx context.Context, pool *sql.DB) error {
	info, err := os.Stat(db.file.path)
	if err != nil {
		return err
	}
	s, err := newSession(ctx, pool, db.file)
	if err != nil {
		return err
	}
	defer s.close()
	if info.Size() > fullCheckSize {
		return s.check(ctx, "quick_check")
	}
	return s.check(ctx, "integrity_check")
}

func (db *DB) startReaders(ctx context.Context, n int) error {
	pool, err := db.pool(reading(), n)
	if err != nil {
		return err
	}
	sessions := make([]*session, 0, n)
	for range n {
		s, err := newSession(ctx, pool, db.file)
		if err != nil {
			for _, s := range sessions {
				s.close()
			}
			return err
		}
		sessions = append(sessions, s)
	}
	db.readers = newReaders(sessions)
	return nil
}

// Update implements store.Store. No other update runs while fn does; calling
// Update within fn waits for ever. fn may run in another goroutine, together with
// the updates of others; a panic (or runtime.Goexit) in it still unwinds only the
// caller, where fn is run again for it. A context that ends while the update waits
// for its turn takes it out of the queue; later the answer is waited for, and it
// tells the truth. An engine's error within fn fails the update even if fn returns
// nil.
func (db *DB) Update(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.file.sound(); err != nil {
		return err
	}
	return db.writer.update(ctx, fn)
}

// View implements store.Store. It waits for one of the reading connections, never
// for a writer, and sees what was committed when it began.
func (db *DB) View(ctx context.Context, fn func(store.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := db.file.sound(); err != nil {
		return err
	}
	s, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer db.readers.give(s)
	return s.snapshot(fn)
}

// Check implements store.Store. It reads the whole file on one of the reading
// connections; updates go on meanwhile.
func (db *DB) Check(ctx context.Context) error {
	s, err := db.readers.take(ctx)
	if err != nil {
		return err
	}
	defer db.readers.give(s)
	if err := db.file.sound(); err != nil {
		return err
	}
	return s.check(ctx, "integrity_check")
}

// Close implements store.Store. Updates in the queue are still served. A second
// Close waits for the first and gives the same.
func (db *DB) Close() error {
	db.closing.Do(func() { db.closed = db.release() })
	return db.closed
}

// release undoes whatever open did. The writer goes last, since the last
// connection to close writes the WAL back into the file.
func (db *DB) release() error {
	var errs []error
	if db.readers != nil {
		errs = append(errs, db.readers.close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	for i := len(db.pools) - 1; i >= 0; i-- {
		errs = append(errs, db.pools[i].Close())
	}
	errs = append(errs, db.folder.close())
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("closing the database: %w", err)
		}
	}
	return nil
}
