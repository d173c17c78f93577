package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// guestLife is how long a device that agreed to join waits to be let in. It is
// twice a pairing's life, because a trusted device sends again what it signed.
const guestLife = 10 * time.Minute

// guest is a device that agreed to join and does not know yet whether it belongs.
type guest struct {
	Seq   uint64     `json:"seq"` // of the head that it was welcomed with
	Head  trust.Hash `json:"head"`
	Until time.Time  `json:"until"` // this computer's clock: then it gives up
}

// errBelongs says that a welcome came after this device was let in.
var errBelongs = errors.New("this device belongs already")

// keep stores the device before it agrees: the state first, in a folder that means
// nothing without the key, then the secrets. A later welcome changes the head only.
func (j *Joining) keep(ctx context.Context, w pair.Welcome) error {
	select {
	case j.d.joins <- struct{}{}:
		defer func() { <-j.d.joins }()
	case <-ctx.Done():
		return answered(ctx.Err())
	}
	found, err := readSecrets(ctx, j.d.o.Vault)
	if err != nil {
		return err
	}
	if found != nil && found.Device != j.secrets.Device {
		return ErrSetUp
	}
	j.secrets.Account = w.Account
	g := &guest{Seq: w.Seq, Head: w.Head, Until: j.d.o.Now().Add(guestLife)}
	rec, err := newShelf(j.d.o, &j.secrets).change(func(r *record) error {
		if len(r.Entries) > 0 {
			return errBelongs
		}
		*r = record{Version: recordVersion, Name: w.Name, Origin: j.origin, ServerName: j.server.Name, Guest: g}
		return nil
	})
	if err != nil {
		return fmt.Errorf("keeping state: %w", err)
	}
	if found == nil {
		if err := j.secrets.write(ctx, j.d.o.Vault); err != nil {
			return err
		}
	}
	kept := j.secrets
	defer j.d.hurry() // from now on it asks by itself, whatever becomes of Finish
	return j.d.act(context.WithoutCancel(ctx), func(c *core) error {
		c.notMade = false
		return c.become(&kept, newShelf(j.d.o, &kept), rec)
	})
}

// belong asks whether a device that agreed to join was let in; it does nothing for
// any other. A guest whose time is over and that is not let in is undone.
func (d *Device) belong(ctx context.Context) error {
	var g *guest
	err := d.act(ctx, func(c *core) error {
		if c.secrets == nil {
			return ErrNoAccount
		}
		g = c.rec.Guest
		return nil
	})
	if err != nil || g == nil {
		return err
	}
	err = d.enterAccount(ctx)
	notIn := errors.Is(err, &api.Error{Code: api.CodeDevice}) || errors.Is(err, chain.ErrInvalid)
	if notIn && !d.o.Now().Before(g.Until) { // any other error may pass
		return errors.Join(err, d.undoJoining(ctx))
	}
	if err == nil {
		err = d.sendSight(ctx) // so that the others see at once that it confirms the list
	}
	return err
}

// enterAccount fetches the whole chain and takes it if it is the one this device
// was welcomed to.
func (d *Device) enterAccount(ctx context.Context) error {
	var s api.Status
	var entries [][]byte
	err := d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
		if s, err = a.Status(ctx, token); err != nil {
			return err
		}
		entries, err = a.Chain(ctx, token, 0)
		return err
	})
	if err != nil {
		return err
	}
	return d.act(ctx, func(c *core) error {
		if c.secrets == nil || !c.rec.outside() {
			return nil
		}
		return c.settleIn(s, entries)
	})
}

// settleIn checks the chain against the welcome and takes it over.
func (c *core) settleIn(s api.Status, entries [][]byte) error {
	st, err := chain.Open(entries)
	if err != nil {
		return fmt.Errorf("reading chain: %w", err)
	}
	if c.rec.Regain != nil {
		err = c.cameBack(st)
	} else {
		err = c.welcomed(st)
	}
	if err != nil {
		return err
	}
	c.clock.set(s.Now)
	s.Now = time.Time{}
	return c.change(func(r *record) error {
		r.Entries, r.Guest, r.Regain, r.TwoStep, r.Status = entries, nil, nil, s.TwoStep || s.Left, s
		r.Cursor, r.Offset = s.Events, c.clock.offset().Round(time.Second)
		r.Logged = logged{Seq: st.Head().Seq, Left: s.Left, Text: textsLetIn(s.Contacts)}
		c.cursor = s.Events
		r.keepReceipt(st.Head())
		return nil
	})
}

// welcomed checks that st is the account this device was welcomed to, at the
// backend it talks to, with itself in it.
func (c *core) welcomed(st chain.State) error {
	g := c.rec.Guest
	head, known := st.At(g.Seq)
	if !known || head != g.Head {
		return fmt.Errorf("reading chain of another account: %w", chain.ErrInvalid)
	}
	return c.mine(st)
}

// undoJoining takes back a joining that came to nothing.
func (d *Device) undoJoining(ctx context.Context) error {
	select {
	case d.joins <- struct{}{}:
		defer func() { <-d.joins }()
	case <-ctx.Done():
		return answered(ctx.Err())
	}
	var guest bool
	err := d.act(ctx, func(c *core) error {
		if err := c.refresh(); err != nil {
			return err
		}
		guest = c.rec.Guest != nil
		return nil
	})
	if err != nil || !guest {
		return err // it belongs meanwhile
	}
	return d.undo(ctx)
}
