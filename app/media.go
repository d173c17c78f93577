package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
)

// mediaEvery is how often the backend is asked by which media it sends messages:
// what its operator sets up, not what changes by itself.
const mediaEvery = 24 * time.Hour

// fetchMedia asks by which media the backend sends messages, once a day. That is
// public, and its word is good enough for an advice.
func (d *Device) fetchMedia(ctx context.Context) error {
	var due bool
	err := d.act(ctx, func(c *core) error {
		due = c.o.Now().Sub(c.rec.MediaAt).Abs() >= mediaEvery
		return nil
	})
	if err != nil || !due {
		return err
	}
	var said api.Server
	err = d.line.plain(ctx, func(a api.Account) (err error) {
		said, err = a.Server(ctx)
		return err
	})
	if errors.Is(err, errNoAnswer) {
		return err
	}
	if err != nil {
		d.o.Log.Warn("asking who the backend is", "err", err)
		return nil
	}
	return d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error {
			r.MediaAt, r.Media, r.Text = c.o.Now().Round(0), slices.DeleteFunc(slices.Clone(said.Media), strange), said.Text
			return nil
		})
	})
}

// strange reports whether a medium is none that this version knows.
func strange(m api.Medium) bool {
	return m != api.MediumMail && m != api.MediumText && m != api.MediumWake
}
