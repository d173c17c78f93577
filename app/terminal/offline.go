package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"golang.org/x/term"

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

// offlineCode prints a code, and turns offline codes on before where they are not.
func offlineCode(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if c.off {
		return c.offlineOff(ctx, d)
	}
	code, until, err := d.OfflineCode(ctx)
	if errors.Is(err, app.ErrNoOffline) && c.canAsk() {
		if err = c.offlineOn(ctx, d); err == nil {
			code, until, err = d.OfflineCode(ctx)
		}
	}
	if err != nil {
		return err
	}
	return c.print(offlineJSON{Code: code, Until: until}, func(w io.Writer) {
		fmt.Fprintf(w, "Offline code: %s %s\n", code[:4], code[4:])
		fmt.Fprintf(w, "Type it only at %s. Nobody may ask you for it.\n", d.View().Server)
		fmt.Fprintf(w, "It is good until %s, once.\n", clock(until))
	})
}

// canAsk reports whether the password can be had.
func (c *call) canAsk() bool {
	return c.password.given() || c.In != nil && term.IsTerminal(int(c.In.Fd()))
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
