package server

import (
	"bytes"
	"context"
	"net/netip"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Asking is what a page knows of somebody who wants to sign in.
type Asking struct {
	Name, Password string
	Address        netip.Addr
	Agent          string     // from fixed words; see Agent
	Browser        api.Secret // the cookie of a known browser; nil = none
	Old            api.Secret // the cookie of a sign-in begun before in this browser; nil = none
	Service        string     // title of the service that asks; "" = the pages of this server
	place          string     // at a service: see placeOf
	step           stepping   // a browser that is signed in asks for more; zero = for a sign-in
}

// Refused says that a sign-in may not begin now. The page has a sentence for each
// reason.
type Refused struct {
	Reason verify.Reason // "" = name or password is wrong
	Until  time.Time     // zero: no time will help
}

// Error names the reason.
func (r Refused) Error() string {
	if r.Reason == "" {
		return "name or password is wrong"
	}
	return "sign-in is refused: " + string(r.Reason)
}

// Enter checks name and password and rings the account's devices, or lets in at
// once where two-step verification was switched off; Refused if it may not be. A
// name without account is refused exactly like a wrong password, after the same
// work.
func (s *Server) Enter(ctx context.Context, ask Asking) (Entered, error) {
	t, err := s.mayTry(ctx, ask)
	if err != nil {
		return Entered{}, s.refusal(ctx, err)
	}
	right, err := s.hashers.page.check(ctx, t.password, t.account, ask.Password)
	if err != nil {
		return Entered{}, s.refusal(ctx, err)
	}
	s.counts.password(right)
	if !right {
		return Entered{}, Refused{}
	}
	var in Entered
	var refused error
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		in, refused, err = s.ring(tx, ask, t)
		return err
	})
	if err != nil {
		return Entered{}, s.refusal(ctx, err)
	}
	s.hub.hint(t.account)
	return in, refused
}

func (s *Server) refusal(ctx context.Context, err error) error {
	if r, ok := err.(Refused); ok {
		return r
	}
	return s.orInternal(ctx, "begin", err)
}

// trial is one password that may be compared.
type trial struct {
	account  trust.AccountID
	password []byte // row; nil for a name without account
	browser  verify.Browser
	tries    [32]byte
	address  [32]byte
}

// mayTry counts the password as wrong in advance, for the name and the network,
// before anybody compares it; or it refuses.
func (s *Server) mayTry(ctx context.Context, ask Asking) (trial, error) {
	var t trial
	err := s.store.Update(ctx, func(tx store.Tx) error {
		var limits *verify.Limits
		var err error
		if t, limits, err = s.trialFor(tx, ask); err != nil {
			return err
		}
		if err := s.countNetwork(tx, ask, t); err != nil {
			return err
		}
		return s.countTry(tx, t, limits)
	})
	return t, err
}

// countNetwork counts a try for the network it comes from. A service that does not say
// from where would have all its people count as one.
func (s *Server) countNetwork(tx store.Tx, ask Asking, t trial) error {
	if ask.Service != "" && !ask.Address.IsValid() {
		return nil
	}
	network, err := s.addressTries(tx, t.address)
	if err != nil {
		return err
	}
	network, verdict := network.Try(s.now())
	if !verdict.Allowed {
		return Refused{Reason: verdict.Reason, Until: verdict.Until}
	}
	return s.putAddressTries(tx, t.address, network)
}

func (s *Server) trialFor(tx store.Tx, ask Asking) (trial, *verify.Limits, error) {
	key := fold(ask.Name)
	t := trial{address: s.verifier.AddressKey(ask.Address)}
	row, err := tx.AccountByKey(key)
	if err != nil && !absent(err) {
		return t, nil, err
	}
	var limits *verify.Limits
	if err == nil {
		t.account, t.password = row.ID, row.Password
		l, err := s.verifier.DecodeLimits(row.ID, row.Limits)
		if err != nil {
			return t, nil, err
		}
		limits = &l
		if t.browser, err = s.knownAsking(tx, row.ID, ask, l); err != nil {
			return t, nil, err
		}
	}
	t.tries = s.verifier.TriesKey(key, t.browser)
	return t, limits, nil
}

// countTry counts a try for the name; an open door lets a few pass.
func (s *Server) countTry(tx store.Tx, t trial, limits *verify.Limits) error {
	count, err := s.tries(tx, t.tries)
	if err != nil {
		return err
	}
	next, verdict := count.Try(s.now())
	if !verdict.Allowed {
		if limits == nil {
			return Refused{Reason: verdict.Reason, Until: verdict.Until}
		}
		knocked, pass := limits.Knock(s.now())
		if !pass {
			return Refused{Reason: verdict.Reason, Until: verdict.Until}
		}
		if err := s.saveLimits(tx, t.account, knocked); err != nil {
			return err
		}
		next = count.Count(s.now())
	}
	return s.putTries(tx, t.tries, next)
}

func (s *Server) saveLimits(tx store.Tx, id trust.AccountID, l verify.Limits) error {
	row, err := tx.Account(id)
	if err != nil {
		return err
	}
	row.Limits = s.verifier.EncodeLimits(id, l)
	return tx.UpdateAccount(row)
}

// knownBrowser gives the name of a browser that signed in to this account before,
// zero of any other.
func (s *Server) knownBrowser(tx store.Tx, id trust.AccountID, cookie api.Secret, l verify.Limits) (verify.Browser, error) {
	if len(cookie) == 0 {
		return verify.Browser{}, nil
	}
	t, _, err := s.ticket(tx, store.Browser, cookie)
	if absent(err) || err == nil && t.Account != id {
		return verify.Browser{}, nil
	}
	if err != nil || !l.Known(t.Hash) {
		return verify.Browser{}, err
	}
	return t.Hash, nil
}

// ring makes the sign-in after the right password and tells the devices. A limit
// that refuses is no failure of the transaction: that it refused is counted.
func (s *Server) ring(tx store.Tx, ask Asking, t trial) (in Entered, refused, err error) {
	a, err := s.account(tx, t.account)
	if err != nil {
		return Entered{}, nil, err
	}
	if !bytes.Equal(a.Password, t.password) {
		return Entered{}, Refused{}, nil // it was changed while it was compared
	}
	if err := s.forgive(tx, t); err != nil {
		return Entered{}, nil, err
	}
	alone, err := s.alone(tx, a, ask.Password)
	if err != nil {
		return Entered{}, nil, err
	}
	return s.prompt(tx, a, ask, t.browser, alone)
}

// prompt rings within the limits; where the password lets in alone, it lets in
// within them.
func (s *Server) prompt(tx store.Tx, a account, ask Asking, b verify.Browser, alone bool) (in Entered, refused, err error) {
	if err := s.replace(tx, a, ask.Old); err != nil {
		return Entered{}, nil, err
	}
	waits, err := s.waiting(tx, a.ID, b)
	if err != nil {
		return Entered{}, nil, err
	}
	limits, verdict := a.limits.Prompt(b, waits, s.now())
	a.limits = limits
	if err := s.save(tx, a); err != nil {
		return Entered{}, nil, err
	}
	switch {
	case !verdict.Allowed:
		return Entered{}, Refused{Reason: verdict.Reason, Until: verdict.Until}, s.tellRefused(tx, a)
	case alone:
		in, err = s.admitAlone(tx, a, ask, verdict)
	default:
		in.SignIn, err = s.begin(tx, a, ask, b, verdict)
	}
	return in, nil, err
}

// forgive takes back what mayTry counted.
func (s *Server) forgive(tx store.Tx, t trial) error {
	if err := s.putTries(tx, t.tries, verify.Tries{}); err != nil {
		return err
	}
	network, err := s.addressTries(tx, t.address)
	if err != nil {
		return err
	}
	return s.putAddressTries(tx, t.address, network.Forgive())
}

// replace ends the sign-in that this browser had begun before.
func (s *Server) replace(tx store.Tx, a account, old api.Secret) error {
	if len(old) == 0 {
		return nil
	}
	session := trust.HashSession(old)
	row, err := tx.SignInBySession(session)
	if absent(err) || err == nil && row.Account != a.ID {
		return nil
	}
	if err != nil {
		return err
	}
	in, err := s.verifier.Decode(row.Row)
	if err != nil {
		return err
	}
	if in, err = s.verifier.Stop(in, session, s.now()); err != nil {
		return nil // it was over
	}
	return s.stopped(tx, in)
}

func (s *Server) stopped(tx store.Tx, in verify.SignIn) error {
	if err := s.put(tx, in); err != nil {
		return err
	}
	data, err := s.about(in)
	if err != nil {
		return err
	}
	return s.tell(tx, in.Account, api.EventStopped, data)
}

// tellRefused tells the devices how many were refused, at the first and then each
// time the number has doubled, so that a flood leaves few lines.
func (s *Server) tellRefused(tx store.Tx, a account) error {
	n := a.limits.Refused(s.now())
	s.counts.refused()
	if n == 0 || n&(n-1) != 0 {
		return nil
	}
	return s.tell(tx, a.ID, api.EventRefused, api.EventData{Count: n})
}

func (s *Server) begin(tx store.Tx, a account, ask Asking, b verify.Browser, v verify.Verdict) (api.Secret, error) {
	secret, err := s.secret(32)
	if err != nil {
		return nil, err
	}
	if !v.Known {
		b = verify.Browser{}
	}
	session, service := trust.HashSession(secret), s.name
	kind := trust.SignIn
	switch {
	case ask.Service != "":
		session, service = serviceSession(ask.Service, secret), ask.Service
	case ask.step.action != "":
		session, kind = stepSession(ask.step.session, secret), trust.StepUp
	}
	in, err := s.verifier.Begin(verify.Ask{
		Kind: kind, Action: ask.step.action, Session: session, Service: service, Address: addressText(ask.Address.Unmap()),
		Agent: ask.Agent, Known: v.Known, Browser: b, Door: v.Door,
	}, a.chain, s.now(), s.rand)
	if err != nil {
		return nil, err
	}
	if err := s.put(tx, in); err != nil {
		return nil, err
	}
	s.counts.asked()
	if v.Silent {
		return secret, nil
	}
	data, err := s.about(in)
	if err != nil {
		return nil, err
	}
	r := s.request(in, a.limits)
	data.Request = &r
	return secret, s.tell(tx, a.ID, api.EventRequest, data)
}
