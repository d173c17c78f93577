package app

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// AddContact has an 8-digit code sent to an address, which is used after
// ConfirmContact, with the account's password; language is "en" or "de". The same
// address again sends another code. CodePassword, CodeSlow, CodeYoung; CodeNotFound
// where the server sends no such messages, CodeMalformed for no such address, or one
// more than there may be.
func (d *Device) AddContact(ctx context.Context, medium api.Medium, address, language, password string) (Contact, error) {
	call := api.ContactCall{Medium: medium, Address: address, Language: language, Password: norm.NFC.String(password)}
	var said api.Contact
	// Not asked for twice: every time sends a message to somebody.
	err := d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
		said, err = a.AddContact(ctx, token, call)
		return err
	})
	if err != nil {
		return Contact{}, err
	}
	return shownContact(said), d.look(ctx)
}

// ConfirmContact shows the code that was sent. CodePassword for a wrong one,
// CodeNotFound if none waits (any more).
func (d *Device) ConfirmContact(ctx context.Context, id, code string) error {
	err := d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.ConfirmContact(ctx, token, id, code) })
	return errors.Join(err, d.look(ctx))
}

// RemoveContact ends an address, which is told of it. CodePassword, CodeSlow,
// CodeYoung, CodeNotFound.
func (d *Device) RemoveContact(ctx context.Context, id, password string) error {
	return d.bid(ctx, func(a api.Account, token api.Secret) error {
		return a.RemoveContact(ctx, token, id, norm.NFC.String(password))
	})
}

// AllowText says whether somebody who gave the right password may sign in with a code
// sent to a confirmed telephone number; one number at most may. CodePassword,
// CodeSlow, CodeYoung; CodeNotFound for no such number, or where View.Text is false.
func (d *Device) AllowText(ctx context.Context, id, password string, on bool) error {
	return d.bid(ctx, func(a api.Account, token api.Secret) error {
		return a.AllowText(ctx, token, id, norm.NFC.String(password), on)
	})
}

// look has the view show what is new. That it may not be had is no failure of what
// was done before.
func (d *Device) look(ctx context.Context) error {
	_, err := d.fetchStatus(ctx)
	if errors.Is(err, errNoAnswer) {
		return nil
	}
	return err
}

func (c *core) contacts() []Contact {
	var out []Contact
	for _, k := range c.rec.Status.Contacts {
		out = append(out, shownContact(k))
	}
	return out
}

// textsLetIn reports whether a status says that codes sent to a number let in.
func textsLetIn(list []api.Contact) bool {
	return slices.ContainsFunc(list, func(k api.Contact) bool { return k.SignIn })
}

func shownContact(k api.Contact) Contact {
	return Contact{ID: k.ID, Medium: k.Medium, Address: trust.Printable(k.Address, 254), Confirmed: k.Confirmed, SignIn: k.SignIn}
}
