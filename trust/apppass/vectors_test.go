package apppass_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
)

var update = flag.Bool("update", false, "write the vectors that are computed")

const vectorFile = "../testdata/apppass.json"

type (
	typedVector struct {
		Class     string `json:"class"`
		Text      string `json:"text"`
		Canonical string `json:"canonical,omitempty"`
	}
	drawnVector struct {
		Random    string   `json:"random"`
		Canonical string   `json:"canonical"`
		Groups    []string `json:"groups"`
	}
	hashVector struct {
		Class     string `json:"class"`
		Account   string `json:"account"`
		ID        string `json:"id"`
		Canonical string `json:"canonical"`
		Hash      string `json:"hash"`
	}
	digestVector struct {
		Name      string `json:"name"`
		Realm     string `json:"realm"`
		Canonical string `json:"canonical"`
		MD5       string `json:"md5"`
		SHA256    string `json:"sha256"`
	}
	serviceVector struct {
		ID    string `json:"id"`
		Valid bool   `json:"valid"`
	}
	vectors struct {
		About    string          `json:"about"`
		Typed    []typedVector   `json:"typed"`
		Refused  []typedVector   `json:"refused typed"`
		Drawn    []drawnVector   `json:"drawn"`
		Hashes   []hashVector    `json:"hashes"`
		Digests  []digestVector  `json:"digests"`
		Services []serviceVector `json:"services"`
	}
)

const canonical = "x4f9m2sq0gtz7bmqv3ce58fh"

// computed are the vectors as this implementation makes them.
func computed(t *testing.T) vectors {
	t.Helper()
	v := vectors{About: "App passwords: how they are drawn, read, hashed for the chain and for digests, and what names a service."}
	for _, c := range []typedVector{
		{Class: "as shown", Text: "x4f9-m2sq-0gtz-7bmq-v3ce-58fh"}, {Class: "canonical", Text: canonical},
		{Class: "in capitals, with spaces", Text: " X4F9 M2SQ 0GTZ 7BMQ V3CE 58FH "}, {Class: "with letters for digits", Text: "x4f9-m2sq-Ogtz-7bmq-v3ce-58fh"},
		{Class: "i and l for 1", Text: "iL11-iL11-iL11-iL11-iL11-iL11"},
	} {
		p, err := apppass.Parse(c.Text)
		if err != nil {
			t.Fatalf("%s: %v", c.Class, err)
		}
		c.Canonical = p.Canonical()
		v.Typed = append(v.Typed, c)
	}
	v.Refused = []typedVector{
		{Class: "nothing", Text: ""}, {Class: "one symbol less", Text: canonical[1:]}, {Class: "one symbol more", Text: canonical + "0"},
		{Class: "a letter that is none", Text: "u" + canonical[1:]}, {Class: "another hyphen", Text: "x4f9\u2011" + canonical[4:]},
		{Class: "a line's end", Text: canonical + "\n"}, {Class: "a letter of another script", Text: "\u0445" + canonical[1:]},
		{Class: "the account's password", Text: "correct horse battery"},
	}
	random := make([]byte, apppass.Symbols)
	for i := range random {
		random[i] = byte(i * 11)
	}
	p, err := apppass.New(bytes.NewReader(random))
	if err != nil {
		t.Fatal(err)
	}
	v.Drawn = []drawnVector{{Random: hex.EncodeToString(random), Canonical: p.Canonical(), Groups: p.Groups()}}
	p, err = apppass.Parse(canonical)
	if err != nil {
		t.Fatal(err)
	}
	var account trust.AccountID
	var id [16]byte
	for i := range account {
		account[i] = byte(i)
	}
	for i, class := range []string{"of one", "of another identifier"} {
		id[0] = byte(i + 1)
		h := apppass.Hash(account, id, p)
		v.Hashes = append(v.Hashes, hashVector{class, hex.EncodeToString(account[:]), hex.EncodeToString(id[:]), canonical, hex.EncodeToString(h[:])})
	}
	_, d := sealed(t, "anna", "example.org")
	v.Digests = []digestVector{{Name: d.Name, Realm: d.Realm, Canonical: canonical, MD5: d.MD5, SHA256: d.SHA256}}
	for _, s := range []string{"imap", "pam:web1", "a", "0", "radius:nas-1.example_org", "", "Imap", ":imap", "-imap", "im ap", "imäp", strings.Repeat("a", 64), strings.Repeat("a", 65), "imap\n"} {
		v.Services = append(v.Services, serviceVector{s, apppass.CheckService(s) == nil})
	}
	return v
}

func TestVectors(t *testing.T) {
	got := computed(t)
	if *update {
		raw, err := json.MarshalIndent(got, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(raw, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var want vectors
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("vectors are %+v, want %+v", got, want)
	}
	for _, c := range want.Refused {
		if p, err := apppass.Parse(c.Text); err == nil {
			t.Errorf("%s is read as %s", c.Class, p.Canonical())
		}
	}
}

// Another language reads the same rules in docs/protocol.md §11 and comes to the same.
func TestSecondImplementation(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("node is not there")
		}
		t.Skip("node is not there")
	}
	out, err := exec.Command(node, "../testdata/check/apppass.mjs").Output()
	var results []struct{ Vector, Want, Got string }
	if json.Unmarshal(out, &results) != nil || len(results) < 30 {
		t.Fatalf("it says %q: %v", out, err)
	}
	for _, r := range results {
		if r.Want != r.Got {
			t.Errorf("%s: want %s, got %s", r.Vector, r.Want, r.Got)
		}
	}
}
