package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// lockPoll is how often a lock held by another program is tried again. The
// systems have no common way to wait for a lock and a deadline at once.
const lockPoll = 5 * time.Millisecond

// fileLock is an exclusive lock that ends with the process, however it ends.
// The file itself stays: removing it would let two programs lock two files of
// one name.
type fileLock struct {
	file *os.File
}

// takeLock locks path, making it and its folder, or returns ErrInUse.
func takeLock(path string) (*fileLock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making folder: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening lock: %w", err)
	}
	if err := lockNow(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &fileLock{file}, nil
}

// waitForLock is takeLock that tries until ctx ends.
func waitForLock(ctx context.Context, path string) (*fileLock, error) {
	tick := time.NewTicker(lockPoll)
	defer tick.Stop()
	for {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("waiting for another program: %w", interrupted(ctx))
		}
		lock, err := takeLock(path)
		if !errors.Is(err, ErrInUse) {
			return lock, err
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// release gives the lock back. Closing the file does it on every system.
func (l *fileLock) release() error { return l.file.Close() }
