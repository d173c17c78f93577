package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// regain makes this computer a trusted device by password and recovery key: it asks,
// and says until when that waits.
func (c *call) regain(ctx context.Context, d *app.Device, server string) error {
	in, err := c.regainInput(server)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.BeginRegain(ctx, in); err != nil {
		return err
	}
	return c.regaining(ctx, d, in.Password)
}

func (c *call) regainInput(server string) (app.RegainInput, error) {
	left := c.whatIsLeft()
	if !left.password || !left.key {
		return app.RegainInput{}, usageError{needsTwo}
	}
	if c.next.given() {
		return app.RegainInput{}, usageError{"--new-password-file is for a trusted device that lacks the password"}
	}
	if err := freeFile(c.newKeyFile); err != nil {
		return app.RegainInput{}, err
	}
	in := app.RegainInput{DeviceName: c.deviceName, Kind: trust.Kind(c.kind)}
	if in.DeviceName == "" {
		in.DeviceName = hostName()
	}
	var err error
	if in.Server, err = c.askLine(server, "Address of the backend", "server"); err != nil {
		return in, err
	}
	if in.Name, err = c.askLine(c.name, "Name of the account", "name"); err != nil {
		return in, err
	}
	if in.Password, err = c.askPassword(); err != nil {
		return in, err
	}
	key, err := c.ask(&c.key, "Recovery key", "key")
	in.Key = string(key)
	return in, err
}

// freeFile checks that a key can go into a new file.
func freeFile(path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Sprintf("%q exists: the recovery key goes into a new file", path)}
	}
	return nil
}

// keepKey is writeKey for a command that may have done so before, or have been
// killed while it did.
func keepKey(path string, key trust.RecoveryKey) error {
	text := key.Text() + "\n"
	there, err := os.ReadFile(path)
	switch {
	case err != nil || !strings.HasPrefix(text, string(there)):
		return writeKey(path, key)
	case string(there) == text:
		return nil
	}
	if err := os.Remove(path); err != nil {
		return usageError{fmt.Sprintf("writing the recovery key: %v", err)}
	}
	return writeKey(path, key)
}

// goOn does what a way back that was asked for before is ready for. missed is why
// the backend could not be asked now.
func (c *call) goOn(ctx context.Context, d *app.Device, missed error) error {
	if missed != nil {
		return missed
	}
	if v := d.View(); v.Regaining.State == app.RegainStopped && !c.again && v.Regaining.By != app.ByLost {
		return c.regaining(ctx, d, "")
	}
	password, err := c.askPassword()
	if err != nil {
		return err
	}
	switch d.View().Regaining.State {
	case app.RegainStopped:
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		if err := d.RegainAgain(ctx, password); err != nil {
			return err
		}
	case app.RegainReady:
		return c.enter(ctx, d, password)
	}
	return c.regaining(ctx, d, password)
}

// regaining prints how far the way back is.
func (c *call) regaining(ctx context.Context, d *app.Device, password string) error {
	v := d.View()
	switch r := v.Regaining; {
	case r == nil:
		return c.regained(d, recoverJSON{})
	case r.State == app.RegainReady: // the account does not make anybody wait
		return c.enter(ctx, d, password)
	}
	line := regainLine(v)
	if line.Waiting {
		line.ID = ownWait(ctx, v.Regaining, v.This, password)
	}
	if err := c.print(line, func(w io.Writer) { writeRegaining(w, *v.Regaining) }); err != nil || line.Waiting {
		return err
	}
	return errStopped
}

// regainLine says how far the way back of a view is.
func regainLine(v app.View) recoverJSON {
	r := v.Regaining
	line := recoverJSON{Name: r.Name, Server: r.Server, Device: v.This.String(), Until: r.Until, By: r.By}
	if r.State == app.RegainStopped {
		return line.stopped()
	}
	return line.waiting()
}

// writeRegaining says how far a way back is.
func writeRegaining(w io.Writer, r app.Regaining) {
	switch r.State {
	case app.RegainStopped:
		fmt.Fprintf(w, "The way back into the account %s was stopped%s.\n", r.Name, stopper(r.By))
		fmt.Fprintln(w, "Ask anew with: countersignctl recover --again; or erase what is kept here: countersignctl forget")
	case app.RegainReady:
		fmt.Fprintf(w, "The wait for the account %s is over. Go on with: countersignctl recover\n", r.Name)
	case app.RegainWaits:
		fmt.Fprintf(w, "This device may join the account %s from %s on. Then run countersignctl recover again.\n", r.Name, moment(r.Until))
		fmt.Fprintln(w, "Until then every trusted device and every address of the account is told, and can stop it.")
	default:
		fmt.Fprintf(w, "It is not known yet whether the account %s was asked. Run countersignctl recover again.\n", r.Name)
	}
}

func stopper(by string) string {
	switch by {
	case "device":
		return " on a trusted device"
	case "password":
		return " by somebody who has the password"
	case "key":
		return " by somebody who has the recovery key"
	case "mail":
		return " from a message to one of the account's addresses"
	case "removed":
		return ", because a device was removed"
	case "replaced":
		return ", because the recovery key or the password was replaced"
	case app.ByLost:
		return ": the backend does not know of it any more"
	}
	return ""
}

// ownWait finds the identifier of this device's wait, "" if it cannot be had now.
func ownWait(ctx context.Context, r *app.Regaining, me trust.DeviceID, password string) string {
	if password == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	waits, err := app.WaitsBy(ctx, dial, r.Server, r.Name, app.Factor{Password: password})
	if err != nil {
		return ""
	}
	i := slices.IndexFunc(waits, func(w app.Wait) bool { return w.Kind == api.WaitDevice && w.Device == me })
	if i < 0 {
		return ""
	}
	return waits[i].ID.String()
}

// enter makes this computer a trusted device, now that the wait is over.
func (c *call) enter(ctx context.Context, d *app.Device, password string) error {
	r, err := openRegain(ctx, d, password)
	if err != nil {
		return err
	}
	lost, err := lostDevices(r.Members(), c.lost)
	if err != nil {
		return err
	}
	typed, shown, err := c.drawn(r.Key())
	if err != nil {
		return err
	}
	var line recoverJSON
	if !shown {
		if err := c.saveKey(r.Key(), &line); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := r.Finish(ctx, typed, lost); err != nil {
		return err
	}
	return c.regained(d, line)
}

func openRegain(ctx context.Context, d *app.Device, password string) (*app.Regain, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.OpenRegain(ctx, password)
}

// drawn gives a new key to a person at the terminal, who types it back. Elsewhere
// whoever runs the program gets it otherwise, see saveKey: nobody typed it, so it is not
// proved before somebody does.
func (c *call) drawn(key trust.RecoveryKey) (typed string, shown bool, err error) {
	if c.newKeyFile != "" || c.json || !c.typing() {
		return "", false, nil
	}
	typed, err = c.handOver(key)
	return typed, true, err
}

// lostDevices finds the devices that names mean.
func lostDevices(members []app.Member, names []string) (ids []trust.DeviceID, err error) {
	for _, name := range names {
		m, err := member(app.View{Devices: members}, name)
		if err != nil {
			return nil, err
		}
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// regained says that this device belongs; key holds the new recovery key, if it is
// to be shown.
func (c *call) regained(d *app.Device, key recoverJSON) error {
	line := whose(d)
	line.RecoveryKey = key.RecoveryKey
	return c.print(line.done(), func(w io.Writer) {
		fmt.Fprintf(w, "This is a trusted device of the account %s now. The old recovery key is dead.\n", line.Name)
		c.showNewKey(w, line)
		fmt.Fprintln(w, "If somebody else may know the password, change it: countersignctl password")
	})
}
