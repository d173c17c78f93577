package desktop

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func take(t *testing.T, dir string) *Claim {
	t.Helper()
	c, err := Take(dir)
	if err != nil {
		t.Fatalf("taking %q: %v", dir, err)
	}
	t.Cleanup(c.Release)
	return c
}

func TestSecondStartWakesTheFirst(t *testing.T) {
	dir := t.TempDir()
	var woken atomic.Int32
	take(t, dir).Serve(func() { woken.Add(1) })
	for n := range int32(3) {
		if _, err := Take(dir); !errors.Is(err, ErrTaken) {
			t.Fatalf("start %d: %v", n+2, err)
		}
		if woken.Load() != n+1 {
			t.Errorf("start %d: woken %d times", n+2, woken.Load())
		}
	}
	take(t, t.TempDir()) // another folder is another window
}

func TestFolderIsFreeAgain(t *testing.T) {
	dir := t.TempDir()
	c, err := Take(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Serve(func() {})
	c.Release()
	take(t, dir)
}

// A window that was killed leaves its socket and its lock's file, but no lock.
func TestWhatAKilledWindowLeftIsNoWindow(t *testing.T) {
	dir := t.TempDir()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "window-socket"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	l.Close()
	if err := os.WriteFile(filepath.Join(dir, "window-lock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	take(t, dir)
}

func TestManyStartsGiveOneWindow(t *testing.T) {
	dir := t.TempDir()
	var windows atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			c, err := Take(dir)
			switch {
			case err == nil:
				windows.Add(1)
				c.Serve(func() {})
				t.Cleanup(c.Release)
			case !errors.Is(err, ErrTaken):
				t.Errorf("a start that is neither first nor second: %v", err)
			}
		})
	}
	all.Wait()
	if windows.Load() != 1 {
		t.Errorf("%d windows on one folder", windows.Load())
	}
}

// Somebody may hold the lock and hang, or answer with something else.
func TestWindowThatDoesNotAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	if err := wake(path, 20*time.Millisecond); !errors.Is(err, ErrSilent) {
		t.Errorf("no socket: %v", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := wake(path, 20*time.Millisecond); !errors.Is(err, ErrSilent) {
		t.Errorf("no answer: %v", err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("no"))
			c.Close()
		}
	}()
	if err := wake(path, 100*time.Millisecond); !errors.Is(err, ErrSilent) {
		t.Errorf("another answer: %v", err)
	}
}

func TestNobodyElseReachesTheWindow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made")
	take(t, dir)
	for path, want := range map[string]os.FileMode{
		dir: os.ModeDir | 0o700, filepath.Join(dir, "window-lock"): 0o600, filepath.Join(dir, "window-socket"): os.ModeSocket | 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode() != want {
			t.Errorf("%s has mode %v, want %v (%v)", path, info.Mode(), want, err)
		}
	}
}

func TestLongFolder(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 40))
	var woken atomic.Bool
	take(t, dir).Serve(func() { woken.Store(true) })
	if _, err := Take(dir); !errors.Is(err, ErrTaken) || !woken.Load() {
		t.Errorf("second start: %v, woken %v", err, woken.Load())
	}
}

func TestFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(filepath.Join(file, "below")); err == nil || errors.Is(err, ErrTaken) {
		t.Errorf("taking a folder below a file: %v", err)
	}
}
