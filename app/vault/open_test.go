package vault

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenNamesBackEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vault")
	asked := 0
	passphrase := func() ([]byte, error) { asked++; return []byte("secret phrase"), nil }
	memory, err := Open("memory", nil)
	wantError(t, err, nil)
	if _, ok := memory.(*Memory); !ok {
		t.Errorf("memory is a %T", memory)
	}
	file, err := Open("file:"+path, passphrase)
	wantError(t, err, nil)
	if f, ok := file.(*File); !ok || f.path != path {
		t.Errorf("file is a %T", file)
	}
	if asked != 1 {
		t.Errorf("passphrase asked %d times", asked)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) > 0 {
		t.Errorf("opening made %v", left)
	}
}

func TestOpenRefuses(t *testing.T) {
	noTerminal := errors.New("no terminal")
	empty := func() ([]byte, error) { return nil, nil }
	for _, spec := range []string{"", "file", "file:", "Memory", "memory:", "keyring:x", "/etc/passwd", "http://localhost"} {
		v, err := Open(spec, empty)
		if err == nil || v != nil {
			t.Errorf("%q opened as %T", spec, v)
		}
	}
	path := filepath.Join(t.TempDir(), "vault")
	_, err := Open("file:"+path, func() ([]byte, error) { return nil, noTerminal })
	wantError(t, err, noTerminal)
	_, err = Open("file:"+path, empty)
	wantError(t, err, ErrPassphrase)
	_, err = Open("file:"+path, nil)
	if err == nil {
		t.Error("opened without a passphrase")
	}
}

// The one test of a vault file at its real cost, from end to end.
func TestOpenFileAtFullCost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "vault")
	passphrase := []byte("correct horse")
	ask := func() ([]byte, error) { return passphrase, nil }
	v, err := Open("file:"+path, ask)
	wantError(t, err, nil)
	put(t, v, "device", []byte("planted secret"))
	if string(passphrase) != "correct horse" {
		t.Error("the caller's passphrase was changed")
	}
	v, err = Open("file:"+path, ask)
	wantError(t, err, nil)
	wantValue(t, v, "device", []byte("planted secret"))
	if f := v.(*File); f.head.Cost != (cost{Passes: 3, Memory: 65536, Threads: 1}) {
		t.Errorf("cost is %+v", f.head.Cost)
	}
	_, err = Open("file:"+path, func() ([]byte, error) { return []byte("wrong horse"), nil })
	wantError(t, err, ErrPassphrase)
	if strings.Contains(err.Error(), "horse") {
		t.Error("the error tells the passphrase")
	}
}
