package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"path/filepath"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
)

// OnSave puts a hook before every write of the state.
func (o *Options) OnSave(hook func() error) { o.testOnlySave = hook }

// SealQuickly seals the recovery key's copy with a password that is compared and
// nothing more: what seals for real has tests of its own, and takes half a second.
func (o *Options) SealQuickly() {
	o.testOnlySeal = func(password, secret []byte, _ io.Reader) ([]byte, error) {
		sum := sha256.Sum256(password)
		return append(sum[:], secret...), nil
	}
	o.testOnlyOpen = func(password, sealed []byte) ([]byte, error) {
		if sum := sha256.Sum256(password); !bytes.HasPrefix(sealed, sum[:]) {
			return nil, vault.ErrPassword
		}
		return sealed[sha256.Size:], nil
	}
}

// SealForReal takes SealQuickly back.
func (o *Options) SealForReal() { o.testOnlySeal, o.testOnlyOpen = nil, nil }

// StateOf gives the folder and key of the state of the device in the vault.
func StateOf(ctx context.Context, o Options) (dir string, key [32]byte, err error) {
	s, err := readSecrets(ctx, o.Vault)
	if err != nil {
		return "", key, err
	}
	if s == nil {
		return "", key, vault.ErrNotFound
	}
	return filepath.Join(o.Dir, s.Device.String()), s.State, nil
}

// KeysOf gives the keys of the device in the vault.
func KeysOf(ctx context.Context, o Options) (trust.Keys, error) {
	s, err := readSecrets(ctx, o.Vault)
	if err != nil || s == nil {
		return trust.Keys{}, err
	}
	return s.Seed.Keys()
}

// MarksOf gives what is kept of the recovery key's groups.
func MarksOf(ctx context.Context, o Options) ([]byte, error) {
	s, err := readSecrets(ctx, o.Vault)
	if err != nil || s == nil {
		return nil, err
	}
	r, err := newShelf(o, s).read()
	return r.Drill.Marks, err
}
