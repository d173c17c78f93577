package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/trust"
)

// allow prints the code for a sign-in; again, the same code while it may be typed.
func allow(ctx context.Context, c *call) error {
	d, err := c.account(ctx, c.wait, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	id, err := c.choose(ctx, d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	shown, err := d.Allow(ctx, id)
	if err != nil {
		return err
	}
	return c.printCode(shown)
}

func (c *call) printCode(s app.Shown) error {
	line := codeJSON{
		Request: s.Request.ID.String(), Code: string(s.Code), Letters: s.Request.Letters, Service: s.Request.Service,
		Origin: s.Request.Origin, Until: s.Until,
	}
	return c.print(line, func(w io.Writer) {
		fmt.Fprintf(w, "Code: %s\n", s.Code)
		fmt.Fprintf(w, "Type it only at %s, on the page that shows the letters %s. Nobody may ask you for it.\n", s.Request.Origin, s.Request.Letters)
		fmt.Fprintf(w, "It is good until %s.\n", clock(s.Until))
	})
}

func notMe(ctx context.Context, c *call) error {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return err
	}
	defer d.Close()
	id, err := c.choose(ctx, d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.NotMe(ctx, id); err != nil {
		return err
	}
	return c.print(map[string]string{"request": id.String(), "answer": "not-me"}, func(w io.Writer) {
		fmt.Fprintln(w, "The sign-in is over. Whoever asked knows your password: change it.")
	})
}

// choose finds the sign-in that is meant: the one named, or the only one.
func (c *call) choose(ctx context.Context, d *app.Device) (trust.ChallengeID, error) {
	check, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := d.CheckNow(check)
	if c.wait {
		return c.await(ctx, d)
	}
	if err != nil {
		return trust.ChallengeID{}, err
	}
	return c.pick(d.View())
}

// await waits for a sign-in that can be picked.
func (c *call) await(ctx context.Context, d *app.Device) (trust.ChallengeID, error) {
	ctx, cancel := context.WithCancel(ctx)
	views := make(chan app.View)
	stop := d.Watch(func(v app.View) {
		select {
		case views <- v:
		case <-ctx.Done():
		}
	})
	defer stop()
	defer cancel() // first, so that the last call of Watch ends
	for {
		select {
		case v := <-views:
			id, err := c.pick(v)
			if !errors.Is(err, errNothing) {
				return id, err
			}
		case <-ctx.Done():
			return trust.ChallengeID{}, errNothing
		}
	}
}

// pick finds the sign-in that is meant in a view. One that was allowed here and
// whose code may still be typed counts, so that the code can be shown again and
// the sign-in stopped.
func (c *call) pick(v app.View) (trust.ChallengeID, error) {
	all := slices.Clone(v.Requests)
	if len(c.args) == 0 && len(all) > 1 {
		return trust.ChallengeID{}, severalError{all}
	}
	if v.Shown != nil && (len(c.args) > 0 || len(all) == 0) {
		all = append(all, v.Shown.Request)
	}
	if len(c.args) > 0 {
		all = slices.DeleteFunc(all, func(r app.Request) bool { return !named(r, c.args[0]) })
	}
	switch len(all) {
	case 0:
		return trust.ChallengeID{}, errNothing
	case 1:
		return all[0].ID, nil
	}
	return trust.ChallengeID{}, severalError{all}
}

// named reports whether name is the request's letters, its identifier, or the
// identifier's beginning.
func named(r app.Request, name string) bool {
	return strings.EqualFold(r.Letters, name) || len(name) >= 4 && strings.HasPrefix(r.ID.String(), strings.ToLower(name))
}

func resume(ctx context.Context, c *call) error {
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.Resume(ctx, password); err != nil {
		return err
	}
	return c.print(map[string]bool{"resumed": true}, func(w io.Writer) { fmt.Fprintln(w, "New browsers may sign in again.") })
}

func door(ctx context.Context, c *call) error {
	d, password, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	opened, err := d.OpenDoor(ctx, password)
	if err != nil {
		return err
	}
	return c.print(doorJSON(opened), func(w io.Writer) {
		fmt.Fprintf(w, "One sign-in from a new browser may pass until %s. Its page shows the letters %s.\n", opened.Until.Format(time.TimeOnly), opened.Letters)
	})
}

func password(ctx context.Context, c *call) error {
	d, present, err := c.withPassword(ctx)
	if err != nil {
		return err
	}
	defer d.Close()
	next, err := c.askNew(&c.next, "New password of the account", "new-password")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := d.ChangePassword(ctx, present, string(next)); err != nil {
		return err
	}
	if c.cut {
		if err := d.RemoveAllAppPasswords(ctx, string(next)); err != nil {
			return fmt.Errorf("the password is changed, the app passwords count still: %w", err)
		}
	}
	return c.print(map[string]bool{"changed": true, "cut": c.cut}, func(w io.Writer) {
		fmt.Fprintln(w, "The password is changed. Browsers were signed out. The recovery key is the same.")
		if c.cut {
			fmt.Fprintln(w, "No app password counts any more.")
		}
	})
}

func (c *call) withPassword(ctx context.Context) (*app.Device, string, error) {
	d, err := c.account(ctx, false, nil)
	if err != nil {
		return nil, "", err
	}
	password, err := c.askPassword()
	if err != nil {
		d.Close()
		return nil, "", err
	}
	return d, password, nil
}
