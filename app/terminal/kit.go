package terminal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/kit"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// recoveryKit draws the recovery key's page, into a file or for the system's viewer.
func (c *call) recoveryKit(ctx context.Context) error {
	if c.out == "" && !c.typing() {
		return usageError{"where nobody sits, the page goes into a new file: --out F.pdf"}
	}
	if c.out != "" {
		if err := freeFile(c.out); err != nil {
			return err
		}
	}
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	key, err := d.ShowRecovery(ctx, password)
	if err != nil {
		return err
	}
	page, err := drawKit(d, key)
	if err != nil {
		return err
	}
	if c.out == "" {
		return c.viewKit(ctx, page)
	}
	if err := writeNew(c.out, page); err != nil {
		return err
	}
	return c.print(map[string]string{"file": c.out}, func(w io.Writer) {
		fmt.Fprintf(w, "The page is in %s. Print it, and then delete it: whoever reads it has your recovery key.\n", c.out)
	})
}

func drawKit(d *app.Device, key trust.RecoveryKey) ([]byte, error) {
	entries, err := d.Export()
	if err != nil {
		return nil, err
	}
	state, err := chain.Open(entries)
	if err != nil {
		return nil, err
	}
	v := d.View()
	var page bytes.Buffer
	err = kit.PDF(&page, kit.Kit{Account: v.Name, Server: v.Server, ID: state.Account(), Key: key, Date: time.Now(), Language: locale()})
	return page.Bytes(), err
}

// viewKit shows the page until the person has seen enough of it.
func (c *call) viewKit(ctx context.Context, page []byte) error {
	if err := kit.Sweep(time.Now()); err != nil {
		return err
	}
	remove, err := kit.Open(ctx, page)
	if err != nil {
		return err
	}
	if warning, err := kit.PrinterWarning(locale()); err == nil {
		fmt.Fprintln(c.Err, warning)
	}
	fmt.Fprint(c.Err, "Press Enter when it is printed: the page is removed then. ")
	readLine(c.In)
	return remove()
}

// writeNew puts a page into a new file that only its owner can read.
func writeNew(path string, page []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return usageError{fmt.Sprintf("writing the page: %v", err)}
	}
	_, err = f.Write(page)
	return errors.Join(err, f.Sync(), f.Close())
}

// changeRecovery replaces the recovery key, with this device and the password.
func (c *call) changeRecovery(ctx context.Context) error {
	if err := freeFile(c.newKeyFile); err != nil {
		return err
	}
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := c.lookUp(ctx, d); err != nil {
		return err
	}
	k, err := d.BeginNewKey(ctx)
	if err != nil {
		return err
	}
	line := whose(d)
	typed, shown, err := c.drawn(k.Key())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := k.Finish(ctx, password, typed); err != nil {
		return err
	}
	if !shown {
		if err := c.saveKey(k.Key(), &line); err != nil {
			return err
		}
	}
	return c.print(line.done(), func(w io.Writer) {
		fmt.Fprintln(w, "The recovery key is replaced. The old one is dead.")
		c.showNewKey(w, line)
	})
}

// checkGroups asks for two groups of the key on paper: the short drill.
func (c *call) checkGroups(ctx context.Context) error {
	if !c.typing() {
		return usageError{"the groups are asked for at a terminal; elsewhere there is recovery check"}
	}
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	first, second := d.AskGroups()
	if first == 0 {
		return usageError{"the recovery key was never typed here: type the whole of it with recovery check"}
	}
	a, err := c.ask(&secretFlags{}, fmt.Sprintf("Group %d of the recovery key", first), "key")
	if err != nil {
		return err
	}
	b, err := c.ask(&secretFlags{}, fmt.Sprintf("Group %d of the recovery key", second), "key")
	if err != nil {
		return err
	}
	if err := d.CheckGroups(string(a), string(b)); err != nil {
		return err
	}
	return c.print(map[string]any{"right": true, "checked": d.View().Recovery.Checked}, func(w io.Writer) {
		fmt.Fprintln(w, "Those are the groups of this account's recovery key.")
	})
}
