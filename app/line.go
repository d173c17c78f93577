package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// errNoAnswer says that the backend was asked and did not answer: what it did, if
// anything, is not known.
var errNoAnswer = errors.New("no answer from the backend")

// renewEarly is how long before its end a session is opened anew, so that no
// stream has to break over it.
const renewEarly = 30 * time.Second

// line is the device's way to its backend: it dials, and holds the session.
type line struct {
	d    *Device
	turn chan struct{} // one token: its holder may use what follows
	at   string        // origin dialled
	to   api.Account
	open api.Session
	ends time.Time // of open, by this machine's steady clock
}

func newLine(d *Device) *line { return &line{d: d, turn: make(chan struct{}, 1)} }

// identity is what a session is opened with.
type identity struct {
	account trust.AccountID
	device  trust.DeviceID
	keys    trust.Keys
	origin  string
	local   bool
}

func (c *core) identity() (identity, error) {
	if c.secrets == nil {
		return identity{}, ErrNoAccount
	}
	return identity{c.secrets.Account, c.secrets.Device, c.keys, c.rec.Origin, c.rec.Local}, nil
}

// call runs do with a session, opening one if need be, and once more with a new
// one if the backend forgot the session. What is not an *api.Error becomes
// errNoAnswer.
func (l *line) call(ctx context.Context, do func(api.Account, api.Secret) error) error {
	for try := 0; ; try++ {
		to, s, err := l.session(ctx)
		if err != nil {
			return err
		}
		err = do(to, s.Token)
		if errors.Is(err, &api.Error{Code: api.CodeSession}) && try == 0 {
			l.drop(s)
			continue
		}
		return answered(err)
	}
}

// answered sorts errors into refusals and silence.
func answered(err error) error {
	var refusal *api.Error
	if err == nil || errors.As(err, &refusal) || errors.Is(err, errNoAnswer) {
		return err
	}
	return fmt.Errorf("%w: %w", errNoAnswer, err)
}

// session gives the session, which still lasts for renewEarly or was opened now.
func (l *line) session(ctx context.Context) (api.Account, api.Session, error) {
	var id identity
	err := l.d.act(ctx, func(c *core) (err error) { id, err = c.identity(); return err })
	if err != nil {
		return nil, api.Session{}, err
	}
	if err := l.enter(ctx); err != nil {
		return nil, api.Session{}, err
	}
	defer l.leave()
	to, err := l.reach(ctx, id)
	if err != nil {
		return nil, api.Session{}, err
	}
	if time.Until(l.ends) > renewEarly {
		return to, l.open, nil
	}
	fresh, err := prove(ctx, to, id)
	if err != nil {
		return nil, api.Session{}, answered(err)
	}
	l.open, l.ends = fresh, time.Now().Add(fresh.Expires.Sub(fresh.Now))
	return to, fresh, l.d.act(ctx, func(c *core) error { c.clock.set(fresh.Now); return nil })
}

// prove opens a session: the device signs the backend's nonce together with the
// origin from its own chain, so that nobody in between can pass the nonce on.
func prove(ctx context.Context, to api.Account, id identity) (api.Session, error) {
	p, err := proofFor(ctx, to, id)
	if err != nil {
		return api.Session{}, err
	}
	s, err := to.Session(ctx, p)
	if err != nil {
		return api.Session{}, fmt.Errorf("opening session: %w", err)
	}
	return s, nil
}

// proofFor signs a fresh nonce, for one use.
func proofFor(ctx context.Context, to api.Account, id identity) (api.SessionProof, error) {
	nonce, err := to.Nonce(ctx, id.account, id.device)
	if err != nil {
		return api.SessionProof{}, fmt.Errorf("asking for nonce: %w", err)
	}
	if len(nonce) != 32 {
		return api.SessionProof{}, fmt.Errorf("nonce of %d bytes: %w", len(nonce), ErrProtocol)
	}
	proof := trust.Proof{Account: id.account, Device: id.device, Nonce: [32]byte(nonce), Origin: id.origin}
	sig, err := proof.Sign(id.keys)
	return api.SessionProof{Account: id.account, Device: id.device, Nonce: nonce, Signature: sig[:]}, err
}

// reach dials the backend, after starting it if it is part of this program. One
// that does not start may run in another program: it is dialled all the same, and
// tried again next time.
func (l *line) reach(ctx context.Context, id identity) (api.Account, error) {
	if l.to != nil && l.at == id.origin {
		return l.to, nil
	}
	var started error
	if id.local {
		started = l.d.local.ensure(ctx)
	}
	to, err := l.d.o.Dial(id.origin)
	if err != nil {
		return nil, fmt.Errorf("dialling %q: %w", id.origin, err)
	}
	l.ends = time.Time{}
	if started == nil {
		l.at, l.to = id.origin, to
	}
	return to, nil
}

// plain runs do without a session. What is not an *api.Error becomes errNoAnswer.
func (l *line) plain(ctx context.Context, do func(api.Account) error) error {
	var id identity
	err := l.d.act(ctx, func(c *core) (err error) { id, err = c.identity(); return err })
	if err != nil {
		return err
	}
	if err := l.enter(ctx); err != nil {
		return err
	}
	to, err := l.reach(ctx, id)
	l.leave()
	if err != nil {
		return err
	}
	return answered(do(to))
}

// forget gives up the session of a device that is no more.
func (l *line) forget() {
	l.turn <- struct{}{}
	defer l.leave()
	l.open, l.ends, l.to, l.at = api.Session{}, time.Time{}, nil, ""
}

// drop forgets a session that the backend does not know any more.
func (l *line) drop(s api.Session) {
	l.turn <- struct{}{}
	defer l.leave()
	if string(l.open.Token) == string(s.Token) {
		l.ends = time.Time{}
	}
}

// lasts is how long the session at hand is good for, less renewEarly.
func (l *line) lasts() time.Duration {
	l.turn <- struct{}{}
	defer l.leave()
	return time.Until(l.ends) - renewEarly
}

func (l *line) enter(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return answered(ctx.Err())
	}
}

func (l *line) leave() { <-l.turn }
