package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// errRegaining says that this device does not belong yet: it waits for its way back.
var errRegaining = errors.New("this device waits for its way back into the account")

// wayBack asks how far this device's way back is; it does nothing for any other.
// errRegaining while there is nothing more to do.
func (d *Device) wayBack(ctx context.Context) error {
	if d.View().Regaining == nil {
		return nil
	}
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	err := d.askRegaining(ctx)
	<-d.joins
	if err != nil {
		return err
	}
	if d.View().Regaining != nil {
		return errRegaining
	}
	return nil
}

// askRegaining asks how far the way back is and takes the answer over, and hands in
// again what was on its way. The joins token is held.
func (d *Device) askRegaining(ctx context.Context) error {
	var r *regain
	err := d.act(ctx, func(c *core) error {
		if err := c.refresh(); err != nil {
			return err
		}
		r = c.rec.Regain
		return nil
	})
	if err != nil || r == nil {
		return err
	}
	if len(r.Entries) > 0 {
		return d.handIn(ctx, r.Entries)
	}
	var said api.Regaining
	err = d.proven(ctx, func(a api.Account, p api.SessionProof) (err error) {
		said, err = a.Regaining(ctx, p)
		return err
	})
	if errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		return d.stopRegaining(ctx, ByLost)
	}
	if err != nil {
		return err
	}
	return d.heardRegaining(ctx, said)
}

// proven runs do with a proof of this device for one use. What is not an *api.Error
// becomes errNoAnswer.
func (d *Device) proven(ctx context.Context, do func(api.Account, api.SessionProof) error) error {
	var id identity
	err := d.act(ctx, func(c *core) (err error) { id, err = c.identity(); return err })
	if err != nil {
		return err
	}
	return d.line.plain(ctx, func(a api.Account) error {
		p, err := proofFor(ctx, a, id)
		if err != nil {
			return err
		}
		return do(a, p)
	})
}

// heardRegaining takes over the backend's word on the way back.
func (d *Device) heardRegaining(ctx context.Context, said api.Regaining) error {
	var done bool
	err := d.act(context.WithoutCancel(ctx), func(c *core) error {
		if c.secrets == nil || c.rec.Regain == nil {
			return nil
		}
		c.clock.set(said.Now)
		c.heard()
		done = said.State == api.RegainDone
		return c.change(func(r *record) error { return r.regaining(said, c.clock.offset()) })
	})
	if err != nil || !done {
		return err
	}
	return d.reenter(ctx)
}

// regaining notes the backend's word on the way back.
func (r *record) regaining(said api.Regaining, offset time.Duration) error {
	if r.Regain == nil {
		return nil
	}
	r.Offset = offset.Round(time.Second)
	r.Regain.Wait, r.Regain.By = said.Wait, ""
	switch said.State {
	case api.RegainStopped:
		r.Regain.State, r.Regain.By = RegainStopped, trust.Printable(said.By, 32)
	case api.RegainReady, api.RegainDone:
		r.Regain.State = RegainReady
	case api.RegainWaits:
		r.Regain.State = RegainWaits
	default:
		return fmt.Errorf("state %q of a way back: %w", trust.Printable(string(said.State), 32), ErrProtocol)
	}
	return nil
}

// stopRegaining notes that the wait is over without effect.
func (d *Device) stopRegaining(ctx context.Context, by string) error {
	return d.act(context.WithoutCancel(ctx), func(c *core) error {
		if c.secrets == nil || c.rec.Regain == nil {
			return nil
		}
		c.heard()
		return c.change(func(r *record) error {
			if r.Regain != nil {
				r.Regain.State, r.Regain.By, r.Regain.Entries = RegainStopped, by, nil
			}
			return nil
		})
	})
}

// handIn sends the entries by which this device joins, and takes the account over.
// The joins token is held.
func (d *Device) handIn(ctx context.Context, entries [][]byte) error {
	err := d.proven(ctx, func(a api.Account, p api.SessionProof) error { return a.FinishRegain(ctx, p, entries) })
	if err == nil {
		return d.reenter(ctx)
	}
	if errors.Is(err, &api.Error{Code: api.CodeDevice}) && d.reenter(ctx) == nil {
		return nil // it was let in long ago, and the wait is forgotten there
	}
	if errors.Is(err, errNoAnswer) {
		return err
	}
	return errors.Join(err, d.notHandedIn(ctx, err))
}

// notHandedIn takes back what the backend refused. CodeDevice may only mean that it
// has lost what it had accepted, so that is not forgotten for it.
func (d *Device) notHandedIn(ctx context.Context, refused error) error {
	switch {
	case errors.Is(refused, &api.Error{Code: api.CodeStopped}):
		err := d.stopRegaining(ctx, "")
		return errors.Join(err, d.askRegaining(ctx)) // who stopped it
	case errors.Is(refused, &api.Error{Code: api.CodeDevice}):
		return d.stopRegaining(ctx, ByLost)
	}
	return d.act(context.WithoutCancel(ctx), func(c *core) error {
		return c.change(func(r *record) error {
			if r.Regain != nil {
				r.Regain.Entries = nil
			}
			return nil
		})
	})
}

// reenter takes the account over, once the backend let this device in.
func (d *Device) reenter(ctx context.Context) error {
	err := d.enterAccount(ctx)
	if err != nil {
		return err
	}
	if err := d.promoteHeld(ctx); err != nil {
		d.o.Log.Error("keeping the recovery key's copy", "err", err)
	}
	return nil
}

// cameBack checks that st is the account that this device asked to join, with what
// it handed in.
func (c *core) cameBack(st chain.State) error {
	for _, raw := range c.rec.Regain.Entries {
		p := pending{Entry: raw}
		if known, ok := st.At(p.place()); !ok || known != trust.HashEntry(raw) {
			return fmt.Errorf("reading chain without what was signed: %w", chain.ErrInvalid)
		}
	}
	return c.mine(st)
}

// mine checks that st is this device's account, at the backend it talks to, with
// itself in it.
func (c *core) mine(st chain.State) error {
	me, member := st.Device(c.secrets.Device)
	if !member || me.Sign != c.keys.SignKey() {
		return fmt.Errorf("reading chain without this device: %w", chain.ErrInvalid)
	}
	return atHome(st, c.secrets.Account, c.rec.Origin)
}

// atHome checks that st is an account's chain, and that it is at home at origin.
func atHome(st chain.State, account trust.AccountID, origin string) error {
	home := slices.ContainsFunc(st.Verifiers(), func(v trust.Verifier) bool { return v.Origin == origin })
	if st.Account() != account || !home {
		return fmt.Errorf("reading chain of another account: %w", chain.ErrInvalid)
	}
	return nil
}

// erase undoes a device that does not belong. The joins token is held.
func (d *Device) erase(ctx context.Context) error {
	err := d.o.Vault.Delete(ctx, secretsName)
	if err != nil && !errors.Is(err, vault.ErrNotFound) {
		return fmt.Errorf("erasing the device: %w", err)
	}
	d.line.forget()
	return d.act(ctx, func(c *core) error {
		kept := c.shelf
		c.leave()
		return kept.remove()
	})
}

// nextAsk is when the way back is asked about again; zero: only when a person looks.
func (d *Device) nextAsk() time.Duration {
	v := d.View().Regaining
	if v == nil {
		return time.Millisecond
	}
	next := regainPoll
	if v.State == RegainWaits {
		next = min(next, max(v.Until.Sub(d.o.Now())+time.Second, time.Second))
	}
	return next
}
