package main

import (
	"context"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/ui"
	"github.com/countersign/countersign/ui/desktop"
)

// device is the trusted device of this window, from when it is opened to when the
// program ends.
type device struct {
	start   start
	version string
	around  *desktop.Desktop
	local   *local
	opened  ui.Device
}

// open is the window's ui.Opener.
func (d *device) open(ctx context.Context, ask ui.Asker) (ui.Device, error) {
	d.local = newLocal(d.start, d.version)
	opened, err := ui.Opening(app.VaultInput{Dir: d.start.dir}, app.Options{
		Dir: d.start.dir, Local: d.local.starter(), Version: d.version, Log: d.start.log,
	})(ctx, ask)
	if err != nil {
		return nil, err
	}
	d.opened = opened
	d.around.Serve(opened)
	return opened, nil
}

// close ends the device, and waits until what it ran has put everything away.
func (d *device) close() {
	if c, ok := d.opened.(interface{ Close() }); ok {
		c.Close()
	}
	if d.local != nil {
		d.local.wait()
	}
}
