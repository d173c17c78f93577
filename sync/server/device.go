package server

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// Status gives the account as it is here.
func (s *Server) Status(ctx context.Context, token api.Secret) (out api.Status, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		out, err = s.status(tx, c.account)
		return err
	})
	return out, s.orInternal(ctx, "status", err)
}

func (s *Server) status(tx store.Tx, a account) (api.Status, error) {
	now := s.now()
	out := api.Status{
		Name: a.Name, TwoStep: a.TwoStep, Head: a.chain.Head(), Events: a.Events, Now: now,
		Off: a.limits.SwitchedOff(), MustReset: a.limits.MustChangePassword(), Quiet: a.limits.Quiet(),
		Receipt: s.seals.receipt(a.ID, a.chain.Head()),
	}
	if until, paused := a.limits.PausedUntil(now); paused {
		out.Paused = &until
	}
	if letters, until, open := a.limits.Door(now); open {
		out.Door = &api.Door{Letters: letters, Until: until}
	}
	var err error
	if out.Devices, err = s.seen(tx, a); err != nil {
		return out, err
	}
	if out.Waits, err = s.running(tx, a.ID); err != nil {
		return out, err
	}
	if out.Contacts, err = s.contacts(tx, a.ID); err != nil {
		return out, err
	}
	if out.Left, err = s.left(tx, a); err != nil {
		return out, err
	}
	out.Offline, out.Services = s.offline(a), s.offered(a)
	if out.Uses, err = s.usesOf(tx, a); err != nil {
		return out, err
	}
	return out, s.known(tx, a.ID, out.Devices)
}

// Chain gives the raw entries.
func (s *Server) Chain(ctx context.Context, token api.Secret, from uint64) (out [][]byte, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		out, err = tx.Entries(c.ID, from)
		return err
	})
	return out, s.orInternal(ctx, "chain", err)
}

// Requests gives the sign-ins that wait.
func (s *Server) Requests(ctx context.Context, token api.Secret, opened bool) (out []api.Request, err error) {
	var c caller
	read := func(tx store.Tx) error {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		out, err = s.requests(tx, c)
		return err
	}
	if err = s.store.View(ctx, read); err == nil && opened && c.limits.Quiet() {
		err = s.store.Update(ctx, func(tx store.Tx) error {
			if err := read(tx); err != nil {
				return err
			}
			c.limits = c.limits.Opened()
			return s.save(tx, c.account)
		})
	}
	return out, s.orInternal(ctx, "requests", err)
}

func (s *Server) requests(tx store.Tx, c caller) ([]api.Request, error) {
	rows, err := s.open(tx, c.ID)
	if err != nil {
		return nil, err
	}
	out := make([]api.Request, 0, len(rows))
	for _, in := range rows {
		facts, err := s.verifier.Facts(in)
		if err != nil {
			return nil, err
		}
		r := s.request(in, c.limits)
		r.Network = network(facts.Address, c.address)
		out = append(out, r)
	}
	return out, nil
}

func (s *Server) request(in verify.SignIn, l verify.Limits) api.Request {
	now := s.now()
	return api.Request{
		Challenge: in.Challenge, State: string(in.State), Network: "unknown", Try: max(l.TriesRecently(now), 1),
		Refused: l.Refused(now), Target: in.Target, Device: in.Device, Letters: in.Letters(),
	}
}

// Answer takes a signed approval.
func (s *Server) Answer(ctx context.Context, token api.Secret, approval []byte) error {
	var c caller
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if c, err = s.caller(tx, token); err != nil {
			return err
		}
		return s.answer(tx, c, approval)
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "answer", err)
}

func (s *Server) answer(tx store.Tx, c caller, approval []byte) error {
	by, err := trust.ApprovalBy(approval)
	if err != nil || by != c.device {
		return errApproval()
	}
	in, err := s.answered(tx, c, approval)
	if err != nil {
		return err
	}
	after, err := s.verifier.Answer(in, c.chain, approval, s.now())
	if err != nil {
		return refuseAnswer(err)
	}
	if after.State == verify.Approved && in.State != verify.Approved {
		if err := s.mayAllow(tx, c); err != nil {
			return err
		}
		if err := s.mayStepUp(tx, c, in); err != nil {
			return err
		}
	}
	return s.settle(tx, c, in, after, approval)
}

// answered finds the sign-in that an approval is about: the account's one with
// the challenge hash that was signed.
func (s *Server) answered(tx store.Tx, c caller, approval []byte) (verify.SignIn, error) {
	d, ok := c.chain.Device(c.device)
	if !ok {
		return verify.SignIn{}, errApproval()
	}
	a, err := trust.OpenApproval(approval, d.Sign)
	if err != nil {
		return verify.SignIn{}, errApproval()
	}
	rows, err := tx.OpenSignIns(c.ID)
	if err != nil {
		return verify.SignIn{}, err
	}
	for _, row := range rows {
		in, err := s.verifier.Decode(row.Row)
		if err != nil {
			return verify.SignIn{}, err
		}
		if trust.HashChallenge(in.Challenge) == a.Challenge {
			return in, nil
		}
	}
	return s.deniedLately(tx, c, a.Challenge)
}

// lately is how many events back a sign-in is looked for that "not me" has ended;
// chosen arbitrarily.
const lately = 50

// deniedLately finds a sign-in that "not me" has ended, so that the same answer
// delivered again is no error, and a slower device is told who was first. One that
// ended otherwise is late.
func (s *Server) deniedLately(tx store.Tx, c caller, challenge trust.Hash) (verify.SignIn, error) {
	rows, err := tx.Events(c.ID, c.Events-min(c.Events, lately), lately)
	if err != nil {
		return verify.SignIn{}, err
	}
	for _, row := range rows {
		if row.Kind != string(api.EventDenied) {
			continue
		}
		in, err := s.ofEvent(tx, row)
		if err != nil {
			return verify.SignIn{}, err
		}
		if trust.HashChallenge(in.Challenge) == challenge {
			return in, nil
		}
	}
	return verify.SignIn{}, refuseAnswer(verify.ErrLate)
}

// ofEvent gives the sign-in of an event; the zero SignIn if it was dropped since.
func (s *Server) ofEvent(tx store.Tx, row store.Event) (verify.SignIn, error) {
	e, err := decodeEvent(row, addressNone)
	if err != nil {
		return verify.SignIn{}, err
	}
	kept, err := tx.SignIn(e.Data.Challenge)
	if absent(err) {
		return verify.SignIn{}, nil
	}
	if err != nil {
		return verify.SignIn{}, err
	}
	return s.verifier.Decode(kept.Row)
}

// settle writes what an answer changed, and tells it. An answer that was
// delivered before changes nothing.
func (s *Server) settle(tx store.Tx, c caller, before, after verify.SignIn, approval []byte) error {
	if before.State == after.State && len(before.Away) == len(after.Away) {
		return nil
	}
	if err := s.put(tx, after); err != nil {
		return err
	}
	data, err := s.about(after)
	if err != nil {
		return err
	}
	data.Device, data.Answer = c.device, trust.NotNow
	switch {
	case after.State == verify.Approved:
		data.Answer = trust.Allow
	case after.State == verify.Denied:
		data.Answer = trust.NotMe
	}
	if err := s.tell(tx, c.ID, api.EventAnswered, data); err != nil || after.State != verify.Denied {
		return err
	}
	if err := s.tell(tx, c.ID, api.EventDenied, data); err != nil {
		return err
	}
	return s.ended(tx, c.account, after)
}

// ended counts a sign-in that ended without a code.
func (s *Server) ended(tx store.Tx, a account, in verify.SignIn) error {
	limits, effect := a.limits.Ended(in, s.now())
	a.limits = limits
	if err := s.save(tx, a); err != nil {
		return err
	}
	return s.effects(tx, a, effect, in.Browser)
}

// about gives what events say of a sign-in.
func (s *Server) about(in verify.SignIn) (api.EventData, error) {
	facts, err := s.verifier.Facts(in)
	if err != nil {
		return api.EventData{}, err
	}
	return api.EventData{
		Challenge: in.ID, Service: facts.Service, Agent: facts.Agent, Address: facts.Address, Known: facts.Known,
		Device: in.Device, Letters: in.Letters(), Door: in.Door, Action: facts.Action,
	}, nil
}

func refuseAnswer(err error) error {
	switch {
	case errors.Is(err, verify.ErrAnswered):
		return refuse(api.CodeAnswered, "another device was first", "")
	case errors.Is(err, verify.ErrLate):
		return refuse(api.CodeLate, "this sign-in is over", "")
	case errors.Is(err, verify.ErrMalformed), errors.Is(err, verify.ErrNotMember), errors.Is(err, chain.ErrFork):
		return errApproval()
	}
	return err
}

func errApproval() error { return refuse(api.CodeApproval, "the answer is not valid", "") }

// Resume switches sign-in from new browsers on again.
func (s *Server) Resume(ctx context.Context, token api.Secret, password string) error {
	c, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		c.limits = c.limits.Confirm()
		if err := s.save(tx, c.account); err != nil {
			return err
		}
		if err := s.forgetTries(tx, c.Key, verify.Browser{}); err != nil {
			return err
		}
		return s.tell(tx, c.ID, api.EventResumed, api.EventData{Device: c.device})
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "resume", err)
}

// OpenDoor lets one sign-in from a new browser pass.
func (s *Server) OpenDoor(ctx context.Context, token api.Secret, password string) (out api.Door, err error) {
	c, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		limits, letters, err := c.limits.OpenDoor(s.now(), s.rand)
		if err != nil {
			return err
		}
		c.limits = limits
		_, until, _ := limits.Door(s.now())
		out = api.Door{Letters: letters, Until: until}
		if err := s.save(tx, c.account); err != nil {
			return err
		}
		return s.tell(tx, c.ID, api.EventDoor, api.EventData{Device: c.device, Letters: letters, Until: &until})
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return out, s.orInternal(ctx, "door", err)
}
