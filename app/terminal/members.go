package terminal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// leastID is how much of a device's identifier names it at least, as with
// requests.
const leastID = 4

var (
	errKept    = errors.New("nothing was removed")
	errBelongs = errors.New("this device belongs to the account: remove it instead, here or on another device")
)

func (c *call) removeFlags(flags *flag.FlagSet) {
	c.passwordFlags(flags)
	c.yesFlag(flags)
}

func (c *call) yesFlag(flags *flag.FlagSet) {
	flags.BoolVar(&c.yes, "yes", false, "do it without asking once more")
}

// member finds a device by its name or identifier, or the beginning of that.
func member(v app.View, name string) (app.Member, error) {
	var found []app.Member
	for _, m := range v.Devices {
		if m.Name == name || len(name) >= leastID && strings.HasPrefix(m.ID.String(), strings.ToLower(name)) {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return app.Member{}, usageError{fmt.Sprintf("no trusted device goes by %q; see countersignctl devices", name)}
	case 1:
		return found[0], nil
	}
	text := fmt.Sprintf("several trusted devices go by %q; name one by its identifier:", name)
	for _, m := range found {
		text += fmt.Sprintf("\n  %s  %s (%s)", m.ID, m.Name, m.Kind)
	}
	return app.Member{}, usageError{text}
}

// rename gives a trusted device another name on this one, or takes it back.
func rename(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	m, err := member(d.View(), c.args[0])
	if err != nil {
		return err
	}
	name := ""
	if len(c.args) > 1 {
		name = c.args[1]
	}
	if err := d.Rename(ctx, m.ID, name); err != nil {
		return err
	}
	m, err = member(d.View(), m.ID.String())
	if err != nil {
		return err
	}
	return c.print(deviceLine(m), func(w io.Writer) { fmt.Fprintf(w, "It is called %s here.\n", m.Name) })
}

// remove ends the trust in a device, for all devices of the account.
func remove(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	check, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.CheckNow(check); err != nil {
		return err
	}
	m, err := member(d.View(), c.args[0])
	if err != nil {
		return err
	}
	return c.removeMember(ctx, d, m)
}

func (c *call) removeMember(ctx context.Context, d *app.Device, m app.Member) error {
	if len(d.View().Devices) < 2 {
		return app.ErrLast
	}
	if !c.password.given() && !c.agreed(fmt.Sprintf("Remove %s (%s)?", m.Name, m.Kind)) {
		return errKept
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = d.RemoveDevice(ctx, m.ID, password)
	if app.TroubleOf(err) == app.TroubleWait {
		return c.removeLater(d.View(), m, app.RetryOf(err))
	}
	if err != nil {
		return err
	}
	return c.print(map[string]string{"removed": m.ID.String(), "name": m.Name}, func(w io.Writer) {
		if m.This {
			fmt.Fprintln(w, "This is no trusted device of the account any more. Its keys are gone.")
			return
		}
		fmt.Fprintf(w, "%s is no trusted device any more. It was signed out.\n", m.Name)
	})
}

// removeLater says until when a second removal within a day waits.
func (c *call) removeLater(v app.View, m app.Member, retry time.Duration) error {
	line := recoverJSON{Name: v.Name, Server: v.Server, Device: m.ID.String(), Until: time.Now().Add(retry).Round(time.Second)}
	for _, w := range v.Waits {
		if w.This && w.Kind == api.WaitRemove && w.Name == m.Own {
			line.ID, line.Until = w.ID.String(), w.Until
		}
	}
	err := c.print(line.waiting(), func(w io.Writer) {
		fmt.Fprintf(w, "%s is still a trusted device: the second one within a day waits, so that a thief cannot remove all others at once.\n", m.Name)
		fmt.Fprintf(w, "Run the same command again from %s on. Until then any one thing can stop it; see countersignctl waits\n", moment(line.Until))
	})
	if err != nil {
		return err
	}
	return errNotYet
}

// agreed asks once more, where somebody can be asked and has not said so yet.
func (c *call) agreed(question string) bool {
	if c.yes || !c.typing() {
		return true
	}
	return c.says(question)
}

// says asks a person who is at the terminal.
func (c *call) says(question string) bool {
	fmt.Fprintf(c.Err, "%s [y/N] ", question)
	answer := strings.ToLower(strings.TrimSpace(readLine(c.In)))
	return answer == "y" || answer == "yes"
}

// forget erases a device that was removed, or that was not let in, so that an
// account can be set up or joined anew here.
func forget(ctx context.Context, c *call) error {
	d, err := c.open(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	d.CheckNow(ctx) // it may have been removed, or let in, since; unreached, what is known counts
	v := d.View()
	if v.Stage != app.StageNew && v.Notice != app.NoticeRemoved && v.Notice != app.NoticeFrozen {
		return errBelongs
	}
	if !c.yes && !c.typing() {
		return usageError{"forget needs --yes where nobody can be asked"}
	}
	if !c.agreed("Erase the keys of this device?") {
		return errKept
	}
	if err := c.forgetAll(ctx, d); err != nil {
		return err
	}
	return c.print(map[string]bool{"forgotten": true}, func(w io.Writer) { fmt.Fprintln(w, "Nothing of the account is kept here any more.") })
}

// forgetAll erases the device. With the password it first stops a way back that it
// waits for.
func (c *call) forgetAll(ctx context.Context, d *app.Device) error {
	if d.View().Regaining == nil {
		return d.Forget(context.WithoutCancel(ctx))
	}
	password := ""
	if c.password.given() {
		var err error
		if password, err = c.askPassword(); err != nil {
			return err
		}
	}
	return d.CancelRegain(ctx, password)
}
