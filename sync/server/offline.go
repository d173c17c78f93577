package server

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// ErrNoOffline says that no offline codes of the device count.
var ErrNoOffline = errors.New("no offline codes of this device")

// TypeOffline compares a typed code with those that a device shows without network.
// A wrong one is counted, durably, before anybody learns the answer; the right one
// ends the sign-in like a code that the device was asked for, and is worth nothing
// afterwards. All trusted devices are told.
//
// Left in the answer is how many wrong ones may follow before offline codes are off.
// ErrNoSignIn; ErrNoOffline; trust.ErrCode for what cannot be a code and is not
// counted; Refused if no offline code may be typed now.
func (s *Server) TypeOffline(ctx context.Context, session api.Secret, device trust.DeviceID, typed string, remember bool, agent string) (Typed, error) {
	var out Typed
	var refused error
	err := s.change(ctx, session, func(tx store.Tx, in verify.SignIn, a account) error {
		out, refused = Typed{}, nil
		after, limits, result, verdict, err := s.verifier.CheckOffline(a.limits, in, a.chain, trust.HashSession(session), device, typed, s.now())
		switch {
		case errors.Is(err, verify.ErrNotMember):
			refused = ErrNoOffline
			return nil
		case err != nil:
			return err
		case !verdict.Allowed:
			refused = Refused{Reason: verdict.Reason, Until: verdict.Until}
			return nil
		}
		out.Outcome, out.Left = result.Outcome, result.Left
		if result.Outcome == verify.Over {
			return nil
		}
		a.limits = limits
		if err := s.typedOffline(tx, a, after, device, result); err != nil || result.Outcome != verify.Right {
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

// byOffline marks the event of a wrong code as one of an offline code.
const byOffline = "offline"

// typedOffline writes what an offline code changed, and tells it.
func (s *Server) typedOffline(tx store.Tx, a account, after verify.SignIn, device trust.DeviceID, r verify.Result) error {
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
	data.Device = device
	if r.Outcome == verify.Right {
		return s.tell(tx, a.ID, api.EventOffline, data)
	}
	data.Left, data.By = r.Left, byOffline
	return s.tell(tx, a.ID, api.EventWrong, data)
}

// offline gives the devices whose offline codes are accepted: none while too many
// wrong ones were typed.
func (s *Server) offline(a account) []trust.DeviceID {
	if a.limits.OfflineVerdict(s.now()).Reason == verify.OfflineOff {
		return nil
	}
	return s.verifier.Offline(a.chain)
}

// codesConfirmed begins the counts of wrong offline codes and of those by text message
// anew, once the password was right on a device.
func (s *Server) codesConfirmed(tx store.Tx, a *account) error {
	limits, offline := a.limits.OfflineConfirmed()
	limits, text := limits.TextConfirmed()
	if !offline && !text {
		return nil
	}
	a.limits = limits
	return s.save(tx, *a)
}
