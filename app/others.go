package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/app/vault"
)

// meetOthers takes over what another program made of this device as a whole: it set an
// account up, asked to come back or joined where this one knows of none, or erased the
// device that this one goes on showing. Changes of a device that stays are refresh's.
func (d *Device) meetOthers(ctx context.Context) error {
	var mine *secrets
	var there bool
	err := d.act(ctx, func(c *core) error {
		if mine = c.secrets; mine == nil {
			return nil
		}
		_, err := c.shelf.read()
		there = !errors.Is(err, vault.ErrNotFound)
		return nil
	})
	if err != nil || there {
		return err
	}
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	found, err := readSecrets(ctx, d.o.Vault)
	if err != nil {
		d.o.Log.Info("looking for what another program made", "err", err)
		return nil // what is known here stays
	}
	if mine == nil && found == nil {
		return nil
	}
	d.line.forget()
	defer d.hurry()
	return d.act(ctx, func(c *core) error {
		if c.secrets != mine {
			return nil // this program was quicker
		}
		return c.instead(found)
	})
}

// instead makes c what the vault holds by now, nil for no device. One whose state is
// gone as well stays as it is shown: that is damage, and for openCore.
func (c *core) instead(found *secrets) error {
	if found == nil {
		c.leave()
		return nil
	}
	shelf := newShelf(c.o, found)
	rec, err := shelf.read()
	if errors.Is(err, vault.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening device: %w", err)
	}
	c.leave()
	return c.become(found, shelf, rec)
}
