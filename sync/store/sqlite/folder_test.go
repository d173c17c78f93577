//go:build unix

package sqlite

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/countersign/countersign/sync/store"
)

// TestPrivate: folder and files are for the owner alone, whatever the umask says.
func TestPrivate(t *testing.T) {
	for name, make := range map[string]func(dir string) error{
		"made":  func(string) error { return nil },
		"empty": func(dir string) error { return os.Mkdir(dir, 0o777) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := make(dir); err != nil {
				t.Fatal(err)
			}
			db := open(t, dir)
			fill(t, db, 1)
			wantMode(t, dir, 0o700)
			for _, file := range files(t, dir) {
				wantMode(t, file, 0o600)
			}
			if n := len(files(t, dir)); n != 4 { // database, WAL, its index, lock
				t.Errorf("%d files were looked at", n)
			}
		})
	}
}

// TestFolderInUse: a folder that holds other things keeps the rights it has.
func TestFolderInUse(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "notes"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	wantMode(t, dir, 0o755)
	wantMode(t, filepath.Join(dir, databaseName), 0o600)
}

// TestRestoredRights: a backup that was copied back may be readable by all.
func TestRestoredRights(t *testing.T) {
	dir := t.TempDir()
	open(t, dir).Close()
	if err := os.Chmod(filepath.Join(dir, databaseName), 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	wantMode(t, filepath.Join(dir, databaseName), 0o600)
}

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	_, err := Open(t.Context(), dir, Options{})
	wantRefusal(t, err, store.ErrInUse, dir, "another folder")
	db.Close()
	open(t, dir)
}

// TestLockedElsewhere: the lock is seen by other processes, and ends with the
// one that holds it however that ends.
func TestLockedElsewhere(t *testing.T) {
	dir := t.TempDir()
	holder := exec.Command(os.Args[0], "-test.run=^TestHoldLock$")
	holder.Env = append(os.Environ(), "COUNTERSIGN_TEST_DATA="+dir)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	_, err = Open(t.Context(), dir, Options{})
	wantRefusal(t, err, store.ErrInUse, dir)
	holder.Process.Signal(syscall.SIGKILL)
	holder.Wait()
	open(t, dir)
}

// TestHoldLock is the other process of TestLockedElsewhere.
func TestHoldLock(t *testing.T) {
	dir := os.Getenv("COUNTERSIGN_TEST_DATA")
	if dir == "" {
		t.Skip("runs within TestLockedElsewhere")
	}
	open(t, dir)
	fmt.Println("open")
	os.Stdin.Read(make([]byte, 1)) // until it is killed, or the test that started it is gone
}

func TestNetworkFilesystem(t *testing.T) {
	dir := t.TempDir()
	nfs := func(string) (string, error) { return "NFS", nil }
	_, err := Open(t.Context(), dir, Options{testOnlyFilesystem: nfs})
	wantRefusal(t, err, nil, dir, "NFS", "local disk")
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("it left %v behind", left)
	}
	if name, err := networkFilesystem(dir); name != "" || err != nil {
		t.Errorf("the folder of this test is on %q, %v", name, err)
	}
}

// TestGone: a database that was there and is gone, or was emptied, is damage and
// not a first start; a new one is made only when somebody says so.
func TestGone(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"removed": os.Remove,
		"emptied": func(path string) error { return os.Truncate(path, 0) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db := open(t, dir)
			fill(t, db, 3)
			db.Close()
			if err := lose(filepath.Join(dir, databaseName)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the first refusal must not make the second start a first one
				_, err := Open(t.Context(), dir, Options{})
				wantRefusal(t, err, store.ErrCorrupt, databaseName, "backup", lockName)
			}
			if err := os.Remove(filepath.Join(dir, lockName)); err != nil {
				t.Fatal(err)
			}
			if n := count(t, open(t, dir)); n != 0 {
				t.Errorf("the new database has %d accounts", n)
			}
		})
	}
}

// TestRestored: a backup is the database file alone.
func TestRestored(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	db := open(t, dir)
	fill(t, db, 3)
	db.Close()
	if err := os.Rename(filepath.Join(dir, databaseName), filepath.Join(other, databaseName)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, other)); n != 3 {
		t.Errorf("%d of 3 accounts came back", n)
	}
}

// TestUnwritable: rights that are missing are named, with the file.
func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), filepath.Join(dir, "file"), Options{})
	wantRefusal(t, err, nil, filepath.Join(dir, "file"))
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func wantMode(t *testing.T, path string, want os.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != want {
		t.Errorf("%s has the mode %o, want %o", path, got, want)
	}
}
