//go:build !wasm

package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// mark is the file's application_id, "Csgn".
const mark = 0x4373676e

// migrate brings the schema to this program's version, one transaction a step.
// It refuses a file of another program, or of a newer version of this one, and
// an empty one if the database was made before.
func migrate(ctx context.Context, pool *sql.DB, f *file, made bool) error {
	if err := recognise(ctx, pool, f, made); err != nil {
		return err
	}
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, steps,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return f.explain(err)
	}
	if has > knows {
		return fmt.Errorf("%q has schema %d, this program knows %d: it was written by a newer countersignd; install that version or a newer one",
			f.path, has, knows)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bringing the schema from %d to %d: %w", has, knows, f.explain(err))
	}
	return nil
}

// recognise accepts one of our databases, and an empty one if none was made yet.
func recognise(ctx context.Context, pool *sql.DB, f *file, made bool) error {
	var id, tables int
	err := pool.QueryRowContext(ctx, "SELECT application_id, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id").Scan(&id, &tables)
	if err != nil {
		return f.explain(err)
	}
	if made && tables == 0 {
		return f.corrupt("it is empty; " + beginAnew)
	}
	if id == mark {
		return nil
	}
	if id != 0 || tables != 0 {
		return fmt.Errorf("%q is a database of another program; give the server a data folder of its own", f.path)
	}
	// Ours from before the first table on: a start that is killed half-way must
	// find its own file again.
	_, err = pool.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", mark))
	return f.explain(err)
}
