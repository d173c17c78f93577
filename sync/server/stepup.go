package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

var (
	// ErrAppName says that what an app password is to be called cannot be shown.
	ErrAppName = errors.New("not a name for an app password")
	// ErrAppMany says that there are as many app passwords as there may be.
	ErrAppMany = errors.New("too many app passwords")
	// ErrNoApp says that there is no such service or app password, or that two-step
	// verification was switched off: then no device answers for a change.
	ErrNoApp = errors.New("no such app password")
)

// stepping is what a browser that is signed in asks beside a sign-in.
type stepping struct {
	session api.Secret // of who is signed in
	action  string     // as devices show it
}

// AppChange is a change of app passwords that a page asks for: with ID the removal of
// that one, else the making of one.
type AppChange struct {
	Service string // identifier
	Name    string // of the program
	ID      string // hexadecimal
}

// StepUp rings the devices of who is signed in for a change of app passwords, bound to
// this browser's session; of ask, name, password and browser are not looked at. The
// limits are those of a known browser. It gives the secret of the step-up; one that
// was begun before with ask.Old ends. ErrSignedOut, ErrNoApp, ErrAppName, ErrAppMany,
// Refused.
func (s *Server) StepUp(ctx context.Context, session api.Secret, change AppChange, ask Asking) (api.Secret, error) {
	var in Entered
	var refused error
	err := s.act(ctx, s.entered(session), func(tx store.Tx, a account) error {
		t, _, err := s.held(tx, session)
		if err != nil {
			return err
		}
		p, err := s.permitFor(tx, a, change)
		if err != nil {
			return err
		}
		ask.Service, ask.step = "", stepping{session: session, action: p.action().Sentence()}
		if err := s.replaceStep(tx, a, ask); err != nil {
			return err
		}
		ask.Old = nil
		in, refused, err = s.prompt(tx, a, ask, verify.Browser(t.Hash), false)
		if err != nil || refused != nil {
			return err
		}
		began, _, err := s.stepIn(tx, session, in.SignIn)
		if err != nil {
			return err
		}
		return s.keepStep(tx, began, p)
	})
	if err != nil {
		return nil, s.stepError(ctx, err)
	}
	return in.SignIn, refused
}

// permitFor gives what a change would permit, or why it cannot be.
func (s *Server) permitFor(tx store.Tx, a account, change AppChange) (permit, error) {
	if left, err := s.left(tx, a); err != nil || left {
		return permit{}, errors.Join(err, ErrNoApp)
	}
	if change.ID != "" {
		return s.permitRemoval(a, change.ID)
	}
	p := permit{Op: api.ChangeCredential, Service: change.Service, Name: norm.NFC.String(change.Name)}
	v, ok := s.services.named(p.Service)
	switch {
	case !ok || !v.Open || v.ID != p.Service:
		return permit{}, ErrNoApp
	case trust.CheckName(p.Name) != nil:
		return permit{}, ErrAppName
	case len(without(a.chain, chain.State{})) >= chain.MaxAppPasswords:
		return permit{}, ErrAppMany
	}
	p.title = v.Title
	return p, nil
}

func (s *Server) permitRemoval(a account, id string) (permit, error) {
	for _, h := range without(a.chain, chain.State{}) {
		if hex.EncodeToString(h.ID[:]) == id {
			return permit{Op: api.ChangeRevoked, Service: h.Service, Name: h.Label, Credential: id, title: s.titleOf(h.Service)}, nil
		}
	}
	return permit{}, ErrNoApp
}

// stepSession ties a step-up to the browser's session: neither secret finds it alone,
// and none of the pages of a sign-in does.
func stepSession(session, secret api.Secret) trust.SessionHash {
	mac := hmac.New(sha256.New, session)
	mac.Write([]byte("td/1 step-up\x00"))
	mac.Write(secret)
	return trust.SessionHash(mac.Sum(nil))
}

// stepIn finds the step-up of a browser that is signed in. ErrSignedOut, ErrNoSignIn.
func (s *Server) stepIn(tx store.Tx, session, step api.Secret) (verify.SignIn, account, error) {
	t, _, err := s.held(tx, session)
	if err != nil {
		return verify.SignIn{}, account{}, err
	}
	in, a, err := s.signInOf(tx, stepSession(session, step))
	if err == nil && (in.Kind != trust.StepUp || a.ID != t.Account) {
		err = ErrNoSignIn
	}
	return in, a, err
}

// replaceStep ends the step-up that this browser had begun before.
func (s *Server) replaceStep(tx store.Tx, a account, ask Asking) error {
	if len(ask.Old) == 0 {
		return nil
	}
	in, _, err := s.stepIn(tx, ask.step.session, ask.Old)
	if errors.Is(err, ErrNoSignIn) {
		return nil
	}
	if err != nil {
		return err
	}
	if in, err = s.verifier.Stop(in, in.Session, s.now()); err != nil {
		return nil // it was over
	}
	return s.stopped(tx, in)
}

// mayStepUp refuses a device that could not make the change it allows.
func (s *Server) mayStepUp(tx store.Tx, c caller, in verify.SignIn) error {
	if in.Kind != trust.StepUp {
		return nil
	}
	return s.mayChange(tx, c)
}

// Stepping is a step-up as its page shows it.
type Stepping struct {
	Progress
	Action api.Action
	// Made: the device that allowed it has made the change. Over: it has not, and may no
	// more.
	Made, Over bool
}

// StepProgress gives how a step-up stands. ErrSignedOut, ErrNoSignIn.
func (s *Server) StepProgress(ctx context.Context, session, step api.Secret) (out Stepping, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		in, a, err := s.stepIn(tx, session, step)
		if err != nil {
			return err
		}
		if over, ended := s.verifier.Expire(in, s.now()); ended {
			in = over
		}
		if out.Progress, err = s.progress(tx, in, a); err != nil {
			return err
		}
		out.Offline = nil // an offline code says nothing about what it is for
		facts, err := s.verifier.Facts(in)
		if err != nil {
			return err
		}
		out.Action, _ = api.ParseAction(facts.Action)
		if in.State == verify.Done {
			out.Made, out.Over, err = s.permitUsed(tx, in)
		}
		return err
	})
	return out, s.stepError(ctx, err)
}

// TypeStep compares a code typed for a step-up, counted like any other. With the right
// one the device that allowed it, and no other, may make the change for 5 minutes.
// ErrSignedOut, ErrNoSignIn; trust.ErrCode for what cannot be a code.
func (s *Server) TypeStep(ctx context.Context, session, step api.Secret, typed string) (verify.Outcome, error) {
	var outcome verify.Outcome
	err := s.changeStep(ctx, session, step, func(tx store.Tx, in verify.SignIn, a account) (err error) {
		outcome, err = s.typeAt(tx, in, a, typed)
		if err != nil || outcome != verify.Right {
			return err
		}
		return s.givePermit(tx, a, in)
	})
	if err == nil {
		s.counts.typed(outcome)
	}
	return outcome, err
}

// StopStep ends a step-up. ErrSignedOut, ErrNoSignIn; one that is over stays as it is.
func (s *Server) StopStep(ctx context.Context, session, step api.Secret) error {
	return s.changeStep(ctx, session, step, func(tx store.Tx, in verify.SignIn, _ account) error {
		in, err := s.verifier.Stop(in, in.Session, s.now())
		if err != nil {
			return nil
		}
		return s.stopped(tx, in)
	})
}

// changeStep does something to a step-up and tells who waits.
func (s *Server) changeStep(ctx context.Context, session, step api.Secret, work func(store.Tx, verify.SignIn, account) error) error {
	var id trust.AccountID
	err := s.store.Update(ctx, func(tx store.Tx) error {
		in, a, err := s.stepIn(tx, session, step)
		if err != nil {
			return err
		}
		id = a.ID
		return work(tx, in, a)
	})
	if err == nil {
		s.hub.hint(id)
	}
	return s.stepError(ctx, err)
}

// ListenStep is Listen for a step-up.
func (s *Server) ListenStep(ctx context.Context, session, step api.Secret, wake func()) (stop func(), err error) {
	w := &Watcher{Wake: wake}
	err = s.store.View(ctx, func(tx store.Tx) error {
		in, _, err := s.stepIn(tx, session, step)
		w.Account = in.Account
		return err
	})
	if err != nil {
		return nil, s.stepError(ctx, err)
	}
	s.hub.add(w)
	return func() { s.hub.remove(w) }, nil
}

// stepError keeps what pages have sentences for.
func (s *Server) stepError(ctx context.Context, err error) error {
	for _, known := range []error{ErrSignedOut, ErrNoSignIn, ErrNoApp, ErrAppName, ErrAppMany, trust.ErrCode} {
		if errors.Is(err, known) {
			return known
		}
	}
	return s.orInternal(ctx, "step-up", err)
}
