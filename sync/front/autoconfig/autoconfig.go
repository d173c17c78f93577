// Package autoconfig answers mail programs that ask by themselves where an address's
// mail is: the file that Thunderbird and its kin fetch. It says nothing about accounts:
// every address of the domain gets the same answer.
//
// Source: docs/integrate/dovecot.md; Mozilla, "Autoconfiguration in Thunderbird" (v1.1).
package autoconfig

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/countersign/countersign/sync/front"
)

// Paths are those that programs ask at: at the domain itself, and at "autoconfig."
// before it.
var Paths = [...]string{"/.well-known/autoconfig/mail/config-v1.1.xml", "/mail/config-v1.1.xml"}

// errNone says that no mail service says enough about itself.
var errNone = errors.New("no mail service with a domain and an address is configured")

type config struct {
	XMLName  xml.Name `xml:"clientConfig"`
	Version  string   `xml:"version,attr"`
	Provider provider `xml:"emailProvider"`
}

type provider struct {
	ID        string `xml:"id,attr"`
	Domain    string `xml:"domain"`
	Name      string `xml:"displayName"`
	ShortName string `xml:"displayShortName"`
	In        server `xml:"incomingServer"`
	Out       server `xml:"outgoingServer"`
}

type server struct {
	Type     string `xml:"type,attr"` // "imap", "smtp"
	Host     string `xml:"hostname"`
	Port     string `xml:"port"`
	Socket   string `xml:"socketType"` // "SSL", "STARTTLS"
	Auth     string `xml:"authentication"`
	Username string `xml:"username"`
}

// sockets names protection and usual port of a scheme.
var sockets = map[string]struct{ kind, socket, port string }{
	"imaps": {"imap", "SSL", "993"}, "imap": {"imap", "STARTTLS", "143"},
	"submissions": {"smtp", "SSL", "465"}, "submission": {"smtp", "STARTTLS", "587"}, "smtp": {"smtp", "STARTTLS", "25"},
}

// Handler answers with the first mail service that says its domain (Realm), where mail
// is read (Address) and handed in (Send); 404 where there is none.
func Handler(services []front.Service) http.Handler {
	body, err := document(services)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		w.Header().Set("Cache-Control", "max-age=3600")
		w.Write(body)
	})
}

func document(services []front.Service) ([]byte, error) {
	for _, s := range services {
		in, here := serverAt(s.Address)
		out, there := serverAt(s.Send)
		if s.Kind != front.Mail || s.Realm == "" || !here || !there || in.Type != "imap" || out.Type != "smtp" {
			continue
		}
		var b bytes.Buffer
		b.WriteString(xml.Header)
		e := xml.NewEncoder(&b)
		e.Indent("", "  ")
		err := e.Encode(config{Version: "1.1", Provider: provider{ID: s.Realm, Domain: s.Realm, Name: s.Title, ShortName: s.Title, In: in, Out: out}})
		return b.Bytes(), err
	}
	return nil, errNone
}

func serverAt(address string) (server, bool) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return server{}, false
	}
	how, known := sockets[u.Scheme]
	port := u.Port()
	if port == "" {
		port = how.port
	}
	host := strings.ToLower(u.Hostname())
	if net.ParseIP(host) == nil {
		host = strings.TrimSuffix(host, ".")
	}
	return server{Type: how.kind, Host: host, Port: port, Socket: how.socket, Auth: "password-cleartext", Username: "%EMAILLOCALPART%"}, known
}
