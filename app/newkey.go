package app

import (
	"context"
	"errors"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// NewKey replaces the recovery key, with this device and the account's password. One
// method runs at a time.
type NewKey struct {
	d   *Device
	key trust.RecoveryKey
}

// BeginNewKey draws a recovery key. Nothing is stored or sent before Finish.
// CodeYoung, ErrFrozen, ErrNoAccount.
func (d *Device) BeginNewKey(ctx context.Context) (*NewKey, error) {
	err := d.act(ctx, func(c *core) error {
		if err := c.signable(); err != nil {
			return err
		}
		return c.mature()
	})
	if err != nil {
		return nil, err
	}
	k := &NewKey{d: d}
	k.key, err = trust.NewRecoveryKey(d.o.Rand)
	return k, err
}

// Key gives the new recovery key, to be written down.
func (k *NewKey) Key() trust.RecoveryKey { return k.key }

// Finish makes the new key the one that counts, once it was typed back. Its copy,
// sealed under the password, is stored before anything is sent. typed may be empty where
// somebody else sees to it that the key is written down: then the light asks for it.
//
// ErrKey, ErrOtherKey, CodePassword, CodeSlow: type it again. CodeYoung, ErrFrozen;
// or no answer: it may be done all the same, because it is sent again.
func (k *NewKey) Finish(ctx context.Context, password, typed string) error {
	if err := typedBack(typed, k.key); err != nil {
		return err
	}
	password = norm.NFC.String(password)
	public, err := publicOf(k.key)
	if err != nil {
		return err
	}
	// What was begun before comes to its end first: there is one place for the next
	// key's copy.
	if err := k.d.prepare(ctx, password); err != nil {
		return err
	}
	if err := k.d.settleReset(ctx); err != nil && !isStale(err) {
		return err
	}
	if err := k.d.keepNext(ctx, k.key, password, typed != ""); err != nil {
		return err
	}
	err = k.d.amend(ctx, password, func(c *core, by chain.Author) ([]byte, error) {
		if c.paper() == public {
			return nil, errNothingToDo
		}
		if err := errors.Join(c.signable(), c.mature()); err != nil {
			return nil, err
		}
		return c.chain.SetRecovery(by, k.key, c.now())
	})
	if err != nil {
		return err
	}
	return k.d.promote(ctx)
}
