package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// pairLife is how long a pairing lasts, docs/protocol.md §9; a joining device
// waits no longer.
const pairLife = 5 * time.Minute

var (
	errWaiting   = errors.New("it is not known yet whether this device was let in: ask again within ten minutes, or erase it with countersignctl forget")
	errNoPairing = errors.New("there is no such pairing, or not any more")
)

type joinedJSON struct {
	Account string     `json:"account"`
	Head    chain.Head `json:"head"`
	Device  string     `json:"device"`
	Name    string     `json:"name"`
	Server  string     `json:"server"`
}

func (c *call) joinFlags(flags *flag.FlagSet) {
	flags.StringVar(&c.link, "link", "", "`link` that the trusted device shows")
	flags.StringVar(&c.symbols, "symbols", "", "eight `symbols` that the trusted device shows, with --server ADDRESS")
	flags.StringVar(&c.deviceName, "device-name", "", "`name` of this device (default: the computer's)")
	flags.StringVar(&c.kind, "kind", "terminal", "`kind` of this device: terminal, laptop, desktop, phone, tablet")
}

// join makes this computer a trusted device of an account that has one already.
func join(ctx context.Context, c *call) error {
	in, err := c.joinInput()
	if err != nil {
		return err
	}
	c.server = "" // nothing to compare yet
	d, err := c.open(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	v := d.View()
	if v.Joining && v.Stage == app.StageNew {
		v, err = letIn(ctx, d)
	} else {
		v, err = c.joinAs(ctx, d, in)
	}
	if err != nil {
		return err
	}
	return c.joined(d, v)
}

func (c *call) joinInput() (app.JoinInput, error) {
	if (c.link == "") == (c.symbols == "") {
		return app.JoinInput{}, usageError{"one is needed: --link LINK, or --symbols CODE with --server ADDRESS"}
	}
	if c.symbols != "" && c.server == "" {
		return app.JoinInput{}, usageError{"--symbols needs --server ADDRESS"}
	}
	in := app.JoinInput{Link: c.link, Server: c.server, Symbols: c.symbols, DeviceName: c.deviceName, Kind: trust.Kind(c.kind)}
	if in.Link != "" {
		in.Server = ""
	}
	if in.DeviceName == "" {
		in.DeviceName = hostName()
	}
	return in, nil
}

// letIn finds out how a joining ended that was interrupted here.
func letIn(ctx context.Context, d *app.Device) (app.View, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := d.CheckNow(ctx)
	v := d.View()
	if v.Stage != app.StageNew {
		return v, nil
	}
	if v.Joining && errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		return v, errWaiting
	}
	return v, err
}

func (c *call) joinAs(ctx context.Context, d *app.Device, in app.JoinInput) (app.View, error) {
	ctx, cancel := context.WithTimeout(ctx, pairLife+patience)
	defer cancel()
	j, err := d.BeginJoining(ctx, in)
	if errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
		return app.View{}, fmt.Errorf("%w: %w", errNoPairing, err)
	}
	if err != nil {
		return app.View{}, err
	}
	v, err := c.prove(ctx, j)
	if err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		j.Stop(stop)
	}
	return v, err
}

// prove shows the six digits and waits until the trusted device has let this one
// in.
func (c *call) prove(ctx context.Context, j *app.Joining) (app.View, error) {
	digits, err := j.Digits(ctx)
	if err != nil {
		return app.View{}, err
	}
	err = c.print(map[string]string{"digits": digits}, func(w io.Writer) {
		fmt.Fprintf(w, "Type these digits into the trusted device: %s\n\n%s\n", digits, large(digits))
	})
	if err != nil {
		return app.View{}, err
	}
	return j.Finish(ctx)
}

func (c *call) joined(d *app.Device, v app.View) error {
	entries, err := d.Export()
	if err != nil {
		return err
	}
	state, err := chain.Open(entries)
	if err != nil {
		return err
	}
	line := joinedJSON{Account: state.Account().String(), Head: state.Head(), Device: v.This.String(), Name: v.Name, Server: v.Server}
	return c.print(line, func(w io.Writer) {
		fmt.Fprintf(w, "This is a trusted device of the account %s at %s now.\n", v.Name, v.Server)
	})
}
