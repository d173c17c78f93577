package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// Pairing lets one new device into the account, on the trusted device's side: show
// Invite, then Meet, Check, Finish in this order; Stop at any time. Its methods may
// be called from any goroutine; one runs at a time.
type Pairing struct {
	d       *Device
	turn    *turn
	host    *pair.Host // this and what follows: for who has the turn
	symbols pair.Symbols
	invite  Invite
	until   time.Time // by this machine's steady clock
	over    *ErrPairOver
	signed  bool // an entry may be on its way: too late to stop
	closing sync.WaitGroup
}

// mayAdd checks that this device may add another.
func (c *core) mayAdd() error {
	_, err := c.author()
	return errors.Join(err, c.calm())
}

// BeginPairing opens a pairing, good for five minutes. ErrFrozen, ErrNoAccount,
// chain.ErrUnknown; an *api.Error: CodeYoung, CodeSlow for the eleventh in an hour
// or the fourth at once; or no answer.
func (d *Device) BeginPairing(ctx context.Context) (*Pairing, error) {
	if err := d.act(ctx, (*core).mayAdd); err != nil {
		return nil, err
	}
	if err := d.level(ctx); err != nil {
		return nil, err
	}
	host, hello, err := pair.NewHost(d.o.Rand)
	if err != nil {
		return nil, fmt.Errorf("beginning pairing: %w", err)
	}
	var b api.Box
	err = d.line.call(ctx, func(a api.Account, token api.Secret) (err error) {
		b, err = a.OpenBox(ctx, token, hello)
		return err
	})
	if err != nil {
		return nil, err
	}
	if shown, err := pair.ParseSymbols(string(b.Symbols)); err != nil || shown != b.Symbols {
		return nil, fmt.Errorf("reading symbols %q: %w", b.Symbols, ErrProtocol) // they go on the screen
	}
	p := &Pairing{d: d, turn: newTurn(), host: host, symbols: b.Symbols, until: time.Now().Add(min(b.Until.Sub(b.Now), boxLife))}
	return p, d.act(ctx, func(c *core) error {
		offer := pair.Offer{Symbols: b.Symbols, Fingerprint: host.Fingerprint()}
		p.invite = Invite{
			Link: api.PairLink(c.rec.Origin, offer), Symbols: b.Symbols, Server: c.rec.Origin, Until: d.o.Now().Add(time.Until(p.until)),
		}
		return nil
	})
}

// Invite gives what to show. It never waits.
func (p *Pairing) Invite() Invite { return p.invite }

// Meet waits until a new device joined. ErrPairOver if the pairing ended before;
// ErrPairing for one that does not speak the protocol, which ends it.
func (p *Pairing) Meet(ctx context.Context) (Newcomer, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return Newcomer{}, err
	}
	defer leave()
	b, err := p.await(ctx, api.SlotJoin)
	if err != nil {
		return Newcomer{}, err
	}
	reveal, claimed, err := p.host.Meet(b.Messages[api.SlotJoin])
	if err != nil {
		p.end(ctx, api.BoxStopped)
		return Newcomer{}, ErrPairing
	}
	if err := p.write(ctx, api.SlotReveal, reveal); err != nil {
		return Newcomer{}, err
	}
	return Newcomer{Name: claimed.Name, Kind: claimed.Kind, Network: network(b.Network), Young: b.Young, Held: b.Held}, nil
}

// Check compares the six digits that the new device shows; spaces do not count.
// ErrDigitsForm for what is not six digits, which uses up nothing. pair.ErrDigits
// ends the pairing at once, here and there: there is no second try. It does not
// wait for the backend.
func (p *Pairing) Check(digits string) error {
	digits = strings.Join(strings.Fields(digits), "")
	if len(digits) != 6 || strings.Trim(digits, "0123456789") != "" {
		return ErrDigitsForm
	}
	_, leave, err := p.enter(context.Background())
	if err != nil {
		return err
	}
	defer leave()
	err = p.host.Check(digits)
	switch {
	case errors.Is(err, pair.ErrDigits):
		p.over = &ErrPairOver{State: api.BoxDigits}
		p.closing.Go(func() { p.d.closeBox(context.Background(), p.symbols, api.BoxDigits) })
		return err
	case err != nil:
		p.over = &ErrPairOver{State: api.BoxStopped}
		p.closing.Go(func() { p.d.closeBox(context.Background(), p.symbols, api.BoxStopped) })
		return ErrPairing
	}
	return nil
}

// Finish lets the device in, with the account's password, and gives it. CodePassword
// and CodeSlow: it may be called again, also after no answer. The other refusals
// end it: CodeYoung, ErrPairOver, ErrPairing, ErrFrozen.
func (p *Pairing) Finish(ctx context.Context, password string) (Member, error) {
	stoppable, leave, err := p.enter(ctx)
	if err != nil {
		return Member{}, err
	}
	defer leave()
	password = norm.NFC.String(password)
	for range redoes {
		if err = p.admit(stoppable, ctx, password); !isStale(err) {
			break
		}
	}
	if err != nil {
		return Member{}, err
	}
	p.end(ctx, api.BoxDone)
	p.d.hurry()
	return p.member()
}

// admit goes once through what the chain as it stands asks for. Once the entry is
// signed, Stop does not end it any more but only whole does.
func (p *Pairing) admit(ctx, whole context.Context, password string) error {
	if err := p.d.prepare(ctx, password); err != nil {
		return err
	}
	if _, err := p.member(); err == nil {
		return nil // a call before this one got so far
	}
	w, err := p.body(ctx)
	if err != nil {
		return err
	}
	if err := p.d.grant(ctx, password, w.Body); err != nil {
		return err
	}
	welcome, err := p.host.Welcome(w)
	if err != nil {
		return ErrPairing
	}
	if err := p.write(ctx, api.SlotWelcome, welcome); err != nil {
		return err
	}
	b, err := p.await(ctx, api.SlotConsent)
	if err != nil {
		return err
	}
	possession, err := p.host.Consent(b.Messages[api.SlotConsent], w.Body)
	if err != nil {
		p.end(ctx, api.BoxStopped)
		return ErrPairing
	}
	return p.add(whole, password, w.Body, possession)
}

// body writes what both devices have to sign, on the head as it is.
func (p *Pairing) body(ctx context.Context) (w pair.Welcome, err error) {
	err = p.d.act(ctx, func(c *core) error {
		by, err := c.author()
		if err = errors.Join(err, c.calm()); err != nil {
			return err
		}
		head := c.chain.Head()
		w = pair.Welcome{Account: c.chain.Account(), Seq: head.Seq, Head: head.Hash, Name: c.rec.Name}
		if w.Body, err = c.chain.DeviceBody(by, p.host.Device(), c.now()); err != nil {
			return fmt.Errorf("writing the new device's entry: %w", err)
		}
		return nil
	})
	return w, err
}

// add signs the entry, stores it and sends it.
func (p *Pairing) add(ctx context.Context, password string, body []byte, possession trust.Signature) error {
	var entry []byte
	err := p.d.act(ctx, func(c *core) error {
		by, err := c.author()
		if err = errors.Join(err, c.calm()); err != nil {
			return err
		}
		entry, err = c.chain.AddDevice(by, body, possession)
		if errors.Is(err, chain.ErrInvalid) { // it fitted the head it was written for
			return &api.Error{Code: api.CodeStale, Message: "the chain has grown meanwhile"}
		}
		if err != nil {
			return err
		}
		return c.await(pending{Entry: entry, Symbols: p.symbols})
	})
	if err != nil {
		return err
	}
	p.signed = true
	if err = p.d.settle(ctx, password); err == nil {
		err = p.d.act(ctx, func(c *core) error { return c.holds(entry) })
	}
	if isStale(err) {
		p.signed = false
	}
	return err
}

// member gives the new device once the pinned chain holds it.
func (p *Pairing) member() (Member, error) {
	for _, m := range p.d.View().Devices {
		if id := p.host.Device().ID; m.ID == id && !id.IsZero() {
			return m, nil
		}
	}
	return Member{}, ErrNoDevice
}

// Stop ends the pairing and tells the new device, if the backend is reached. It
// stops nothing once Finish gave its answer or sent the entry.
func (p *Pairing) Stop(ctx context.Context) {
	p.turn.stop()
	if p.turn.take(ctx) != nil {
		return
	}
	defer p.turn.leave()
	if !p.signed && p.over == nil {
		p.end(ctx, api.BoxStopped)
	}
	p.closing.Wait() // at most closeLife
}

// end closes the box and remembers how.
func (p *Pairing) end(ctx context.Context, state api.BoxState) {
	p.over = &ErrPairOver{State: state}
	p.d.closeBox(ctx, p.symbols, state)
}

func (p *Pairing) await(ctx context.Context, slot api.Slot) (api.Box, error) {
	read := func(ctx context.Context) (b api.Box, err error) {
		err = p.d.line.plain(ctx, func(a api.Account) (err error) {
			b, err = a.Box(ctx, p.symbols)
			return err
		})
		return b, err
	}
	b, err := awaitBox(ctx, read, p.until, func(b api.Box) bool { return b.State == api.BoxOpen && b.Messages[slot] != nil })
	var over ErrPairOver
	if errors.As(err, &over) {
		p.over = &over
	}
	return b, err
}

// write puts a message into the box, again until there is an answer.
func (p *Pairing) write(ctx context.Context, slot api.Slot, message []byte) error {
	ctx, cancel := context.WithDeadlineCause(ctx, p.until, ErrPairOver{State: api.BoxOpen})
	defer cancel()
	for {
		err := p.d.line.call(ctx, func(a api.Account, token api.Secret) error {
			return a.WriteBox(ctx, token, p.symbols, slot, message)
		})
		if errors.Is(err, &api.Error{Code: api.CodeNotFound}) {
			return p.ended(ctx)
		}
		if err != nil && ctx.Err() != nil {
			return stoppedBy(ctx)
		}
		if !errors.Is(err, errNoAnswer) {
			return err
		}
		pause(ctx, boxPoll, nil)
	}
}

// ended asks how a box that takes nothing any more came to its end.
func (p *Pairing) ended(ctx context.Context) error {
	_, err := p.await(ctx, api.Slots-1)
	if err == nil {
		return ErrPairing
	}
	return err
}

// enter takes the turn, and refuses a pairing that is over.
func (p *Pairing) enter(ctx context.Context) (context.Context, func(), error) {
	if err := p.turn.take(ctx); err != nil {
		return nil, nil, err
	}
	if p.over != nil {
		p.turn.leave()
		return nil, nil, *p.over
	}
	ctx, leave := p.turn.until(ctx, ErrPairOver{State: api.BoxStopped})
	return ctx, leave, nil
}
