package app

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// ErrPermit says that what was allowed on a page cannot be made: its time is over, it
// was made, or it is not what this device signed.
var ErrPermit = errors.New("nothing was allowed")

// maxPermits is how many are remembered: the newest.
const maxPermits = 8

// Permit is a change of app passwords that this device allowed and whose code was
// typed: it may be made without the account's password until its time is over.
type Permit struct {
	ID      trust.ChallengeID
	Remove  bool   // an app password is to be removed, else one is to be made
	Title   string // of the service
	Name    string // of the app password
	Until   time.Time
	Service string // identifier
	// Credential is the app password to be removed, hexadecimal.
	Credential string
}

// permit is one as it is stored. Its times are in the backend's clock.
type permit struct {
	Challenge  trust.ChallengeID `json:"challenge"`
	Op         api.Change        `json:"op"`
	Service    string            `json:"service"`
	Name       string            `json:"name"`
	Credential string            `json:"credential,omitempty"`
	Until      time.Time         `json:"until"`
}

// permit keeps what the backend says was allowed here, if this device signed it.
func (c *core) permit(r *record, e api.Event) {
	if e.Data.Device != c.secrets.Device || e.Data.Until == nil || !e.Data.Until.After(c.now()) {
		return
	}
	p := permit{Challenge: e.Data.Challenge, Op: e.Data.Op, Service: e.Data.Service, Name: e.Data.Name, Credential: e.Data.Credential, Until: *e.Data.Until}
	in := r.intentOn(p.Challenge)
	if in == nil || in.Answer != trust.Allow || !in.Accepted || in.Permitted {
		c.o.Log.Warn("permit left out", "reason", "this device did not allow it")
		return
	}
	if in.Request.Action != c.actionOf(p) {
		c.o.Log.Warn("permit left out", "reason", "this device allowed something else")
		return
	}
	in.Permitted = true
	r.Permits = append(r.Permits, p)
	r.Permits = r.Permits[max(0, len(r.Permits)-maxPermits):]
}

// actionOf gives what this device must have signed for a permit, as it reads it.
func (c *core) actionOf(p permit) api.Action {
	title := p.Service
	if s, ok := c.service(p.Service); ok {
		title = s.Title
	}
	read, _ := api.ParseAction(api.Action{Op: p.Op, Service: title, Name: p.Name}.Sentence())
	return read
}

// permits gives those whose time is not over, oldest first.
func (c *core) permits() (out []Permit) {
	for _, p := range c.rec.Permits {
		if p.Until.After(c.now()) {
			out = append(out, Permit{
				ID: p.Challenge, Remove: p.Op == api.ChangeRevoked, Service: p.Service, Title: c.actionOf(p).Service, Name: p.Name, Until: c.clock.local(p.Until),
				Credential: p.Credential,
			})
		}
	}
	return out
}

// MakePermitted makes the app password that this device allowed on a page, and gives
// it: nobody can show it again. ErrPermit; the refusals of MakeAppPassword but those
// of the account's password.
func (d *Device) MakePermitted(ctx context.Context, challenge trust.ChallengeID) (MadeAppPassword, error) {
	secret, err := apppass.New(d.o.Rand)
	if err != nil {
		return MadeAppPassword{}, err
	}
	var id [16]byte
	if _, err := io.ReadFull(d.o.Rand, id[:]); err != nil {
		return MadeAppPassword{}, err
	}
	p, err := d.takePermit(ctx, challenge, api.ChangeCredential)
	if err != nil {
		return MadeAppPassword{}, err
	}
	err = d.amendPermitted(ctx, func(c *core, by chain.Author) ([]byte, error) {
		made, err := c.credential(NewAppPassword{Service: p.Service, Name: p.Name}, id, secret)
		if err != nil {
			return nil, err
		}
		return c.chain.AddCredential(by, made, c.now())
	})
	if err != nil {
		return MadeAppPassword{}, err
	}
	return d.madeAppPassword(ctx, id, secret)
}

// RemovePermitted ends the app password whose removal this device allowed on a page.
// ErrPermit; ErrAppPassword.
func (d *Device) RemovePermitted(ctx context.Context, challenge trust.ChallengeID) error {
	p, err := d.takePermit(ctx, challenge, api.ChangeRevoked)
	if err != nil {
		return err
	}
	return d.amendPermitted(ctx, func(c *core, by chain.Author) ([]byte, error) {
		list := c.liveAppPasswords()
		at := slices.IndexFunc(list, func(h chain.Held) bool { return hex.EncodeToString(h.ID[:]) == p.Credential })
		if at < 0 || list[at].Label != p.Name || list[at].Service != p.Service {
			return nil, ErrAppPassword
		}
		return c.chain.RevokeCredential(by, list[at].ID, c.now())
	})
}

// takePermit takes a permit out of the record, so that it is tried once, whichever
// program of this device comes first.
func (d *Device) takePermit(ctx context.Context, challenge trust.ChallengeID, op api.Change) (p permit, err error) {
	err = d.act(ctx, func(c *core) error {
		found := false
		err := c.change(func(r *record) error {
			at := slices.IndexFunc(r.Permits, func(p permit) bool { return p.Challenge == challenge && p.Op == op })
			if found = at >= 0 && r.Permits[at].Until.After(c.now()); found {
				p = r.Permits[at]
				r.Permits = slices.Delete(r.Permits, at, at+1)
			}
			return nil
		})
		if err == nil && !found {
			err = ErrPermit
		}
		return err
	})
	return p, err
}

// amendPermitted is amend for what a permit allows: no password is shown, and an entry
// that is refused for want of one is given up.
func (d *Device) amendPermitted(ctx context.Context, write func(*core, chain.Author) ([]byte, error)) error {
	return d.amendBy(ctx, "", write, func(entry []byte) error {
		kept := pending{Entry: entry}
		if err := d.act(ctx, func(c *core) error { return c.await(kept) }); err != nil {
			return err
		}
		err := d.settle(ctx, "")
		if errors.Is(err, &api.Error{Code: api.CodePassword}) {
			return errors.Join(ErrPermit, d.takeBack(ctx, &kept))
		}
		if err != nil {
			return err
		}
		return d.act(ctx, func(c *core) error { return c.holds(entry) })
	})
}
