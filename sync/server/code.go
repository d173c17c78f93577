package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Typed is the answer to a typed code.
type Typed struct {
	Outcome verify.Outcome
	Left    int        // tries left, with verify.Wrong
	Session api.Secret // with verify.Right: the cookie of who is in now
	Browser api.Secret // with verify.Right and remember: the cookie of a known browser
}

// Type compares a typed code. The try is counted, durably, before anybody learns
// the answer. ErrNoSignIn; trust.ErrCode for what cannot be a code and is not
// counted.
func (s *Server) Type(ctx context.Context, session api.Secret, typed string, remember bool, agent string) (Typed, error) {
	var out Typed
	err := s.change(ctx, session, func(tx store.Tx, in verify.SignIn, a account) error {
		out = Typed{}
		after, limits, result, effect, err := s.verifier.CheckWithin(a.limits, in, a.chain, trust.HashSession(session), typed, s.now())
		if err != nil {
			return err
		}
		out.Outcome, out.Left = result.Outcome, result.Left
		if result.Outcome == verify.NotYet || result.Outcome == verify.Over && after.State == in.State {
			return nil
		}
		a.limits = limits
		if err := s.typed(tx, a, after, result); err != nil {
			return err
		}
		if err := s.effects(tx, a, effect, after.Browser); err != nil {
			return err
		}
		if result.Outcome != verify.Right {
			return nil
		}
		out.Session, out.Browser, err = s.admit(tx, a, after, remember, agent)
		return err
	})
	if err == nil {
		s.counts.typed(out.Outcome)
	}
	return out, err
}

// typed writes what a code changed, and tells it.
func (s *Server) typed(tx store.Tx, a account, after verify.SignIn, r verify.Result) error {
	first := r.Outcome == verify.Right && !a.TwoStep
	a.TwoStep = a.TwoStep || first
	if err := s.save(tx, a); err != nil {
		return err
	}
	if err := s.put(tx, after); err != nil {
		return err
	}
	data, err := s.about(after)
	if err != nil {
		return err
	}
	data.Left = r.Left
	if after.Service != s.name {
		data.By = notice.ByService
	}
	if after.State == verify.Done {
		asked := s.request(after, a.limits)
		data.Request, data.Approval = &asked, after.Approval
	}
	if err := s.tell(tx, a.ID, eventFor(after.State), data); err != nil || !first {
		return err
	}
	if err := s.endAlone(tx, a.ID); err != nil {
		return err
	}
	return s.tell(tx, a.ID, api.EventTwoStep, api.EventData{})
}

// eventFor names what a typed code led to.
func eventFor(after verify.State) api.EventKind {
	switch after {
	case verify.Done:
		return api.EventDone
	case verify.Burned:
		return api.EventBurned
	case verify.Expired:
		return api.EventExpired
	}
	return api.EventWrong
}

// admit gives the cookies of who is in. They end with the device that allowed it.
func (s *Server) admit(tx store.Tx, a account, in verify.SignIn, remember bool, agent string) (session, browser api.Secret, err error) {
	t := store.Ticket{Kind: store.Session, Account: a.ID, Device: in.Device, Name: agent}
	if session, err = s.newTicket(tx, t, 32, sessionFor, ""); err != nil || !remember || in.Known {
		return session, nil, err
	}
	t.Kind = store.Browser
	browser, err = s.newTicket(tx, t, 32, browserFor, "")
	return session, browser, err
}
