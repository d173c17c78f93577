package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// belongPoll is in how many looks into the box the new device also asks whether it
// belongs: the trusted device may be gone before it could say so there.
const belongPoll = 5

// Joining makes this device a trusted one, on the new device's side: Digits, to be
// typed into the trusted device, then Finish; Stop at any time. Its methods may be
// called from any goroutine; one runs at a time.
type Joining struct {
	d       *Device
	server  api.Server
	origin  string
	to      api.Account
	symbols pair.Symbols
	key     api.Secret
	until   time.Time    // by this machine's steady clock
	network atomic.Value // string, as the box said last

	turn    *turn
	guest   *pair.Guest // this and what follows: for who has the turn
	secrets secrets
	digits  string
	welcome []byte // the one consented to
	over    *ErrPairOver
}

// BeginJoining answers what the trusted device shows. ErrSetUp if there is an
// account here already: a link is then ignored. ErrAddress, ErrOffer for what cannot
// be read; ErrOrigin, ErrProtocol; CodeNotFound when there is no such pairing (any
// more), CodeAnswered when another device was first, CodeName for a device's name
// that cannot be one; ErrPairing when what lies there is not what was scanned;
// ErrPairOver; or no answer. Nothing is stored yet.
func (d *Device) BeginJoining(ctx context.Context, in JoinInput) (*Joining, error) {
	if err := d.vacant(ctx); err != nil {
		return nil, err
	}
	j, expect, err := d.readOffer(in)
	if err != nil {
		return nil, err
	}
	if j.to, err = d.o.Dial(j.origin); err != nil {
		return nil, fmt.Errorf("dialling %q: %w", j.origin, err)
	}
	if j.server, err = j.to.Server(ctx); err != nil {
		return nil, answered(err)
	}
	if err := acceptable(j.server, j.origin); err != nil {
		return nil, err
	}
	return j, j.join(ctx, in, expect)
}

// vacant checks that there is no account here. A joining whose end is not known is
// asked about first.
func (d *Device) vacant(ctx context.Context) error {
	if d.View().Joining {
		if err := d.belong(ctx); errors.Is(err, errNoAnswer) {
			return err
		}
	}
	if v := d.View(); v.Stage != StageNew || v.Joining || v.Regaining != nil {
		return ErrSetUp
	}
	return nil
}

func (d *Device) readOffer(in JoinInput) (*Joining, *pair.Fingerprint, error) {
	j := &Joining{d: d, turn: newTurn(), key: make(api.Secret, 16)}
	if _, err := io.ReadFull(d.o.Rand, j.key); err != nil {
		return nil, nil, err
	}
	if in.Link != "" {
		origin, offer, err := api.ParsePairLink(in.Link)
		if err != nil {
			return nil, nil, ErrOffer
		}
		j.origin, j.symbols = origin, offer.Symbols
		return j, &offer.Fingerprint, nil
	}
	origin, invitation, err := api.ParseLink(in.Server)
	if err != nil || invitation != nil {
		return nil, nil, ErrAddress
	}
	j.origin = origin
	if j.symbols, err = pair.ParseSymbols(strings.TrimSpace(in.Symbols)); err != nil {
		return nil, nil, ErrOffer
	}
	return j, nil, nil
}

// join draws this device's keys and puts its message into the box.
func (j *Joining) join(ctx context.Context, in JoinInput, expect *pair.Fingerprint) error {
	b, err := j.to.Box(ctx, j.symbols)
	if err != nil {
		return answered(err)
	}
	j.network.Store(network(b.Network))
	if b.State != api.BoxOpen {
		return ErrPairOver{State: b.State}
	}
	j.until = time.Now().Add(min(b.Until.Sub(b.Now), boxLife))
	me, keys, err := j.draw(in)
	if err != nil {
		return err
	}
	guest, message, err := pair.NewGuest(j.d.o.Rand, b.Messages[api.SlotHello], expect, me, keys)
	if errors.Is(err, pair.ErrMessage) {
		return ErrPairing
	}
	if err != nil {
		return err
	}
	j.guest = guest
	return j.put(ctx, api.SlotJoin, message)
}

func (j *Joining) draw(in JoinInput) (me trust.Device, keys trust.Keys, err error) {
	if j.secrets, keys, err = drawSecrets(j.d.o.Rand, j.origin); err != nil {
		return me, keys, err
	}
	me, err = j.secrets.named(in.DeviceName, in.Kind, keys)
	return me, keys, err
}

// Server gives the backend's origin. It never waits.
func (j *Joining) Server() string { return j.origin }

// Network says how the backend sees both devices: "own" (in the same network),
// "another", "unknown", as far as is known yet. It never waits.
func (j *Joining) Network() string {
	said, _ := j.network.Load().(string)
	return network(said)
}

// Digits waits until the trusted device has answered and gives the six digits to be
// typed into it. ErrPairing if it is not the one that was scanned, ErrPairOver.
// Called again it gives the same.
func (j *Joining) Digits(ctx context.Context) (string, error) {
	ctx, leave, err := j.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	if j.digits != "" {
		return j.digits, nil
	}
	b, err := j.await(ctx, func(b api.Box) bool { return b.State == api.BoxOpen && b.Messages[api.SlotReveal] != nil })
	if err != nil {
		return "", err
	}
	if j.digits, err = j.guest.Reveal(b.Messages[api.SlotReveal]); err != nil {
		j.abandon(ctx)
		return "", ErrPairing
	}
	return j.digits, nil
}

// Finish waits until the trusted device has let this one in, and gives the view of
// it in the account. It is called after Digits. ErrPairOver, ErrPairing. What it
// agrees to it stores before it says so; where the end is not known (no answer, its
// time over after it agreed) the device finds out by itself, within ten minutes, and
// the view says Joining until then.
func (j *Joining) Finish(ctx context.Context) (View, error) {
	ctx, leave, err := j.enter(ctx)
	if err != nil {
		return View{}, err
	}
	defer leave()
	for {
		b, err := j.await(ctx, j.progress())
		if err != nil {
			return View{}, errors.Join(err, j.gone(ctx, err))
		}
		if b.State == api.BoxOpen && b.Messages[api.SlotWelcome] != nil && string(b.Messages[api.SlotWelcome]) != string(j.welcome) {
			if err := j.consent(ctx, b.Messages[api.SlotWelcome]); err != nil {
				return View{}, err
			}
			continue
		}
		if err := j.d.belong(ctx); err == nil && j.welcome != nil {
			j.d.hurry()
			return j.d.View(), nil
		} else if err != nil && !waitable(err) && !errors.Is(err, &api.Error{Code: api.CodeDevice}) {
			return View{}, err
		}
		if !pause(ctx, boxPoll, nil) {
			return View{}, stoppedBy(ctx)
		}
	}
}

// progress finds a box with something to do: a welcome, the end, or after some
// looks the question whether this device belongs already.
func (j *Joining) progress() func(api.Box) bool {
	looks := 0
	return func(b api.Box) bool {
		looks++
		fresh := b.State == api.BoxOpen && b.Messages[api.SlotWelcome] != nil && string(b.Messages[api.SlotWelcome]) != string(j.welcome)
		return fresh || j.welcome != nil && (b.State == api.BoxDone || looks > belongPoll)
	}
}

// consent stores this device and agrees to the entry that adds it.
func (j *Joining) consent(ctx context.Context, welcome []byte) error {
	w, consented, err := j.guest.Open(welcome)
	if err != nil {
		j.abandon(ctx)
		return ErrPairing
	}
	if err := j.keep(ctx, w); err != nil {
		return err
	}
	j.welcome = welcome
	err = j.put(ctx, api.SlotConsent, consented)
	if errors.Is(err, &api.Error{Code: api.CodeMalformed}) {
		return nil // the welcome was replaced meanwhile: the next look finds the new one
	}
	return err
}

// gone settles what a pairing that ended leaves behind on this device: if the
// trusted device stopped it and the chain does not hold this one, nothing.
func (j *Joining) gone(ctx context.Context, outcome error) error {
	var over ErrPairOver
	if j.welcome == nil {
		return nil
	}
	defer j.d.hurry() // who does not know yet goes on asking
	if !errors.As(outcome, &over) || over.State == api.BoxOpen {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLife)
	defer cancel()
	if err := j.d.belong(ctx); errors.Is(err, &api.Error{Code: api.CodeDevice}) && over.State != api.BoxLeft {
		return j.d.undoJoining(ctx)
	}
	return nil
}

// Stop ends the joining and tells the trusted device, if the backend is reached.
// After this device agreed it may belong all the same: see Finish.
func (j *Joining) Stop(ctx context.Context) {
	j.turn.stop()
	if j.turn.take(ctx) != nil {
		return
	}
	defer j.turn.leave()
	if j.over == nil && (j.welcome == nil || j.d.View().Joining) {
		j.abandon(ctx)
		j.d.hurry()
	}
}

// abandon tells the trusted device that this one stops.
func (j *Joining) abandon(ctx context.Context) {
	j.over = &ErrPairOver{State: api.BoxLeft}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeLife)
	defer cancel()
	if err := j.to.LeaveBox(ctx, j.symbols, j.key); err != nil {
		j.d.o.Log.Info("leaving pairing", "err", err)
	}
}

func (j *Joining) await(ctx context.Context, found func(api.Box) bool) (api.Box, error) {
	read := func(ctx context.Context) (api.Box, error) {
		b, err := j.to.Box(ctx, j.symbols)
		if err == nil {
			j.network.Store(network(b.Network))
		}
		return b, answered(err)
	}
	b, err := awaitBox(ctx, read, j.until, found)
	var over ErrPairOver
	if errors.As(err, &over) {
		j.over = &over
	}
	return b, err
}

// put writes a message into the box, again until there is an answer.
func (j *Joining) put(ctx context.Context, slot api.Slot, message []byte) error {
	for {
		err := answered(j.to.JoinBox(ctx, j.symbols, j.key, slot, message))
		if err == nil || !waitable(err) {
			return err
		}
		if time.Now().After(j.until) {
			return ErrPairOver{State: api.BoxOpen}
		}
		if !pause(ctx, boxPoll, nil) {
			return stoppedBy(ctx)
		}
	}
}

// enter takes the turn, and refuses a joining that is over.
func (j *Joining) enter(ctx context.Context) (context.Context, func(), error) {
	if err := j.turn.take(ctx); err != nil {
		return nil, nil, err
	}
	if j.over != nil {
		j.turn.leave()
		return nil, nil, *j.over
	}
	ctx, leave := j.turn.until(ctx, ErrPairOver{State: api.BoxLeft})
	return ctx, leave, nil
}
