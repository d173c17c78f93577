package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// RegainInput is what a person types on a new device to get back into an account.
type RegainInput struct {
	Server     string // its address
	Name       string // the account's
	Password   string
	Key        string // the recovery key, as typed
	DeviceName string
	Kind       trust.Kind
}

// String hides what was typed from formatted output.
func (RegainInput) String() string { return "(regain input)" }

// GoString hides what was typed from formatted output.
func (RegainInput) GoString() string { return "(regain input)" }

// regain is a device that waits for its way back. Stored; do not rename.
type regain struct {
	Device []byte      `json:"device"` // trust.Marshal of its record
	State  RegainState `json:"state"`
	Wait   api.Wait    `json:"wait"` // zero while asking
	By     string      `json:"by,omitempty"`
	// Next is the next recovery key, sealed under the password, as soon as any program
	// of this device may have shown it.
	Next []byte `json:"next,omitempty"`
	// Entries are signed and on their way; see pending.
	Entries [][]byte `json:"entries,omitempty"`
}

// ByLost is Regaining.By where the backend knows nothing of the wait: it was set
// back to an older copy, or never heard of it. RegainAgain begins it anew.
const ByLost = "lost"

// BeginRegain asks for this device to join an account, with the account's password
// and recovery key. Everything is stored before it is sent; the recovery key only
// sealed under the password, so that after the wait the password is enough. From
// then on View.Regaining says how far it is, also after a restart.
//
// ErrKey for a mistyped key; ErrSetUp, ErrAddress, ErrOrigin, ErrProtocol; *api.Error
// CodePassword (flat: name, password or key do not fit), CodeSlow, CodeName for a
// device's name that cannot be one: nothing is kept of a refused one. No answer: it
// may have been heard all the same, and the view says what becomes known.
func (d *Device) BeginRegain(ctx context.Context, in RegainInput) error {
	key, err := trust.ParseRecoveryKey(in.Key)
	if err != nil {
		return ErrKey
	}
	if err := d.vacant(ctx); err != nil {
		return err
	}
	to, server, err := reach(ctx, d.o.Dial, in.Server)
	if err != nil {
		return err
	}
	in.Password, in.Name = norm.NFC.String(in.Password), norm.NFC.String(in.Name)
	a := &asking{d: d, to: to, key: key, name: in.Name, password: in.Password}
	if err := a.draw(in, server); err != nil {
		return err
	}
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	defer d.hurry()
	return a.ask(ctx)
}

// RegainAgain asks anew after the wait was stopped or lost, with the password alone:
// the recovery key is kept here sealed under it. It waits from the beginning.
// ErrGone if there is nothing to ask for; vault.ErrPassword; see BeginRegain.
func (d *Device) RegainAgain(ctx context.Context, password string) error {
	password = norm.NFC.String(password)
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	a := &asking{d: d, password: password}
	var s secrets
	err := d.act(ctx, func(c *core) error {
		r := c.rec.Regain
		if r == nil || r.State != RegainStopped {
			return ErrGone
		}
		a.name, a.record, s = c.rec.Name, r.Device, *c.secrets
		return nil
	})
	if err != nil {
		return err
	}
	if a.key, err = d.openCopy(password, s.Recovery); err != nil {
		return err
	}
	if a.to, _, err = reach(ctx, d.o.Dial, s.Origin); err != nil {
		return err
	}
	a.secrets, a.kept = s, true
	defer d.hurry()
	return a.ask(ctx)
}

// asking is what BeginRegain and RegainAgain send.
type asking struct {
	d        *Device
	to       place
	key      trust.RecoveryKey
	name     string
	password string
	record   []byte // the device's, trust.Marshal
	secrets  secrets
	rec      record
	kept     bool // the device is stored
}

func (a *asking) draw(in RegainInput, server api.Server) (err error) {
	var keys trust.Keys
	if a.secrets, keys, err = drawSecrets(a.d.o.Rand, a.to.origin); err != nil {
		return err
	}
	me, err := a.secrets.named(in.DeviceName, in.Kind, keys)
	if err != nil {
		return err
	}
	if a.record, err = trust.Marshal(me); err != nil {
		return err
	}
	a.rec = record{
		Version: recordVersion, Name: in.Name, Origin: a.to.origin, ServerName: server.Name,
		Regain: &regain{Device: a.record, State: RegainAsking},
	}
	return nil
}

// keep stores the device: the state first, in a folder that means nothing without
// the key, then the secrets.
func (a *asking) keep(ctx context.Context) error {
	d := a.d
	found, err := readSecrets(ctx, d.o.Vault)
	if err != nil {
		return err
	}
	if found != nil {
		return ErrSetUp
	}
	if a.secrets.Recovery, err = d.o.testOnlySeal([]byte(a.password), a.key.Seed(), d.o.Rand); err != nil {
		return fmt.Errorf("sealing the recovery key's copy: %w", err)
	}
	if a.rec.Copies.Of, err = publicOf(a.key); err != nil {
		return err
	}
	rec, err := newShelf(d.o, &a.secrets).change(func(r *record) error { *r = a.rec; return nil })
	if err != nil {
		return fmt.Errorf("keeping state: %w", err)
	}
	if err := a.secrets.write(ctx, d.o.Vault); err != nil {
		return err
	}
	kept := a.secrets
	return d.act(context.WithoutCancel(ctx), func(c *core) error {
		c.notMade = false
		return c.become(&kept, newShelf(d.o, &kept), rec)
	})
}

// ask has the key sign and sends it, until there is an answer or ctx ends. The joins
// token is held.
func (a *asking) ask(ctx context.Context) error {
	subject, err := a.subject()
	if err != nil {
		return err
	}
	for wait := newBackoff(); ; {
		said, err := a.send(ctx, subject)
		if err == nil {
			return a.d.heardRegaining(ctx, said)
		}
		if !errors.Is(err, errNoAnswer) {
			return errors.Join(err, a.refused(ctx))
		}
		if ctx.Err() != nil || !wait.sleep(ctx, nil) {
			return err
		}
	}
}

// send asks once. The device is stored when it is known which account the name is
// of, before anything is asked for.
func (a *asking) send(ctx context.Context, subject trust.Hash) (said api.Regaining, err error) {
	n, sig, err := signByKey(ctx, a.to, a.name, a.key, trust.RegainDevice, subject)
	if err != nil {
		return said, err
	}
	if !a.kept {
		a.secrets.Account = n.Account
		if err := a.keep(ctx); err != nil {
			return said, err
		}
		a.kept = true
	}
	if a.secrets.Account != n.Account {
		return said, fmt.Errorf("the name is of another account now: %w", ErrProtocol)
	}
	call := api.RegainCall{Name: a.name, Password: a.password, Device: a.record, Nonce: n.Nonce, Signature: sig}
	said, err = a.to.a.BeginRegain(ctx, call)
	return said, answered(err)
}

func (a *asking) subject() (trust.Hash, error) {
	var me trust.Device
	if err := trust.Unmarshal(a.record, &me); err != nil {
		return trust.Hash{}, err
	}
	return trust.HashDevice(me)
}

// refused takes back what was kept for nothing. What has waited before stays.
func (a *asking) refused(ctx context.Context) error {
	var fresh bool
	err := a.d.act(context.WithoutCancel(ctx), func(c *core) error {
		fresh = c.rec.Regain != nil && c.rec.Regain.State == RegainAsking
		return nil
	})
	if err != nil || !fresh {
		return err
	}
	return a.d.erase(context.WithoutCancel(ctx))
}

// CancelRegain gives the way back up: with a password the wait is stopped at the
// backend, and in any case this device forgets it. ErrGone if there is none, or if
// this device belongs by now; CodePassword, CodeSlow; or no answer: then it still
// waits, because what was signed may be on its way.
func (d *Device) CancelRegain(ctx context.Context, password string) error {
	if err := d.holdJoins(ctx); err != nil {
		return err
	}
	defer func() { <-d.joins }()
	var name, origin string
	var r regain
	err := d.act(ctx, func(c *core) error {
		if c.secrets == nil || c.rec.Regain == nil {
			return ErrGone
		}
		name, origin, r = c.rec.Name, c.rec.Origin, *c.rec.Regain
		return nil
	})
	if err != nil {
		return err
	}
	if len(r.Entries) > 0 { // with them the old key is dead: nothing is forgotten before it is known
		if err := d.askRegaining(ctx); errors.Is(err, errNoAnswer) {
			return err
		}
		if d.View().Regaining == nil {
			return ErrGone
		}
	}
	if password != "" && r.Wait.ID != (trust.WaitID{}) {
		err := StopBy(ctx, d.o.Dial, origin, name, Factor{Password: password}, r.Wait.ID)
		if err != nil && !errors.Is(err, &api.Error{Code: api.CodeStopped}) {
			return err
		}
	}
	return d.erase(context.WithoutCancel(ctx))
}

// holdJoins takes the joins token.
func (d *Device) holdJoins(ctx context.Context) error {
	select {
	case d.joins <- struct{}{}:
		return nil
	case <-ctx.Done():
		return answered(ctx.Err())
	}
}

// regaining shows the way back, nil if there is none.
func (c *core) regaining() *Regaining {
	r := c.rec.Regain
	if r == nil {
		return nil
	}
	out := &Regaining{Name: c.rec.Name, Server: c.rec.Origin, State: r.State, By: r.By}
	if !r.Wait.Until.IsZero() {
		out.Since, out.Until = c.clock.local(r.Wait.Since), c.clock.local(r.Wait.Until)
	}
	return out
}

// regainPoll is how often a device asks how far its way back is, beside at the end
// of the wait, at the start, and when a person looks: somebody may have stopped it.
const regainPoll = 10 * time.Minute
