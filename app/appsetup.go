package app

import (
	"net"
	"net/url"
	"strconv"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

// AppSetup is what a program is set up with, beside the app password. Fields are
// empty where the operator did not say them.
type AppSetup struct {
	User string     // to be typed as the name
	In   Connection // where the program connects to
	Out  Connection // mail: where messages are handed in
	URL  string     // calendars, pages: the address as a whole
	// Realm is the domain of chat names and calls.
	Realm string
	// Canonical: the password must be typed without hyphens, in lower case, because
	// the program hashes what it is given.
	Canonical bool
}

// Connection is a server that programs connect to.
type Connection struct {
	Host   string
	Port   int
	Secure string // "tls" from the start, "starttls", "none"
}

// wellKnown says which port and what protection a scheme stands for.
var wellKnown = map[string]Connection{
	"imaps":       {Port: 993, Secure: "tls"},
	"imap":        {Port: 143, Secure: "starttls"},
	"submissions": {Port: 465, Secure: "tls"},
	"submission":  {Port: 587, Secure: "starttls"},
	"smtp":        {Port: 25, Secure: "starttls"},
	"xmpp":        {Port: 5222, Secure: "starttls"},
	"xmpps":       {Port: 5223, Secure: "tls"},
	"sip":         {Port: 5060, Secure: "none"},
	"sips":        {Port: 5061, Secure: "tls"},
	"ssh":         {Port: 22, Secure: "tls"},
	"https":       {Port: 443, Secure: "tls"},
	"http":        {Port: 80, Secure: "none"},
	"ldap":        {Port: 389, Secure: "starttls"},
	"ldaps":       {Port: 636, Secure: "tls"},
}

// setupOf reads what the backend says about a service.
func setupOf(s api.Service) AppSetup {
	out := AppSetup{
		User: trust.Printable(s.User, 64), In: connection(s.Address), Out: connection(s.Send),
		Realm: trust.Printable(s.Realm, 253), Canonical: s.Digest,
	}
	if u, err := url.Parse(s.Address); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		out.URL = trust.Printable(u.String(), 512)
	}
	return out
}

// connection reads an address such as "imaps://mail.example.org:993"; zero for none.
func connection(address string) Connection {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return Connection{}
	}
	c, known := wellKnown[u.Scheme]
	if !known {
		return Connection{}
	}
	c.Host = trust.Printable(u.Hostname(), 253)
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil && port > 0 {
		c.Port = int(port)
	}
	return c
}

// Address gives "host:port", "" for none.
func (c Connection) Address() string {
	if c.Host == "" {
		return ""
	}
	return net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
}
