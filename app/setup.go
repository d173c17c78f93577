package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

const (
	// MinPassword is the shortest password, in characters: 8 as long as two-step
	// verification is on (docs/protocol.md §1.1).
	MinPassword = 8
	maxPassword = 256 // bytes
)

// Offer is what an address or invitation link leads to.
type Offer struct {
	Origin          string // exact, as it will stand in the account
	ServerName      string
	Name            string // the account's name, if an invitation fixes it
	NeedsInvitation bool   // the address is right, but an invitation link is needed
}

// SetupInput is what a person chose.
type SetupInput struct {
	Local      bool   // the backend inside this program
	Link       string // otherwise: the invitation link
	Name       string // of the account; may be empty with a link
	Password   string
	DeviceName string
	Kind       trust.Kind
}

// Setup is an account that is drawn but not yet asked for. Nothing of it is
// stored before Finish.
type Setup struct {
	d          *Device
	secrets    secrets
	key        trust.RecoveryKey
	password   string
	invitation api.Secret
	record     record
}

// LookUp asks who answers at an address, or where an invitation link leads.
// ErrAddress, ErrOrigin, ErrProtocol, an *api.Error (the invitation is used,
// expired or never was), or no answer.
func (d *Device) LookUp(ctx context.Context, addressOrLink string) (Offer, error) {
	offer, _, _, err := d.lookUp(ctx, addressOrLink)
	return offer, err
}

func (d *Device) lookUp(ctx context.Context, text string) (Offer, api.Server, api.Secret, error) {
	origin, secret, err := api.ParseLink(text)
	if err != nil {
		return Offer{}, api.Server{}, nil, ErrAddress
	}
	to, err := d.o.Dial(origin)
	if err != nil {
		return Offer{}, api.Server{}, nil, fmt.Errorf("dialling %q: %w", origin, err)
	}
	server, err := to.Server(ctx)
	if err != nil {
		return Offer{}, api.Server{}, nil, answered(err)
	}
	offer := Offer{Origin: origin, ServerName: server.Name, NeedsInvitation: secret == nil}
	if err := acceptable(server, origin); err != nil || secret == nil {
		return offer, server, nil, err
	}
	invitation, err := to.Invitation(ctx, secret)
	if err != nil {
		return Offer{}, api.Server{}, nil, answered(err)
	}
	if trust.CheckName(invitation.Name) != nil {
		return Offer{}, api.Server{}, nil, ErrProtocol
	}
	offer.Name = invitation.Name
	return offer, server, secret, nil
}

// acceptable checks that the backend is what it was reached as: its origin goes
// into the account, and is what every later code is bound to.
func acceptable(s api.Server, origin string) error {
	switch {
	case s.Protocol != protocol:
		return ErrProtocol
	case s.Verifier.Origin != origin:
		return fmt.Errorf("%w: reached at %q, it calls itself %q", ErrOrigin, origin, s.Verifier.Origin)
	case s.Verifier.Record().Check() != nil, trust.CheckName(s.Name) != nil:
		return ErrProtocol
	}
	return nil
}

// BeginSetup draws an account: the device's keys, the recovery key, the first two
// entries of the chain. ErrSetUp if there is an account already; else LookUp's
// errors, or an *api.Error for a name or password that will not do.
func (d *Device) BeginSetup(ctx context.Context, in SetupInput) (*Setup, error) {
	if v := d.View(); v.Stage != StageNew || v.Regaining != nil {
		return nil, ErrSetUp
	}
	in.Password = norm.NFC.String(in.Password)
	if err := checkPassword(in); err != nil {
		return nil, err
	}
	if in.Local {
		if err := d.inviteLocally(ctx, &in); err != nil {
			return nil, err
		}
	}
	offer, server, invitation, err := d.lookUp(ctx, in.Link)
	if err != nil {
		return nil, err
	}
	if offer.NeedsInvitation {
		return nil, &api.Error{Code: api.CodeInvitation, Message: "an invitation link is needed", Hint: "ask whoever runs the backend for one"}
	}
	if in.Name != "" && in.Name != offer.Name {
		return nil, &api.Error{Code: api.CodeName, Message: fmt.Sprintf("the invitation is for the name %q", offer.Name)}
	}
	in.Name = offer.Name
	s := &Setup{d: d, password: in.Password, invitation: invitation}
	return s, s.draw(d.o.Rand, in, offer, server)
}

func checkPassword(in SetupInput) error {
	switch {
	case utf8.RuneCountInString(in.Password) < MinPassword:
		return &api.Error{Code: api.CodePassword, Message: fmt.Sprintf("a password has at least %d characters", MinPassword)}
	case len(in.Password) > maxPassword:
		return &api.Error{Code: api.CodePassword, Message: fmt.Sprintf("a password has at most %d bytes", maxPassword)}
	case in.Password == in.Name:
		return &api.Error{Code: api.CodePassword, Message: "the password is the name"}
	}
	return nil
}

func (d *Device) inviteLocally(ctx context.Context, in *SetupInput) error {
	if trust.CheckName(in.Name) != nil {
		return &api.Error{Code: api.CodeName, Message: "a name has 1 to 64 printable characters"}
	}
	here, err := d.local.start(ctx)
	if err != nil {
		return err
	}
	in.Link, err = here.Invite(ctx, in.Name)
	return err
}

// draw makes keys and entries.
func (s *Setup) draw(rand io.Reader, in SetupInput, offer Offer, server api.Server) error {
	var err error
	var keys trust.Keys
	if s.secrets, keys, err = drawSecrets(rand, offer.Origin); err != nil {
		return err
	}
	if s.key, err = trust.NewRecoveryKey(rand); err != nil {
		return err
	}
	s.record = record{
		Version: recordVersion, Name: in.Name, Origin: offer.Origin, ServerName: server.Name, Local: in.Local,
		Join:  &join{Invitation: s.invitation, Password: s.password},
		Media: slices.DeleteFunc(slices.Clone(server.Media), strange), Text: server.Text, MediaAt: s.d.o.Now().Round(0),
	}
	return s.write(rand, in, keys, server.Verifier.Record())
}

// write makes the chain's first two entries.
func (s *Setup) write(rand io.Reader, in SetupInput, keys trust.Keys, v trust.Verifier) error {
	me, err := s.secrets.named(in.DeviceName, in.Kind, keys)
	if err != nil {
		return err
	}
	now := s.d.o.Now()
	genesis, err := chain.Genesis(rand, keys, me, v, trust.DefaultPolicy(), now)
	if err != nil {
		return fmt.Errorf("writing chain: %w", err)
	}
	st, err := chain.Open([][]byte{genesis})
	if err != nil {
		return fmt.Errorf("writing chain: %w", err)
	}
	recovery, err := st.SetRecovery(chain.AsDevice(me.ID, keys), s.key, now)
	if err != nil {
		return fmt.Errorf("writing chain: %w", err)
	}
	s.secrets.Account, s.record.Entries = st.Account(), [][]byte{genesis, recovery}
	return nil
}

// Key gives the recovery key, to be written down.
func (s *Setup) Key() trust.RecoveryKey { return s.key }

// Name gives the account's name, which an invitation may have fixed.
func (s *Setup) Name() string { return s.record.Name }

// Server gives the address of the backend that the account is for.
func (s *Setup) Server() string { return s.record.Origin }

// Account identifies the account that is being made.
func (s *Setup) Account() trust.AccountID { return s.secrets.Account }

// Finish makes the account, once the key was typed back. Everything is stored
// before it is sent, so a program killed at any moment leaves either nothing or
// a device that goes on with the same bytes. ErrKey and ErrOtherKey: type it
// again. Without an answer from the backend the device keeps asking by itself,
// and Finish may be called again; a refusal (*api.Error) undoes everything.
func (s *Setup) Finish(ctx context.Context, typedBack string) error {
	typed, err := trust.ParseRecoveryKey(typedBack)
	if err != nil {
		return ErrKey
	}
	if typed.Text() != s.key.Text() {
		return ErrOtherKey
	}
	if err := s.keep(ctx); err != nil {
		return err
	}
	err = s.d.joinPatiently(ctx)
	s.d.hurry()
	return err
}

// joinPatiently asks until there is an answer or ctx ends.
func (d *Device) joinPatiently(ctx context.Context) error {
	for wait := newBackoff(); ; {
		err := d.join(ctx)
		if !errors.Is(err, errNoAnswer) || ctx.Err() != nil || !wait.sleep(ctx, nil) {
			return err
		}
	}
}

// keep stores the device. Its state comes first, in a folder of its own that
// means nothing without the key; putting the secrets into the vault is the moment
// from which the device exists.
func (s *Setup) keep(ctx context.Context) error {
	s.d.joins <- struct{}{}
	defer func() { <-s.d.joins }()
	found, err := readSecrets(ctx, s.d.o.Vault)
	if err != nil {
		return err
	}
	if found != nil && found.Account != s.secrets.Account {
		return ErrSetUp
	}
	if found == nil {
		if err := s.store(ctx); err != nil {
			return err
		}
	}
	return s.d.act(ctx, func(c *core) error {
		if c.secrets != nil {
			return nil
		}
		shelf := newShelf(c.o, &s.secrets)
		rec, err := shelf.read()
		if err != nil {
			return err
		}
		c.notMade = false
		return c.become(&s.secrets, shelf, rec)
	})
}

func (s *Setup) store(ctx context.Context) error {
	var err error
	if s.secrets.Recovery == nil {
		s.secrets.Recovery, err = s.d.o.testOnlySeal([]byte(s.password), s.key.Seed(), s.d.o.Rand)
		if err != nil {
			return fmt.Errorf("sealing the recovery key's copy: %w", err)
		}
	}
	k, err := newDrill(&s.secrets, s.key, s.d.o.Now())
	if err != nil {
		return err
	}
	s.record.typed(k)
	s.record.Copies.Of = k.Of
	_, err = newShelf(s.d.o, &s.secrets).change(func(r *record) error { *r = s.record; return nil })
	if err != nil {
		return fmt.Errorf("keeping state: %w", err)
	}
	return s.secrets.write(ctx, s.d.o.Vault)
}
