package backend

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"
)

// adminSocket lets whoever may open it (the server's own user) ask a running
// backend for invitations.
const adminSocket = "admin.sock"

// longestSocket is what every system takes as a socket's path, in bytes.
const longestSocket = 100

// socketPath is where the socket of a data folder is: in it, or, where that path
// is too long for a socket, in a folder of its own among the temporary files, under
// a name that follows from it.
func socketPath(dir string) (path string, elsewhere bool, err error) {
	path, err = filepath.Abs(filepath.Join(dir, adminSocket))
	if err != nil || len(path) <= longestSocket {
		return path, false, err
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(os.TempDir(), "countersign-"+hex.EncodeToString(sum[:8]), adminSocket), true, nil
}

// listenAdmin opens the socket, in place of one that a killed server left.
func listenAdmin(dir string) (net.Listener, error) {
	path, elsewhere, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	if elsewhere {
		if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if err := checkOwn(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// dialAdmin reaches the socket of a running server; nil if there is none.
func dialAdmin(ctx context.Context, dir string) (net.Conn, error) {
	path, elsewhere, err := socketPath(dir)
	if err != nil {
		return nil, err
	}
	if elsewhere {
		err := checkOwn(filepath.Dir(path))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, ctx.Err()
	}
	return conn, nil
}

// checkOwn refuses a folder that somebody else made, or could have put a socket
// into: who answers there would hand out invitations of their own.
func checkOwn(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || !private(info) {
		return fmt.Errorf("%q is not a folder of this user alone; remove it, or choose a shorter path for the data", dir)
	}
	return nil
}
