package server

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// ErrNoText says that nobody signs in to this account by text message.
var ErrNoText = errors.New("no sign-in by text message")

// AllowText has codes sent to a confirmed number let in, or no longer.
func (s *Server) AllowText(ctx context.Context, token api.Secret, id, password string, on bool) error {
	c, err := s.confirmed(ctx, token, password, func(tx store.Tx, c caller) error {
		if err := s.mayChange(tx, c); err != nil {
			return err
		}
		if on && !s.text {
			return refuse(api.CodeNotFound, "this server lets nobody in by text message", "its operator can allow it")
		}
		k, err := s.contact(tx, c.ID, id)
		if err != nil {
			return err
		}
		if k.Medium != api.MediumText || !k.Confirmed {
			return refuse(api.CodeNotFound, "this is no confirmed telephone number", "")
		}
		return s.allowText(tx, c, k, on)
	})
	if err == nil {
		s.hub.hint(c.ID)
	}
	return s.orInternal(ctx, "text", err)
}

// allowText switches one number on, and the one before off; or this one off.
func (s *Server) allowText(tx store.Tx, c caller, k contact, on bool) error {
	if k.SignIn == on {
		return nil
	}
	all, err := s.contactsOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, o := range all {
		if err := s.endText(tx, c, o); err != nil {
			return err
		}
	}
	if !on {
		return nil
	}
	k.SignIn = true
	if err := s.putContact(tx, k); err != nil {
		return err
	}
	return s.tell(tx, c.ID, api.EventContact, api.EventData{Device: c.device, Address: k.Address, By: api.ContactSignIn})
}

// endText has codes sent to a number let in no longer, if they do. Who came in by one
// is out, since a number is switched off that somebody else may read.
func (s *Server) endText(tx store.Tx, c caller, k contact) error {
	if !k.SignIn {
		return nil
	}
	k.SignIn = false
	if err := s.putContact(tx, k); err != nil {
		return err
	}
	for _, kind := range []store.TicketKind{store.Session, store.Browser} {
		if err := s.takeAll(tx, kind, c.ID, byNoDevice); err != nil {
			return err
		}
	}
	return s.tell(tx, c.ID, api.EventContact, api.EventData{Device: c.device, Address: k.Address, By: api.ContactNoSignIn})
}

// byNoDevice stands in the tickets of who came in without one: by the password alone,
// or by a text message.
var byNoDevice trust.DeviceID

// textNumber gives the number that codes are sent to; false if nobody signs in that
// way.
func (s *Server) textNumber(tx store.Tx, id trust.AccountID) (contact, bool, error) {
	if !s.text {
		return contact{}, false, nil
	}
	all, err := s.contactsOf(tx, id)
	for _, k := range all {
		if k.Medium == api.MediumText && k.Confirmed && k.SignIn {
			return k, true, err
		}
	}
	return contact{}, false, err
}

// SendText has a code for this sign-in sent to the account's number. ErrNoSignIn;
// ErrNoText; Refused if none may be sent now. Of a sign-in that is over nothing is
// sent, and its page says so.
func (s *Server) SendText(ctx context.Context, session api.Secret) error {
	var refused error
	err := s.change(ctx, session, func(tx store.Tx, in verify.SignIn, a account) error {
		refused = nil
		k, ok, err := s.textNumber(tx, a.ID)
		if err != nil {
			return err
		}
		if !ok {
			refused = ErrNoText
			return nil
		}
		after, limits, verdict, err := s.verifier.AskText(a.limits, in, trust.HashSession(session), s.now())
		switch {
		case errors.Is(err, verify.ErrLate):
			return nil
		case err != nil:
			return err
		case !verdict.Allowed:
			refused = Refused{Reason: verdict.Reason, Until: verdict.Until}
			return nil
		}
		a.limits = limits
		if err := errors.Join(s.save(tx, a), s.put(tx, after)); err != nil {
			return err
		}
		return s.post(tx, noticeSignIn, posting{ID: in.ID.String(), Medium: k.Medium, Address: k.Address, Language: k.Language}, a.ID)
	})
	return errors.Join(err, refused)
}

// drawText draws the code for a message that is sent now, "" if there is nothing to
// sign in to any more, or not by this number.
func (s *Server) drawText(tx store.Tx, a account, p posting) (string, error) {
	k, ok, err := s.textNumber(tx, a.ID)
	if err != nil || !ok || k.Address != p.Address {
		return "", err
	}
	var id trust.ChallengeID
	if err := id.UnmarshalText([]byte(p.ID)); err != nil {
		return "", err
	}
	row, err := tx.SignIn(id)
	if err != nil {
		return "", present(err)
	}
	in, err := s.verifier.Decode(row.Row)
	if err != nil {
		return "", err
	}
	in, code, err := s.verifier.DrawText(in, s.now(), s.rand)
	if errors.Is(err, verify.ErrLate) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return code, s.put(tx, in)
}

// TypeText compares a typed code with the last one that was sent for this sign-in. A
// wrong one is counted, durably, before anybody learns the answer; the right one ends
// the sign-in. All trusted devices are told.
//
// ErrNoSignIn; ErrNoText; trust.ErrCode for what cannot be a code and is not counted;
// Refused if no such code may be typed now. The outcome is verify.NotYet while none
// has been sent.
func (s *Server) TypeText(ctx context.Context, session api.Secret, typed string, remember bool, agent string) (Typed, error) {
	var out Typed
	var refused error
	err := s.change(ctx, session, func(tx store.Tx, in verify.SignIn, a account) error {
		out, refused = Typed{}, nil
		_, ok, err := s.textNumber(tx, a.ID)
		if err != nil {
			return err
		}
		if !ok {
			refused = ErrNoText
			return nil
		}
		after, limits, result, verdict, err := s.verifier.CheckText(a.limits, in, trust.HashSession(session), typed, s.now())
		if err != nil {
			return err
		}
		if !verdict.Allowed {
			refused = Refused{Reason: verdict.Reason, Until: verdict.Until}
			return nil
		}
		out.Outcome, out.Left = result.Outcome, result.Left
		if result.Outcome == verify.Over || result.Outcome == verify.NotYet {
			return nil
		}
		a.limits = limits
		if err := s.typedText(tx, a, after, result); err != nil || result.Outcome != verify.Right {
			return err
		}
		out.Session, out.Browser, err = s.admit(tx, a, after, remember, agent)
		return err
	})
	if err != nil || refused != nil {
		return Typed{}, errors.Join(err, refused)
	}
	s.counts.typed(out.Outcome)
	return out, nil
}

// byText marks the event of a wrong code as one of a text message.
const byText = "text"

// typedText writes what a code changed, and tells it.
func (s *Server) typedText(tx store.Tx, a account, after verify.SignIn, r verify.Result) error {
	if err := errors.Join(s.save(tx, a), s.put(tx, after)); err != nil {
		return err
	}
	data, err := s.about(after)
	if err != nil {
		return err
	}
	if r.Outcome == verify.Right {
		return s.tell(tx, a.ID, api.EventText, data)
	}
	data.Left, data.By = r.Left, byText
	return s.tell(tx, a.ID, api.EventWrong, data)
}

// textShown gives the end of the number that a page may offer to send a code to, ""
// for none.
func (s *Server) textShown(tx store.Tx, in verify.SignIn, a account) (string, error) {
	if !in.Open() || in.Kind != trust.SignIn || a.limits.TextHeld(in, s.now()) {
		return "", nil
	}
	k, ok, err := s.textNumber(tx, a.ID)
	if err != nil || !ok {
		return "", err
	}
	return k.Address[len(k.Address)-2:], nil
}
