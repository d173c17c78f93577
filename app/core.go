package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// core is the device's state and its rules. Only the owner's goroutine touches
// it; it never talks to the backend.
type core struct {
	o       Options
	secrets *secrets // nil: no account
	keys    trust.Keys
	chain   chain.State // the pinned chain; zero until the first entries came
	shelf   shelf
	rec     record // as on disk, or newer than what this program saw there
	clock   clock
	cursor  uint64 // newest event this program saw; the record's may be ahead of it
	asks    []ask  // sign-ins that wait
	let     []ask  // sign-ins that another device allowed: they can still be stopped
	link    Link
	notMade bool
	behind  bool // a request speaks of entries that are missing here
	healed  bool // the backend refused what it is said to have lost
	past    *former
}

func openCore(ctx context.Context, o Options) (*core, error) {
	c := &core{o: o, link: Link{State: Connecting, Since: o.Now()}}
	s, err := readSecrets(ctx, o.Vault)
	if err != nil || s == nil {
		return c, err
	}
	shelf := newShelf(o, s)
	rec, err := shelf.read()
	if o.Repair && (errors.Is(err, vault.ErrDamaged) || errors.Is(err, vault.ErrNotFound)) {
		rec, err = shelf.repair(s.Origin)
	}
	if errors.Is(err, vault.ErrNotFound) {
		err = fmt.Errorf("state of device %s is missing: %w", s.Device, vault.ErrDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("opening device: %w", err)
	}
	return c, c.become(s, shelf, rec)
}

// become makes c the device of s.
func (c *core) become(s *secrets, shelf shelf, rec record) error {
	keys, err := s.Seed.Keys()
	if err != nil {
		return err
	}
	var st chain.State
	if len(rec.Entries) > 0 {
		if st, err = chain.Open(rec.Entries); err != nil {
			return fmt.Errorf("reading chain: %w", err)
		}
		if st.Account() != s.Account {
			return fmt.Errorf("reading chain: %w", vault.ErrDamaged)
		}
	}
	c.secrets, c.keys, c.chain, c.shelf, c.rec, c.cursor = s, keys, st, shelf, rec, rec.Cursor
	c.clock = newClock(rec.Offset, c.o.Now)
	return c.restore()
}

// leave forgets a device that never came to be.
func (c *core) leave() {
	c.secrets, c.keys, c.chain, c.shelf, c.rec = nil, trust.Keys{}, chain.State{}, shelf{}, record{}
	c.asks, c.let, c.cursor, c.past = nil, nil, 0, nil
	c.link = Link{State: Connecting, Since: c.o.Now()}
}

// change alters the stored record. Other programs may have altered it since, so
// edit sees what is stored now; a longer chain of theirs is taken over.
func (c *core) change(edit func(*record) error) error {
	if c.secrets == nil {
		return ErrNoAccount
	}
	rec, err := c.shelf.change(edit)
	if err != nil {
		return fmt.Errorf("keeping state: %w", err)
	}
	return c.take(rec)
}

// refresh takes over what other programs stored.
func (c *core) refresh() error {
	if c.secrets == nil {
		return ErrNoAccount
	}
	rec, err := c.shelf.read()
	if err != nil {
		return fmt.Errorf("reading state: %w", err)
	}
	return c.take(rec)
}

func (c *core) take(rec record) error {
	if len(rec.Entries) > 0 && uint64(len(rec.Entries)-1) != c.chain.Head().Seq || c.chain.Account() == (trust.AccountID{}) && len(rec.Entries) > 0 {
		before := c.chain
		st, err := chain.Open(rec.Entries)
		if err != nil {
			return fmt.Errorf("reading chain: %w", err)
		}
		c.chain, c.rec = st, rec
		c.tellHistory(before)
	}
	c.rec = rec
	return nil
}

// learn takes over the backend's word on the account. floor is the cursor from
// before the backend was asked.
func (c *core) learn(s api.Status, floor uint64) error {
	c.clock.set(s.Now)
	s.Now = time.Time{} // the record need not change with every word from the backend

	restored := s.Events < floor // set back to an older backup: what it says now is new
	if restored {
		c.cursor = s.Events
	}
	c.healed = false
	err := c.change(func(r *record) error {
		r.Status, r.Offset, r.Removed = s, c.clock.offset().Round(time.Second), false
		if s.TwoStep {
			r.TwoStep = true
		}
		if s.Name != "" && trust.CheckName(s.Name) == nil {
			r.Name = s.Name
		}
		if restored {
			r.Restored, r.Cursor, r.Logged.Left = true, min(r.Cursor, s.Events), s.Left
			r.Logged.Text = textsLetIn(s.Contacts)
		}
		r.keepReceipt(c.chain.Head())
		r.nameCopies(c.paper(), len(c.secrets.Recovery) > 0)
		return nil
	})
	if err != nil {
		return err
	}
	return c.readSights(s.Devices)
}

// heard notes a word from the backend.
func (c *core) heard() { c.link.Heard = c.o.Now() }

// now is the backend's clock.
func (c *core) now() time.Time { return c.clock.now() }
