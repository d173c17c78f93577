package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
)

// CheckRecovery is the drill: it derives the public key of what was typed and
// compares it with the chain. Nothing is sent. ErrKey, ErrOtherKey; nil is
// remembered as the time of the last proof.
func (d *Device) CheckRecovery(typed string) error {
	key, err := trust.ParseRecoveryKey(typed)
	if err != nil {
		return ErrKey
	}
	public, err := key.Record()
	if err != nil {
		return fmt.Errorf("deriving recovery key: %w", err)
	}
	return d.act(context.Background(), func(c *core) error {
		if c.secrets == nil {
			return ErrNoAccount
		}
		known, ok := c.chain.Recovery(trust.Paper)
		if !ok || known.Sign != public.Sign || !bytes.Equal(known.KEM, public.KEM) {
			return ErrOtherKey
		}
		return c.change(func(r *record) error { r.Proved = c.now(); return nil })
	})
}

// ShowRecovery opens the copy of the recovery key that is kept here, with the
// account's password. vault.ErrPassword, also when the password was changed
// elsewhere since; ErrNoCopy. It takes about half a second.
func (d *Device) ShowRecovery(ctx context.Context, password string) (trust.RecoveryKey, error) {
	var sealed, next []byte
	err := d.act(ctx, func(c *core) error {
		if c.secrets == nil {
			return ErrNoAccount
		}
		if sealed, next = c.secrets.Recovery, c.secrets.RecoveryNext; len(sealed) == 0 {
			return ErrNoCopy
		}
		return nil
	})
	if err != nil {
		return trust.RecoveryKey{}, err
	}
	seed, err := vault.OpenUnderPassword([]byte(norm.NFC.String(password)), sealed)
	if errors.Is(err, vault.ErrPassword) && len(next) > 0 {
		seed, err = vault.OpenUnderPassword([]byte(norm.NFC.String(password)), next)
	}
	if err != nil {
		return trust.RecoveryKey{}, fmt.Errorf("opening the recovery key's copy: %w", err)
	}
	return trust.RecoveryKeyFromSeed(seed)
}
