//go:build !wasm

package sqlite

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/countersign/countersign/sync/store"
)

const (
	databaseName = "countersign.db"
	lockName     = "countersign.lock"
	// madeMark is what the lock file says once the database was made. Without it
	// an empty or missing database would look like a first start.
	madeMark = "countersign.db was made\n"
)

// folder is the data folder, locked for this process while it is open.
type folder struct {
	path string
	lock *os.File
	made bool // the database was made by an earlier start
}

// openFolder makes the folder if it is missing and locks it. ErrInUse when
// another process, or another Open in this one, has it.
func openFolder(path string, filesystem func(string) (string, error)) (*folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	network, err := filesystem(path)
	if err != nil {
		return nil, fmt.Errorf("finding the file system of %q: %w", path, err)
	}
	if network != "" {
		return nil, fmt.Errorf("data folder %q is on a network file system (%s), where locks and flushes cannot be relied on; choose a folder on a local disk", path, network)
	}
	d := &folder{path: path}
	if err := d.takeLock(); err != nil {
		return nil, err
	}
	return d, nil
}

// makePrivate makes the folder for its owner alone. A folder that is there and
// empty is made private too; one with something in it is left as its owner had it,
// and refused if others may write into it: they could put their own keys there.
func makePrivate(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return err
	}
	names, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return os.Chmod(path, 0o700)
	}
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("others may write into it (mode %04o); make it yours alone: chmod 700", info.Mode().Perm())
	}
	return err
}

func (d *folder) takeLock() error {
	name := filepath.Join(d.path, lockName)
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := lockFile(f); err != nil {
		f.Close()
		if errors.Is(err, errLocked) {
			return fmt.Errorf("data folder %q: %w (it holds %s); stop that server, or give this one another folder",
				d.path, store.ErrInUse, lockName)
		}
		return fmt.Errorf("locking %q: %w", name, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(len(madeMark))))
	if err != nil {
		f.Close()
		return err
	}
	d.lock, d.made = f, len(text) > 0
	return nil
}

// smallest is the least that the engine itself writes, one page of 512 bytes. It
// takes a shorter file for an empty database.
const smallest = 512

// database makes sure that the database file exists and belongs to its owner
// alone. One that was made and is gone, or was cut off, is ErrCorrupt.
func (d *folder) database(f *file) error {
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if d.made {
			return f.corrupt("it is gone; " + beginAnew)
		}
	case err != nil:
		return err
	case info.Size() > 0 && info.Size() < smallest:
		return f.corrupt(fmt.Sprintf("only %d bytes are left", info.Size()))
	}
	if err := touchPrivate(f.path); err != nil {
		return err
	}
	return d.tighten()
}

// beginAnew is what to do when the loss is meant.
const beginAnew = "if it shall begin anew, remove " + lockName

// touchPrivate makes the file before the engine does, which would let others read it.
func touchPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// tighten takes the rights of others from the database's files, which a restore
// may have brought back.
func (d *folder) tighten() error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		err := os.Chmod(filepath.Join(d.path, databaseName+suffix), 0o600)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// remember notes on stable storage that the database was made.
func (d *folder) remember() error {
	if d.made {
		return nil
	}
	for _, dir := range []string{filepath.Dir(d.path), d.path} {
		if err := syncFolder(dir); err != nil {
			return fmt.Errorf("flushing folder %q: %w", dir, err)
		}
	}
	if _, err := d.lock.WriteAt([]byte(madeMark), 0); err != nil {
		return err
	}
	if err := d.lock.Sync(); err != nil {
		return err
	}
	d.made = true
	return nil
}

// close lets the next process in.
func (d *folder) close() error { return d.lock.Close() }
