package app_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
)

// phrases answers for a passphrase and counts how it was asked.
type phrases struct {
	text       string
	fresh, old int
}

func (p *phrases) ask(_ context.Context, fresh bool) ([]byte, error) {
	if fresh {
		p.fresh++
	} else {
		p.old++
	}
	return []byte(p.text), nil
}

// noKeyring is a session without D-Bus.
func noKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
}

// silentKeyring is a session bus that takes connections and says nothing.
func silentKeyring(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
}

func TestWithoutAKeyringAFileIsUsed(t *testing.T) {
	noKeyring(t)
	p := &phrases{text: "a passphrase"}
	in := app.VaultInput{Dir: filepath.Join(t.TempDir(), "countersign"), Passphrase: p.ask}
	choice, err := app.ChooseVault(t.Context(), in)
	if err != nil || choice.Kind != app.VaultFile || choice.Notice != app.NoticeKeyringAbsent || p.fresh != 1 {
		t.Fatalf("choice is %+v, %v; asked for a new passphrase %d times", choice, err, p.fresh)
	}
	if err := choice.Vault.Put(t.Context(), "device", []byte("x")); err != nil {
		t.Fatal(err)
	}
	choice, err = app.ChooseVault(t.Context(), in)
	if err != nil || choice.Kind != app.VaultFile || choice.Notice != app.NoticeNone || p.old != 1 {
		t.Errorf("the next start chooses %+v, %v", choice, err)
	}
	p.text = "another"
	if _, err := app.ChooseVault(t.Context(), in); app.TroubleOf(err) != app.TroublePassphrase {
		t.Errorf("a wrong passphrase gives %v", err)
	}
}

// An account whose secrets are in the keyring does not begin anew in an empty
// file only because the keyring is away today.
func TestAKeyringInUseIsNotReplaced(t *testing.T) {
	noKeyring(t)
	p := &phrases{text: "a passphrase"}
	in := app.VaultInput{Dir: t.TempDir(), Passphrase: p.ask}
	s, err := vault.OpenState(filepath.Join(in.Dir, "00112233445566778899aabbccddeeff"), [32]byte{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Save([]byte("x")), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := app.ChooseVault(t.Context(), in); app.TroubleOf(err) != app.TroubleAbsent || p.fresh != 0 {
		t.Errorf("without the keyring: %v, asked %d times", err, p.fresh)
	}
	in.File = true
	if choice, err := app.ChooseVault(t.Context(), in); err != nil || choice.Kind != app.VaultFile {
		t.Errorf("when the person says so: %+v, %v", choice, err)
	}
}

func TestASilentKeyringHoldsNobodyUp(t *testing.T) {
	silentKeyring(t)
	p := &phrases{text: "a passphrase"}
	began := time.Now()
	choice, err := app.ChooseVault(t.Context(), app.VaultInput{Dir: t.TempDir(), Passphrase: p.ask})
	if err != nil || choice.Kind != app.VaultFile || choice.Notice != app.NoticeKeyringSilent {
		t.Errorf("choice is %+v, %v", choice, err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestNamedVaults(t *testing.T) {
	noKeyring(t)
	p := &phrases{text: "a passphrase"}
	path := filepath.Join(t.TempDir(), "anna.vault")
	choice, err := app.ChooseVault(t.Context(), app.VaultInput{Spec: "file:" + path, Passphrase: p.ask})
	if err != nil || choice.Kind != app.VaultFile || choice.Notice != app.NoticeNone {
		t.Errorf("a file gives %+v, %v", choice, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening alone made the file: %v", err)
	}
	if choice, err := app.ChooseVault(t.Context(), app.VaultInput{Spec: "memory"}); err != nil || choice.Kind != app.VaultMemory {
		t.Errorf("memory gives %+v, %v", choice, err)
	}
	for _, spec := range []string{"file:", "paper", "keyring:x"} {
		if _, err := app.ChooseVault(t.Context(), app.VaultInput{Spec: spec, Dir: t.TempDir(), Passphrase: p.ask}); err == nil {
			t.Errorf("%q opens", spec)
		}
	}
	if _, err := app.ChooseVault(t.Context(), app.VaultInput{Spec: "file:" + path}); app.TroubleOf(err) != app.TroublePassphrase {
		t.Errorf("without anybody to ask: %v", err)
	}
}

func TestFolder(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", "/somewhere/data")
	if dir, err := app.Folder(); err != nil || filepath.Base(dir) != "countersign" || !filepath.IsAbs(dir) {
		t.Errorf("Folder = %q, %v", dir, err)
	}
	t.Setenv("XDG_DATA_HOME", "relative") // to be ignored, as the standard says
	home := t.TempDir()
	t.Setenv("HOME", home)
	if dir, err := app.Folder(); err != nil || dir != filepath.Join(home, ".local", "share", "countersign") {
		t.Errorf("Folder = %q, %v", dir, err)
	}
}
