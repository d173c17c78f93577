package apppass_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
)

// verifier makes the keys that digests are sealed to.
func verifier(t *testing.T) (trust.Verifier, trust.Keys) {
	t.Helper()
	seed, err := trust.NewKeySeed(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seed.Keys()
	if err != nil {
		t.Fatal(err)
	}
	id, err := trust.NewVerifierID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return trust.Verifier{ID: id, Origin: "https://id.example.org", Sign: keys.SignKey(), KEM: keys.KEMKey()}, keys
}

var spec = apppass.Spec{Account: trust.AccountID{1}, ID: [16]byte{2}, Service: "sip", Label: "Telephone"}

// sealed makes a credential with a digest, and opens it again.
func sealed(t *testing.T, name, realm string) (trust.Credential, apppass.Digest) {
	t.Helper()
	to, keys := verifier(t)
	p, err := apppass.Parse(canonical)
	if err != nil {
		t.Fatal(err)
	}
	s := spec
	s.Digest = &apppass.DigestUser{Name: name, Realm: realm}
	c, err := apppass.Make(s, p, to)
	if err != nil {
		t.Fatal(err)
	}
	d, err := apppass.OpenDigest(spec.Account, c, keys)
	if err != nil {
		t.Fatal(err)
	}
	return c, d
}

func TestADigestIsForOneAccountAndOneIdentifier(t *testing.T) {
	to, keys := verifier(t)
	_, foreign := verifier(t)
	p, _ := apppass.Parse(canonical)
	s := spec
	s.Digest = &apppass.DigestUser{Name: "anna", Realm: "example.org"}
	c, err := apppass.Make(s, p, to)
	if err != nil {
		t.Fatal(err)
	}
	moved, damaged := c, c
	moved.ID[0]++
	damaged.Sealed = bytes.Clone(c.Sealed)
	damaged.Sealed[len(damaged.Sealed)-1] ^= 1
	for what, open := range map[string]func() (apppass.Digest, error){
		"another account":    func() (apppass.Digest, error) { return apppass.OpenDigest(trust.AccountID{9}, c, keys) },
		"another identifier": func() (apppass.Digest, error) { return apppass.OpenDigest(s.Account, moved, keys) },
		"other keys":         func() (apppass.Digest, error) { return apppass.OpenDigest(s.Account, c, foreign) },
		"a changed bit":      func() (apppass.Digest, error) { return apppass.OpenDigest(s.Account, damaged, keys) },
		"nothing sealed":     func() (apppass.Digest, error) { return apppass.OpenDigest(s.Account, trust.Credential{ID: c.ID}, keys) },
	} {
		if d, err := open(); !errors.Is(err, trust.ErrMalformed) || d != (apppass.Digest{}) {
			t.Errorf("%s: %+v, %v", what, d, err)
		}
	}
}

func TestACredentialIsOfItsPasswordOnly(t *testing.T) {
	to, _ := verifier(t)
	p, _ := apppass.Parse(canonical)
	q, err := apppass.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c, err := apppass.Make(spec, p, to)
	if err != nil {
		t.Fatal(err)
	}
	other := c
	other.Kind = trust.OfflineCode
	if !apppass.Is(spec.Account, c, p) {
		t.Error("it is not its own password's")
	}
	for what, is := range map[string]bool{
		"another password": apppass.Is(spec.Account, c, q), "another account": apppass.Is(trust.AccountID{9}, c, p), "another kind": apppass.Is(spec.Account, other, p),
	} {
		if is {
			t.Errorf("%s fits", what)
		}
	}
	if strings.Contains(string(c.Verifier), canonical) || len(c.Sealed) != 0 {
		t.Error("the record holds more than a hash")
	}
}

func TestNoRecordOfWhatCannotBeShown(t *testing.T) {
	to, _ := verifier(t)
	p, _ := apppass.Parse(canonical)
	for what, change := range map[string]func(*apppass.Spec){
		"no identifier": func(s *apppass.Spec) { s.ID = [16]byte{} }, "no service": func(s *apppass.Spec) { s.Service = "" },
		"a service in capitals": func(s *apppass.Spec) { s.Service = "SIP" }, "no label": func(s *apppass.Spec) { s.Label = "" },
		"a label that turns": func(s *apppass.Spec) { s.Label = "a\u202eb" }, "a label too long": func(s *apppass.Spec) { s.Label = strings.Repeat("a", 65) },
	} {
		s := spec
		change(&s)
		if _, err := apppass.Make(s, p, to); !errors.Is(err, trust.ErrMalformed) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestItsTimeIsOver(t *testing.T) {
	end := time.Unix(1_800_000_000, 0)
	for at, want := range map[time.Time]bool{end.Add(-time.Second): false, end: true, end.Add(time.Hour): true, time.Unix(-5, 0): false} {
		if got := apppass.Expired(trust.Credential{Expires: uint64(end.Unix())}, at); got != want {
			t.Errorf("at %s expired is %t", at, got)
		}
	}
	if apppass.Expired(trust.Credential{}, end) {
		t.Error("one without an end is over")
	}
}

func TestItPrintsNowhere(t *testing.T) {
	p, _ := apppass.Parse(canonical)
	for _, text := range []string{fmt.Sprint(p), fmt.Sprintf("%v %+v %#v %s", p, p, p, p)} {
		if strings.Contains(text, canonical[:4]) {
			t.Errorf("it prints as %q", text)
		}
	}
}

// The reader takes what the writer shows, and nothing else has a second form.
func FuzzParse(f *testing.F) {
	f.Add(canonical)
	f.Add("x4f9-m2sq-0gtz-7bmq-v3ce-58fh")
	f.Fuzz(func(t *testing.T, typed string) {
		p, err := apppass.Parse(typed)
		if err != nil {
			if p.Canonical() != "" {
				t.Error("an error comes with half a password")
			}
			return
		}
		again, err := apppass.Parse(p.Text())
		if err != nil || again != p || len(p.Canonical()) != apppass.Symbols {
			t.Errorf("%q is read as %q, and that as %q", typed, p.Canonical(), again.Canonical())
		}
	})
}
