package app

import (
	"context"
	"time"

	"github.com/countersign/countersign/trust"
)

// copied is the person's word that a second copy of the recovery key is kept
// elsewhere. Stored; do not rename.
type copied struct {
	Of trust.Hash `json:"of"` // public key that it was said of
	At time.Time  `json:"at"`
}

// SayCopied notes that the person keeps a second copy of the recovery key somewhere
// else, or no longer does. It is their word: nothing can check it. Another key needs
// another word.
func (d *Device) SayCopied(kept bool) error {
	return d.act(context.Background(), func(c *core) error {
		return c.change(func(r *record) error {
			r.Copied = nil
			if kept {
				r.Copied = &copied{Of: c.paper(), At: c.now()}
			}
			return nil
		})
	})
}

// copied is when that was said of the key that counts; zero = it was not.
func (c *core) copied() time.Time {
	if k := c.rec.Copied; k != nil && k.Of == c.paper() {
		return k.At
	}
	return time.Time{}
}
