package server

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// Apps is what the account page says of app passwords.
type Apps struct {
	Services []front.Service // what they open
	List     []App           // newest first
	Full     bool            // there may be no more
}

// App is an app password on the account page.
type App struct {
	ID      string // hexadecimal
	Name    string
	Title   string // of the service
	Made    time.Time
	By      string    // name of the device that made it; "" = it belongs no more
	Expires time.Time // zero = never
	Over    bool      // expired
	Gone    bool      // its service is opened by app passwords no more
	Last    time.Time // when it last opened its service; zero = never
	Network string    // from where
}

// AppsOf gives the app passwords of who is signed in. ErrSignedOut.
func (s *Server) AppsOf(ctx context.Context, session api.Secret) (out Apps, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		_, a, err := s.held(tx, session)
		if err != nil {
			return err
		}
		uses, err := s.usesOf(tx, a)
		if err != nil {
			return err
		}
		for _, h := range without(a.chain, chain.State{}) {
			out.List = append(out.List, s.appOf(a, h, uses))
		}
		slices.Reverse(out.List)
		return nil
	})
	out.Full = len(out.List) >= chain.MaxAppPasswords
	for _, v := range s.services.list {
		if v.Open {
			out.Services = append(out.Services, v)
		}
	}
	return out, s.holderError(ctx, err)
}

func (s *Server) appOf(a account, h chain.Held, uses []api.Use) App {
	out := App{ID: hex.EncodeToString(h.ID[:]), Name: h.Label, Title: s.titleOf(h.Service), Made: h.MadeAt(), Over: apppass.Expired(h.Credential, s.now())}
	v, ok := s.services.named(h.Service)
	out.Gone = !ok || !v.Open
	if d, ok := a.chain.Device(h.By); ok {
		out.By = d.Name
	}
	if h.Expires != 0 {
		out.Expires = trust.Clock(h.Expires)
	}
	at := slices.IndexFunc(uses, func(u api.Use) bool { return u.ID == out.ID })
	if at >= 0 && uses[at].Last != nil {
		out.Last, out.Network = *uses[at].Last, uses[at].Network
	}
	return out
}
