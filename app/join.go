package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
)

// join sends the registration that is kept until the backend has answered it; it
// does nothing once that was had. A refusal for ever undoes the set-up.
func (d *Device) join(ctx context.Context) error {
	select {
	case d.joins <- struct{}{}:
		defer func() { <-d.joins }()
	case <-ctx.Done():
		return answered(ctx.Err())
	}
	var wanted *api.Registration
	var id identity
	err := d.act(ctx, func(c *core) (err error) {
		id, err = c.identity()
		wanted = c.registration()
		return err
	})
	if err != nil || wanted == nil {
		return err
	}
	err = answered(d.line.register(ctx, id, *wanted))
	if refusedForEver(err) {
		return errors.Join(err, d.undo(ctx))
	}
	if err != nil {
		return err
	}
	return d.act(ctx, (*core).joined)
}

// registration gives what has to be sent, nil if nothing has to.
func (c *core) registration() *api.Registration {
	if c.secrets == nil || c.rec.Join == nil {
		return nil
	}
	return &api.Registration{
		Invitation: c.rec.Join.Invitation, Name: c.rec.Name, Password: c.rec.Join.Password, Entries: c.rec.Entries,
	}
}

// joined erases the password, from the generation before as well.
func (c *core) joined() error {
	if err := c.change(func(r *record) error { r.Join = nil; return nil }); err != nil {
		return err
	}
	return c.shelf.forget()
}

func (l *line) register(ctx context.Context, id identity, r api.Registration) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	to, err := l.reach(ctx, id)
	l.leave()
	if err != nil {
		return err
	}
	return to.Register(ctx, r)
}

// undo takes back a set-up that the backend refused. Killed in between, the next
// start sends the registration again, is refused again, and gets here again.
func (d *Device) undo(ctx context.Context) error {
	err := d.o.Vault.Delete(ctx, secretsName)
	if err != nil && !errors.Is(err, vault.ErrNotFound) {
		return fmt.Errorf("undoing the set-up: %w", err)
	}
	d.line.forget()
	return d.act(ctx, func(c *core) error {
		kept := c.shelf
		c.leave()
		c.notMade = true
		return kept.remove()
	})
}

// refusedForEver reports whether the same registration can never succeed.
func refusedForEver(err error) bool {
	var refusal *api.Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch refusal.Code {
	case api.CodeInvitation, api.CodeName, api.CodePassword, api.CodeChain, api.CodeMalformed, api.CodeVersion:
		return true
	}
	return false
}
