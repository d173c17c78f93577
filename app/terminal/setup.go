package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// setup makes an account, or ends one whose making was interrupted.
func setup(ctx context.Context, c *call) error {
	server := c.server
	c.server = "" // nothing to compare yet
	d, err := c.open(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	v := d.View()
	switch {
	case v.Joining:
		err = c.finishSetup(ctx, d)
	case v.Stage != app.StageNew:
		return app.ErrSetUp
	default:
		err = c.newAccount(ctx, d, server)
	}
	if err != nil {
		return err
	}
	return c.setUp(d.View())
}

func (c *call) newAccount(ctx context.Context, d *app.Device, server string) error {
	link, err := inviteLink(c.invite, server)
	if err != nil {
		return err
	}
	if c.recoveryOut != "" {
		if _, err := os.Lstat(c.recoveryOut); !errors.Is(err, fs.ErrNotExist) {
			return usageError{fmt.Sprintf("%q exists: the recovery key goes into a new file", c.recoveryOut)}
		}
	}
	password, err := c.askNew(&c.password, "Password for the new account", "password")
	if err != nil {
		return err
	}
	in := app.SetupInput{Link: link, Name: c.name, Password: string(password), DeviceName: c.deviceName, Kind: trust.Kind(c.kind)}
	if in.DeviceName == "" {
		in.DeviceName = hostName()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := d.BeginSetup(ctx, in)
	if err != nil {
		return err
	}
	typed, err := c.handOver(s.Key())
	if err != nil {
		return err
	}
	err = s.Finish(ctx, typed)
	if err != nil && d.View().Stage == app.StageNew && c.recoveryOut != "" {
		err = errors.Join(err, os.Remove(c.recoveryOut)) // the key of an account that never was
	}
	return err
}

// inviteLink gives the link, made of a bare invitation code if need be.
func inviteLink(invite, server string) (string, error) {
	if invite == "" {
		return "", usageError{"an invitation is needed: --invite LINK"}
	}
	if server != "" && !strings.Contains(invite, "#") {
		return strings.TrimSuffix(server, "/") + api.PathInvite + "#" + invite, nil
	}
	origin, _, err := api.ParseLink(invite)
	if err != nil {
		return "", app.ErrAddress
	}
	if server != "" && origin != server {
		return "", usageError{fmt.Sprintf("the invitation is for %s, not for %s", origin, server)}
	}
	return invite, nil
}

// handOver gives the recovery key to the person, or into the file, and gives
// what was typed back, or read back from the file.
func (c *call) handOver(key trust.RecoveryKey) (string, error) {
	if c.recoveryOut != "" {
		if err := writeKey(c.recoveryOut, key); err != nil {
			return "", err
		}
		back, err := os.ReadFile(c.recoveryOut)
		return string(back), err
	}
	fmt.Fprintf(c.Err, "Your recovery key. Write it on paper; it is shown this once:\n\n    %s\n\n", key.Text())
	for {
		typed, err := c.ask(&secretFlags{}, "Type the recovery key", "recovery-out")
		if err != nil {
			return "", err
		}
		if back, err := trust.ParseRecoveryKey(string(typed)); err == nil && back.Text() == key.Text() {
			return string(typed), nil
		}
		fmt.Fprintln(c.Err, "That is not the key above. Look for a mistyped symbol.")
	}
}

// writeKey puts the key into a new file that only its owner can read.
func writeKey(path string, key trust.RecoveryKey) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usageError{fmt.Sprintf("writing the recovery key: %v", err)}
	}
	_, err = io.WriteString(f, key.Text()+"\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// finishSetup goes on where an earlier run was interrupted: the account was
// asked for, and is asked for again with the same bytes.
func (c *call) finishSetup(ctx context.Context, d *app.Device) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.CheckNow(ctx); err != nil {
		return err
	}
	if c.recoveryOut == "" {
		return nil
	}
	typed, err := os.ReadFile(c.recoveryOut)
	if err == nil {
		return d.CheckRecovery(string(typed))
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	key, err := d.ShowRecovery(ctx, password)
	if err != nil {
		return err
	}
	return writeKey(c.recoveryOut, key)
}

func (c *call) setUp(v app.View) error {
	return c.print(statusLine(v), func(w io.Writer) {
		fmt.Fprintf(w, "The account %s at %s is set up, and this is its trusted device.\n", v.Name, v.Server)
		fmt.Fprintf(w, "Now try it: sign in once at %s, then run countersignctl allow.\n", v.Server)
	})
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil || trust.CheckName(name) != nil {
		return "Terminal"
	}
	return name
}
