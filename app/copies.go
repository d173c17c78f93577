package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/trust"
)

// copies says of which recovery key the sealed copies in the vault are, by its
// public key; zero = not known, from before this was noted. A copy counts if its key
// is the chain's, whatever it was made for. Stored; do not rename.
type copies struct {
	Of   trust.Hash `json:"of,omitzero"`   // secrets.Recovery
	Next trust.Hash `json:"next,omitzero"` // secrets.RecoveryNext
	// Proved is the key that was typed in whole at record.Proved.
	Proved trust.Hash `json:"proved,omitzero"`
	Sealed time.Time  `json:"sealed,omitzero"` // when the newest copy was
	// Locked says that the password was replaced by who did not know it: the copies
	// are sealed under one that is lost.
	Locked bool `json:"locked,omitempty"`
}

// nameCopies notes of which key the copy is and which was proved, where that was not
// noted when it was made: by a version that could not replace the key. Where the key
// that counts is the next one, what was not noted is of the key before: promote follows.
func (r *record) nameCopies(paper trust.Hash, kept bool) {
	if r.Copies.Next == paper && paper != (trust.Hash{}) {
		if r.Copies.Proved == (trust.Hash{}) {
			r.Proved = time.Time{}
		}
		return
	}
	if kept && r.Copies.Of == (trust.Hash{}) {
		r.Copies.Of = paper
	}
	if !r.Proved.IsZero() && r.Copies.Proved == (trust.Hash{}) {
		r.Copies.Proved = paper
	}
}

// publicOf names a recovery key.
func publicOf(key trust.RecoveryKey) (trust.Hash, error) {
	public, err := key.Record()
	if err != nil {
		return trust.Hash{}, fmt.Errorf("deriving recovery key: %w", err)
	}
	return trust.Hash(public.Sign), nil
}

// paper names the recovery key that counts, zero if there is none.
func (c *core) paper() trust.Hash {
	known, _ := c.chain.Recovery(trust.Paper)
	return trust.Hash(known.Sign)
}

// copyKept reports whether a copy of the key that counts is in the vault.
func (c *core) copyKept() bool {
	paper, k := c.paper(), c.rec.Copies
	is := func(sealed []byte, of trust.Hash) bool {
		return len(sealed) > 0 && (of == paper || of == trust.Hash{})
	}
	return paper != trust.Hash{} && !k.Locked && (is(c.secrets.Recovery, k.Of) || is(c.secrets.RecoveryNext, k.Next))
}

// keepNext puts a copy of the next recovery key, sealed under the password that will
// count with it, into the vault beside the present copy. It is called before anything
// is sent by which that key comes to count, so that whatever becomes of the answer
// the key is not lost. proved: it was typed back before.
func (d *Device) keepNext(ctx context.Context, key trust.RecoveryKey, password string, proved bool) error {
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	if err := d.keepNextHeld(ctx, key, password); err != nil || !proved {
		return err
	}
	return d.act(ctx, func(c *core) error { return c.nextTyped(key) })
}

// nextTyped notes that the next key was typed back. It counts for nothing until the
// key does.
func (c *core) nextTyped(key trust.RecoveryKey) error {
	k, err := newDrill(c.secrets, key, c.now())
	if err != nil {
		return err
	}
	return c.change(func(r *record) error { r.Typed = &k; return nil })
}

// keepNextHeld is keepNext for who holds the joins token, before it is typed back.
func (d *Device) keepNextHeld(ctx context.Context, key trust.RecoveryKey, password string) error {
	if err := d.promoteHeld(ctx); err != nil {
		return err
	}
	public, err := publicOf(key)
	if err != nil {
		return err
	}
	sealed, err := d.o.testOnlySeal([]byte(norm.NFC.String(password)), key.Seed(), d.o.Rand)
	if err != nil {
		return fmt.Errorf("sealing the recovery key's copy: %w", err)
	}
	err = d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error { r.Copies.Next, r.Copies.Sealed = public, c.now(); return nil })
	})
	if err != nil {
		return err
	}
	return d.changeSecretsHeld(ctx, func(s *secrets) { s.RecoveryNext = sealed })
}

// promote makes the next copy the present one, if its key is the one that counts by
// now.
func (d *Device) promote(ctx context.Context) error {
	var due bool
	err := d.act(ctx, func(c *core) error { due = c.promotable(); return nil })
	if err != nil || !due {
		return err
	}
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	return d.promoteHeld(ctx)
}

func (c *core) promotable() bool {
	k := c.rec.Copies
	return c.secrets != nil && len(c.secrets.RecoveryNext) > 0 && k.Next != trust.Hash{} && k.Next == c.paper() && k.Next != k.Of
}

// promoteHeld is promote for who holds the joins token. The copy is doubled before
// what is noted of the two changes: killed in between, one of them is found to count.
func (d *Device) promoteHeld(ctx context.Context) error {
	var due bool
	err := d.act(ctx, func(c *core) error { due = c.promotable(); return nil })
	if err != nil || !due {
		return err
	}
	if err := d.changeSecretsHeld(ctx, func(s *secrets) { s.Recovery = s.RecoveryNext }); err != nil {
		return err
	}
	err = d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error {
			r.Copies.Of, r.Copies.Locked = r.Copies.Next, false
			if r.Typed != nil && r.Typed.Of == r.Copies.Of {
				r.typed(*r.Typed)
				r.Typed = nil
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return d.dropNext(ctx)
}

// dropNext takes back a copy that is not needed. The joins token is held.
func (d *Device) dropNext(ctx context.Context) error {
	return d.changeSecretsHeld(ctx, func(s *secrets) { s.RecoveryNext = nil })
}

// ShowRecovery opens the copy of the recovery key that is kept here, with the
// account's password. vault.ErrPassword, also when the password was changed
// elsewhere since; ErrNoCopy, also when the key was replaced since. It takes about
// half a second.
func (d *Device) ShowRecovery(ctx context.Context, password string) (trust.RecoveryKey, error) {
	stored, err := d.storedSecrets(ctx)
	if err != nil {
		return trust.RecoveryKey{}, err
	}
	var paper trust.Hash
	err = d.act(ctx, func(c *core) error {
		if err := c.refresh(); err != nil {
			return err
		}
		if c.rec.outside() {
			return ErrNoAccount
		}
		paper = c.paper()
		return nil
	})
	if err != nil {
		return trust.RecoveryKey{}, err
	}
	if len(stored.Recovery) == 0 && len(stored.RecoveryNext) == 0 {
		return trust.RecoveryKey{}, ErrNoCopy
	}
	sealed := [][]byte{stored.Recovery, stored.RecoveryNext}
	found := fmt.Errorf("opening the recovery key's copy: %w", vault.ErrPassword)
	for _, one := range sealed {
		key, err := d.openCopy(password, one)
		if err != nil {
			continue
		}
		if public, err := publicOf(key); err == nil && public == paper {
			return key, nil
		}
		found = ErrNoCopy
	}
	return trust.RecoveryKey{}, found
}

// openCopy opens a sealed recovery key. vault.ErrPassword, ErrNoCopy.
func (d *Device) openCopy(password string, sealed []byte) (trust.RecoveryKey, error) {
	if len(sealed) == 0 {
		return trust.RecoveryKey{}, ErrNoCopy
	}
	seed, err := d.o.testOnlyOpen([]byte(norm.NFC.String(password)), sealed)
	if err != nil {
		return trust.RecoveryKey{}, fmt.Errorf("opening the recovery key's copy: %w", err)
	}
	return trust.RecoveryKeyFromSeed(seed)
}

// typedBack compares what a person wrote down with the key that was shown. Nothing is
// typed where somebody else sees to it that the key is written down: then it is not
// proved. ErrKey, ErrOtherKey.
func typedBack(typed string, key trust.RecoveryKey) error {
	if typed == "" {
		return nil
	}
	read, err := trust.ParseRecoveryKey(typed)
	if err != nil {
		return ErrKey
	}
	if read.Text() != key.Text() {
		return ErrOtherKey
	}
	return nil
}

// forgetCopies drops the copies after the password was replaced by who did not know
// it.
func (d *Device) forgetCopies(ctx context.Context) error {
	err := d.changeSecrets(ctx, func(s *secrets) { s.Recovery, s.RecoveryNext = nil, nil })
	if errors.Is(err, ErrNoAccount) {
		return nil
	}
	return err
}
