package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
)

// ErrNoOffline says that this device has no offline codes that count.
var ErrNoOffline = errors.New("offline codes are not turned on here")

// offlineSecret is what this device's offline codes are made of.
// Fields are numbered for ever; do not reorder or reuse.
type offlineSecret struct {
	Seed       offline.Seed `cbor:"1,keyasint"`
	Credential [16]byte     `cbor:"2,keyasint"` // by which the seed was announced
}

// OfflineOn turns this device's offline codes on, with the account's password and a
// new seed; also where they are on, which ends what the backend held against wrong
// ones. Its refusals are *api.Error: CodePassword, CodeSlow, CodeYoung; or
// ErrFrozen, ErrNoAccount. After no answer they may be on all the same.
func (d *Device) OfflineOn(ctx context.Context, password string) error {
	password = norm.NFC.String(password)
	if err := d.offlineOff(ctx, password); err != nil {
		return err
	}
	fresh, err := newOfflineSecret()
	if err != nil {
		return err
	}
	// The seed is kept before it is told: a credential whose seed nobody has would
	// stand in the chain for nothing.
	if err := d.changeSecrets(ctx, func(s *secrets) { s.Offline = fresh }); err != nil {
		return err
	}
	err = d.amend(ctx, password, func(c *core, by chain.Author) ([]byte, error) {
		if err := c.mature(); err != nil {
			return nil, err
		}
		announced, err := c.announce(*fresh)
		if err != nil {
			return nil, err
		}
		return c.chain.AddCredential(by, announced, c.now())
	})
	if err != nil {
		return err
	}
	_, err = d.fetchStatus(ctx)
	return err
}

// OfflineOff turns this device's offline codes off, with the account's password, and
// forgets what they are made of. Where they are off already it does nothing. Its
// refusals are those of OfflineOn.
func (d *Device) OfflineOff(ctx context.Context, password string) error {
	if err := d.offlineOff(ctx, norm.NFC.String(password)); err != nil {
		return err
	}
	if err := d.changeSecrets(ctx, func(s *secrets) { s.Offline = nil }); err != nil {
		return err
	}
	_, err := d.fetchStatus(ctx)
	return err
}

// offlineOff takes the credentials out of the chain that announce codes of this
// device, one entry each, and with them those of devices that are gone.
func (d *Device) offlineOff(ctx context.Context, password string) error {
	for more := true; more; {
		more = false
		err := d.amend(ctx, password, func(c *core, by chain.Author) ([]byte, error) {
			old, found := c.spentOffline()
			if more = found; !found {
				return nil, errNothingToDo
			}
			if err := c.mature(); err != nil {
				return nil, err
			}
			return c.chain.RevokeCredential(by, old, c.now())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// spentOffline finds a credential that this device may end: its own, or one of a
// device that no longer belongs, whose codes count no more.
func (c *core) spentOffline() (id [16]byte, found bool) {
	for _, one := range c.chain.Credentials() {
		of, ok := offline.DeviceOf(one)
		if !ok {
			continue
		}
		if _, member := c.chain.Device(of); of == c.self() || !member {
			return one.ID, true
		}
	}
	return id, false
}

func newOfflineSecret() (*offlineSecret, error) {
	var s offlineSecret
	var err error
	if s.Seed, err = offline.NewSeed(rand.Reader); err == nil {
		_, err = rand.Read(s.Credential[:])
	}
	if err != nil {
		return nil, fmt.Errorf("drawing a seed: %w", err)
	}
	return &s, nil
}

// announce seals the seed to the verifier of the backend.
func (c *core) announce(s offlineSecret) (trust.Credential, error) {
	for _, v := range c.chain.Verifiers() {
		if v.Origin == c.rec.Origin {
			return offline.Announce(offline.Owner{Account: c.chain.Account(), Device: c.self()}, c.keys, v, s.Credential, s.Seed)
		}
	}
	return trust.Credential{}, ErrOrigin
}

// OfflineCode gives a code to be typed at the page of a sign-in while this device has
// no network, and until when it is shown: it is eight digits, and good half a minute
// longer, for clocks that differ. Each is given once. Where the present one was given
// already it waits for the next, at most half a minute by an even clock, or until ctx
// ends. Nothing is sent. ErrNoOffline, ErrNoAccount, ErrFrozen.
func (d *Device) OfflineCode(ctx context.Context) (code string, until time.Time, err error) {
	seed, err := d.offlineSeed(ctx)
	if err != nil {
		return "", time.Time{}, err
	}
	for {
		var step offline.Step
		var wait time.Duration
		err = d.act(ctx, func(c *core) error {
			if step, wait, err = c.takeStep(); err == nil {
				until = c.clock.local(step.Ends())
			}
			return err
		})
		if err != nil {
			return "", time.Time{}, err
		}
		if wait <= 0 {
			return string(seed.Code(step)), until, nil
		}
		if !pause(ctx, wait, nil) {
			return "", time.Time{}, fmt.Errorf("waiting for the next offline code: %w", ctx.Err())
		}
	}
}

// farAhead is from when on a step given before counts as one of a clock that was set
// back since: nobody is made to wait for it.
const farAhead = 3

// takeStep takes the present step, so that no program here gives its code again; or
// says how long to wait for one that was not given yet.
func (c *core) takeStep() (step offline.Step, wait time.Duration, err error) {
	now := c.now()
	step = offline.StepAt(now)
	err = c.change(func(r *record) error {
		wait = 0
		if given := r.OfflineStep; given >= step && given < step+farAhead {
			wait = given.Ends().Sub(now)
			return nil
		}
		r.OfflineStep = step
		return nil
	})
	return step, wait, err
}

// offlineSeed gives the seed of the codes that the chain announces. Another program
// may have turned them on since this one read the vault.
func (d *Device) offlineSeed(ctx context.Context) (offline.Seed, error) {
	var announced [16]byte
	var known *offlineSecret
	err := d.act(ctx, func(c *core) (err error) {
		if announced, err = c.mayShowOffline(); err == nil {
			known = c.secrets.Offline
		}
		return err
	})
	if err != nil {
		return offline.Seed{}, err
	}
	if known.behind(announced) {
		return known.Seed, nil
	}
	stored, err := readSecrets(ctx, d.o.Vault)
	if err != nil {
		return offline.Seed{}, err
	}
	if stored == nil || !stored.Offline.behind(announced) {
		return offline.Seed{}, ErrNoOffline
	}
	return stored.Offline.Seed, nil
}

// behind reports whether the credential announces the seed of s, which may be nil.
func (s *offlineSecret) behind(credential [16]byte) bool {
	return s != nil && s.Credential == credential
}

// mayShowOffline gives the credential of this device's offline codes. A frozen device
// shows none: it lets nobody in.
func (c *core) mayShowOffline() (credential [16]byte, err error) {
	if c.secrets == nil || c.rec.outside() || c.rec.Join != nil {
		return credential, ErrNoAccount
	}
	if err := errors.Join(c.refresh(), c.calm()); err != nil {
		return credential, err
	}
	credential, found := c.announcedOffline()
	if !found {
		return credential, ErrNoOffline
	}
	return credential, nil
}

// announcedOffline gives the newest credential that announces codes of this device.
func (c *core) announcedOffline() (id [16]byte, found bool) {
	if _, member := c.chain.Device(c.self()); !member || c.rec.Removed {
		return id, false
	}
	for _, one := range c.chain.Credentials() {
		if of, ok := offline.DeviceOf(one); ok && of == c.self() {
			id, found = one.ID, true
		}
	}
	return id, found
}

// byOffline marks the event of a wrong code as one of an offline code.
const byOffline = "offline"

// offlineOn reports whether the backend accepts this device's offline codes, as last
// heard.
func (c *core) offlineOn() bool {
	_, found := c.announcedOffline()
	return found && slices.Contains(c.rec.Status.Offline, c.self())
}
