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
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// needsTwo says what brings the third of three things back.
const needsTwo = "two of three are needed: the password, the recovery key, a trusted device. " +
	"On a new computer give --password-file and --key-file; on a trusted device give --new-password-file, with --key-file where the recovery key is at hand"

// recoverJSON is how far a recovery is. One of Waiting, Stopped and Done is true, as
// State says.
type recoverJSON struct {
	State   string    `json:"state"` // waiting, stopped, done
	Waiting bool      `json:"waiting,omitempty"`
	Stopped bool      `json:"stopped,omitempty"`
	Done    bool      `json:"done,omitempty"`
	ID      string    `json:"id,omitempty"` // of the wait
	Until   time.Time `json:"until,omitzero"`
	By      string    `json:"by,omitempty"` // who stopped it, as app.Regaining.By
	Account string    `json:"account,omitempty"`
	Name    string    `json:"name,omitempty"`
	Server  string    `json:"server,omitempty"`
	Device  string    `json:"device,omitempty"`
	// RecoveryKey is the one that counts from now on, unless it went into a file.
	RecoveryKey string `json:"recovery_key,omitempty"`
}

func (r recoverJSON) waiting() recoverJSON {
	r.State, r.Waiting = "waiting", true
	return r
}

func (r recoverJSON) stopped() recoverJSON {
	r.State, r.Stopped = "stopped", true
	return r
}

func (r recoverJSON) done() recoverJSON {
	r.State, r.Done = "done", true
	return r
}

func (c *call) recoverFlags(flags *flag.FlagSet) {
	flags.StringVar(&c.name, "name", "", "the account's `name`")
	c.recoveryFlags(flags)
	c.next.register(flags, "new-password", "the password to be")
	flags.StringVar(&c.deviceName, "device-name", "", "`name` of this device (default: the computer's)")
	flags.StringVar(&c.kind, "kind", "terminal", "`kind` of this device: terminal, laptop, desktop, phone, tablet")
	flags.Func("lost", "a trusted `device` that is lost, by its name or identifier: it is removed; may be repeated", func(name string) error {
		c.lost = append(c.lost, name)
		return nil
	})
	flags.BoolVar(&c.again, "again", false, "ask anew after it was stopped, or for another new password on the same day")
	c.newKeyFlag(flags)
}

func (c *call) newKeyFlag(flags *flag.FlagSet) {
	flags.StringVar(&c.newKeyFile, "new-key-file", "", "new `file` for the new recovery key, instead of showing it")
}

// recoverCommand brings the third of three things back to who has two of them, and
// another password to who has a trusted device alone. What waits goes on when it is
// run again.
func recoverCommand(ctx context.Context, c *call) error {
	server := c.server
	c.server = "" // it is compared below, and may be written in several ways
	d, err := c.open(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if v := d.View(); v.Stage == app.StageNew && v.Regaining == nil && !v.Joining {
		return c.regain(ctx, d, server)
	}
	if err := c.isThis(d.View(), server); err != nil {
		return err
	}
	missed := c.lookUp(ctx, d)
	switch v := d.View(); {
	case v.Regaining != nil:
		return c.goOn(ctx, d, missed)
	case v.Stage == app.StageNew && v.Joining:
		return errors.Join(missed, errWaiting)
	case v.Stage == app.StageNew:
		return errors.Join(missed, app.ErrNoAccount)
	case missed != nil:
		return missed
	}
	return c.recoverHere(ctx, d)
}

// isThis checks that the account named is the one of this device.
func (c *call) isThis(v app.View, server string) error {
	if server != "" {
		origin, _, err := api.ParseLink(server)
		if err != nil {
			return app.ErrAddress
		}
		if origin != v.Server {
			return usageError{fmt.Sprintf("the account here is at %s, not at %s", v.Server, origin)}
		}
	}
	if c.name != "" && c.name != v.Name {
		return usageError{fmt.Sprintf("the account here is %s, not %s", v.Name, c.name)}
	}
	return nil
}

// lookUp asks the backend once.
func (c *call) lookUp(ctx context.Context, d *app.Device) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.CheckNow(ctx)
}

// recoverHere is recoverCommand on a trusted device.
func (c *call) recoverHere(ctx context.Context, d *app.Device) error {
	left := c.whatIsLeft()
	switch {
	case left.password && c.next.given():
		return usageError{"who has the password can change it: countersignctl password"}
	case left.password:
		return c.nothingLost(ctx, d, left)
	case len(c.lost) > 0:
		return usageError{"a lost device is removed by a trusted one with: countersignctl remove DEVICE"}
	case !c.next.given() && !c.typing():
		return usageError{needsTwo}
	case left.key:
		return c.resetWithKey(ctx, d)
	}
	return c.resetAlone(ctx, d)
}

// nothingLost answers who has password and device: those two do everything. It is
// also what a recovery says that is run again when it is done, so the key that it
// made is handed out again.
func (c *call) nothingLost(ctx context.Context, d *app.Device, left things) error {
	line := whose(d)
	if c.password.given() && (left.key || c.newKeyFile != "") {
		password, err := c.askPassword()
		if err != nil {
			return err
		}
		key, err := d.ShowRecovery(ctx, password)
		if err == nil {
			err = c.saveKey(key, &line)
		}
		if err != nil {
			return err
		}
	}
	return c.print(line.done(), func(w io.Writer) {
		fmt.Fprintf(w, "There is nothing to recover: this is a trusted device of the account %s.\n", line.Name)
		if line.RecoveryKey == "" {
			fmt.Fprintln(w, "With the password it can make another recovery key: countersignctl recovery change")
		}
		c.showNewKey(w, line)
	})
}

// whose says which account and device this is.
func whose(d *app.Device) recoverJSON {
	v := d.View()
	line := recoverJSON{Name: v.Name, Server: v.Server, Device: v.This.String()}
	if entries, err := d.Export(); err == nil {
		if state, err := chain.Open(entries); err == nil {
			line.Account = state.Account().String()
		}
	}
	return line
}

// things are those of the three that a person still has, beside this computer.
type things struct{ password, key bool }

// whatIsLeft says what the flags bring, and asks a person at a terminal who gave
// none.
func (c *call) whatIsLeft() things {
	left := things{password: c.password.given(), key: c.key.given()}
	if left != (things{}) || c.next.given() || !c.typing() {
		return left
	}
	fmt.Fprintln(c.Err, "What do you still have?")
	left.password = c.says("The password of the account?")
	left.key = c.says("The recovery key?")
	return left
}

// askLine gives what was given by a flag, or what a person types openly.
func (c *call) askLine(given, prompt, flagName string) (string, error) {
	if given != "" {
		return given, nil
	}
	if !c.typing() {
		return "", usageError{fmt.Sprintf("%s is needed: give --%s", prompt, flagName)}
	}
	fmt.Fprintf(c.Err, "%s: ", prompt)
	if given = strings.TrimSpace(readLine(c.In)); given == "" {
		return "", usageError{fmt.Sprintf("%s is needed", prompt)}
	}
	return given, nil
}

// saveKey puts the recovery key that counts into the file that was named, or into
// the line.
func (c *call) saveKey(key trust.RecoveryKey, line *recoverJSON) error {
	if c.newKeyFile == "" {
		line.RecoveryKey = key.Text()
		return nil
	}
	return keepKey(c.newKeyFile, key)
}

// showNewKey prints a key for a person, if it went into no file.
func (c *call) showNewKey(w io.Writer, line recoverJSON) {
	if line.RecoveryKey == "" {
		return
	}
	fmt.Fprintf(w, "The recovery key is now:\n\n    %s\n\n", line.RecoveryKey)
	fmt.Fprintln(c.Err, "Write it on paper. Type it only into the app: no page, mail or person ever asks for it.")
}
