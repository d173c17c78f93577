package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// ChangePassword sets another password for the account, with the present one. The
// copy of the recovery key kept here is sealed anew under it; on the way both
// copies are in the vault, so that whichever password counts after a crash or a
// lost answer opens one. Its refusals are *api.Error; it takes a second or two.
func (d *Device) ChangePassword(ctx context.Context, present, next string) error {
	present, next = norm.NFC.String(present), norm.NFC.String(next)
	if err := d.sealBeside(ctx, present, next); err != nil {
		return err
	}
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error {
		return a.ChangePassword(ctx, token, present, next)
	})
	var refused *api.Error
	if err != nil && !(errors.As(err, &refused) && refused.Code != api.CodeInternal) {
		return err // nobody knows which password counts: both copies stay
	}
	return errors.Join(err, d.keepCopy(ctx, err == nil))
}

// sealBeside puts a copy of the recovery key, sealed under the next password,
// beside the present one. Without a copy that the present password opens there is
// nothing to seal anew.
func (d *Device) sealBeside(ctx context.Context, present, next string) error {
	key, err := d.ShowRecovery(ctx, present)
	if errors.Is(err, ErrNoAccount) {
		return err
	}
	if err != nil {
		return nil
	}
	sealed, err := d.o.testOnlySeal([]byte(next), key.Seed(), rand.Reader)
	if err != nil {
		return fmt.Errorf("sealing the recovery key's copy: %w", err)
	}
	if err := d.promote(ctx); err != nil {
		return err
	}
	err = d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error { r.Copies.Next = r.Copies.Of; return nil })
	})
	if err != nil {
		return err
	}
	return d.changeSecrets(ctx, func(s *secrets) { s.RecoveryNext = sealed })
}

// keepCopy settles which copy stays.
func (d *Device) keepCopy(ctx context.Context, changed bool) error {
	sealed := false
	err := d.changeSecrets(ctx, func(s *secrets) {
		if sealed = changed && len(s.RecoveryNext) > 0; sealed {
			s.Recovery = s.RecoveryNext
		}
		s.RecoveryNext = nil
	})
	if err != nil || !changed {
		return err
	}
	return d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error {
			if r.Copies.Locked = !sealed; sealed { // else it is under a password that is over
				r.Copies.Sealed = c.now()
			}
			return nil
		})
	})
}

// changeSecrets writes what change makes of the secrets into the vault. The vault
// may wait for a person, so that is not the owner's work.
func (d *Device) changeSecrets(ctx context.Context, change func(*secrets)) error {
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	return d.changeSecretsHeld(ctx, change)
}

// changeSecretsHeld is changeSecrets for who holds the joins token.
func (d *Device) changeSecretsHeld(ctx context.Context, change func(*secrets)) error {
	changed, err := d.storedSecrets(ctx)
	if err != nil {
		return err
	}
	change(changed)
	if err := changed.write(ctx, d.o.Vault); err != nil {
		return err
	}
	return d.act(context.WithoutCancel(ctx), func(c *core) error {
		c.secrets = changed
		return nil
	})
}

// storedSecrets reads the vault again: another program of this device may have
// changed something there. ErrNoAccount if it no longer holds this device.
func (d *Device) storedSecrets(ctx context.Context) (*secrets, error) {
	var self trust.DeviceID
	err := d.act(ctx, func(c *core) error {
		if c.secrets == nil {
			return ErrNoAccount
		}
		self = c.self()
		return nil
	})
	if err != nil {
		return nil, err
	}
	stored, err := readSecrets(ctx, d.o.Vault)
	if err == nil && (stored == nil || stored.Device != self) {
		err = ErrNoAccount
	}
	return stored, err
}
