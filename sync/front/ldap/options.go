package ldap

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/countersign/countersign/sync/front"
)

// Options are the section [ldap] of a configuration. Zero fields take the default.
type Options struct {
	Listen    string   `toml:"listen"`     // "127.0.0.1:3890", with StartTLS where there is a certificate
	ListenTLS string   `toml:"listen_tls"` // TLS from the start; needs cert and key
	Cert      string   `toml:"cert"`       // file with the certificate
	Key       string   `toml:"key"`        // file with its key
	Plain     bool     `toml:"plain"`      // passwords may come without TLS from other computers too
	Readers   []Reader `toml:"reader"`
	// Connections is how many there may be; EachAddress how many from one address.
	// Beyond that the one that was silent for longest is closed. Default 1024 and 512.
	Connections int `toml:"connections"`
	EachAddress int `toml:"each_address"`
	// UnderWay is how many requests are worked on at once. Default 64.
	UnderWay int `toml:"under_way"`
	// Idle is how long a connection may be silent between requests; default 10 m. One
	// that never asked anything ends after Patience.
	Idle time.Duration `toml:"idle"`
	// Patience is how long a request may take to arrive, and its answer to be made and
	// taken. Default 10 s.
	Patience time.Duration `toml:"patience"`
}

// Reader lets a program look people of one service up before it binds as them. Its name
// is cn=reader,ou=SERVICE,dc=countersign.
type Reader struct {
	Service    string `toml:"service"`
	SecretFile string `toml:"secret_file"`
}

// SecretAtLeast is the length of the shortest secret that is taken, in bytes.
const SecretAtLeast = 16

// MaxMessage is the longest message that is read, in bytes.
const MaxMessage = 64 << 10

type reader struct{ secret []byte }

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Connections, 1024}, {&o.EachAddress, 512}, {&o.UnderWay, 64}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Minute
	}
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	return o
}

// readers reads the secrets.
func (o Options) readers(g front.Gate) (map[string]reader, error) {
	known := make(map[string]bool)
	for _, s := range g.Services() {
		known[s.ID] = true
	}
	out := make(map[string]reader)
	for _, r := range o.Readers {
		if !known[r.Service] {
			return nil, fmt.Errorf("[[ldap.reader]] service = %q: there is no [[service]] of that id", r.Service)
		}
		secret, err := os.ReadFile(r.SecretFile)
		if err != nil {
			return nil, fmt.Errorf("[[ldap.reader]] of %q: reading its secret: %w", r.Service, err)
		}
		if secret = bytes.TrimSpace(secret); len(secret) < SecretAtLeast {
			return nil, fmt.Errorf("[[ldap.reader]] of %q: its secret has less than %d bytes: make one with \"openssl rand -hex 32\"", r.Service, SecretAtLeast)
		}
		out[r.Service] = reader{secret: secret}
	}
	return out, nil
}

func (o Options) secure() (*tls.Config, error) {
	if o.Cert == "" && o.Key == "" {
		if o.ListenTLS != "" {
			return nil, fmt.Errorf("[ldap] listen_tls needs cert and key")
		}
		if o.Listen != "" && !o.Plain && !onThisComputer(o.Listen) {
			return nil, fmt.Errorf("[ldap] listen = %q: other computers need TLS; name cert and key, or listen on 127.0.0.1, or allow passwords in clear by plain = true", o.Listen)
		}
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
	if err != nil {
		return nil, fmt.Errorf("[ldap] cert and key: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// onThisComputer reports whether nobody else can connect to an address.
func onThisComputer(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	at, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && at.Unmap().IsLoopback()
}
