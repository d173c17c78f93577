package server

import (
	"context"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Entered is what name and password led to: a sign-in that waits for its code, or,
// where two-step verification was switched off, who is in.
type Entered struct {
	SignIn api.Secret // for the browser's cookie; nil where the password was enough
	Typed             // where it was
}

// byPasswordAlone marks the event of a sign-in without a code.
const byPasswordAlone = "password"

// Begin is Enter for callers that wait for a code: the secret is nil where the
// password was enough.
func (s *Server) Begin(ctx context.Context, ask Asking) (api.Secret, error) {
	in, err := s.Enter(ctx, ask)
	return in.SignIn, err
}

// alone reports whether the password lets in by itself: its people left two-step
// verification, and it is not one that was made shorter since.
func (s *Server) alone(tx store.Tx, a account, password string) (bool, error) {
	left, err := s.left(tx, a)
	return left && utf8.RuneCountInString(norm.NFC.String(password)) >= aloneLength, err
}

// admitAlone lets in after the password. What it gives out belongs to no device: it
// ends when two-step verification is switched on again. The browser is known from
// now on, so that others' wrong passwords do not keep it out.
func (s *Server) admitAlone(tx store.Tx, a account, ask Asking, v verify.Verdict) (out Entered, err error) {
	out.Outcome = verify.Right
	if out.Session, out.Browser, err = s.admit(tx, a, verify.SignIn{Known: v.Known}, true, ask.Agent); err != nil {
		return Entered{}, err
	}
	return out, s.tell(tx, a.ID, api.EventDone, api.EventData{
		Service: s.name, Agent: ask.Agent, Address: ask.Address.Unmap().String(), Known: v.Known, Door: v.Door, By: byPasswordAlone,
	})
}

// endAlone ends what was had by the password alone.
func (s *Server) endAlone(tx store.Tx, id trust.AccountID) error {
	for _, kind := range []store.TicketKind{store.Session, store.Browser} {
		if err := s.takeAll(tx, kind, id, trust.DeviceID{}); err != nil {
			return err
		}
	}
	return s.dropMark(tx, markLeft, id, trust.DeviceID{})
}
