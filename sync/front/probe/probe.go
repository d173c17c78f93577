// Package probe plays the client of a service, to find out from outside what opens it:
// one log-in with a name and a password, as a program would make it, and nothing after
// that. It knows nothing of accounts.
//
// Source: docs/integrate/selftest.md.
package probe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"time"

	"github.com/countersign/countersign/sync/front"
)

var (
	// ErrClosed says that the service refused name and password.
	ErrClosed = errors.New("refused")
	// ErrNoProbe says that nothing here can play a client of the service, or that the
	// operator did not say where it is.
	ErrNoProbe = errors.New("no client for this service")
)

// patience is how long one log-in may take: servers slow down who was refused.
const patience = 30 * time.Second

// Try is one log-in.
type Try struct {
	Name, Password string
	TLS            *tls.Config // for certificates that the system does not trust; nil = the system's
}

// Client makes one log-in at an address: nil if it was let in, ErrClosed if refused, else
// what kept it from finding out.
type Client func(ctx context.Context, at *url.URL, t Try) error

// clients are by the scheme of the address.
var clients = map[string]Client{
	"imap": imap, "imaps": imap, "smtp": smtp, "submission": smtp, "submissions": smtp, "smtps": smtp,
	"http": web, "https": web, "xmpp": xmpp, "xmpps": xmpp, "sip": sip, "ssh": shell, "ldap": ldap, "ldaps": ldap,
}

// Open makes a log-in at a service, at each of the addresses that it says its own clients
// connect to. It is let in if one of them lets it in.
func Open(ctx context.Context, s front.Service, t Try) error {
	var last error = ErrNoProbe
	for _, address := range []string{s.Address, s.Send} {
		if address == "" {
			continue
		}
		if err := openAt(ctx, address, t); err == nil || !errors.Is(err, ErrClosed) {
			return err
		} else {
			last = err
		}
	}
	return last
}

func openAt(ctx context.Context, address string, t Try) error {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Errorf("reading the address: %w", err)
	}
	client := clients[u.Scheme]
	if client == nil {
		return ErrNoProbe
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return client(ctx, u, t)
}

// ports are those that a scheme means.
var ports = map[string]string{
	"imap": "143", "imaps": "993", "smtp": "25", "submission": "587", "submissions": "465", "smtps": "465", "http": "80", "https": "443",
	"xmpp": "5222", "xmpps": "5223", "sip": "5060", "ssh": "22", "ldap": "389", "ldaps": "636",
}

func place(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = ports[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// config is for a server's name.
func (t Try) config(u *url.URL) *tls.Config {
	c := &tls.Config{}
	if t.TLS != nil {
		c = t.TLS.Clone()
	}
	c.ServerName = u.Hostname()
	return c
}

// dial connects, with TLS from the start where the scheme says so.
func dial(ctx context.Context, u *url.URL, t Try, secure bool) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", place(u))
	if err != nil {
		return nil, err
	}
	if end, ok := ctx.Deadline(); ok {
		c.SetDeadline(end)
	}
	if secure {
		c = tls.Client(c, t.config(u))
	}
	return c, nil
}
