package radius

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/countersign/countersign/trust/apppass"
)

// Options are the section [radius] of a configuration. Zero fields take the default.
type Options struct {
	Listen  string   `toml:"listen"` // "127.0.0.1:1812", required; whoever calls Serve opens it
	Clients []Client `toml:"client"`
	// UnderWay is how many requests are worked on at once; more are not answered, and
	// their senders ask again. Default 64.
	UnderWay int `toml:"under_way"`
	// EachAddress is how many of them may come from one address. Default three
	// quarters of UnderWay, so that one client cannot silence the others.
	EachAddress int `toml:"each_address"`
	// Patience is how long a request may take. Default 10 s: clients have given up.
	Patience time.Duration `toml:"patience"`
	// Remember is how many bytes of answers are kept for requests that are sent
	// again. Default 16 MiB, about 50,000 answers.
	Remember int `toml:"remember"`
}

// Client is a program that may ask, as FreeRADIUS or a server's PAM. Of several that
// fit a request, the first in the file counts.
type Client struct {
	Networks   []netip.Prefix `toml:"networks"`    // from where it asks
	SecretFile string         `toml:"secret_file"` // what it shares with this server, SecretAtLeast bytes or more
	// MessageAuthenticator says whether a request without one is silently dropped;
	// default true. See docs/integrate/radius.md on what false allows.
	MessageAuthenticator *bool `toml:"message_authenticator"`
	// NAS takes only requests with this NAS-Identifier; "" takes all.
	NAS string `toml:"nas"`
	// Service is what its requests are for; "" lets the NAS-Identifier say it.
	Service string `toml:"service"`
	// First says that the client has examined another first factor before it asks, as
	// an SSH key: then an empty password rings the device.
	First bool `toml:"first"`
}

// SecretAtLeast is the length of the shortest secret that is taken, in bytes; RFC 2865
// section 3 wants 16.
const SecretAtLeast = 16

const remedy = `make one with "openssl rand -hex 32"`

// client is a Client with its secret.
type client struct {
	Client
	secret   []byte
	required bool      // Message-Authenticator
	macs     sync.Pool // of hash.Hash, under the secret
}

func (o Options) withDefaults() Options {
	if o.UnderWay <= 0 {
		o.UnderWay = 64
	}
	if o.EachAddress <= 0 {
		o.EachAddress = max(1, o.UnderWay*3/4)
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	if o.Remember <= 0 {
		o.Remember = 16 << 20
	}
	return o
}

// clients examines what is configured and reads the secrets.
func (o Options) clients() ([]*client, error) {
	if len(o.Clients) == 0 {
		return nil, fmt.Errorf("[radius] has no [[radius.client]]: name who may ask")
	}
	var all []*client
	for i, c := range o.Clients {
		opened, err := c.open()
		if err != nil {
			return nil, fmt.Errorf("[[radius.client]] %d: %w", i+1, err)
		}
		all = append(all, opened)
	}
	return all, nil
}

func (c Client) open() (*client, error) {
	if len(c.Networks) == 0 {
		return nil, fmt.Errorf(`networks is missing: say from where it asks, as ["127.0.0.1/32"]`)
	}
	if c.Service != "" && apppass.CheckService(c.Service) != nil {
		return nil, fmt.Errorf("service %q cannot be one: use lower-case letters, digits and . - _ :", c.Service)
	}
	secret, err := readSecret(c.SecretFile)
	if err != nil {
		return nil, err
	}
	return &client{Client: c, secret: secret, required: c.MessageAuthenticator == nil || *c.MessageAuthenticator}, nil
}

// readSecret reads the secret that is the only line of a file.
func readSecret(file string) ([]byte, error) {
	if file == "" {
		return nil, fmt.Errorf("secret_file is missing: %s and name its file", remedy)
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("secret_file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("secret_file %q can be read by everybody here: chmod o= it", file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("secret_file: %w", err)
	}
	secret := bytes.TrimRight(text, "\r\n")
	if len(secret) < SecretAtLeast || bytes.ContainsAny(secret, "\r\n") {
		return nil, fmt.Errorf("secret_file %q must be one line of at least %d bytes: %s", file, SecretAtLeast, remedy)
	}
	return secret, nil
}

// takes reports whether a request is this client's.
func (c *client) takes(from netip.Addr, nas string) bool {
	return c.knows(from) && (c.NAS == "" || c.NAS == nas)
}

func (c *client) knows(from netip.Addr) bool {
	for _, n := range c.Networks {
		if n.Contains(from) {
			return true
		}
	}
	return false
}
