package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// redoes is how often a change is signed anew because others were first, and how
// often the chain is asked for until it is the backend's, chosen arbitrarily.
const redoes = 5

// errNothingToDo says that the chain is as it was wanted already.
var errNothingToDo = errors.New("nothing to do")

// pending is an entry that this device signed. It is stored before it is sent and
// stays until the chain holds an entry at its place: for one place this device
// signs once.
type pending struct {
	Entry   []byte       `json:"entry"`
	Symbols pair.Symbols `json:"symbols,omitempty"` // of the pairing that waits for it
}

// place gives the number of the entry.
func (p *pending) place() uint64 {
	e, err := chain.Inspect(p.Entry)
	if err != nil {
		return 0 // a place that is always taken
	}
	return e.Seq
}

// author checks that this device may sign entries, and gives it as their author.
// One that is frozen by another device's word alone may still remove that device;
// see calm for all else.
func (c *core) author() (chain.Author, error) {
	switch _, member := c.chain.Device(c.self()); {
	case c.secrets == nil || c.rec.outside() || c.rec.Join != nil:
		return chain.Author{}, ErrNoAccount
	case c.rec.Fork != nil && !c.accused():
		return chain.Author{}, ErrFrozen
	case c.rec.Update:
		return chain.Author{}, chain.ErrUnknown
	case !member:
		return chain.Author{}, &api.Error{Code: api.CodeDevice, Message: "this device no longer belongs to the account"}
	}
	return chain.AsDevice(c.secrets.Device, c.keys), nil
}

// self gives this device's identifier, zero without an account.
func (c *core) self() trust.DeviceID {
	if c.secrets == nil {
		return trust.DeviceID{}
	}
	return c.secrets.Device
}

// level brings the pinned chain to the backend's head. An entry is signed only
// then. chain.ErrBehind if they do not meet.
func (d *Device) level(ctx context.Context) error {
	for range redoes {
		s, err := d.fetchStatus(ctx)
		if err != nil {
			return err
		}
		if err := d.fetchChain(ctx, s.Head); err != nil {
			return err
		}
		var same bool
		err = d.act(ctx, func(c *core) error {
			same = c.chain.Head() == s.Head
			_, err := c.author()
			return err
		})
		if err != nil || same {
			return err
		}
	}
	return fmt.Errorf("comparing chains: %w", chain.ErrBehind)
}

// amend adds the entry that write gives, under the password. Where others were
// first it is written anew on what they added.
func (d *Device) amend(ctx context.Context, password string, write func(*core, chain.Author) ([]byte, error)) error {
	return d.amendBy(ctx, password, write, func(entry []byte) error { return d.submit(ctx, password, entry) })
}

// amendBy is amend with another way of sending the entry. password, if any, is for
// what was begun before.
func (d *Device) amendBy(ctx context.Context, password string, write func(*core, chain.Author) ([]byte, error), submit func([]byte) error) (err error) {
	for range redoes {
		if err := d.prepare(ctx, password); err != nil {
			return err
		}
		var entry []byte
		err = d.act(ctx, func(c *core) error {
			by, err := c.author()
			if err != nil {
				return err
			}
			entry, err = write(c, by)
			return err
		})
		if errors.Is(err, errNothingToDo) {
			return nil
		}
		if err != nil {
			return err
		}
		if err = submit(entry); !isStale(err) {
			return err
		}
	}
	return err
}

// submit sends an entry for whose body the password is still to be shown.
func (d *Device) submit(ctx context.Context, password string, entry []byte) error {
	// The signature stays here until the password was found right.
	if err := d.grant(ctx, password, bodyOf(entry)); err != nil {
		return err
	}
	if err := d.act(ctx, func(c *core) error { return c.await(pending{Entry: entry}) }); err != nil {
		return err
	}
	if err := d.settle(ctx, password); err != nil {
		return err
	}
	return d.act(ctx, func(c *core) error { return c.holds(entry) })
}

// holds is CodeStale unless the chain has this very entry: another may have taken
// its place while it was on its way.
func (c *core) holds(entry []byte) error {
	p := pending{Entry: entry}
	if known, ok := c.chain.At(p.place()); ok && known == trust.HashEntry(entry) {
		return nil
	}
	return &api.Error{Code: api.CodeStale, Message: "another change was first"}
}

// prepare brings the chain up to date and ends what was begun before.
func (d *Device) prepare(ctx context.Context, password string) error {
	if err := d.level(ctx); err != nil {
		return err
	}
	if err := d.settle(ctx, password); err != nil && !isStale(err) {
		return err
	}
	return nil
}

// await stores a signed entry, which from then on is the only one of this device
// at its place. A chain that grew meanwhile is CodeStale.
func (c *core) await(p pending) error {
	if _, err := c.author(); err != nil {
		return err
	}
	return c.change(func(r *record) error {
		if r.Pending != nil || p.place() != uint64(len(r.Entries)) {
			return &api.Error{Code: api.CodeStale, Message: "the chain has grown meanwhile"}
		}
		r.Pending = &p
		return nil
	})
}

// settle sends the entry that is kept, if there is one, and takes it over once the
// backend has it. password, if any, is shown again where that is asked for.
func (d *Device) settle(ctx context.Context, password string) error {
	var kept *pending
	err := d.act(ctx, func(c *core) error {
		if err := c.refresh(); err != nil {
			return err
		}
		kept = c.rec.Pending
		return nil
	})
	if err != nil || kept == nil {
		return err
	}
	err = d.send(ctx, kept.Entry)
	if errors.Is(err, &api.Error{Code: api.CodePassword}) && password != "" {
		if err := d.grant(ctx, password, bodyOf(kept.Entry)); err != nil {
			return err
		}
		err = d.send(ctx, kept.Entry)
	}
	if isStale(err) {
		return errors.Join(err, d.level(ctx))
	}
	if refusedEntry(err) {
		return errors.Join(err, d.takeBack(ctx, kept))
	}
	if err != nil {
		return err
	}
	return d.settled(ctx, kept)
}

// refusedEntry reports whether the backend will not take this entry as things are,
// for a reason that neither the password nor another chain mends.
func refusedEntry(err error) bool {
	for _, code := range []api.Code{api.CodeYoung, api.CodeWait, api.CodeChain, api.CodeVersion, api.CodeMalformed, api.CodeNotFound} {
		if errors.Is(err, &api.Error{Code: code}) {
			return true
		}
	}
	return false
}

// takeBack gives up an entry that was refused, so that it neither stands in the way
// of every later change nor comes true when nobody wants it any more. A backend that
// lies about the refusal has two entries for one place then, of which it can show
// one to each device; that is a fork, which freezes them.
func (d *Device) takeBack(ctx context.Context, p *pending) error {
	return d.act(context.WithoutCancel(ctx), func(c *core) error {
		return c.change(func(r *record) error {
			if r.Pending != nil && bytes.Equal(r.Pending.Entry, p.Entry) {
				r.Pending = nil
			}
			return nil
		})
	})
}

func (d *Device) settled(ctx context.Context, p *pending) error {
	err := d.act(context.WithoutCancel(ctx), func(c *core) error {
		if known, ok := c.chain.At(p.place()); ok && known == trust.HashEntry(p.Entry) {
			return nil // the log was faster
		}
		return c.extend([][]byte{p.Entry})
	})
	if err != nil || p.Symbols == "" {
		return err
	}
	d.closeBox(ctx, p.Symbols, api.BoxDone)
	return nil
}

// send appends an entry, the same bytes until there is an answer.
func (d *Device) send(ctx context.Context, entry []byte) error {
	for wait := newBackoff(); ; {
		err := d.line.call(ctx, func(a api.Account, token api.Secret) error { return a.Append(ctx, token, entry) })
		if !errors.Is(err, errNoAnswer) || ctx.Err() != nil || !wait.sleep(ctx, nil) {
			return err
		}
	}
}

// grant shows the password for one change.
func (d *Device) grant(ctx context.Context, password string, body []byte) error {
	return d.line.call(ctx, func(a api.Account, token api.Secret) error {
		return a.Grant(ctx, token, password, trust.HashBody(body))
	})
}

// bodyOf gives the signed part of an entry that this device wrote.
func bodyOf(raw []byte) []byte {
	body, err := chain.Body(raw)
	if err != nil {
		return nil // no grant is good for that
	}
	return body
}

func isStale(err error) bool { return errors.Is(err, &api.Error{Code: api.CodeStale}) }
