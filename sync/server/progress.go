package server

import (
	"context"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Progress is a sign-in as its page shows it.
type Progress struct {
	State   verify.State
	Letters string
	Service string
	Devices []Ringing
	Target  trust.DeviceID // the one device chosen to ring; zero = all
	By      string         // name of the device that answered
	Left    time.Duration  // until it ends by itself
	Tries   int            // codes that may still be typed
	Digits  int
	Door    string // letters of the door it came through
	Silent  bool   // devices do not ring: the app has to be opened

	Offline []trust.DeviceID // whose offline codes may be typed
	Text    string           // end of the number that a code may be sent to now; "" = none
	Sent    bool             // one was asked for
}

// Ringing is one device on the page of a sign-in.
type Ringing struct {
	ID     trust.DeviceID
	Name   string
	Kind   trust.Kind
	Online bool
	Seen   time.Time // zero = never
	Away   bool      // Not now was tapped there

	// Only on the account page.
	Since time.Time // as the device that added it says
	Young time.Time // until then it may change nothing but leave; zero = not young
	Held  time.Time // until then it may not allow sign-ins; zero = not held
}

// ErrNoSignIn says that the browser has no sign-in here.
var ErrNoSignIn = errors.New("no sign-in in this browser")

// Progress gives how a sign-in stands. ErrNoSignIn.
func (s *Server) Progress(ctx context.Context, session api.Secret) (out Progress, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		in, a, err := s.signIn(tx, session)
		if err != nil {
			return err
		}
		if over, ended := s.verifier.Expire(in, s.now()); ended {
			in = over
		}
		out, err = s.progress(tx, in, a)
		return err
	})
	return out, s.pageError(ctx, err)
}

func (s *Server) pageError(ctx context.Context, err error) error {
	if errors.Is(err, ErrNoSignIn) || errors.Is(err, trust.ErrCode) {
		return err
	}
	return s.orInternal(ctx, "page", err)
}

// signIn finds a browser's sign-in and its account.
func (s *Server) signIn(tx store.Tx, session api.Secret) (verify.SignIn, account, error) {
	in, a, err := s.signInOf(tx, trust.HashSession(session))
	if err == nil && in.Kind != trust.SignIn {
		err = ErrNoSignIn
	}
	return in, a, err
}

func (s *Server) progress(tx store.Tx, in verify.SignIn, a account) (Progress, error) {
	out := Progress{
		State: in.State, Letters: in.Letters(), Service: in.Service, Target: in.Target, Left: max(in.Due().Sub(s.now()), 0),
		Tries: verify.MaxTries - int(in.Tries), Digits: int(in.Digits), Door: in.Door, Silent: !in.Known && in.Door == "" && a.limits.Quiet(),
	}
	out.Offline = s.offline(a)
	if d, ok := a.chain.Device(in.Device); ok {
		out.By = d.Name
	}
	var err error
	if out.Text, err = s.textShown(tx, in, a); err != nil {
		return out, err
	}
	out.Sent = in.TextAt > 0
	seen, err := s.seen(tx, a)
	if err != nil {
		return out, err
	}
	for i, d := range a.chain.Devices() {
		r := Ringing{ID: d.ID, Name: d.Name, Kind: d.Kind, Online: seen[i].Online, Seen: seen[i].Seen}
		for _, away := range in.Away {
			r.Away = r.Away || away == d.ID
		}
		out.Devices = append(out.Devices, r)
	}
	return out, nil
}

// Listen calls wake, from any goroutine, whenever the sign-in may have changed,
// until stop. ErrNoSignIn.
func (s *Server) Listen(ctx context.Context, session api.Secret, wake func()) (stop func(), err error) {
	w := &Watcher{Wake: wake}
	err = s.store.View(ctx, func(tx store.Tx) error {
		in, _, err := s.signIn(tx, session)
		w.Account = in.Account
		return err
	})
	if err != nil {
		return nil, s.pageError(ctx, err)
	}
	s.hub.add(w)
	return func() { s.hub.remove(w) }, nil
}

// Choose rings one device alone; the zero DeviceID rings all. ErrNoSignIn; a
// sign-in that is over or a device that does not belong changes nothing.
func (s *Server) Choose(ctx context.Context, session api.Secret, device trust.DeviceID) error {
	return s.change(ctx, session, func(tx store.Tx, in verify.SignIn, a account) error {
		chosen, err := s.verifier.Choose(in, a.chain, device, s.now())
		if err != nil || chosen.Target == in.Target {
			return nil
		}
		if err := s.put(tx, chosen); err != nil {
			return err
		}
		data, err := s.about(chosen)
		if err != nil {
			return err
		}
		data.Device = device
		return s.tell(tx, a.ID, api.EventTarget, data)
	})
}

// Stop ends a browser's own sign-in. ErrNoSignIn; one that is over stays as it is.
func (s *Server) Stop(ctx context.Context, session api.Secret) error {
	return s.change(ctx, session, func(tx store.Tx, in verify.SignIn, _ account) error {
		in, err := s.verifier.Stop(in, trust.HashSession(session), s.now())
		if err != nil {
			return nil
		}
		return s.stopped(tx, in)
	})
}

// change does something to a browser's sign-in and tells who waits.
func (s *Server) change(ctx context.Context, session api.Secret, work func(store.Tx, verify.SignIn, account) error) error {
	var id trust.AccountID
	err := s.store.Update(ctx, func(tx store.Tx) error {
		in, a, err := s.signIn(tx, session)
		if err != nil {
			return err
		}
		id = a.ID
		return work(tx, in, a)
	})
	if err == nil {
		s.hub.hint(id)
	}
	return s.pageError(ctx, err)
}
