package app

import (
	"context"
	"slices"

	"github.com/countersign/countersign/trust"
)

// oldTold is how many waits that are over and done with are remembered as told, in case
// the backend speaks of them again; chosen arbitrarily.
const oldTold = 64

// told is a wait that the person was told of outside the app's own screens. Stored; do
// not rename.
type told struct {
	Wait trust.WaitID `json:"wait"`
	Over bool         `json:"over,omitempty"` // that it is over
}

// news gives what the person should be told of: what another asked for, and what this
// device asked for and is over.
func (c *core) news() (out []told) {
	if c.secrets == nil || c.out() {
		return nil
	}
	if r := c.rec.Regain; r != nil {
		over := r.State == RegainReady || r.State == RegainStopped
		if over && r.Wait.ID != (trust.WaitID{}) {
			out = append(out, told{r.Wait.ID, true})
		}
		return out
	}
	for _, w := range c.waits() {
		if !w.This || w.Over {
			out = append(out, told{w.ID, w.This})
		}
	}
	return out
}

// untold reports whether there is news that nobody was told of.
func (c *core) untold() bool {
	return slices.ContainsFunc(c.news(), func(n told) bool { return !slices.Contains(c.rec.Told, n) })
}

// TakeNews reports View.News, and notes that the person is told of it now: each wait is
// told of once, also after a restart. It is for who tells people outside the app's own
// screens.
func (d *Device) TakeNews(ctx context.Context) (bool, error) {
	var fresh bool
	err := d.act(ctx, func(c *core) error {
		news := c.news()
		if len(news) == 0 {
			return nil
		}
		return c.change(func(r *record) error { fresh = r.tell(news); return nil })
	})
	return fresh && err == nil, err
}

// tell notes that all of news is told, and reports whether any of it was not before.
func (r *record) tell(news []told) bool {
	old := slices.DeleteFunc(slices.Clone(r.Told), func(t told) bool { return slices.Contains(news, t) })
	fresh := len(r.Told)-len(old) < len(news)
	old = old[max(0, len(old)-oldTold):]
	r.Told = append(old, news...)
	return fresh
}
