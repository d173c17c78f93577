package backend_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/store"
)

func TestStartAnswersAndStartsAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	b := start(t, here(dir))
	if status, text := get(t, ask(t, b.Address()+"/healthz")); status != http.StatusOK || text != "ok\n" {
		t.Errorf("health is %d %q", status, text)
	}
	settle(t, b, "anna")
	origin := b.URL()
	stop(t, b)
	stop(t, b) // a second time is nothing
	if err := <-b.Failed(); err != nil {
		t.Errorf("after Close, Failed gives %v", err)
	}
	if _, err := http.Get(b.Address() + "/healthz"); err == nil {
		t.Error("it answers after Close")
	}
	again := start(t, here(dir))
	if again.URL() != origin {
		t.Errorf("with an account, the public address became %s, was %s", again.URL(), origin)
	}
	list := must(backend.Accounts(t.Context(), here(dir)))
	if len(list) != 1 || list[0].Name != "anna" || list[0].Devices != 1 || list[0].TwoStep {
		t.Errorf("after a restart the accounts are %+v", list)
	}
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	start(t, here(dir))
	files := must(os.ReadDir(dir))
	if len(files) < 4 {
		t.Fatalf("only %d files", len(files))
	}
	for _, f := range files {
		if mode := must(f.Info()).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), mode)
		}
	}
	if mode := must(os.Stat(dir)).Mode().Perm(); mode != 0o700 {
		t.Errorf("the folder has mode %v", mode)
	}
}

// What cannot start says why, and leaves nothing open: the same options start once
// the cause is gone.
func TestStartRefuses(t *testing.T) {
	running := start(t, here(t.TempDir()))
	used := t.TempDir()
	start(t, here(used))
	for name, c := range map[string]struct {
		change func(*backend.Options)
		is     error
		says   string
	}{
		"a port in use":            {func(o *backend.Options) { o.Listen = "127.0.0.1:" + port(running) }, nil, "address already in use"},
		"data in use":              {func(o *backend.Options) { o.Data = used }, store.ErrInUse, "stop that server"},
		"no data folder":           {func(o *backend.Options) { o.Data = "" }, backend.ErrOptions, "data folder"},
		"no address":               {func(o *backend.Options) { o.Listen = "" }, backend.ErrOptions, "listen"},
		"an address that is none":  {func(o *backend.Options) { o.Listen = "nowhere" }, nil, "listening"},
		"a name nobody can show":   {func(o *backend.Options) { o.Name = strings.Repeat("W", 65) }, nil, "name"},
		"a name that hides text":   {func(o *backend.Options) { o.Name = "a\u202eb" }, nil, "name"},
		"a certificate without":    {func(o *backend.Options) { o.CertFile = "missing" }, nil, "certificate"},
		"a data folder that isn't": {func(o *backend.Options) { o.Data = must(os.Executable()) }, nil, "data folder"},
	} {
		t.Run(name, func(t *testing.T) {
			o := here(t.TempDir())
			c.change(&o)
			b, err := backend.Start(t.Context(), o)
			if err == nil {
				b.Close()
				t.Fatal("it starts")
			}
			if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q", err)
			}
			if o.Data != used && o.Data != "" && o.Data != must(os.Executable()) {
				start(t, here(o.Data)) // nothing kept the folder
			}
		})
	}
}

// Without its keys a database of accounts is worth nothing; new keys would lock
// everybody out without a word.
func TestKeyFileIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	b := start(t, here(dir))
	settle(t, b, "anna")
	stop(t, b)
	path := filepath.Join(dir, "verifier.key")
	key := must(os.ReadFile(path))
	for what, write := range map[string]func() error{
		"missing": func() error { return os.Remove(path) },
		"damaged": func() error { return os.WriteFile(path, append([]byte{0}, key...), 0o600) },
		"cut off": func() error { return os.WriteFile(path, key[:len(key)-1], 0o600) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
		if b, err := backend.Start(t.Context(), here(dir)); err == nil || !strings.Contains(err.Error(), "verifier.key") {
			t.Errorf("with a %s file, Start gives %v", what, err)
			if err == nil {
				b.Close()
			}
		}
		if _, err := backend.Invite(t.Context(), backend.Options{Data: dir, PublicURL: b.URL()}, "berta"); err == nil {
			t.Errorf("with a %s file, an invitation is made", what)
		}
		if err := os.WriteFile(path, key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, here(dir))
}
