package app

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// errRenew ends a stream whose session is about to end.
var errRenew = errors.New("the session is about to end")

// catchUpLife bounds one catching up, chosen arbitrarily: a thousand events over
// a bad line.
const catchUpLife = 60 * time.Second

// CheckNow asks the backend what is new and takes it over, and lets a link that
// waits try at once. It tells the backend that a person is looking, which ends
// the quiet after ignored requests (limit L6): call it when a person opens the
// app or asks for it, not by a timer.
func (d *Device) CheckNow(ctx context.Context) error {
	err := d.begin(ctx)
	if errors.Is(err, errRegaining) {
		d.tell(func(c *core) { c.setLink(nil, time.Time{}) })
		return nil
	}
	if err != nil {
		return err
	}
	err = d.catchUp(ctx, true)
	if errors.Is(err, ErrNoAccount) {
		return err
	}
	// A stream that still stands does not know yet that this device is out.
	if d.o.OnDemand || errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		shown := d.act(context.WithoutCancel(ctx), func(c *core) error { c.setLink(err, time.Time{}); return nil })
		err = errors.Join(err, shown)
	}
	d.hurry()
	return err
}

// keepLink holds the connection as long as the device lives.
func (d *Device) keepLink(ctx context.Context) {
	defer close(d.linked)
	if d.o.OnDemand {
		return
	}
	for wait := newBackoff(); ctx.Err() == nil; {
		online, err := d.connect(ctx)
		if errors.Is(err, errRenew) {
			continue
		}
		if errors.Is(err, ErrNoAccount) {
			d.waitForAccount(ctx)
			continue
		}
		if errors.Is(err, errRegaining) {
			wait.reset()
			d.tell(func(c *core) { c.setLink(nil, time.Time{}) })
			pause(ctx, d.nextAsk(), d.kick)
			continue
		}
		if online {
			wait.reset()
		}
		next := wait.step()
		if errors.Is(err, &api.Error{Code: api.CodeDevice}) && !d.View().Joining {
			next = longestWait // it will not change its mind within a second
		}
		d.o.Log.Info("connection ended", "err", err, "retry", next)
		d.tell(func(c *core) { c.setLink(err, c.o.Now().Add(next)) })
		pause(ctx, next, d.kick)
	}
}

// waitForAccount waits for somebody to set an account up.
func (d *Device) waitForAccount(ctx context.Context) {
	select {
	case <-d.kick:
	case <-ctx.Done():
	}
}

// hurry makes a link that waits try at once.
func (d *Device) hurry() {
	select {
	case d.kick <- struct{}{}:
	default:
	}
}

// begin asks for the account, or whether this device was let in, where that is not
// known yet.
func (d *Device) begin(ctx context.Context) error {
	if err := d.meetOthers(ctx); err != nil {
		return err
	}
	if err := d.join(ctx); err != nil {
		return err
	}
	if err := d.wayBack(ctx); err != nil {
		return err
	}
	return d.belong(ctx)
}

// connect catches up, then takes over events as they happen until the stream
// ends. It reports whether the backend was reached.
func (d *Device) connect(ctx context.Context) (online bool, err error) {
	if err := d.begin(ctx); err != nil {
		return false, err
	}
	up, cancel := context.WithTimeout(ctx, catchUpLife)
	err = d.catchUp(up, false)
	cancel()
	if err != nil {
		return false, err
	}
	d.tell(func(c *core) { c.setLink(nil, time.Time{}) })
	return true, d.listen(ctx)
}

// listen runs one stream of events for as long as the session lasts.
func (d *Device) listen(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renew := time.AfterFunc(max(d.line.lasts(), time.Second), func() { cancel(errRenew) })
	defer renew.Stop()
	var after uint64
	if err := d.act(ctx, func(c *core) error { after = c.cursor; return nil }); err != nil {
		return err
	}
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error {
		return a.Watch(ctx, token, after, d.alive, func(e api.Event) error { return d.receive(ctx, e) })
	})
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

func (d *Device) alive() { d.tell((*core).heard) }

// receive takes over one event, and asks for what it does not say itself.
func (d *Device) receive(ctx context.Context, e api.Event) error {
	var behind bool
	err := d.act(ctx, func(c *core) error {
		err := c.apply([]api.Event{e})
		behind, c.behind = c.behind, false
		return err
	})
	if err != nil {
		return err
	}
	if behind {
		return d.catchUp(ctx, false)
	}
	switch e.Kind {
	case api.EventChain:
		return d.catchUp(ctx, false)
	case api.EventRequest:
		return d.fetchRequests(ctx, false) // for what the log does not say of it
	case api.EventPaused, api.EventOff, api.EventResumed, api.EventDoor, api.EventTwoStep, api.EventDone, api.EventRefused,
		api.EventWait, api.EventReady, api.EventStop, api.EventReset, api.EventPassword, api.EventRegained, api.EventLeft, api.EventContact, api.EventUsed, api.EventStale, api.EventPermit:
		_, err := d.fetchStatus(ctx)
		return err
	}
	return nil
}

// setLink notes that the backend was reached (err nil) or was not.
func (c *core) setLink(err error, next time.Time) {
	state := Online
	if err != nil {
		state = Offline
	}
	if c.link.State != state {
		c.link.State, c.link.Since = state, c.o.Now()
	}
	c.link.Next = next
	if state == Online {
		c.heard()
	}
	if errors.Is(err, &api.Error{Code: api.CodeDevice}) && c.secrets != nil && !c.rec.outside() {
		c.removed()
	}
}

// removed notes that the backend does not let this device in any more. That is
// its word; the chain may say otherwise.
func (c *core) removed() {
	if err := c.change(func(r *record) error { r.Removed = true; return nil }); err != nil {
		c.o.Log.Error("keeping state", "err", err)
	}
}
