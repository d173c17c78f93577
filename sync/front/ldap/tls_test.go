package ldap_test

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/countersign/countersign/sync/front/ldap"
)

// elsewhere is a listener whose clients come from another computer.
type elsewhere struct{ net.Listener }

type fromElsewhere struct{ net.Conn }

func (l elsewhere) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return fromElsewhere{c}, err
}

func (fromElsewhere) RemoteAddr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 4711}
}

// far opens a door of the front to another computer, and gives its address.
func (h *house) far(serve func(net.Listener) error) string {
	h.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	h.ok(err)
	ended := make(chan error, 1)
	go func() { ended <- serve(elsewhere{l}) }()
	h.t.Cleanup(func() {
		h.ok(h.f.Close())
		h.ok(<-ended)
	})
	return l.Addr().String()
}

func TestTLS(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	c := h.dial()
	h.ok(c.Bind(anna, right))
	h.ok(h.startTLS(c))
	if who, err := c.WhoAmI(nil); err != nil || who.AuthzID != "" {
		t.Errorf("what was bound without TLS counts within: %+v, %v", who, err)
	}
	if got := code(c.Bind(anna, right)); got != goldap.LDAPResultSuccess {
		t.Errorf("over TLS: %d", got)
	}
	root, err := c.Search(goldap.NewSearchRequest("", goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"*", "+"}, nil))
	if err != nil || len(root.Entries) != 1 || root.Entries[0].GetAttributeValue("namingContexts") != "dc=countersign" {
		t.Errorf("the root is %+v, %v", root, err)
	}
}

func TestTLSFromTheStart(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	at := h.far(h.f.ServeTLS)
	c, err := goldap.DialURL("ldaps://"+at, goldap.DialWithTLSConfig(&tls.Config{RootCAs: h.roots, ServerName: "127.0.0.1"}))
	h.ok(err)
	defer c.Close()
	if got := code(c.Bind(anna, right)); got != goldap.LDAPResultSuccess {
		t.Errorf("result %d", got)
	}
	plain, err := goldap.DialURL("ldap://" + at)
	h.ok(err)
	defer plain.Close()
	if got := code(plain.Bind(anna, right)); got != goldap.ErrorNetwork {
		t.Errorf("without TLS: %d", got)
	}
}

// Between computers a password without TLS is not even compared: whoever learns here
// that it is right has sent it in clear.
func TestPasswordsFromElsewhereNeedTLS(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	h.at = h.far(h.f.Serve)
	c := h.dial()
	for _, dn := range []string{anna, "uid=nobody,ou=imap,dc=countersign", "cn=reader,ou=imap,dc=countersign"} {
		for _, password := range []string{right, secret, "wrong"} {
			if got := code(c.Bind(dn, password)); got != goldap.LDAPResultConfidentialityRequired {
				t.Errorf("%s without TLS: %d", dn, got)
			}
		}
	}
	h.ok(h.startTLS(c))
	if got := code(c.Bind(anna, right)); got != goldap.LDAPResultSuccess {
		t.Errorf("after StartTLS: %d", got)
	}
}

func TestAnOperatorMayAllowPlain(t *testing.T) {
	h := newHouse(t, func(o *ldap.Options) { o.Plain = true })
	right, _ := h.make("imap")
	h.at = h.far(h.f.Serve)
	if got := code(h.dial().Bind(anna, right)); got != goldap.LDAPResultSuccess {
		t.Errorf("result %d", got)
	}
}

// Somebody between both sends a bind right behind the client's StartTLS: it is not taken
// for something the client said within.
func TestNothingIsSmuggledIntoTLS(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	c, err := net.Dial("tcp", h.at)
	h.ok(err)
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	start := append([]byte{0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16}, "1.3.6.1.4.1.1466.20037"...)
	_, err = c.Write(append(start, bindMessage(anna, right)...))
	h.ok(err)
	if answer, _ := io.ReadAll(c); len(answer) > 0 {
		t.Errorf("it is answered with %x", answer)
	}
}

// A bind that fails leaves nothing of the one before it.
func TestAFailedBindForgetsTheOneBefore(t *testing.T) {
	h := newHouse(t)
	right, _ := h.make("imap")
	for _, dn := range []string{anna, "cn=reader,ou=imap,dc=countersign", "not a name", ""} {
		c := h.dial()
		h.ok(c.Bind("cn=reader,ou=imap,dc=countersign", secret))
		if dn != "" && code(c.Bind(dn, right+"x")) != goldap.LDAPResultInvalidCredentials {
			t.Errorf("%q with a wrong password", dn)
		} else if dn == "" {
			h.ok(c.UnauthenticatedBind(""))
		}
		if _, err := c.Search(lookFor("(uid=anna)")); code(err) != goldap.LDAPResultInsufficientAccessRights {
			t.Errorf("after %q a search gives %v", dn, err)
		}
	}
}
