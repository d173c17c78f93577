package app

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// Regain is the end of a way back: the wait is over, and the old recovery key, which
// was kept sealed under the password, may let this device in. It replaces itself by
// that. Its methods may be called from any goroutine; one runs at a time.
type Regain struct {
	d    *Device
	turn *turn
	old  trust.RecoveryKey
	key  trust.RecoveryKey
	st   chain.State // as the backend gave it last
}

// OpenRegain opens what was kept for the end of the wait, with the password. The new
// recovery key is sealed under it and kept before it is given out; opened again it is
// the same. ErrGone unless View.Regaining is RegainReady; vault.ErrPassword;
// CodeStopped, CodeWait; chain.ErrInvalid for entries that are not of the recovery
// key's account; or no answer.
func (d *Device) OpenRegain(ctx context.Context, password string) (*Regain, error) {
	if err := d.holdJoins(ctx); err != nil {
		return nil, err
	}
	defer func() { <-d.joins }()
	if err := d.act(ctx, (*core).returnable); err != nil {
		return nil, err
	}
	s, err := d.storedSecrets(ctx)
	if err != nil {
		return nil, err
	}
	r := &Regain{d: d, turn: newTurn()}
	if r.old, err = d.openCopy(password, s.Recovery); err != nil {
		return nil, err
	}
	if err := r.fetch(ctx); err != nil {
		return nil, err
	}
	r.key, err = d.drawNext(ctx, password, s.RecoveryNext)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// returnable is ErrGone unless a wait is over and nothing was made of it yet, also by
// another program.
func (c *core) returnable() error {
	if c.secrets == nil {
		return ErrGone
	}
	err := c.refresh()
	if errors.Is(err, vault.ErrNotFound) { // another program gave it up
		return ErrGone
	}
	if err != nil {
		return err
	}
	if r := c.rec.Regain; r == nil || r.State != RegainReady || len(r.Entries) > 0 {
		return ErrGone
	}
	return nil
}

// drawNext gives the key that replaces the old one. Every program of this device gets
// the same, as each shows it to somebody who writes it down: the first that stores one
// has drawn it. before is the copy that was kept when this was opened before. The
// joins token is held.
func (d *Device) drawNext(ctx context.Context, password string, before []byte) (trust.RecoveryKey, error) {
	key, err := d.openCopy(password, before)
	if err != nil {
		key, err = trust.NewRecoveryKey(d.o.Rand)
	}
	if err != nil {
		return key, err
	}
	sealed, err := d.o.testOnlySeal([]byte(norm.NFC.String(password)), key.Seed(), d.o.Rand)
	if err != nil {
		return key, fmt.Errorf("sealing the recovery key's copy: %w", err)
	}
	err = d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error {
			if r.Regain == nil {
				return ErrGone
			}
			if len(r.Regain.Next) == 0 {
				r.Regain.Next = sealed
			}
			sealed = r.Regain.Next
			return nil
		})
	})
	if err != nil {
		return key, err
	}
	if key, err = d.openCopy(password, sealed); err != nil {
		return key, err
	}
	return key, d.keepNextHeld(ctx, key, password)
}

// fetch asks for the chain, and checks that the old key is the one of it.
func (r *Regain) fetch(ctx context.Context) error {
	var said api.Regaining
	err := r.d.proven(ctx, func(a api.Account, p api.SessionProof) (err error) {
		said, err = a.Regaining(ctx, p)
		return err
	})
	if errors.Is(err, &api.Error{Code: api.CodeDevice}) {
		return errors.Join(err, r.d.stopRegaining(ctx, ByLost))
	}
	if err != nil {
		return err
	}
	if err := r.d.heardRegaining(ctx, said); err != nil {
		return err
	}
	switch said.State {
	case api.RegainStopped:
		return &api.Error{Code: api.CodeStopped, Message: "this was stopped"}
	case api.RegainWaits:
		return &api.Error{Code: api.CodeWait, Message: "this has to wait"}
	case api.RegainDone:
		return ErrGone
	}
	return r.read(ctx, said.Entries)
}

func (r *Regain) read(ctx context.Context, entries [][]byte) error {
	st, err := chain.Open(entries)
	if err != nil {
		return fmt.Errorf("reading chain: %w", err)
	}
	public, err := publicOf(r.old)
	if err != nil {
		return err
	}
	return r.d.act(ctx, func(c *core) error {
		if c.secrets == nil {
			return ErrGone
		}
		known, _ := st.Recovery(trust.Paper)
		if trust.Hash(known.Sign) != public {
			return fmt.Errorf("reading chain of another recovery key: %w", chain.ErrInvalid)
		}
		r.st = st
		return atHome(st, c.secrets.Account, c.rec.Origin)
	})
}

// Key gives the new recovery key, to be written down.
func (r *Regain) Key() trust.RecoveryKey { return r.key }

// Members gives the account's other devices, so that those can be chosen that are
// lost.
func (r *Regain) Members() []Member {
	var out []Member
	for _, m := range r.st.Devices() {
		out = append(out, Member{ID: m.ID, Name: m.Name, Own: m.Name, Kind: m.Kind, Since: trust.Clock(r.st.Since(m.ID))})
	}
	return out
}

// Finish lets this device in, once the new key was typed back: it is added, the lost
// ones are removed, the key replaces itself, all or nothing. What is signed is stored
// before it is sent and the same is sent again, also after a restart. typedBack may
// be empty where somebody else sees to it that the key is written down.
//
// ErrKey, ErrOtherKey: type it again. CodeStopped; CodeWait and CodeDevice after the
// backend was set back: see View.Regaining; or no answer: then it goes on by itself.
func (r *Regain) Finish(ctx context.Context, typed string, lost []trust.DeviceID) (View, error) {
	if err := typedBack(typed, r.key); err != nil {
		return View{}, err
	}
	if err := r.turn.take(ctx); err != nil {
		return View{}, err
	}
	defer r.turn.leave()
	if err := r.d.holdJoins(ctx); err != nil {
		return View{}, err
	}
	defer func() { <-r.d.joins }()
	for try := 0; ; try++ {
		err := r.attempt(ctx, typed != "", lost)
		if errors.Is(err, &api.Error{Code: api.CodeStale}) && try < redoes {
			if err := r.fetch(ctx); err != nil {
				return View{}, err
			}
			continue
		}
		r.d.hurry()
		return r.d.View(), err
	}
}

// attempt signs on what the chain was last, and hands it in. What was signed before
// and is on its way is handed in instead.
func (r *Regain) attempt(ctx context.Context, proved bool, lost []trust.DeviceID) error {
	var entries [][]byte
	err := r.d.act(ctx, func(c *core) (err error) {
		if c.secrets != nil {
			if err := c.refresh(); err != nil {
				return err
			}
		}
		if c.secrets == nil || c.rec.Regain == nil {
			return r.over(c)
		}
		if proved {
			if err := c.nextTyped(r.key); err != nil {
				return err
			}
		}
		if entries = c.rec.Regain.Entries; len(entries) > 0 {
			return nil
		}
		written, err := r.write(c, lost)
		if err != nil {
			return err
		}
		return c.change(func(rec *record) error {
			if rec.Regain == nil {
				return ErrGone
			}
			if len(rec.Regain.Entries) == 0 { // else another program was first
				rec.Regain.Entries = written
			}
			entries = rec.Regain.Entries
			return nil
		})
	})
	if err != nil || len(entries) == 0 {
		return err
	}
	for wait := newBackoff(); ; {
		err := r.d.handIn(ctx, entries)
		if !errors.Is(err, errNoAnswer) || ctx.Err() != nil || !wait.sleep(ctx, nil) {
			return err
		}
	}
}

// over is ErrGone unless the way back has come to its end with this key: a second
// tap changes nothing.
func (r *Regain) over(c *core) error {
	public, err := publicOf(r.key)
	if err == nil && c.paper() != public {
		err = ErrGone
	}
	return err
}

// write makes the entries: this device, the removals, and last the next key.
func (r *Regain) write(c *core, lost []trust.DeviceID) ([][]byte, error) {
	w, err := r.begin(c)
	if err != nil {
		return nil, err
	}
	for _, id := range lost {
		if _, member := w.st.Device(id); member && id != c.secrets.Device {
			w.add(w.st.RemoveDevice(w.by, id, c.now()))
		}
	}
	w.add(w.st.SetRecovery(w.by, r.key, c.now()))
	if w.err != nil {
		return nil, fmt.Errorf("writing chain: %w", w.err)
	}
	return w.entries, nil
}

// begin writes the entry that adds this device.
func (r *Regain) begin(c *core) (*writing, error) {
	var me trust.Device
	if err := trust.Unmarshal(c.rec.Regain.Device, &me); err != nil {
		return nil, err
	}
	keys, err := r.old.Keys()
	if err != nil {
		return nil, fmt.Errorf("deriving recovery key: %w", err)
	}
	w := &writing{st: r.st, by: chain.AsRecovery(trust.Paper, keys)}
	body, err := w.st.DeviceBody(w.by, me, c.now())
	if err != nil {
		return nil, fmt.Errorf("writing chain: %w", err)
	}
	possession, err := chain.Possess(body, w.st.Account(), me, c.keys)
	if err != nil {
		return nil, fmt.Errorf("writing chain: %w", err)
	}
	w.add(w.st.AddDevice(w.by, body, possession))
	return w, nil
}

// writing is a run of entries, each on the one before; err is the first that failed.
type writing struct {
	st      chain.State
	by      chain.Author
	entries [][]byte
	err     error
}

func (w *writing) add(raw []byte, err error) {
	if w.err == nil {
		w.err = err
	}
	if w.err != nil {
		return
	}
	w.st, w.err = w.st.Apply(raw)
	w.entries = append(w.entries, raw)
}
