package app

import (
	"context"
	"io"
	"path/filepath"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
)

// OnSave puts a hook before every write of the state.
func (o *Options) OnSave(hook func() error) { o.testOnlySave = hook }

// SealQuickly leaves the recovery key's copy unsealed, which no test of these
// looks at.
func (o *Options) SealQuickly() {
	o.testOnlySeal = func(_, secret []byte, _ io.Reader) ([]byte, error) { return secret, nil }
}

// SealForReal takes SealQuickly back.
func (o *Options) SealForReal() { o.testOnlySeal = nil }

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
