package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/countersign/countersign/app/vault"
)

// VaultInput says where the device's secrets may be kept.
type VaultInput struct {
	Spec string // "keyring" (or empty), "file:PATH", "memory"
	Dir  string // the device's folder; without a keyring its vault file lies here
	File bool   // use the file even if there is a keyring: the person said so
	// Passphrase asks for the file's passphrase; fresh: the file does not exist
	// yet, so it is to be chosen.
	Passphrase func(ctx context.Context, fresh bool) ([]byte, error)
}

// VaultChoice is an opened vault, and what there is to say about it.
type VaultChoice struct {
	Vault  vault.Vault
	Kind   VaultKind
	Notice Notice
}

// ChooseVault opens the vault the person wants: the operating system's keyring,
// or, where that is missing or silent, a file sealed with a passphrase. An
// account that was set up with one of them stays there: a vault file that exists
// is used, and a keyring that was in use is not replaced by an empty file.
//
// It may raise the system's own prompt, so it does not belong on the goroutine
// that draws. TroubleOf its error is TroubleLocked, TroubleAbsent or
// TroubleSilent where trying again, or File, can help; TroublePassphrase or
// TroubleDamaged for the file. It may be called again.
func ChooseVault(ctx context.Context, in VaultInput) (VaultChoice, error) {
	if path, ok := strings.CutPrefix(in.Spec, "file:"); ok {
		return in.openFile(ctx, path, NoticeNone)
	}
	if in.Spec == "memory" {
		return VaultChoice{Vault: vault.NewMemory(), Kind: VaultMemory}, nil
	}
	if in.Spec != "" && in.Spec != "keyring" {
		return VaultChoice{}, fmt.Errorf("opening vault: %q is none of keyring, file:PATH, memory", in.Spec)
	}
	path := VaultFilePath(in.Dir)
	if in.File || exists(path) {
		return in.openFile(ctx, path, NoticeNone)
	}
	ring, err := openKeyring(ctx)
	switch {
	case err == nil:
		return VaultChoice{Vault: ring, Kind: VaultKeyring}, nil
	case errors.Is(err, vault.ErrUnavailable) && !in.settled():
		return in.openFile(ctx, path, NoticeKeyringAbsent)
	case errors.Is(err, vault.ErrTimeout) && !in.settled():
		return in.openFile(ctx, path, NoticeKeyringSilent)
	}
	return VaultChoice{}, err
}

// VaultFilePath gives where a device without a keyring keeps its secrets.
func VaultFilePath(dir string) string { return filepath.Join(dir, "vault") }

// openKeyring opens the keyring and reads once, so that one which is locked asks
// now and not in the middle of something.
func openKeyring(ctx context.Context) (vault.Vault, error) {
	ring, err := vault.Open("keyring", nil)
	if err != nil {
		return nil, err
	}
	if _, err := ring.Get(ctx, secretsName); err != nil && !errors.Is(err, vault.ErrNotFound) {
		return nil, fmt.Errorf("opening keyring: %w", err)
	}
	return ring, nil
}

func (in VaultInput) openFile(ctx context.Context, path string, notice Notice) (VaultChoice, error) {
	if in.Passphrase == nil {
		return VaultChoice{}, fmt.Errorf("opening vault file: no passphrase given: %w", vault.ErrPassphrase)
	}
	v, err := vault.Open("file:"+path, func() ([]byte, error) { return in.Passphrase(ctx, !exists(path)) })
	if err != nil {
		return VaultChoice{}, err
	}
	return VaultChoice{Vault: v, Kind: VaultFile, Notice: notice}, nil
}

// settled reports whether a device lives in the folder: its secrets must then be
// in the keyring, however silent that is now.
func (in VaultInput) settled() bool {
	entries, err := os.ReadDir(in.Dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if e.IsDir() && len(e.Name()) == 2*deviceIDSize && exists(filepath.Join(in.Dir, e.Name(), "state.1")) {
			return true
		}
	}
	return false
}

// deviceIDSize is the length of a device's identifier in bytes; its folder has
// the hexadecimal form as name.
const deviceIDSize = 16

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
