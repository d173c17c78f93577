package probe

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// xmpp authenticates with SASL PLAIN (RFC 6120), after STARTTLS. The domain is in the
// address's path or its host: "xmpp://chat.example.org/example.org".
func xmpp(ctx context.Context, u *url.URL, t Try) error {
	c, err := dial(ctx, u, t, u.Scheme == "xmpps")
	if err != nil {
		return err
	}
	defer func() { c.Close() }()
	domain := strings.Trim(u.Path, "/")
	if domain == "" {
		domain = u.Hostname()
	}
	said := xml.NewDecoder(c)
	features, err := stream(c, said, domain)
	if err != nil {
		return err
	}
	if strings.Contains(features, "starttls") {
		fmt.Fprint(c, "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
		if name, err := element(said); err != nil || name != "proceed" {
			return errors.Join(errors.New("the chat server starts no TLS"), err)
		}
		config := t.config(u)
		config.ServerName = domain
		c = tls.Client(c, config)
		said = xml.NewDecoder(c)
		if features, err = stream(c, said, domain); err != nil {
			return err
		}
	}
	if !strings.Contains(features, "PLAIN") {
		return errors.New("the chat server takes no passwords (PLAIN) here")
	}
	token := base64.StdEncoding.EncodeToString([]byte("\x00" + t.Name + "\x00" + t.Password))
	fmt.Fprintf(c, "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>", token)
	switch name, err := element(said); {
	case err != nil:
		return err
	case name == "success":
		return nil
	case name == "failure":
		return ErrClosed
	default:
		return fmt.Errorf("the chat server said <%s>", name)
	}
}

// stream opens one, and gives all that the server says it can do, as words.
func stream(w io.Writer, said *xml.Decoder, domain string) (string, error) {
	fmt.Fprintf(w, "<?xml version='1.0'?><stream:stream to='%s' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>", domain)
	var words strings.Builder
	for {
		token, err := said.Token()
		if err != nil {
			return "", err
		}
		switch at := token.(type) {
		case xml.StartElement:
			words.WriteString(" " + at.Name.Local)
		case xml.CharData:
			words.Write(at)
		case xml.EndElement:
			if at.Name.Local == "features" || at.Name.Local == "stream" {
				return words.String(), nil
			}
		}
	}
}

// element reads one element and gives its name.
func element(said *xml.Decoder) (string, error) {
	for {
		token, err := said.Token()
		if err != nil {
			return "", err
		}
		if at, ok := token.(xml.StartElement); ok {
			return at.Name.Local, said.Skip()
		}
	}
}
