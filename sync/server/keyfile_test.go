package server_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/server"
)

func TestKeyFileIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	if _, err := server.ReadKeyFile(dir); !errors.Is(err, fs.ErrNotExist) || server.KeyFileThere(dir) {
		t.Errorf("an empty folder gives %v", err)
	}
	k := must(server.NewKeyFile(origin, rand.Reader))
	for range 2 { // it is replaced in one step, also over itself
		if err := k.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(server.ReadKeyFile(dir)); got != k {
		t.Error("it reads otherwise than it was written")
	}
	if mode := must(os.Stat(filepath.Join(dir, server.KeyFileName))).Mode(); mode != 0o600 {
		t.Errorf("its mode is %v", mode)
	}
	if files := must(os.ReadDir(dir)); len(files) != 1 {
		t.Errorf("beside it there are %v", files)
	}
}

// Every change and every truncation is noticed: half a key file must not become
// other keys.
func TestADamagedKeyFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, server.KeyFileName)
	if err := must(server.NewKeyFile(origin, rand.Reader)).Write(dir); err != nil {
		t.Fatal(err)
	}
	good := must(os.ReadFile(path))
	for n := range good {
		write(t, path, good[:n])
		if _, err := server.ReadKeyFile(dir); !errors.Is(err, server.ErrKeyFile) {
			t.Fatalf("its first %d bytes give %v", n, err)
		}
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		write(t, path, bad)
		if _, err := server.ReadKeyFile(dir); !errors.Is(err, server.ErrKeyFile) {
			t.Errorf("with byte %d changed it gives %v", i, err)
		}
	}
	write(t, path, append(bytes.Clone(good), 0))
	if _, err := server.ReadKeyFile(dir); !errors.Is(err, server.ErrKeyFile) {
		t.Errorf("with a byte more it gives %v", err)
	}
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A crash while it is written leaves the old one, or none.
func TestAHalfWrittenKeyFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, server.KeyFileName+".new"), []byte("half"))
	if _, err := server.ReadKeyFile(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it gives %v", err)
	}
	k := must(server.NewKeyFile(origin, rand.Reader))
	if err := k.Write(dir); err != nil {
		t.Fatal(err)
	}
	if got := must(server.ReadKeyFile(dir)); got != k {
		t.Error("afterwards it reads otherwise than it was written")
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	k := must(server.NewKeyFile(origin, rand.Reader))
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%v", k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprintf("%s", k)} {
		if text != "(verifier.key)" {
			t.Errorf("it prints as %.40s", text)
		}
	}
	if one, two := must(server.NewKeyFile(origin, rand.Reader)), must(server.NewKeyFile(origin, rand.Reader)); one.Seed == two.Seed || one.Pepper == two.Pepper || one.Row == two.Row || one.Pepper == one.Row {
		t.Error("keys repeat")
	}
	if _, err := server.NewKeyFile(origin, strings.NewReader("too short")); err == nil {
		t.Error("keys are made without chance")
	}
}
