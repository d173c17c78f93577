package integrate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
)

// otherService is a service beside the one that a suite is about.
const otherService = "\n[[service]]\nid = \"other\"\nkind = \"other\"\ntitle = \"Other\"\nopen = true\n"

// radiusHouse starts a backend with the configuration of a page.
func radiusHouse(t *testing.T, name, config string) (*house, recipe.Values) {
	t.Helper()
	secret := make([]byte, 32)
	rand.Read(secret)
	v := recipe.Values{RADIUSHost: "127.0.0.1", RADIUSPort: fmt.Sprint(free(t, "udp")), Secret: hex.EncodeToString(secret)}
	v.RADIUS = net.JoinHostPort(v.RADIUSHost, v.RADIUSPort)
	dir := t.TempDir()
	v.SecretFile, v.PAMRadius = filepath.Join(dir, "secret"), filepath.Join(dir, "pam_radius.conf")
	for file, text := range map[string]string{v.SecretFile: v.Secret + "\n", v.PAMRadius: recipeText(t, "pam_radius", v)} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return newHouse(t, name, recipeText(t, config, v)+otherService), v
}

// recipeText fills in a recipe.
func recipeText(t *testing.T, name string, v recipe.Values) string {
	t.Helper()
	text, err := recipe.Render(name, v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// certificate makes a certificate that is its own authority.
func certificate(t testing.TB, host string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Now().Add(-time.Hour)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: from.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := openDir(t)
	cert = file(t, dir, "cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	key = file(t, dir, "key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	return cert, key
}

// ends waits until an app password opens nothing any more, and tells how long that
// took: five seconds at most, through whatever stands between.
func ends(t *testing.T, what string, opens func() bool) {
	t.Helper()
	took := await(t, what, func() error {
		if opens() {
			return fmt.Errorf("it still opens")
		}
		return nil
	})
	t.Logf("%s after %v", what, took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Errorf("%s only after %v", what, took)
	}
}
