package terminal

import (
	"context"
	"fmt"
	"io"
	"time"

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
	case "copied":
		return c.sayCopied(ctx)
	}
	return usageError{fmt.Sprintf("recovery %q: it is show, kit, check, groups, copied or change", c.args[0])}
}

// sayCopied takes the person's word on a second copy of the key; nothing can check it.
func (c *call) sayCopied(ctx context.Context) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.SayCopied(!c.no); err != nil {
		return err
	}
	line := recoveryJSON(d.View().Recovery)
	return c.print(line, func(w io.Writer) { writeCopied(w, line) })
}

// writeRecovery says what is known of the recovery key.
func writeRecovery(w io.Writer, r app.Recovery) {
	if !r.Set {
		return
	}
	if !r.Proved.IsZero() {
		fmt.Fprintf(w, "Recovery key: typed in whole on %s\n", r.Proved.Format(time.DateOnly))
	}
	if !r.Next.IsZero() {
		fmt.Fprintf(w, "It is asked for again on %s.\n", r.Next.Format(time.DateOnly))
	}
	writeCopied(w, recoveryJSON(r))
}

func writeCopied(w io.Writer, r recoveryJSON) {
	if r.Copied.IsZero() {
		fmt.Fprintln(w, "Nobody said that a second copy of the recovery key is kept elsewhere.")
		return
	}
	fmt.Fprintf(w, "A second copy of it is kept elsewhere, you said on %s.\n", r.Copied.Format(time.DateOnly))
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
