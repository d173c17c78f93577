package app

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

var (
	// ErrService says that the server opens no such service by app passwords.
	ErrService = errors.New("no such service")
	// ErrAppName says that what an app password is to be called cannot be shown.
	ErrAppName = errors.New("not a name for an app password")
	// ErrAppPassword says that there is no such app password.
	ErrAppPassword = errors.New("no such app password")
	// ErrAppMany says that there are as many as there may be.
	ErrAppMany = errors.New("too many app passwords")
)

// MaxAppPasswords is how many an account may have.
const MaxAppPasswords = chain.MaxAppPasswords

// NewAppPassword says what an app password is to open.
type NewAppPassword struct {
	Service  string        // one of View.Services
	Name     string        // of the program: "Thunderbird on laptop"
	Lasts    time.Duration // 0 = for ever
	Password string        // of the account
}

// MadeAppPassword is a new app password, which nobody can show again.
type MadeAppPassword struct {
	AppPassword
	Secret apppass.Password
	Setup  AppSetup
}

// MakeAppPassword makes an app password and writes it into the chain, under the
// account's password. ErrService, ErrAppName, ErrAppMany; CodePassword, CodeSlow,
// CodeYoung; ErrFrozen, ErrNoAccount. After no answer one may have been made that
// nobody knows; it is in the list then and can be removed.
func (d *Device) MakeAppPassword(ctx context.Context, in NewAppPassword) (MadeAppPassword, error) {
	secret, err := apppass.New(d.o.Rand)
	if err != nil {
		return MadeAppPassword{}, err
	}
	var id [16]byte
	if _, err := io.ReadFull(d.o.Rand, id[:]); err != nil {
		return MadeAppPassword{}, err
	}
	if _, err := d.fetchStatus(ctx); err != nil { // which services there are now
		return MadeAppPassword{}, err
	}
	err = d.amend(ctx, norm.NFC.String(in.Password), func(c *core, by chain.Author) ([]byte, error) {
		if err := c.mature(); err != nil {
			return nil, err
		}
		made, err := c.credential(in, id, secret)
		if err != nil {
			return nil, err
		}
		return c.chain.AddCredential(by, made, c.now())
	})
	if err != nil {
		return MadeAppPassword{}, err
	}
	return d.madeAppPassword(ctx, id, secret)
}

// credential is what the chain is to say about a new app password.
func (c *core) credential(in NewAppPassword, id [16]byte, secret apppass.Password) (trust.Credential, error) {
	if len(c.liveAppPasswords()) >= MaxAppPasswords {
		return trust.Credential{}, ErrAppMany
	}
	if trust.CheckName(in.Name) != nil {
		return trust.Credential{}, ErrAppName
	}
	s, ok := c.service(in.Service)
	if !ok || !s.Open {
		return trust.Credential{}, ErrService
	}
	spec := apppass.Spec{Account: c.chain.Account(), ID: id, Service: s.ID, Label: in.Name}
	if in.Lasts > 0 {
		spec.Expires = c.now().Add(in.Lasts)
	}
	if s.Digest {
		spec.Digest = &apppass.DigestUser{Name: s.User, Realm: s.Realm}
	}
	for _, v := range c.chain.Verifiers() {
		if v.Origin == c.rec.Origin {
			return apppass.Make(spec, secret, v)
		}
	}
	return trust.Credential{}, ErrOrigin
}

// madeAppPassword gives the one that the chain holds since.
func (d *Device) madeAppPassword(ctx context.Context, id [16]byte, secret apppass.Password) (made MadeAppPassword, err error) {
	err = d.act(ctx, func(c *core) error {
		list := c.appPasswords()
		at := slices.IndexFunc(list, func(a AppPassword) bool { return a.ID == hex.EncodeToString(id[:]) })
		if at < 0 {
			return ErrAppPassword // it was removed elsewhere in the meantime
		}
		s, _ := c.service(list[at].Service)
		made = MadeAppPassword{AppPassword: list[at], Secret: secret, Setup: setupOf(s)}
		return nil
	})
	return made, err
}

// RemoveAppPassword ends an app password, under the account's password: programs that
// use it are refused within seconds. ErrAppPassword; the refusals of MakeAppPassword.
func (d *Device) RemoveAppPassword(ctx context.Context, id, password string) error {
	var which [16]byte
	if raw, err := hex.DecodeString(strings.ToLower(id)); err != nil || copy(which[:], raw) != len(which) || len(raw) != len(which) {
		return ErrAppPassword
	}
	first := true
	return d.amend(ctx, norm.NFC.String(password), func(c *core, by chain.Author) ([]byte, error) {
		known := slices.ContainsFunc(c.liveAppPasswords(), func(h chain.Held) bool { return h.ID == which })
		if !known && !first {
			return nil, errNothingToDo // another device did it meanwhile
		}
		if !known {
			return nil, ErrAppPassword
		}
		if err := c.mature(); err != nil {
			return nil, err
		}
		first = false
		return c.chain.RevokeCredential(by, which, c.now())
	})
}

// RemoveAllAppPasswords ends all app passwords, under the account's password. Where
// there are none it does nothing.
func (d *Device) RemoveAllAppPasswords(ctx context.Context, password string) error {
	return d.amend(ctx, norm.NFC.String(password), func(c *core, by chain.Author) ([]byte, error) {
		if len(c.liveAppPasswords()) == 0 {
			return nil, errNothingToDo
		}
		return c.chain.RevokeCredential(by, [16]byte{}, c.now())
	})
}

// cutAppPasswords ends all of them after the password was reset: whoever knew the old
// one may know them. The backend refuses them since; that it cannot be written now is
// no failure of the reset.
func (d *Device) cutAppPasswords(ctx context.Context, password string) {
	if err := d.RemoveAllAppPasswords(ctx, password); err != nil {
		d.o.Log.Warn("ending the app passwords", "err", err)
	}
}

func (c *core) service(id string) (api.Service, bool) {
	at := slices.IndexFunc(c.rec.Status.Services, func(s api.Service) bool { return s.ID == id })
	if at < 0 {
		return api.Service{}, false
	}
	return c.rec.Status.Services[at], true
}

// liveAppPasswords are those that the chain lists, expired ones among them.
func (c *core) liveAppPasswords() []chain.Held {
	return slices.DeleteFunc(c.chain.Held(), func(h chain.Held) bool { return h.Kind != trust.AppPassword })
}
