package app

import (
	"context"
	"errors"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// StopWait stops something that waits: this device is one thing, and any one thing
// may. CodeStopped if it does not wait any more.
func (d *Device) StopWait(ctx context.Context, id trust.WaitID) error {
	return d.bid(ctx, func(a api.Account, token api.Secret) error { return a.StopWait(ctx, token, id) })
}

// Pause refuses sign-ins from new browsers for a day; Resume ends it.
func (d *Device) Pause(ctx context.Context) error {
	return d.bid(ctx, func(a api.Account, token api.Secret) error { return a.Pause(ctx, token) })
}

// Leave asks to switch two-step verification off, with the account's password. The
// wait it gives is over at once in the account's first two weeks. CodePassword,
// CodeSlow, CodeYoung; CodeShort for a password too short to stand alone.
func (d *Device) Leave(ctx context.Context, password string) (Wait, error) {
	return d.bidWait(ctx, func(a api.Account, token api.Secret) (api.Wait, error) {
		return a.Leave(ctx, token, norm.NFC.String(password))
	})
}

// AskReset asks for another password with this device alone. It can be set by
// FinishReset when the wait is over. CodeYoung; CodeNotFound where the account's
// rules do not allow it. Asked again it gives the same wait.
func (d *Device) AskReset(ctx context.Context) (Wait, error) {
	return d.bidWait(ctx, func(a api.Account, token api.Secret) (api.Wait, error) { return a.BeginReset(ctx, token) })
}

// FinishReset sets the password after the wait that AskReset began. The copy of the
// recovery key kept here is dropped: it is sealed under a password that nobody knows.
// The paper still counts. CodeWait, CodeStopped, CodePassword (it cannot be one).
func (d *Device) FinishReset(ctx context.Context, next string) error {
	err := d.bid(ctx, func(a api.Account, token api.Secret) error {
		return a.FinishReset(ctx, token, norm.NFC.String(next))
	})
	if err != nil {
		return err
	}
	d.cutAppPasswords(ctx, next)
	return d.forgetCopies(ctx)
}

// bid asks for something whose outcome is part of the status, and has the view
// show it.
func (d *Device) bid(ctx context.Context, do func(api.Account, api.Secret) error) error {
	if err := d.patient(ctx, do); err != nil {
		return err
	}
	if _, err := d.fetchStatus(ctx); err != nil {
		d.o.Log.Info("asking for the status", "err", err)
	}
	return nil
}

// patient asks again until there is an answer or ctx ends.
func (d *Device) patient(ctx context.Context, do func(api.Account, api.Secret) error) error {
	for wait := newBackoff(); ; {
		err := d.line.call(ctx, do)
		if !errors.Is(err, errNoAnswer) || ctx.Err() != nil || !wait.sleep(ctx, nil) {
			return err
		}
	}
}

func (d *Device) bidWait(ctx context.Context, do func(api.Account, api.Secret) (api.Wait, error)) (out Wait, err error) {
	var said api.Wait
	err = d.bid(ctx, func(a api.Account, token api.Secret) (err error) {
		said, err = do(a, token)
		return err
	})
	if err != nil {
		return Wait{}, err
	}
	return out, d.act(ctx, func(c *core) error { out = c.wait(said); return nil })
}

// waits shows what was asked for and can still be stopped.
func (c *core) waits() []Wait {
	var out []Wait
	for _, w := range c.rec.Status.Waits {
		out = append(out, c.wait(w))
	}
	return out
}

func (c *core) wait(w api.Wait) Wait {
	out := shownWait(w)
	out.This = w.Device == c.self()
	out.Over = !w.Until.After(c.now())
	out.Since, out.Until = c.clock.local(w.Since), c.clock.local(w.Until)
	if name := c.nameOf(w.Device); name != "" && w.Kind != api.WaitRemove {
		out.Name = name
	}
	return out
}

// shownWait gives a wait as screens may show it, times in the backend's clock.
func shownWait(w api.Wait) Wait {
	return Wait{
		ID: w.ID, Kind: w.Kind, Device: w.Device, Name: trust.Printable(w.Name, 64),
		Since: w.Since, Until: w.Until, Address: trust.Printable(w.Address, 64),
	}
}
