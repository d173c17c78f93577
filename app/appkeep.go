package app

import (
	"context"
	"time"
)

// KeepAppPassword notes the person's word that they still need an idle app password:
// the question is put away for as long as it takes to become idle. Only this device
// knows. ErrAppPassword if it does not count.
func (d *Device) KeepAppPassword(id string) error {
	return d.act(context.Background(), func(c *core) error {
		counting := c.countingApps()
		if !counting[id] {
			return ErrAppPassword
		}
		return c.change(func(r *record) error {
			kept := map[string]time.Time{id: c.now()}
			for other, at := range r.AppsKept {
				if counting[other] && other != id {
					kept[other] = at
				}
			}
			r.AppsKept = kept
			return nil
		})
	})
}

// countingApps are the app passwords that open their services.
func (c *core) countingApps() map[string]bool {
	out := make(map[string]bool)
	for _, a := range c.appPasswords() {
		out[a.ID] = a.Counts()
	}
	return out
}

// idle reports whether an app password was neither used nor made nor said to be needed
// for half a year.
func (c *core) idle(a AppPassword) bool {
	newest := a.Made
	for _, t := range []time.Time{a.Last, c.clock.local(c.rec.AppsKept[a.ID])} {
		if t.After(newest) {
			newest = t
		}
	}
	return a.Counts() && c.o.Now().Sub(newest) >= unusedFor
}
