package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func newFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "vault")
	put(t, cheapFile(t, path, "passphrase"), "device", []byte("planted secret"))
	return path
}

func TestFileOutlivesProgram(t *testing.T) {
	path := newFile(t)
	wantValue(t, cheapFile(t, path, "passphrase"), "device", []byte("planted secret"))
	data, err := os.ReadFile(path)
	wantError(t, err, nil)
	for _, secret := range []string{"planted", "device", "passphrase"} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("the file shows %q", secret)
		}
	}
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "vault")
	put(t, cheapFile(t, path, "passphrase"), "device", nil)
	for name, want := range map[string]os.FileMode{path: 0o600, path + ".lock": 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		wantError(t, err, nil)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(name), got, want)
		}
	}
	wantNames(t, filepath.Dir(path), "vault", "vault.lock")
}

func wantNames(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	wantError(t, err, nil)
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("folder holds %v, want %v", got, want)
	}
}

func TestFileWrongPassphrase(t *testing.T) {
	path := newFile(t)
	before := fingerprint(t, path)
	for _, wrong := range []string{"Passphrase", "passphrase ", "p", ""} {
		_, err := openFile(path, []byte(wrong), cheap())
		wantError(t, err, ErrPassphrase)
	}
	wantSame(t, path, before)
}

// A vault opened before its file existed meets one made under another
// passphrase meanwhile: it must not write over it.
func TestFileMadeByAnotherMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	early, same := cheapFile(t, path, "one"), cheapFile(t, path, "two")
	put(t, cheapFile(t, path, "two"), "device", []byte("first"))
	before := fingerprint(t, path)
	wantError(t, early.Put(t.Context(), "device", []byte("x")), ErrPassphrase)
	wantSame(t, path, before)
	put(t, same, "more", []byte("second"))
	wantValue(t, same, "device", []byte("first"))
}

func TestFileSealedAnewUnderOpenVault(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	wantError(t, os.Remove(path), nil)
	put(t, cheapFile(t, path, "passphrase"), "device", []byte("other"))
	before := fingerprint(t, path)
	wantError(t, v.Put(t.Context(), "device", []byte("x")), ErrPassphrase)
	wantSame(t, path, before)
}

func TestFileGoneIsDamage(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	wantError(t, os.Remove(path), nil)
	_, err := v.Get(t.Context(), "device")
	wantError(t, err, ErrDamaged)
	wantError(t, v.Put(t.Context(), "device", []byte("x")), ErrDamaged)
	if there, _ := isThere(path); there {
		t.Error("the vault was silently made anew")
	}
}

// Every bit of the file, every length and some foreign files: a flat ErrDamaged,
// and the file is as it was, for a vault being opened and for one already open.
func TestFileDamage(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	sound := fingerprint(t, path)
	damaged := [][]byte{append(bytes.Clone(sound), 0), []byte("hello"), make([]byte, maxFile+1)}
	for i := range sound {
		for bit := range 8 {
			changed := bytes.Clone(sound)
			changed[i] ^= 1 << bit
			damaged = append(damaged, changed)
		}
		damaged = append(damaged, sound[:i])
	}
	for _, data := range damaged {
		wantError(t, os.WriteFile(path, data, 0o600), nil)
		_, err := openFile(path, []byte("passphrase"), cheap())
		wantError(t, err, ErrDamaged)
		_, err = v.Get(t.Context(), "device")
		wantError(t, err, ErrDamaged)
		wantError(t, v.Put(t.Context(), "device", nil), ErrDamaged)
		wantError(t, v.Delete(t.Context(), "device"), ErrDamaged)
		wantSame(t, path, data)
	}
	wantError(t, os.WriteFile(path, sound, 0o600), nil)
	wantValue(t, v, "device", []byte("planted secret"))
}

// Somebody who repairs the checksum after changing the envelope gets no further.
func TestFileForgedChecksum(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	sealed := bytes.Clone(fingerprint(t, path)[len(fileMagic)+32:])
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 0x10
		data := formatFile(changed)
		wantError(t, os.WriteFile(path, data, 0o600), nil)
		_, err := v.Get(t.Context(), "device")
		if !errors.Is(err, ErrPassphrase) && !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d: %v", i, err)
		}
		if v.Put(t.Context(), "device", nil) == nil {
			t.Fatalf("byte %d: written over", i)
		}
		wantSame(t, path, data)
	}
}

func TestFileNotAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	wantError(t, os.Mkdir(path, 0o700), nil)
	_, err := openFile(path, []byte("passphrase"), cheap())
	wantError(t, err, ErrDamaged)
}

func TestFileFollowsLink(t *testing.T) {
	path := newFile(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	put(t, cheapFile(t, link, "passphrase"), "through", []byte("link"))
	wantValue(t, cheapFile(t, path, "passphrase"), "through", []byte("link"))
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Error("the link was replaced by a file")
	}
}

func TestFileIsFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	v := cheapFile(t, path, "passphrase")
	largest := bytes.Repeat([]byte{0xff}, MaxValue)
	for i := range maxSecrets {
		put(t, v, fmt.Sprintf("%064d", i), largest)
	}
	wantError(t, v.Put(t.Context(), "more", nil), ErrTooLarge)
	again := cheapFile(t, path, "passphrase")
	wantValue(t, again, fmt.Sprintf("%064d", maxSecrets-1), largest)
	put(t, again, fmt.Sprintf("%064d", 0), nil)
}

func TestFileHeldByAnother(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	lock, err := takeLock(path + ".lock")
	wantError(t, err, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = v.Get(ctx, "device")
	wantError(t, err, ErrTimeout)
	wantError(t, lock.release(), nil)
	wantValue(t, v, "device", []byte("planted secret"))
}

// Four programs put ten secrets each into one new file: all forty are there.
func TestFileSharedByPrograms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	var waits []func() error
	for i := range 4 {
		cmd := program("put-some", path, fmt.Sprint(i))
		wantError(t, cmd.Start(), nil)
		waits = append(waits, cmd.Wait)
	}
	for _, wait := range waits {
		if err := wait(); err != nil {
			t.Error(err)
		}
	}
	v := cheapFile(t, path, "passphrase")
	for i := range 40 {
		wantValue(t, v, fmt.Sprintf("%d.%d", i/10, i%10), []byte("here"))
	}
}

func putSome(path, name string) error {
	f, err := openFile(path, []byte("passphrase"), cheap())
	for i := 0; err == nil && i < 10; i++ {
		err = f.Put(context.Background(), fmt.Sprintf("%s.%d", name, i), []byte("here"))
	}
	return err
}

// A write that cannot happen leaves the old file, and no litter.
func TestFileFailedWrite(t *testing.T) {
	path := newFile(t)
	v := cheapFile(t, path, "passphrase")
	before := fingerprint(t, path)
	wantError(t, os.MkdirAll(filepath.Join(path+".new", "in the way"), 0o700), nil)
	if v.Put(t.Context(), "device", []byte("x")) == nil {
		t.Fatal("wrote through an obstacle")
	}
	wantSame(t, path, before)
	wantError(t, os.RemoveAll(path+".new"), nil)
	put(t, v, "device", []byte("x"))
	wantNames(t, filepath.Dir(path), "vault", "vault.lock")
}

func TestFileForgetsPassphrase(t *testing.T) {
	path := newFile(t)
	mine := []byte("passphrase")
	v, err := openFile(path, mine, cheap())
	wantError(t, err, nil)
	if v.passphrase != nil || string(mine) != "passphrase" {
		t.Error("the passphrase is kept, or the caller's was wiped")
	}
}

func fingerprint(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	wantError(t, err, nil)
	return data
}

func wantSame(t *testing.T, path string, want []byte) {
	t.Helper()
	if !bytes.Equal(fingerprint(t, path), want) {
		t.Fatalf("%s was written to", filepath.Base(path))
	}
}
