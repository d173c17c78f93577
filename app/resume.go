package app

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
)

// Resume lets new browsers sign in again, after they were paused or switched
// off, with the account's password. Its refusals are *api.Error.
func (d *Device) Resume(ctx context.Context, password string) error {
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error {
		return a.Resume(ctx, token, norm.NFC.String(password))
	})
	if err != nil {
		return err
	}
	_, err = d.fetchStatus(ctx)
	return err
}

// OpenDoor lets one sign-in from a new browser pass the pauses, with the
// account's password. The page that passes shows the door's letters.
func (d *Device) OpenDoor(ctx context.Context, password string) (Door, error) {
	var door Door
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error {
		opened, err := a.OpenDoor(ctx, token, norm.NFC.String(password))
		if err != nil {
			return err
		}
		return d.act(ctx, func(c *core) error {
			door = Door{Letters: opened.Letters, Until: c.clock.local(opened.Until)}
			return c.change(func(r *record) error { r.Status.Door = &opened; return nil })
		})
	})
	return door, err
}
