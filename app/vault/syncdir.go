//go:build unix

package vault

import (
	"errors"
	"os"
	"syscall"
)

// syncDir waits until the names in a folder are on the disk. A file system
// that cannot be asked (EINVAL) keeps them as well as it keeps anything.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) {
		err = nil
	}
	return errors.Join(err, dir.Close())
}
