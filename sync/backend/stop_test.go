package backend_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
)

// stopsWithin closes a backend and measures.
func stopsWithin(t *testing.T, b *backend.Backend, limit time.Duration) {
	t.Helper()
	began := time.Now()
	stop(t, b)
	if took := time.Since(began); took > limit {
		t.Errorf("stopping took %v, at most %v", took, limit)
	}
}

func dial(t *testing.T, b *backend.Backend) net.Conn {
	t.Helper()
	conn := must(net.Dial("tcp", "127.0.0.1:"+port(b)))
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestStopEndsStreams(t *testing.T) {
	b := start(t, here(t.TempDir()))
	d, line := settle(t, b, "anna")
	token := must(d.Session(t.Context(), line))
	var ended []chan error
	for range 20 {
		open, end := watch(t.Context(), line, token)
		<-open
		ended = append(ended, end)
	}
	deaf := dial(t, b) // asks for a stream and reads nothing
	fmt.Fprintf(deaf, "GET /d/watch HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\n\r\n", api.Bearer(token))
	stopsWithin(t, b, 3*time.Second)
	for _, end := range ended {
		select {
		case err := <-end:
			if err == nil {
				t.Error("a stream ended with nil")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("a stream is still open")
		}
	}
}

// A browser opens connections before it needs them, and waits.
func TestStopWithSilentConnections(t *testing.T) {
	b := start(t, here(t.TempDir()))
	for range 5 {
		dial(t, b)
	}
	if status, _ := get(t, ask(t, b.Address()+"/healthz")); status != http.StatusOK {
		t.Fatal("it does not answer") // which it would only after the five were taken in
	}
	stopsWithin(t, b, 3*time.Second)
}

// Who sends half a request and stops there holds a clean stop up for a moment, and
// makes no failure of it.
func TestStopWithHalfARequest(t *testing.T) {
	log := &lines{}
	o := here(t.TempDir())
	o.Log = log.logger()
	b := start(t, o)
	conn := dial(t, b)
	fmt.Fprintf(conn, "POST /d/server HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n")
	if said, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(said, "100") {
		t.Fatalf("the server says %q, %v", said, err) // so the call is running
	}
	stopsWithin(t, b, 8*time.Second)
	if !strings.Contains(log.String(), "cutting calls") {
		t.Error("nothing in the log tells of it")
	}
}

// Nothing runs on after Close, and the folder is free at once.
func TestStopLeavesNothing(t *testing.T) {
	o := here(t.TempDir())
	for range 3 {
		b := start(t, o)
		stop(t, b)
	}
	if left := must(filepath.Glob(filepath.Join(o.Data, "*.sock"))); left != nil {
		t.Errorf("%q is left", left)
	}
	if _, err := backend.Start(cancelled(), o); err == nil {
		t.Error("it starts after its context ended")
	}
	start(t, o)
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// TLS without a web server in front: devices and pages, HTTP/2 too.
func TestTLS(t *testing.T) {
	o := here(t.TempDir())
	var pool *x509.CertPool
	o.CertFile, o.KeyFile, pool = certificate(t)
	b := start(t, o)
	if want := "https://127.0.0.1:" + port(b); b.URL() != want || b.Address() != want {
		t.Errorf("it is %s at %s, want %s", b.URL(), b.Address(), want)
	}
	for _, two := range []bool{false, true} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, ForceAttemptHTTP2: two}
		if !two {
			transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
		}
		resp, err := (&http.Client{Transport: transport}).Get(b.Address() + "/")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK || (resp.ProtoMajor == 2) != two || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Errorf("HTTP/2 %v: %s %s %v", two, resp.Proto, resp.Status, resp.Header)
		}
		for _, c := range resp.Cookies() {
			if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
				t.Errorf("the cookie is %s", c)
			}
		}
		if _, err := client.New(b.URL(), client.Options{Transport: transport}); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
	}
	dial(t, b)
	stopsWithin(t, b, 3*time.Second)
	for name, change := range map[string]func(){
		"damaged":      func() { must(0, os.WriteFile(o.CertFile, []byte("damaged"), 0o600)) },
		"without keys": func() { o.KeyFile = "" },
	} {
		change()
		if b, err := backend.Start(t.Context(), o); err == nil {
			b.Close()
			t.Errorf("a certificate that is %s will do", name)
		}
	}
}

// certificate writes one for 127.0.0.1.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	secret := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: true,
	}
	raw := must(x509.CreateCertificate(rand.Reader, form, form, secret.Public(), secret))
	dir := t.TempDir()
	cert, key, pool = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), x509.NewCertPool()
	pool.AddCert(must(x509.ParseCertificate(raw)))
	for path, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: raw},
		key:  {Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(secret))},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, pool
}
