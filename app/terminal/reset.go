package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/sync/api"
)

// onceMore is how long a password that was set by a device alone answers for the
// next run of the same command, which otherwise would ask for another wait.
const onceMore = 24 * time.Hour

// resetWithKey sets another password at once, with this device and the recovery key.
func (c *call) resetWithKey(ctx context.Context, d *app.Device) error {
	typed, err := c.ask(&c.key, "Recovery key", "key")
	if err != nil {
		return err
	}
	r, err := d.BeginReset(ctx, string(typed))
	if errors.Is(err, app.ErrOtherKey) && c.next.given() {
		return c.wasReset(ctx, d, err)
	}
	if err != nil {
		return err
	}
	if err := freeFile(c.newKeyFile); err != nil {
		return err
	}
	next, err := c.askNew(&c.next, "New password of the account", "new-password")
	if err != nil {
		return err
	}
	back, shown, err := c.drawn(r.Key())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := r.Finish(ctx, string(next), back); err != nil {
		return err
	}
	// Only now does the key count, and this device keeps a copy: a run that is
	// killed before leaves no file with a key that opens nothing.
	line := whose(d)
	if !shown {
		if err := c.saveKey(r.Key(), &line); err != nil {
			return err
		}
	}
	return c.passwordSet(line)
}

// wasReset answers a reset that is run again when it is done: the key that was typed
// is dead, and the copy of the next one opens with the next password. other is the
// refusal if it does not.
func (c *call) wasReset(ctx context.Context, d *app.Device, other error) error {
	next, err := c.next.read()
	if err != nil {
		return err
	}
	key, err := d.ShowRecovery(ctx, string(next))
	if err != nil {
		return other
	}
	line := whose(d)
	if err := c.saveKey(key, &line); err != nil {
		return err
	}
	return c.passwordSet(line)
}

func (c *call) passwordSet(line recoverJSON) error {
	return c.print(line.done(), func(w io.Writer) {
		fmt.Fprintln(w, "The password is set. Browsers were signed out, and the old recovery key is dead.")
		c.showNewKey(w, line)
	})
}

// resetAlone sets another password with this device alone, after a wait.
func (c *call) resetAlone(ctx context.Context, d *app.Device) error {
	v := d.View()
	i := slices.IndexFunc(v.Waits, func(w app.Wait) bool { return w.Kind == api.WaitPassword && w.This })
	switch {
	case i >= 0 && v.Waits[i].Over:
		return c.finishReset(ctx, d)
	case i >= 0:
		return c.resetWaits(d, v.Waits[i])
	case resetLately(v, time.Now()) && !c.again:
		return c.print(whose(d).done(), func(w io.Writer) {
			fmt.Fprintln(w, "This device has set another password today. Ask for one more with: countersignctl recover --again")
		})
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	wait, err := d.AskReset(ctx)
	if err != nil {
		return insteadOf(err, errNever)
	}
	if wait.Over { // the account does not make anybody wait
		return c.finishReset(ctx, d)
	}
	return c.resetWaits(d, wait)
}

// resetLately reports whether the last new password is one that this device set
// after a wait, not long ago.
func resetLately(v app.View, now time.Time) bool {
	for _, a := range v.Activity { // newest first
		switch api.EventKind(a.Kind) {
		case api.EventPassword:
			return false
		case api.EventReset:
			own := slices.ContainsFunc(v.Devices, func(m app.Member) bool { return m.This && m.Name == a.Device })
			return own && a.By == "wait" && now.Sub(a.At) < onceMore
		}
	}
	return false
}

func (c *call) resetWaits(d *app.Device, w app.Wait) error {
	line := whose(d)
	line.ID, line.Until = w.ID.String(), w.Until
	return c.print(line.waiting(), func(out io.Writer) {
		fmt.Fprintf(out, "Another password can be set from %s on. Then run countersignctl recover again.\n", moment(w.Until))
		fmt.Fprintln(out, "Until then every trusted device and every address of the account is told, and can stop it.")
		fmt.Fprintln(out, "With the recovery key it goes at once.")
	})
}

func (c *call) finishReset(ctx context.Context, d *app.Device) error {
	next, err := c.askNew(&c.next, "New password of the account", "new-password")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.FinishReset(ctx, string(next)); err != nil {
		return err
	}
	return c.print(whose(d).done(), func(w io.Writer) {
		fmt.Fprintln(w, "The password is set. Browsers were signed out. The recovery key on paper is the same.")
		fmt.Fprintln(w, "No copy of it is kept here any more. If the paper is lost, make another key: countersignctl recovery change")
	})
}
