package server

import (
	"context"
	"net/netip"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

type addressKey struct{}

// WithAddress says from which network address a call comes.
func WithAddress(ctx context.Context, a netip.Addr) context.Context {
	return context.WithValue(ctx, addressKey{}, a.Unmap())
}

func addressOf(ctx context.Context) netip.Addr {
	a, _ := ctx.Value(addressKey{}).(netip.Addr)
	return a
}

// Session trades a signed nonce for a token.
func (s *Server) Session(ctx context.Context, p api.SessionProof) (out api.Session, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := s.checkProof(tx, p); err != nil {
			return err
		}
		t := store.Ticket{Kind: store.Token, Account: p.Account, Device: p.Device}
		if out.Token, err = s.newTicket(tx, t, 32, tokenFor, addressOf(ctx).String()); err != nil {
			return err
		}
		return s.noteSeen(tx, p.Account, p.Device)
	})
	if err != nil {
		return api.Session{}, s.orInternal(ctx, "session", err)
	}
	out.Now = s.now()
	out.Expires = out.Now.Add(tokenFor)
	return out, nil
}

// checkProof spends the nonce of a right proof. A wrong one leaves no trace.
func (s *Server) checkProof(tx store.Tx, p api.SessionProof) error {
	no := refuse(api.CodeDevice, "this device does not belong to the account", "")
	if !s.nonceFits(p) {
		return no
	}
	if row, err := tx.Account(p.Account); absent(err) || err == nil && Retired(row) {
		return no
	} else if err != nil {
		return err
	}
	st, err := s.chains.state(tx, p.Account)
	if err != nil {
		return err
	}
	d, ok := st.Device(p.Device)
	if !ok || len(p.Signature) != len(trust.Signature{}) {
		return no
	}
	proof := trust.Proof{Account: p.Account, Device: p.Device, Nonce: [32]byte(p.Nonce), Origin: s.record.Origin}
	if !proof.Verify(d.Sign, trust.Signature(p.Signature)) {
		return no
	}
	fresh, err := s.spend(tx, p.Nonce)
	if err == nil && !fresh {
		return no
	}
	return err
}

// caller is the device behind a token.
type caller struct {
	account
	device  trust.DeviceID
	address netip.Addr // from where the session was opened
	expires time.Time  // of the session
}

// caller reads who holds a token; a device that was removed holds none.
func (s *Server) caller(tx store.Tx, token api.Secret) (caller, error) {
	no := refuse(api.CodeSession, "the session is over", "open a new one")
	t, note, err := s.ticket(tx, store.Token, token)
	if absent(err) {
		return caller{}, no
	}
	if err != nil {
		return caller{}, err
	}
	a, err := s.account(tx, t.Account)
	if absent(err) {
		return caller{}, no
	}
	if err != nil {
		return caller{}, err
	}
	if _, ok := a.chain.Device(t.Device); !ok {
		return caller{}, errRemoved()
	}
	address, _ := netip.ParseAddr(note)
	return caller{account: a, device: t.Device, address: address, expires: t.Expires}, nil
}

func errRemoved() error {
	return refuse(api.CodeDevice, "this device was removed from the account", "")
}
