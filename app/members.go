package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// RemoveDevice ends the trust in a device, with the account's password; from then
// on it can do nothing for the account. This device may remove itself: its keys and
// state are then erased, and the view is StageNew.
//
// ErrLast for the only device, ErrNoDevice, ErrFrozen, ErrNoAccount; an *api.Error:
// CodePassword, CodeSlow, CodeYoung; CodeWait for the second device within a day:
// View.Waits then has the wait, after which it is to be removed again; or no answer:
// the removal may then be done all the same, because it is sent again.
func (d *Device) RemoveDevice(ctx context.Context, id trust.DeviceID, password string) error {
	var self bool
	err := d.act(ctx, func(c *core) error {
		self = id == c.self()
		return c.removable(id)
	})
	if err != nil {
		return err
	}
	first := true
	err = d.amend(ctx, norm.NFC.String(password), func(c *core, by chain.Author) ([]byte, error) {
		err := c.removable(id)
		if errors.Is(err, ErrNoDevice) && !first {
			return nil, errNothingToDo // another device did it meanwhile
		}
		if err != nil {
			return nil, err
		}
		if err := c.mature(); err != nil && id != c.self() {
			return nil, err
		}
		first = false
		return c.chain.RemoveDevice(by, id, c.now())
	})
	if self && (err == nil || errors.Is(err, &api.Error{Code: api.CodeDevice})) {
		return d.Forget(ctx)
	}
	if errors.Is(err, &api.Error{Code: api.CodeWait}) {
		if _, err := d.fetchStatus(ctx); err != nil {
			d.o.Log.Info("asking for the status", "err", err)
		}
	}
	return err
}

// removable checks what can be known of a removal without asking.
func (c *core) removable(id trust.DeviceID) error {
	if _, err := c.author(); err != nil {
		return err
	}
	if c.accused() && id != c.rec.Witness.Device {
		return ErrFrozen
	}
	if _, ok := c.chain.Device(id); !ok {
		return ErrNoDevice
	}
	if len(c.chain.Devices()) < 2 {
		return ErrLast
	}
	return nil
}

// Rename sets what a device is called here. No other device hears of it; "" takes
// it back. CodeName for what cannot be a name, ErrNoDevice.
func (d *Device) Rename(ctx context.Context, id trust.DeviceID, nickname string) error {
	nickname = norm.NFC.String(nickname)
	if nickname != "" && trust.CheckName(nickname) != nil {
		return &api.Error{Code: api.CodeName, Message: "a name has 1 to 64 printable characters"}
	}
	return d.act(ctx, func(c *core) error {
		if _, ok := c.chain.Device(id); !ok {
			return ErrNoDevice
		}
		return c.change(func(r *record) error {
			delete(r.Nicknames, id)
			if nickname == "" {
				return nil
			}
			if r.Nicknames == nil {
				r.Nicknames = make(map[trust.DeviceID]string)
			}
			r.Nicknames[id] = nickname
			return nil
		})
	})
}

// Export gives the account's entries as they were signed, from the first on, for
// other programs to examine. ErrNoAccount.
func (d *Device) Export() (entries [][]byte, err error) {
	err = d.act(context.Background(), func(c *core) error {
		if c.secrets == nil || len(c.rec.Entries) == 0 {
			return ErrNoAccount
		}
		for _, e := range c.rec.Entries {
			entries = append(entries, slices.Clone(e))
		}
		return nil
	})
	return entries, err
}

// Forget erases this device: its keys and all it stored. It says nothing to the
// backend, so for a device that still belongs to an account RemoveDevice is the way.
// ErrNoAccount if there is nothing to erase.
func (d *Device) Forget(ctx context.Context) error {
	select {
	case d.joins <- struct{}{}:
		defer func() { <-d.joins }()
	case <-ctx.Done():
		return answered(ctx.Err())
	}
	if err := d.act(ctx, func(c *core) error {
		if c.secrets == nil {
			return ErrNoAccount
		}
		return nil
	}); err != nil {
		return err
	}
	if err := d.o.Vault.Delete(ctx, secretsName); err != nil && !errors.Is(err, vault.ErrNotFound) {
		return fmt.Errorf("erasing the device: %w", err)
	}
	err := d.act(context.WithoutCancel(ctx), func(c *core) error {
		kept := c.shelf
		c.leave()
		return kept.remove()
	})
	d.line.forget()
	d.hurry()
	return err
}

// nameOf gives what a device is called here, "" if it does not belong.
func (c *core) nameOf(id trust.DeviceID) string {
	return nameIn(c.chain, id, c.rec.Nicknames)
}

// mature checks that this device is not too new to change something, as far as the
// backend said: what is not signed cannot be kept by a backend for later.
func (c *core) mature() error {
	seen := c.seenLast(c.self())
	if seen == nil || seen.Young == nil || !seen.Young.After(c.now()) {
		return nil
	}
	wait := int(seen.Young.Sub(c.now()).Seconds()) + 1
	return &api.Error{Code: api.CodeYoung, Message: "this device is too new to change the account", Retry: wait}
}
