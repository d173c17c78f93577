package ldap_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	goldap "github.com/go-ldap/ldap/v3"

	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/front/ldap"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/trust/apppass"
)

const (
	password = "correct horse battery"
	secret   = "0123456789abcdef0123456789abcdef"
)

// house is a front before a real server, with one account and its device.
type house struct {
	t      testing.TB
	s      *server.Server
	f      *ldap.Front
	at     string
	device *apitest.Device
	roots  *x509.CertPool
}

func newHouse(t testing.TB, change ...func(*ldap.Options)) *house {
	t.Helper()
	h := &house{t: t}
	db, err := sqlite.Open(context.Background(), t.TempDir(), sqlite.Options{})
	h.ok(err)
	t.Cleanup(func() { db.Close() })
	keys, err := server.NewKeyFile("https://id.example.org", rand.Reader)
	h.ok(err)
	h.s, err = server.New(server.Options{Store: db, Keys: keys, Name: "Example", Services: []front.Service{
		{ID: "imap", Also: []string{"smtp"}, Kind: front.Mail, Title: "Mail", Open: true}, {ID: "xmpp", Kind: front.Chat, Title: "Chat", Open: true},
	}})
	h.ok(err)
	link, err := h.s.Invite(context.Background(), "anna")
	h.ok(err)
	h.device, err = apitest.Join(context.Background(), h.s, link, "anna", password, time.Now())
	h.ok(err)
	h.open(change...)
	return h
}

func (h *house) open(change ...func(*ldap.Options)) {
	h.t.Helper()
	dir := h.t.TempDir()
	o := ldap.Options{Readers: []ldap.Reader{{Service: "imap", SecretFile: filepath.Join(dir, "secret")}}}
	h.ok(os.WriteFile(o.Readers[0].SecretFile, []byte(secret+"\n"), 0o600))
	o.Cert, o.Key = h.certificate(dir)
	for _, c := range change {
		c(&o)
	}
	var err error
	h.f, err = ldap.New(o, h.s, slog.New(slog.DiscardHandler))
	h.ok(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	h.ok(err)
	h.at = l.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- h.f.Serve(l) }()
	h.t.Cleanup(func() {
		h.ok(h.f.Close())
		h.ok(<-ended)
	})
}

// certificate makes one for this computer.
func (h *house) certificate(dir string) (cert, key string) {
	h.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	h.ok(err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "here"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	h.ok(err)
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	h.ok(err)
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	pemCert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	h.ok(os.WriteFile(cert, pemCert, 0o600))
	h.ok(os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
	h.roots = x509.NewCertPool()
	h.roots.AppendCertsFromPEM(pemCert)
	return cert, key
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// make makes an app password.
func (h *house) make(service string) (text string, id [16]byte) {
	h.t.Helper()
	spec := apppass.Spec{Account: h.device.Chain.Account(), Service: service, Label: "A program"}
	rand.Read(spec.ID[:])
	p, err := apppass.New(rand.Reader)
	h.ok(err)
	c, err := apppass.Make(spec, p, h.device.Chain.Verifiers()[0])
	h.ok(err)
	entry, err := h.device.Chain.AddCredential(h.device.Author(), c, time.Now())
	h.ok(err)
	h.change(entry)
	return p.Text(), spec.ID
}

func (h *house) remove(id [16]byte) {
	h.t.Helper()
	entry, err := h.device.Chain.RevokeCredential(h.device.Author(), id, time.Now())
	h.ok(err)
	h.change(entry)
}

func (h *house) change(entry []byte) {
	h.t.Helper()
	token, err := h.device.Session(context.Background(), h.s)
	h.ok(err)
	h.ok(h.device.Change(context.Background(), h.s, token, password, entry))
}

// dial connects another's client.
func (h *house) dial() *goldap.Conn {
	h.t.Helper()
	c, err := goldap.DialURL("ldap://" + h.at)
	h.ok(err)
	c.SetTimeout(10 * time.Second)
	h.t.Cleanup(func() { c.Close() })
	return c
}

func (h *house) startTLS(c *goldap.Conn) error {
	return c.StartTLS(&tls.Config{RootCAs: h.roots, ServerName: "127.0.0.1"})
}

// code gives the result code of an answer; 0 for success.
func code(err error) uint16 {
	if err == nil {
		return goldap.LDAPResultSuccess
	}
	if e, ok := err.(*goldap.Error); ok {
		return e.ResultCode
	}
	return goldap.ErrorNetwork
}
