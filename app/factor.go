package app

import (
	"context"
	"fmt"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// Dial gives the backend at an origin.
type Dial = func(origin string) (api.Account, error)

// Factor is one of the three things, at a machine that is no trusted device: a
// password, or a recovery key as it was typed. One of the two is set.
type Factor struct {
	Password string
	Key      string
}

// String hides the factor from formatted output.
func (Factor) String() string { return "(factor)" }

// GoString hides the factor from formatted output.
func (Factor) GoString() string { return "(factor)" }

// WaitsBy shows what waits for the account of a name at a server, to who has one
// thing. dial reaches a backend by its origin; Over says what this computer's clock
// does. ErrAddress, ErrOrigin, ErrProtocol, ErrKey; CodePassword (flat: name and
// thing do not fit, or nothing waits), CodeSlow; or no answer.
func WaitsBy(ctx context.Context, dial Dial, server, name string, f Factor) ([]Wait, error) {
	to, _, err := reach(ctx, dial, server)
	if err != nil {
		return nil, err
	}
	shown, err := f.show(ctx, to, name, trust.RegainLook, trust.Hash{})
	if err != nil {
		return nil, err
	}
	said, err := to.a.WaitsBy(ctx, shown)
	if err != nil {
		return nil, answered(err)
	}
	var out []Wait
	for _, w := range said {
		out = append(out, shownWait(w))
	}
	return out, nil
}

// StopBy stops a wait with one thing; see WaitsBy. CodeStopped if it does not wait
// any more.
func StopBy(ctx context.Context, dial Dial, server, name string, f Factor, id trust.WaitID) error {
	to, _, err := reach(ctx, dial, server)
	if err != nil {
		return err
	}
	shown, err := f.show(ctx, to, name, trust.RegainStop, trust.HashWait(id))
	if err != nil {
		return err
	}
	return answered(to.a.StopBy(ctx, shown, id))
}

// place is a backend that was dialled.
type place struct {
	a      api.Account
	origin string
}

// reach dials what a person typed, and checks that it is the one that answers.
func reach(ctx context.Context, dial Dial, address string) (place, api.Server, error) {
	origin, invitation, err := api.ParseLink(address)
	if err != nil || invitation != nil {
		return place{}, api.Server{}, ErrAddress
	}
	a, err := dial(origin)
	if err != nil {
		return place{}, api.Server{}, fmt.Errorf("dialling %q: %w", origin, err)
	}
	server, err := a.Server(ctx)
	if err != nil {
		return place{}, api.Server{}, answered(err)
	}
	return place{a, origin}, server, acceptable(server, origin)
}

// show gives the factor as it is sent. A recovery key signs and stays here.
func (f Factor) show(ctx context.Context, to place, name string, p trust.Purpose, subject trust.Hash) (api.Factor, error) {
	name = norm.NFC.String(name)
	if f.Key == "" {
		return api.Factor{Name: name, Password: norm.NFC.String(f.Password)}, nil
	}
	key, err := trust.ParseRecoveryKey(f.Key)
	if err != nil {
		return api.Factor{}, ErrKey
	}
	n, sig, err := signByKey(ctx, to, name, key, p, subject)
	return api.Factor{Name: name, Nonce: n.Nonce, Signature: sig}, err
}

// signByKey lets a recovery key ask for one thing, once, at one backend.
func signByKey(ctx context.Context, to place, name string, key trust.RecoveryKey, p trust.Purpose, subject trust.Hash) (api.RegainNonce, []byte, error) {
	n, err := to.a.RegainNonce(ctx, name)
	if err != nil {
		return n, nil, answered(err)
	}
	if len(n.Nonce) != 32 {
		return n, nil, fmt.Errorf("nonce of %d bytes: %w", len(n.Nonce), ErrProtocol)
	}
	keys, err := key.Keys()
	if err != nil {
		return n, nil, fmt.Errorf("deriving recovery key: %w", err)
	}
	sig, err := trust.Regain{Version: 1, Account: n.Account, Purpose: p, Subject: subject, Nonce: [32]byte(n.Nonce), Origin: to.origin}.Sign(keys)
	return n, sig[:], err
}
