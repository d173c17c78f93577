package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile puts data at path so that whenever the program or the machine
// stops, path holds either all of the old or all of the new, and the new once
// this has returned nil. The caller holds the lock on path: the file on the
// way is path.new, and one left by a stopped program is swept away.
func replaceFile(path string, data []byte) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing leftover: %w", err)
	}
	if err := writeFile(fresh, data); err != nil {
		return errors.Join(fmt.Errorf("writing file: %w", err), os.Remove(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(fmt.Errorf("replacing file: %w", err), os.Remove(fresh))
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("syncing folder: %w", err)
	}
	return nil
}

// writeFile makes a file that only its owner can read, and waits for the disk.
func writeFile(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// readFile returns a regular file of at most limit bytes; a longer one, or
// anything else than a regular file, is ErrDamaged.
func readFile(path string, limit int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrDamaged
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > limit {
		return nil, ErrDamaged
	}
	return data, nil
}

func isThere(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
