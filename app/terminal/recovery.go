package terminal

import (
	"context"
	"fmt"
	"io"

	"github.com/countersign/countersign/app"
)

func recovery(ctx context.Context, c *call) error {
	switch c.args[0] {
	case "show":
		return c.showRecovery(ctx)
	case "check":
		return c.checkRecovery(ctx)
	case "kit":
		return c.recoveryKit(ctx)
	case "change":
		return c.changeRecovery(ctx)
	case "groups":
		return c.checkGroups(ctx)
	}
	return usageError{fmt.Sprintf("recovery %q: it is show, kit, check, groups or change", c.args[0])}
}

func (c *call) showRecovery(ctx context.Context) error {
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	key, err := d.ShowRecovery(ctx, password)
	if err != nil {
		return err
	}
	return c.print(map[string]string{"recovery_key": key.Text()}, func(w io.Writer) {
		fmt.Fprintln(w, key.Text())
		fmt.Fprintln(c.Err, "Type it only into the app. No page, mail or person ever asks for it.")
	})
}

func (c *call) checkRecovery(ctx context.Context) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	typed, err := c.ask(&c.key, "Recovery key", "key")
	if err != nil {
		return err
	}
	if err := d.CheckRecovery(string(typed)); err != nil {
		return err
	}
	return c.print(map[string]any{"right": true, "proved": provedAt(d.View())}, func(w io.Writer) {
		fmt.Fprintln(w, "That is the recovery key of this account.")
	})
}

func provedAt(v app.View) string { return v.Recovery.Proved.Format("2006-01-02T15:04:05Z07:00") }
