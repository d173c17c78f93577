package app

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Reset sets another password at once, with this device and the recovery key, which
// replaces itself by that. One method runs at a time.
type Reset struct {
	d   *Device
	old trust.RecoveryKey
	key trust.RecoveryKey
}

// reset is another password on its way, with the entry that proves the recovery key.
// It is kept until the backend has answered, because it holds the password. Stored;
// do not rename.
type reset struct {
	Entry []byte `json:"entry"`
	Next  string `json:"next"`
}

// BeginReset takes the recovery key as it was typed. ErrKey; ErrOtherKey; ErrFrozen,
// ErrNoAccount.
func (d *Device) BeginReset(ctx context.Context, typedKey string) (*Reset, error) {
	old, err := trust.ParseRecoveryKey(typedKey)
	if err != nil {
		return nil, ErrKey
	}
	public, err := publicOf(old)
	if err != nil {
		return nil, err
	}
	if err = d.isPaper(ctx, public); errors.Is(err, ErrOtherKey) {
		if err := d.level(ctx); err != nil { // perhaps it was replaced elsewhere
			return nil, errors.Join(ErrOtherKey, err)
		}
		err = d.isPaper(ctx, public)
	}
	if err != nil {
		return nil, err
	}
	r := &Reset{d: d, old: old}
	r.key, err = trust.NewRecoveryKey(d.o.Rand)
	return r, err
}

// isPaper is ErrOtherKey unless a recovery key is the one that counts.
func (d *Device) isPaper(ctx context.Context, public trust.Hash) error {
	return d.act(ctx, func(c *core) error {
		if err := c.signable(); err != nil {
			return err
		}
		if c.paper() != public {
			return ErrOtherKey
		}
		return nil
	})
}

// signable checks that something may be signed here for the account at all.
func (c *core) signable() error {
	if _, err := c.author(); err != nil {
		return err
	}
	return c.calm()
}

// Key gives the new recovery key, to be written down.
func (r *Reset) Key() trust.RecoveryKey { return r.key }

// Finish sets the password, once the new key was typed back; typed may be empty as in
// NewKey.Finish. The new key's copy,
// sealed under the next password, and what is signed are stored before they are sent,
// and the same is sent again until there is an answer, also after a restart.
//
// ErrKey, ErrOtherKey: type it again, or the old key counts no more; CodePassword for
// what cannot be a password; or no answer: then it goes on by itself.
func (r *Reset) Finish(ctx context.Context, next, typed string) error {
	if err := typedBack(typed, r.key); err != nil {
		return err
	}
	next = norm.NFC.String(next)
	if err := r.d.settleReset(ctx); err != nil && !isStale(err) {
		return err
	}
	for range redoes {
		done, err := r.prepare(ctx, next, typed != "")
		if err == nil && done {
			return r.d.promote(ctx)
		}
		if err != nil {
			return err
		}
		if err := r.d.settleReset(ctx); !isStale(err) {
			return err
		}
	}
	return &api.Error{Code: api.CodeStale, Message: "another change was first"}
}

// prepare brings the chain up to date and stores what is to be sent. It reports
// whether that is the account's state already.
func (r *Reset) prepare(ctx context.Context, next string, proved bool) (done bool, err error) {
	if err := r.d.level(ctx); err != nil {
		return false, err
	}
	was, err := publicOf(r.old)
	if err != nil {
		return false, err
	}
	is, err := publicOf(r.key)
	if err != nil {
		return false, err
	}
	err = r.d.act(ctx, func(c *core) error {
		switch c.paper() {
		case was:
			return nil
		case is:
			done = true
			return nil
		}
		return ErrOtherKey
	})
	if err != nil || done {
		return done, err
	}
	if err := r.d.keepNext(ctx, r.key, next, proved); err != nil {
		return false, err
	}
	return false, r.d.act(ctx, func(c *core) error { return r.store(c, next) })
}

func (r *Reset) store(c *core, next string) error {
	if err := c.signable(); err != nil {
		return err
	}
	keys, err := r.old.Keys()
	if err != nil {
		return fmt.Errorf("deriving recovery key: %w", err)
	}
	entry, err := c.chain.SetRecovery(chain.AsRecovery(trust.Paper, keys), r.key, c.now())
	if err != nil {
		return fmt.Errorf("writing chain: %w", err)
	}
	return c.change(func(rec *record) error {
		rec.Reset = &reset{Entry: entry, Next: next}
		return nil
	})
}

// settleReset sends the password that is on its way, if there is one, and takes over
// what follows. A refusal ends it.
func (d *Device) settleReset(ctx context.Context) error {
	var kept *reset
	err := d.act(ctx, func(c *core) error {
		if err := c.refresh(); err != nil {
			return err
		}
		kept = c.rec.Reset
		return nil
	})
	if err != nil || kept == nil {
		return err
	}
	err = d.patient(ctx, func(a api.Account, token api.Secret) error { return a.ResetWithKey(ctx, token, kept.Next, kept.Entry) })
	if errors.Is(err, errNoAnswer) || errors.Is(err, &api.Error{Code: api.CodeInternal}) || errors.Is(err, &api.Error{Code: api.CodeSession}) {
		return err
	}
	if err == nil {
		d.cutAppPasswords(ctx, kept.Next)
	}
	return errors.Join(err, d.endReset(ctx, kept, err == nil))
}

// endReset erases the password that was on its way, from the generation before as
// well.
func (d *Device) endReset(ctx context.Context, kept *reset, set bool) error {
	ctx = context.WithoutCancel(ctx)
	if set {
		if err := d.settled(ctx, &pending{Entry: kept.Entry}); err != nil {
			return err
		}
		if err := d.promote(ctx); err != nil {
			return err
		}
	}
	return d.act(ctx, func(c *core) error {
		if err := c.change(func(r *record) error { r.Reset = nil; return nil }); err != nil {
			return err
		}
		return c.shelf.forget()
	})
}
