package sqlite

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// errLocked says that somebody else holds the lock.
var errLocked = errors.New("locked")

// lockFile takes the lock that ends with the file or the process, and never
// waits. It covers a byte far behind the text, which stays readable.
func lockFile(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := windows.Overlapped{Offset: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}

// syncFolder does nothing: NTFS journals names by itself.
func syncFolder(string) error { return nil }
