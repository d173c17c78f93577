//go:build !js && !android && !ios

package desktop

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"
)

// ErrTaken says that another window is on the data folder; it was brought to the
// front.
var ErrTaken = errors.New("the window is open already and was brought to the front")

// ErrSilent says that another window is on the data folder and does not answer.
var ErrSilent = errors.New("the window is open already, but does not answer")

const (
	// claimPatience is how long another window may take to answer: it may only
	// just have started. Chosen arbitrarily.
	claimPatience = 5 * time.Second
	claimPoll     = 20 * time.Millisecond
	// maxSocketPath is what the systems allow the name of a socket, in bytes;
	// the least is macOS's 104 with a zero at the end.
	maxSocketPath = 103
	// heard is the answer to whoever starts second.
	heard = byte('1')
)

// Claim is the right to be the one window on a data folder.
type Claim struct {
	lock   *os.File
	waker  net.Listener
	served chan struct{}
}

// Take claims the data folder, making it if need be. If another window has it,
// that one is brought to the front: ErrTaken, or ErrSilent if it does not answer.
//
// The claim is a lock that ends with the process, however it ends; the socket
// only carries the wish to be shown. Nobody but the person can reach it.
func Take(dir string) (*Claim, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making data folder: %w", err)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("finding data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "window-lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening lock: %w", err)
	}
	taken, err := lockNow(lock)
	if err == nil && taken {
		err = wake(socketPath(dir), claimPatience)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	waker, err := listen(socketPath(dir))
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Claim{lock: lock, waker: waker}, nil
}

// Serve calls front whenever somebody starts the app once more.
func (c *Claim) Serve(front func()) {
	c.served = make(chan struct{})
	go func() {
		defer close(c.served)
		for {
			conn, err := c.waker.Accept()
			if err != nil {
				return
			}
			front()
			_, _ = conn.Write([]byte{heard}) // whoever does not wait for it is gone
			_ = conn.Close()
		}
	}()
}

// Release gives the folder free. The lock's file stays: removing it would let two
// windows lock two files of one name.
func (c *Claim) Release() {
	_ = c.waker.Close() // removes the socket
	if c.served != nil {
		<-c.served
	}
	_ = c.lock.Close()
}

// listen opens the socket. The lock is held, so one that lies there is what a
// killed window left.
func listen(path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("removing an old socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("closing socket to others: %w", err), l.Close())
	}
	return l, nil
}

// wake asks the window that holds the lock to come to the front.
func wake(path string, patience time.Duration) error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		conn, err := net.DialTimeout("unix", path, time.Until(deadline))
		if err != nil {
			time.Sleep(claimPoll) // it has the lock, but not the socket yet
			continue
		}
		_ = conn.SetDeadline(deadline)
		answer := make([]byte, 1)
		n, _ := conn.Read(answer)
		_ = conn.Close()
		if n == 1 && answer[0] == heard {
			return ErrTaken
		}
	}
	return ErrSilent
}

// socketPath is in the folder, or, as that name may be too long for a socket, in
// the system's folder for temporary files under a name made of it.
func socketPath(dir string) string {
	path := filepath.Join(dir, "window-socket")
	if len(path) <= maxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(os.TempDir(), "countersign-"+hex.EncodeToString(sum[:8]))
}
