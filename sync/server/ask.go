package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/verify"
)

// Ask implements front.Gate.
func (s *Server) Ask(ctx context.Context, try front.Try) (front.Asked, error) {
	service, ok := s.services.named(try.Service)
	if !ok || !service.Code {
		return front.Asked{}, front.ErrService
	}
	if err := s.noApp(ctx, try); err != nil {
		return front.Asked{}, err
	}
	var t trial
	var err error
	if try.First {
		t, err = s.trusted(ctx, askingFor(service, try))
	} else {
		t, _, err = s.proved(ctx, askingFor(service, try), try.Password)
	}
	if err != nil {
		return front.Asked{}, gateError(s.refusal(ctx, err))
	}
	var asked front.Asked
	err = s.store.Update(ctx, func(tx store.Tx) (err error) {
		asked, err = s.ringFor(tx, service, askingFor(service, try), t, !try.First)
		return err
	})
	if err != nil {
		return front.Asked{}, gateError(s.refusal(ctx, err))
	}
	s.hub.hint(t.account)
	if asked.State == nil {
		return front.Asked{}, front.ErrRefused
	}
	return asked, nil
}

// noApp refuses an app password of the account, of whatever service, ended or not: it is
// no wrong password, or a program that keeps trying an old one would lock its owner out.
func (s *Server) noApp(ctx context.Context, try front.Try) error {
	p, err := apppass.Parse(try.Password)
	if err != nil {
		return nil
	}
	who, err := s.openerOf(ctx, try.Name)
	if err != nil {
		return err
	}
	_, live := find(who.live, who.account, p)
	_, dead := find(who.dead, who.account, p)
	if live || dead {
		return front.ErrRefused
	}
	return nil
}

// askingFor says who asks, in the words that devices show.
func askingFor(service front.Service, try front.Try) Asking {
	agent := "Program"
	switch service.Kind {
	case front.Shell:
		agent = "Terminal"
	case front.Network:
		agent = "Network"
	}
	return Asking{Name: try.Name, Password: try.Password, Address: try.From, Agent: agent, Service: service.Title, place: placeOf(service, try.From)}
}

// proved compares texts of which one may be the password of the account, and says which
// is. Together they are one try, counted as at the page.
func (s *Server) proved(ctx context.Context, ask Asking, texts ...string) (t trial, which int, err error) {
	if t, err = s.mayTry(ctx, ask); err != nil {
		return t, 0, err
	}
	for i, text := range texts {
		right, err := s.hashers.page.check(ctx, t.password, t.account, text)
		if err != nil {
			return t, 0, err
		}
		if right {
			s.counts.password(true)
			return t, i, nil
		}
	}
	s.counts.password(false)
	return t, 0, Refused{}
}

// trusted finds the account of somebody whom the service examined itself.
func (s *Server) trusted(ctx context.Context, ask Asking) (t trial, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		row, err := tx.AccountByKey(fold(ask.Name))
		if absent(err) || err == nil && Retired(row) {
			return Refused{}
		}
		if err != nil {
			return err
		}
		t.account, t.password = row.ID, row.Password
		l, err := s.verifier.DecodeLimits(row.ID, row.Limits)
		if err != nil {
			return err
		}
		t.browser, err = s.knownAsking(tx, row.ID, ask, l)
		return err
	})
	return t, err
}

// ringFor rings the devices within the limits. Nothing is asked where they refuse,
// which is no failure of the transaction: that it was refused is counted.
func (s *Server) ringFor(tx store.Tx, service front.Service, ask Asking, t trial, forgive bool) (front.Asked, error) {
	a, err := s.account(tx, t.account)
	if err != nil {
		return front.Asked{}, err
	}
	if string(a.Password) != string(t.password) {
		return front.Asked{}, nil // it was changed while it was compared
	}
	if forgive {
		if err := s.forgive(tx, t); err != nil {
			return front.Asked{}, err
		}
	}
	if err := s.endAt(tx, a, t.browser); err != nil {
		return front.Asked{}, err
	}
	in, refused, err := s.prompt(tx, a, ask, t.browser, false)
	if err != nil || refused != nil {
		return front.Asked{}, err
	}
	row, err := tx.SignInBySession(sessionAt(service, in.SignIn))
	if err != nil {
		return front.Asked{}, err
	}
	began, err := s.verifier.Decode(row.Row)
	if err != nil {
		return front.Asked{}, err
	}
	return front.Asked{
		State: in.SignIn, Letters: began.Letters(), Digits: int(began.Digits), Until: trust.Clock(began.Expires),
	}, nil
}

// endAt ends the sign-in that was begun at a known place before: who asks again there has
// given it up.
func (s *Server) endAt(tx store.Tx, a account, place verify.Browser) error {
	open, err := s.open(tx, a.ID)
	if err != nil || place.New() {
		return err
	}
	for _, in := range open {
		if in.Browser != place {
			continue
		}
		in.State = verify.Stopped
		if err := s.stopped(tx, in); err != nil {
			return err
		}
	}
	return nil
}

// sessionAt gives the session of a sign-in at a service, so that what a service was
// given is worth nothing at a page, nor at another service.
func sessionAt(service front.Service, secret api.Secret) trust.SessionHash {
	return serviceSession(service.Title, secret)
}

func serviceSession(title string, secret api.Secret) trust.SessionHash {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("td/1 service\x00" + title))
	return trust.HashSession(mac.Sum(nil))
}

// Code implements front.Gate.
func (s *Server) Code(ctx context.Context, state []byte, try front.Try) (front.Opened, error) {
	service, ok := s.services.named(try.Service)
	if !ok || !service.Code {
		return front.Opened{}, front.ErrService
	}
	if len(state) != 32 {
		return front.Opened{}, front.ErrRefused
	}
	return s.codeOf(ctx, sessionAt(service, state), try.Password, placeOf(service, try.From))
}

// codeOf types a code to a sign-in at a service: of the device that allowed it, or an
// offline code of any. The place is known by the right one.
func (s *Server) codeOf(ctx context.Context, session trust.SessionHash, typed, place string) (out front.Opened, err error) {
	var outcome verify.Outcome
	var id trust.AccountID
	err = s.store.Update(ctx, func(tx store.Tx) error {
		in, a, err := s.signInOf(tx, session)
		if err != nil {
			return err
		}
		id, out = a.ID, front.Opened{Account: a.Name, User: fold(a.Name)}
		if len(typed) == offlineDigits {
			outcome, err = s.typeOfflineAt(tx, in, a, typed)
		} else {
			outcome, err = s.typeAt(tx, in, a, typed)
		}
		if err != nil || outcome != verify.Right {
			return err
		}
		return s.knowPlace(tx, a.ID, place)
	})
	if errors.Is(err, ErrNoSignIn) {
		return front.Opened{}, front.ErrRefused
	}
	if errors.Is(err, trust.ErrCode) {
		return front.Opened{}, front.ErrAgain
	}
	if err != nil {
		return front.Opened{}, gateError(s.refusal(ctx, err))
	}
	s.hub.hint(id)
	s.counts.typed(outcome)
	switch outcome {
	case verify.Right:
		return out, nil
	case verify.NotYet, verify.Wrong:
		return front.Opened{}, front.ErrAgain
	}
	return front.Opened{}, front.ErrRefused
}

// offlineDigits is how long an offline code is; no other is as long.
const offlineDigits = 8

// typeAt compares and counts a code, as Type does; nobody gets a cookie.
func (s *Server) typeAt(tx store.Tx, in verify.SignIn, a account, typed string) (verify.Outcome, error) {
	after, limits, result, effect, err := s.verifier.CheckWithin(a.limits, in, a.chain, in.Session, typed, s.now())
	if err != nil || result.Outcome == verify.NotYet || result.Outcome == verify.Over && after.State == in.State {
		return result.Outcome, err
	}
	a.limits = limits
	if err := s.typed(tx, a, after, result); err != nil {
		return result.Outcome, err
	}
	return result.Outcome, s.effects(tx, a, effect, after.Browser)
}

// typeOfflineAt compares an offline code with those of the account's devices: a wrong
// one is counted once.
func (s *Server) typeOfflineAt(tx store.Tx, in verify.SignIn, a account, typed string) (verify.Outcome, error) {
	outcome := verify.Over
	var last func() error
	for _, device := range s.verifier.Offline(a.chain) {
		after, limits, result, verdict, err := s.verifier.CheckOffline(a.limits, in, a.chain, in.Session, device, typed, s.now())
		if err != nil {
			return verify.Over, err
		}
		if !verdict.Allowed || result.Outcome == verify.Over {
			return verify.Over, nil
		}
		counted := a
		counted.limits = limits
		outcome, last = result.Outcome, func() error { return s.typedOffline(tx, counted, after, device, result) }
		if outcome == verify.Right {
			break
		}
	}
	if last == nil {
		return verify.Over, nil
	}
	return outcome, last()
}

// signInOf gives the sign-in of a session at a service. ErrNoSignIn.
func (s *Server) signInOf(tx store.Tx, session trust.SessionHash) (verify.SignIn, account, error) {
	row, err := tx.SignInBySession(session)
	if absent(err) {
		return verify.SignIn{}, account{}, ErrNoSignIn
	}
	if err != nil {
		return verify.SignIn{}, account{}, err
	}
	in, err := s.verifier.Decode(row.Row)
	if err != nil {
		return verify.SignIn{}, account{}, err
	}
	a, err := s.account(tx, in.Account)
	return in, a, err
}

// Both implements front.Gate.
func (s *Server) Both(ctx context.Context, try front.Try) (front.Opened, error) {
	service, ok := s.services.named(try.Service)
	if !ok || !service.Code {
		return front.Opened{}, front.ErrService
	}
	if err := s.noApp(ctx, try); err != nil {
		return front.Opened{}, err
	}
	pairs := front.Split(try.Password)
	if len(pairs) == 0 {
		return front.Opened{}, front.ErrRefused
	}
	var texts []string
	for _, p := range pairs {
		texts = append(texts, p.Password)
	}
	t, which, err := s.proved(ctx, askingFor(service, try), texts...)
	if err != nil {
		return front.Opened{}, gateError(s.refusal(ctx, err))
	}
	session, err := s.underWay(ctx, service, t)
	if err != nil {
		return front.Opened{}, err
	}
	out, err := s.codeOf(ctx, session, pairs[which].Code, placeOf(service, try.From))
	if errors.Is(err, front.ErrAgain) {
		err = front.ErrRefused
	}
	return out, err
}

// underWay gives the session of the newest open sign-in that an account, whose password
// was right, began at a service. front.ErrRefused.
func (s *Server) underWay(ctx context.Context, service front.Service, t trial) (session trust.SessionHash, err error) {
	found := false
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.forgive(tx, t); err != nil {
			return err
		}
		open, err := s.open(tx, t.account)
		for _, in := range open {
			if in.Service == service.Title {
				session, found = in.Session, true
			}
		}
		return err
	})
	if err != nil {
		return session, gateError(s.refusal(ctx, err))
	}
	if !found {
		return session, front.ErrRefused
	}
	return session, nil
}
