package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

const (
	// sightEvery is how often a device says what it sees, if that did not change.
	sightEvery = time.Hour
	// withheldAfter is how long others may see more before that is suspicious: an
	// entry under way takes seconds.
	withheldAfter = 10 * time.Minute
)

// sighting is what a device says to see, as verified with its key.
type sighting struct {
	Device trust.DeviceID `json:"device"`
	Place  chain.Head     `json:"place"`
	At     time.Time      `json:"at"` // that device's clock; in Sighted: this computer's
	Raw    []byte         `json:"raw,omitempty"`
}

// sendSight says what this device sees, after it saw something new, and every hour.
// What the backend thinks of it is no reason to stop.
func (d *Device) sendSight(ctx context.Context) error {
	var raw []byte
	var said sighting
	err := d.act(ctx, func(c *core) (err error) {
		raw, said, err = c.sightDue()
		return err
	})
	if err != nil || raw == nil {
		return err
	}
	err = d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.Sight(ctx, token, raw) })
	if errors.Is(err, errNoAnswer) {
		return err
	}
	if err != nil {
		d.o.Log.Warn("sending what is seen of the chain", "err", err)
		return nil
	}
	return d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error { r.Sighted = &said; return nil })
	})
}

func (c *core) sightDue() ([]byte, sighting, error) {
	now := c.o.Now()
	said := sighting{Device: c.self(), Place: c.chain.Head(), At: now.Round(0)}
	last := c.rec.Sighted
	if _, member := c.chain.Device(c.self()); !member {
		return nil, said, nil
	}
	if last != nil && last.Place == said.Place && now.Sub(last.At).Abs() < sightEvery {
		return nil, said, nil
	}
	s := trust.Sight{Version: 1, Account: c.chain.Account(), Device: c.self(), Seq: said.Place.Seq, Head: said.Place.Hash, Time: uint64(c.now().Unix())}
	raw, err := s.Seal(c.keys)
	return raw, said, err
}

// readSights takes over what other devices say to see. What is not signed by the
// device is passed over, and so is what it said before something else.
func (c *core) readSights(seen []api.DeviceSeen) error {
	var fresh []sighting
	for _, s := range seen {
		d, ok := c.chain.Device(s.Device)
		if !ok || s.Device == c.self() || len(s.Sight) == 0 {
			continue
		}
		said, err := trust.OpenSight(s.Sight, d.Sign)
		if err != nil || said.Account != c.chain.Account() || said.Device != s.Device {
			continue
		}
		one := sighting{Device: s.Device, Place: chain.Head{Seq: said.Seq, Hash: said.Head}, At: trust.Clock(said.Time), Raw: s.Sight}
		if old, known := c.rec.sighting(s.Device); !known || one.At.After(old.At) || one.Place.Seq > old.Place.Seq {
			fresh = append(fresh, one)
		}
	}
	if len(fresh) > 0 {
		if err := c.change(func(r *record) error { r.sight(fresh); return nil }); err != nil {
			return err
		}
	}
	return c.judgeSights()
}

// sight puts what was said in the place of what the same devices said before.
func (r *record) sight(fresh []sighting) {
	r.Sights = slices.DeleteFunc(r.Sights, func(old sighting) bool {
		return slices.ContainsFunc(fresh, func(s sighting) bool { return s.Device == old.Device })
	})
	r.Sights = append(r.Sights, fresh...)
}

func (r *record) sighting(id trust.DeviceID) (sighting, bool) {
	i := slices.IndexFunc(r.Sights, func(s sighting) bool { return s.Device == id })
	if i < 0 {
		return sighting{}, false
	}
	return r.Sights[i], true
}

// judgeSights compares what the devices of the account see with what is seen here.
// Another history freezes this device; more than is here is noted with its time.
func (c *core) judgeSights() error {
	ahead := false
	for _, s := range c.rec.Sights {
		if _, member := c.chain.Device(s.Device); !member {
			continue
		}
		switch err := c.chain.Agrees(s.Place); {
		case errors.Is(err, chain.ErrFork):
			if err := c.freezeBy(s); err != nil {
				return err
			}
		case errors.Is(err, chain.ErrBehind):
			ahead = true
		}
	}
	if ahead != c.rec.Ahead.IsZero() {
		return nil
	}
	return c.change(func(r *record) error {
		r.Ahead = time.Time{}
		if ahead {
			r.Ahead = c.o.Now().Round(0)
		}
		return nil
	})
}

// withheld reports whether others have seen more for longer than it takes.
func (c *core) withheld() bool {
	return !c.rec.Ahead.IsZero() && c.o.Now().Sub(c.rec.Ahead) >= withheldAfter
}

// paintSight shows what a device sees beside what is seen here.
func (c *core) paintSight(d *Member) {
	if d.This {
		d.Sight, d.At = SightSame, c.o.Now()
		return
	}
	s, ok := c.rec.sighting(d.ID)
	if !ok {
		return
	}
	d.At = earlier(c.clock.local(s.At), c.o.Now())
	switch err := c.chain.Agrees(s.Place); {
	case errors.Is(err, chain.ErrFork):
		d.Sight = SightAnother
	case errors.Is(err, chain.ErrBehind):
		d.Sight = SightNewer
	case s.Place != c.chain.Head():
		d.Sight = SightOlder
	default:
		d.Sight = SightSame
	}
}
