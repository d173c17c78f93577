package terminal

import (
	"context"
	"slices"

	"github.com/countersign/countersign/app"
)

// permitted finds what this device allowed on a page and is still to be made: that
// needs no password.
func (c *call) permitted(ctx context.Context, d *app.Device, fits func(app.Permit) bool) (app.Permit, bool) {
	if c.lookUp(ctx, d) != nil {
		return app.Permit{}, false // the making itself will say why
	}
	all := d.View().Permits
	at := slices.IndexFunc(all, fits)
	if at < 0 {
		return app.Permit{}, false
	}
	return all[at], true
}
