package server

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// ErrServices says that the configured services contradict each other or cannot be
// shown.
var ErrServices = errors.New("services cannot be offered")

// services are what app passwords, or passwords and codes, open.
type services struct {
	list   []front.Service
	byName map[string]*front.Service // identifiers and their further names
}

// newServices checks what the operator configured. Titles of services that ask for
// codes must tell them apart, from each other and from the server's own pages: they
// stand in what the devices sign.
func newServices(list []front.Service, server string) (services, error) {
	out := services{list: list, byName: make(map[string]*front.Service)}
	asking := map[string]bool{fold(server): true}
	for i := range list {
		v := &list[i]
		for _, name := range append([]string{v.ID}, v.Also...) {
			if apppass.CheckService(name) != nil {
				return services{}, fmt.Errorf("%w: %q is no name for one: lower-case letters, digits and . - _ :", ErrServices, name)
			}
			if out.byName[name] != nil {
				return services{}, fmt.Errorf("%w: %q stands for two of them", ErrServices, name)
			}
			out.byName[name] = v
		}
		if trust.CheckName(v.Title) != nil {
			return services{}, fmt.Errorf("%w: the title of %q is no text of 1 to 64 bytes", ErrServices, v.ID)
		}
		if v.Code && asking[fold(v.Title)] {
			return services{}, fmt.Errorf("%w: %q needs a title of its own, since devices show it beside the code", ErrServices, v.ID)
		}
		asking[fold(v.Title)] = asking[fold(v.Title)] || v.Code
		if v.Kind == front.Calls && v.Realm == "" {
			return services{}, fmt.Errorf("%w: %q needs a realm, for which its passwords are hashed", ErrServices, v.ID)
		}
	}
	return out, nil
}

// named gives a service by its identifier or a further name.
func (s services) named(name string) (front.Service, bool) {
	if v := s.byName[name]; v != nil {
		return *v, true
	}
	return front.Service{}, false
}

// Services implements front.Gate.
func (s *Server) Services() []front.Service { return append([]front.Service(nil), s.services.list...) }

// offered is what the account's devices are told of the services.
func (s *Server) offered(a account) []api.Service {
	var out []api.Service
	for _, v := range s.services.list {
		out = append(out, api.Service{
			ID: v.ID, Kind: string(v.Kind), Title: v.Title, Address: v.Address, Send: v.Send, Realm: v.Realm, User: fold(a.Name),
			Digest: v.Kind == front.Calls, Code: v.Code, Open: v.Open,
		})
	}
	return out
}

// The contract is kept.
var _ front.Gate = (*Server)(nil)

// cutEnded ends the sessions at the services of app passwords that an entry ended.
func (s *Server) cutEnded(ctx context.Context, before account, raw []byte) {
	after, err := before.chain.Apply(raw)
	if err != nil {
		return // it was there before
	}
	s.cutSince(ctx, before, after)
}

// cutAll ends the sessions at all services of the account's app passwords.
func (s *Server) cutAll(ctx context.Context, a account) { s.cutSince(ctx, a, chain.State{}) }

// cutSince ends the sessions at the services of app passwords that are there no more.
func (s *Server) cutSince(ctx context.Context, before account, after chain.State) {
	var ended []string
	for _, h := range without(before.chain, after) {
		ended = append(ended, h.Service)
	}
	s.cutSessions(ctx, before, ended)
}

// cutReplaced ends the sessions that an account left when another took its name.
func (s *Server) cutReplaced(ctx context.Context, id trust.AccountID) {
	if id == (trust.AccountID{}) {
		return
	}
	var a account
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		a, err = s.account(tx, id)
		return err
	})
	if err != nil {
		s.log.ErrorContext(ctx, "sessions at services are not ended", "err", err)
		return
	}
	s.cutAll(ctx, a)
}

// without gives the app passwords of one state that another has not.
func without(a, b chain.State) (out []chain.Held) {
	rest := b.Held()
	for _, h := range a.Held() {
		same := func(o chain.Held) bool { return o.ID == h.ID }
		if h.Kind == trust.AppPassword && !slices.ContainsFunc(rest, same) {
			out = append(out, h)
		}
	}
	return out
}

// aboutAppPassword adds which app password an entry makes or ends, if it is one.
func (s *Server) aboutAppPassword(data *api.EventData, before, after chain.State) {
	changed := append(without(after, before), without(before, after)...)
	if data.Count = len(changed); len(changed) == 1 {
		data.Service, data.Name = s.titleOf(changed[0].Service), changed[0].Label
	}
}

// cutSessions has a service end the sessions of an account, after the commit. It does
// not wait.
func (s *Server) cutSessions(ctx context.Context, a account, ended []string) {
	if s.cut == nil {
		return
	}
	slices.Sort(ended)
	for _, id := range slices.Compact(ended) {
		if v, ok := s.services.named(id); ok {
			s.cut(context.WithoutCancel(ctx), v, fold(a.Name))
		}
	}
}
