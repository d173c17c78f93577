package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/app"
)

// offlineJSON is a code for a page while this computer has no network.
type offlineJSON struct {
	Code  string    `json:"code"`
	Until time.Time `json:"until"`
}

func (c *call) offlineFlags(flags *flag.FlagSet) {
	flags.BoolVar(&c.off, "off", false, "turn the offline codes of this device off")
	c.passwordFlags(flags)
}

// offlineCode prints a code, and turns offline codes on before where they are not,
// or are no longer accepted.
func offlineCode(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if c.off {
		return c.offlineOff(ctx, d)
	}
	var missed error
	if c.password.given() && !d.View().Offline {
		if missed = c.offlineOn(ctx, d); missed != nil && app.TroubleOf(missed) != app.TroubleUnreachable {
			return missed
		}
	}
	code, until, err := d.OfflineCode(ctx)
	if errors.Is(err, app.ErrNoOffline) && missed == nil && c.typing() {
		if err = c.offlineOn(ctx, d); err == nil {
			code, until, err = d.OfflineCode(ctx)
		}
	}
	if errors.Is(err, app.ErrNoOffline) && missed != nil {
		return missed
	}
	if err != nil {
		return err
	}
	return c.printOffline(d.View(), code, until)
}

func (c *call) printOffline(v app.View, code string, until time.Time) error {
	if !v.Offline {
		fmt.Fprintln(c.Err, "The backend did not accept offline codes of this device when it was last heard.")
	}
	return c.print(offlineJSON{Code: code, Until: until}, func(w io.Writer) {
		fmt.Fprintf(w, "Offline code: %s %s\n", code[:4], code[4:])
		fmt.Fprintf(w, "Type it only at %s. Nobody may ask you for it.\n", v.Server)
		fmt.Fprintf(w, "It is good until %s, once.\n", clock(until))
	})
}

func (c *call) offlineOn(ctx context.Context, d *app.Device) error {
	typed, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.OfflineOn(ctx, typed)
}

func (c *call) offlineOff(ctx context.Context, d *app.Device) error {
	typed, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.OfflineOff(ctx, typed); err != nil {
		return err
	}
	return c.print(map[string]bool{"offline": false}, func(w io.Writer) {
		fmt.Fprintln(w, "The offline codes of this device are off.")
	})
}
