package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/trust"
)

var errNoWait = errors.New("nothing of that name is waiting")

// waitJSON is something that was asked for, waits, and can be stopped.
type waitJSON struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"` // device, password, leave, renew, remove
	Device  string    `json:"device"`
	Name    string    `json:"name"` // the device's
	This    bool      `json:"this,omitempty"`
	Since   time.Time `json:"since"`
	Until   time.Time `json:"until"`
	Over    bool      `json:"over"`
	Address string    `json:"address,omitempty"`
}

func waitLine(w app.Wait) waitJSON {
	return waitJSON{
		ID: w.ID.String(), Kind: string(w.Kind), Device: w.Device.String(), Name: w.Name, This: w.This,
		Since: w.Since, Until: w.Until, Over: w.Over, Address: w.Address,
	}
}

func waitLines(list []app.Wait) []waitJSON {
	lines := make([]waitJSON, len(list))
	for i, w := range list {
		lines[i] = waitLine(w)
	}
	return lines
}

// dial reaches a backend from a machine that need not be a trusted device.
func dial(origin string) (api.Account, error) {
	return client.New(origin, client.Options{Version: buildVersion()})
}

// factorFlags are for who has one thing and no device here.
func (c *call) factorFlags(flags *flag.FlagSet) {
	flags.StringVar(&c.name, "name", "", "the account's `name`, to look with one thing from anywhere")
	c.recoveryFlags(flags)
}

// factor is the one thing that the flags bring; none if this device is to look.
func (c *call) factor() (f app.Factor, given bool, err error) {
	if c.name == "" && !c.password.given() && !c.key.given() {
		return f, false, nil
	}
	if c.name == "" || c.server == "" || c.password.given() == c.key.given() {
		return f, false, usageError{"from anywhere it takes --server ADDRESS, --name NAME and one of --password-file and --key-file"}
	}
	from := &c.password
	if c.key.given() {
		from = &c.key
	}
	typed, err := from.read()
	if c.key.given() {
		return app.Factor{Key: string(typed)}, true, err
	}
	return app.Factor{Password: string(typed)}, true, err
}

// waits lists what waits, on a trusted device or with one thing from anywhere.
func waits(ctx context.Context, c *call) error {
	f, given, err := c.factor()
	if err != nil {
		return err
	}
	if given {
		list, err := c.waitsBy(ctx, f)
		if err != nil {
			return err
		}
		return c.printWaits(list)
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	missed := c.lookUp(ctx, d)
	if err := c.printWaits(d.View().Waits); err != nil {
		return err
	}
	return missed
}

func (c *call) waitsBy(ctx context.Context, f app.Factor) ([]app.Wait, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	list, err := app.WaitsBy(ctx, dial, c.server, c.name, f)
	for i := range list {
		list[i].Over = !list[i].Until.After(time.Now())
	}
	return list, err
}

func (c *call) printWaits(list []app.Wait) error {
	return c.print(waitLines(list), func(w io.Writer) { writeWaits(w, list) })
}

func writeWaits(w io.Writer, list []app.Wait) {
	if len(list) == 0 {
		fmt.Fprintln(w, "Nothing waits.")
		return
	}
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tWHAT\tSINCE\tUNTIL\tFROM")
	for _, one := range list {
		until := moment(one.Until)
		if one.Over {
			until = "over"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", one.ID.String()[:8], wanted(one), moment(one.Since), until, one.Address)
	}
	table.Flush()
	fmt.Fprintln(w, "What is not yours you stop with: countersignctl stop ID")
}

// wanted says what is waited for.
func wanted(w app.Wait) string {
	switch w.Kind {
	case api.WaitDevice:
		return fmt.Sprintf("%s joins, by password and recovery key", w.Name)
	case api.WaitPassword:
		return fmt.Sprintf("another password, asked for on %s", w.Name)
	case api.WaitLeave:
		return fmt.Sprintf("two-step verification off, asked for on %s", w.Name)
	case api.WaitRenew:
		return "the account begun anew, by the operator"
	case api.WaitRemove:
		return fmt.Sprintf("%s removed", w.Name)
	}
	return string(w.Kind)
}

// moment is a day and time, for what is further away than today.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04") }

// stopWait stops something that waits, with this device or with one thing.
func stopWait(ctx context.Context, c *call) error {
	f, given, err := c.factor()
	if err != nil {
		return err
	}
	if given {
		return c.stopBy(ctx, f)
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.lookUp(ctx, d); err != nil {
		return err
	}
	found, err := c.pickWait(d.View().Waits)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.StopWait(ctx, found.ID); err != nil {
		return err
	}
	return c.wasStopped(found.ID)
}

func (c *call) stopBy(ctx context.Context, f app.Factor) error {
	list, err := c.waitsBy(ctx, f)
	if err != nil {
		return err
	}
	found, err := c.pickWait(list)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := app.StopBy(ctx, dial, c.server, c.name, f, found.ID); err != nil {
		return err
	}
	return c.wasStopped(found.ID)
}

func (c *call) wasStopped(id trust.WaitID) error {
	return c.print(map[string]string{"stopped": id.String()}, func(w io.Writer) {
		fmt.Fprintln(w, "It is stopped, and whoever asked for it is told so. If you did not ask, somebody has your password or your recovery key: change both.")
	})
}

// pickWait finds the wait that is named by its identifier or the beginning of it.
func (c *call) pickWait(list []app.Wait) (app.Wait, error) {
	var found []app.Wait
	name := strings.ToLower(c.args[0])
	for _, w := range list {
		if len(name) >= leastID && strings.HasPrefix(w.ID.String(), name) {
			found = append(found, w)
		}
	}
	switch len(found) {
	case 0:
		return app.Wait{}, errNoWait
	case 1:
		return found[0], nil
	}
	return app.Wait{}, usageError{fmt.Sprintf("several waits begin with %q; give more of the identifier", c.args[0])}
}

func pauseCommand(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.Pause(ctx); err != nil {
		return err
	}
	v := d.View()
	return c.print(map[string]any{"paused": v.Paused}, func(w io.Writer) {
		fmt.Fprintln(w, "New browsers are kept out for a day. End it with: countersignctl resume")
	})
}

// leave asks to switch two-step verification off.
func leave(ctx context.Context, c *call) error {
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if !c.password.given() && !c.agreed("Switch two-step verification off? Then the password alone signs in.") {
		return errKept
	}
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wait, err := d.Leave(asked, password)
	if err != nil {
		return err
	}
	line := whose(d)
	if wait.Over {
		return c.print(line.done(), func(w io.Writer) { fmt.Fprintln(w, "Two-step verification is off.") })
	}
	line.ID, line.Until = wait.ID.String(), wait.Until
	return c.print(line.waiting(), func(w io.Writer) {
		fmt.Fprintf(w, "Two-step verification goes off at %s by itself. Until then any one thing can stop it.\n", moment(wait.Until))
	})
}
