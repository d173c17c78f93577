package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// Options are what a Server stands on. Store and Keys are required.
type Options struct {
	Store   store.Store
	Keys    KeyFile
	Name    string           // what people call this server; default its host
	Version string           // program version
	Now     func() time.Time // default time.Now
	Rand    io.Reader        // default crypto/rand
	Log     *slog.Logger     // default discards
	Media   []api.Medium     // that messages can be sent by; none: accounts have no addresses
	Text    bool             // people may have codes sent to their telephone number let in
	// Services are what app passwords, or passwords and codes, open.
	Services []front.Service
	// Cut has a service end the sessions of a person, named as the service knows them,
	// after an app password of it ended. It must not wait.
	Cut func(ctx context.Context, service front.Service, user string)
}

// Server is the backend without its sockets. Safe for concurrent use.
type Server struct {
	store    store.Store
	verifier *verify.Verifier
	record   trust.Verifier
	seals    seals
	hashers  hashers
	hub      *hub
	chains   *chains
	name     string
	version  string
	now      func() time.Time
	rand     io.Reader
	log      *slog.Logger
	counts   *counts
	media    []api.Medium
	text     bool
	turns    *turns
	began    time.Time
	services services
	openers  *openers
	uses     *uses
	cut      func(context.Context, front.Service, string)
}

// The contract is kept.
var _ api.Account = (*Server)(nil)

// New makes a server; it opens nothing and starts nothing.
func New(o Options) (*Server, error) {
	record, keys, err := o.Keys.record()
	if err != nil {
		return nil, fmt.Errorf("reading keys: %w", err)
	}
	known := newOpeners()
	s := &Server{
		store: o.Store, verifier: verify.New(record, keys, o.Keys.Row), record: record, seals: newSeals(o.Keys.Row),
		hashers: newHashers(o.Keys.Pepper), hub: newHub(known.forget), chains: newChains(), name: o.Name, version: o.Version,
		now: o.Now, rand: o.Rand, log: o.Log, counts: newCounts(), media: o.Media, text: o.Text && slices.Contains(o.Media, api.MediumText), turns: newTurns(),
		openers: known, uses: newUses(), cut: o.Cut,
	}
	s.defaults()
	s.began = s.now()
	if trust.CheckName(s.name) != nil {
		return nil, fmt.Errorf("name %q cannot be shown on devices: 1 to 64 bytes of text, without spaces around it", s.name)
	}
	s.services, err = newServices(o.Services, s.name)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Server) defaults() {
	if s.now == nil {
		s.now = time.Now
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.name == "" {
		s.name = trust.Printable(hostOf(s.record.Origin), 64)
	}
}

// Origin gives the exact public origin, as it stands in every account's chain.
func (s *Server) Origin() string { return s.record.Origin }

// Name gives what people call this server.
func (s *Server) Name() string { return s.name }

// Server says who answers.
func (s *Server) Server(context.Context) (api.Server, error) {
	return api.Server{
		Name: s.name, Version: s.version, Protocol: "td/1", Media: s.media, Text: s.text,
		Verifier: api.Verifier{ID: s.record.ID, Origin: s.record.Origin, Sign: trust.Hash(s.record.Sign), KEM: s.record.KEM},
	}, nil
}

// secret draws n random bytes.
func (s *Server) secret(n int) (api.Secret, error) {
	b := make(api.Secret, n)
	_, err := io.ReadFull(s.rand, b)
	return b, err
}

// refuse makes an error of the contract.
func refuse(code api.Code, message, hint string) error {
	return &api.Error{Code: code, Message: message, Hint: hint}
}

// refuseUntil makes the error of a limit.
func (s *Server) refuseUntil(until time.Time) error {
	wait := max(int(until.Sub(s.now())/time.Second)+1, 1)
	return &api.Error{Code: api.CodeSlow, Message: "too many tries", Hint: "wait, then try again", Retry: wait}
}

// orInternal keeps what the contract says and hides everything else behind
// CodeInternal, after writing it to the log.
func (s *Server) orInternal(ctx context.Context, call string, err error) error {
	var known *api.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, errBusy) {
		return s.refuseUntil(s.now().Add(5 * time.Second))
	}
	s.log.ErrorContext(ctx, "call failed", "call", call, "err", err)
	return refuse(api.CodeInternal, "the server could not do this", "try again; its log says more")
}
