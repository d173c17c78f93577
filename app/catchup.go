package app

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// page is how many events are asked for at once, the most the contract allows.
const page = 500

// catchUp takes over everything the backend knows and this device does not:
// status, chain, events, waiting requests; and delivers what could not be sent.
// opened: because a person is looking.
func (d *Device) catchUp(ctx context.Context, opened bool) error {
	err := d.catchUpOnce(ctx, opened)
	if !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		return err
	}
	if healed, failed := d.healWhole(ctx); failed != nil || !healed {
		return errors.Join(err, failed)
	}
	return d.catchUpOnce(ctx, opened)
}

func (d *Device) catchUpOnce(ctx context.Context, opened bool) error {
	s, err := d.fetchStatus(ctx)
	if err != nil {
		return err
	}
	if err := d.fetchChain(ctx, s.Head); err != nil {
		return err
	}
	if err := d.resend(ctx); err != nil {
		return err
	}
	if err := d.promote(ctx); err != nil {
		d.o.Log.Error("keeping the recovery key's copy", "err", err)
	}
	if err := d.sendSight(ctx); err != nil {
		return err
	}
	if err := d.fetchMedia(ctx); err != nil {
		return err
	}
	if err := d.fetchEvents(ctx); err != nil {
		return err
	}
	if err := d.act(ctx, (*core).reconcile); err != nil {
		return err
	}
	if err := d.fetchRequests(ctx, opened); err != nil {
		return err
	}
	return d.deliverKept(ctx)
}

func (d *Device) fetchStatus(ctx context.Context) (s api.Status, err error) {
	var floor uint64
	err = d.act(ctx, func(c *core) error {
		floor = c.rec.Cursor
		return c.refresh()
	})
	if err != nil {
		return s, err
	}
	err = d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
		s, err = a.Status(ctx, token)
		return err
	})
	if err != nil {
		return s, err
	}
	return s, d.act(ctx, func(c *core) error {
		c.heard()
		return c.learn(s, floor)
	})
}

// fetchChain compares the backend's head with the pinned chain and asks for the
// entries where they are not the same.
func (d *Device) fetchChain(ctx context.Context, head chain.Head) error {
	if healed, err := d.heal(ctx, head); err != nil || healed {
		return err
	}
	var from uint64
	var same bool
	err := d.act(ctx, func(c *core) error {
		from, same = c.chain.Head().Seq, c.chain.Head() == head
		if len(c.rec.Entries) == 0 { // never had, or set aside as damaged
			from, same = 0, false
		}
		return nil
	})
	if err != nil || same {
		return err
	}
	// A backend that is behind is asked from its own head on: that entry must be
	// one this device knows.
	return d.fetchEntries(ctx, min(from, head.Seq))
}

func (d *Device) fetchEntries(ctx context.Context, from uint64) error {
	var entries [][]byte
	err := d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
		entries, err = a.Chain(ctx, token, from)
		return err
	})
	if err != nil {
		return err
	}
	return d.act(ctx, func(c *core) error { return c.extend(entries) })
}

func (d *Device) fetchEvents(ctx context.Context) error {
	for {
		var after uint64
		if err := d.act(ctx, func(c *core) error { after = c.cursor; return nil }); err != nil {
			return err
		}
		var events []api.Event
		err := d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
			events, err = a.Events(ctx, token, after, page)
			return err
		})
		if err != nil {
			return err
		}
		if err := d.fetchSpokenOf(ctx, events); err != nil {
			return err
		}
		if err := d.act(ctx, func(c *core) error { return c.apply(events) }); err != nil {
			return err
		}
		if len(events) < page {
			return nil
		}
	}
}

// fetchSpokenOf fetches entries that came while the log was read: a device that they
// bring may have allowed what the same log tells next.
func (d *Device) fetchSpokenOf(ctx context.Context, events []api.Event) error {
	var head uint64
	for _, e := range events {
		if e.Kind == api.EventChain {
			head = max(head, e.Data.Seq)
		}
	}
	var from uint64
	err := d.act(ctx, func(c *core) error { from = c.chain.Head().Seq; return nil })
	if err != nil || head <= from {
		return err
	}
	return d.fetchEntries(ctx, from)
}

// fetchRequests takes over what waits. opened: a person is looking, so requests
// that did not ring are shown too. A request that speaks of newer entries is
// looked at again once these are here.
func (d *Device) fetchRequests(ctx context.Context, opened bool) error {
	for try := 0; ; try++ {
		var known []trust.Hash
		var head uint64
		err := d.act(ctx, func(c *core) error {
			known, head = c.waitingHashes(), c.chain.Head().Seq
			return nil
		})
		if err != nil {
			return err
		}
		var all []api.Request
		err = d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
			all, err = a.Requests(ctx, token, opened)
			return err
		})
		if err != nil {
			return err
		}
		var behind bool
		err = d.act(ctx, func(c *core) (err error) {
			behind, err = c.admitAll(all, known, opened)
			return err
		})
		if err != nil || !behind || try > 0 {
			return err
		}
		if err := d.fetchEntries(ctx, head); err != nil {
			return err
		}
	}
}

// resend sends an entry again whose answer was lost. What the backend has against
// it is for the person who changes something next.
func (d *Device) resend(ctx context.Context) error {
	if err := d.unlessRefused(d.settleReset(ctx)); err != nil {
		return err
	}
	return d.unlessRefused(d.settle(ctx, ""))
}

func (d *Device) unlessRefused(err error) error {
	var refusal *api.Error
	if errors.As(err, &refusal) && refusal.Code != api.CodeSession && refusal.Code != api.CodeDevice {
		d.o.Log.Warn("sending an entry again", "err", err)
		return nil
	}
	return err
}

// deliverKept sends the Not me answers that were given without a connection.
func (d *Device) deliverKept(ctx context.Context) error {
	var kept []intent
	err := d.act(ctx, func(c *core) error { kept = c.undelivered(); return nil })
	if err != nil {
		return err
	}
	for _, in := range kept {
		err := d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.Answer(ctx, token, in.Approval) })
		if err := d.act(ctx, func(c *core) error { return c.delivered(in, err) }); err != nil && !final(err) {
			return err
		}
	}
	return nil
}
