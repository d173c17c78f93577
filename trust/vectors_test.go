package trust

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write the test vectors anew")

// golden compares v with the file, and with -update writes it.
func golden(t *testing.T, path string, v any) {
	t.Helper()
	want := new(bytes.Buffer)
	enc := json.NewEncoder(want)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what this program makes: a change of the protocol, or run with -update", path)
	}
}

// encodingVectors is testdata/encoding.json: readings of a signed message
// { 1: bytes, 2: 64 bytes }, of which only the first is one.
type encodingVectors struct {
	About   string          `json:"about"`
	Message string          `json:"message"` // hexadecimal
	Body    string          `json:"body"`
	Sig     string          `json:"signature"`
	Refused []encodingClass `json:"refused"`
}

type encodingClass struct {
	Class string `json:"class"`
	Bytes string `json:"bytes"` // hexadecimal
}

func TestEncodingVectors(t *testing.T) {
	sig := repeat("11", 64)
	v := encodingVectors{
		About:   "The canonical form of a signed message, then bytes that must be refused though lenient decoders read them.",
		Message: "a20143aabbcc025840" + sig, Body: "aabbcc", Sig: sig,
	}
	bad := malformed()
	for _, class := range slices.Sorted(maps.Keys(bad)) {
		v.Refused = append(v.Refused, encodingClass{class, bad[class]})
	}
	golden(t, "testdata/encoding.json", v)
}

// primitiveVectors is testdata/primitives.json: what the rest is built of.
type primitiveVectors struct {
	About      string            `json:"about"`
	Signatures []signatureVector `json:"signatures"`
	Hashes     []hashVector      `json:"hashes"`
	KeySeed    keyVector         `json:"keys"`
	Letters    []letterVector    `json:"letters"`
	Recovery   []recoveryVector  `json:"recovery keys"`
	NoRecovery []textVector      `json:"refused recovery keys"`
	Codes      []codeVector      `json:"typed codes"`
	NoCodes    []textVector      `json:"refused typed codes"`
}

type signatureVector struct {
	Context   string `json:"context"`
	Body      string `json:"body"`
	Key       string `json:"key"` // public
	Signature string `json:"signature"`
}

type hashVector struct {
	Of    string `json:"of"` // "session", "challenge", "entry"
	Bytes string `json:"bytes"`
	Hash  string `json:"hash"`
}

type keyVector struct {
	Sign    string `json:"sign seed"`
	KEM     string `json:"kem seed"`
	SignKey string `json:"sign key"`
	KEMKey  string `json:"kem key"`
	Info    string `json:"info"`
	Box     string `json:"box"` // opens under the key and info to
	Plain   string `json:"plain"`
}

type letterVector struct {
	Hash    string `json:"hash"`
	Letters string `json:"letters"`
}

type recoveryVector struct {
	Seed    string `json:"seed"`
	Text    string `json:"text"`
	SignKey string `json:"sign key"`
	KEMKey  string `json:"kem key"`
}

type codeVector struct {
	Typed string `json:"typed"`
	Code  string `json:"code"`
}

type textVector struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

func TestPrimitiveVectors(t *testing.T) {
	const path = "testdata/primitives.json"
	var old primitiveVectors
	if raw, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(raw, &old); err != nil && !*update {
			t.Fatal(err)
		}
	}
	v := primitiveVectors{About: "Signatures under their contexts, hashes, keys from seeds, letters, recovery keys and typed codes."}
	k := newKeys(t, "vectors")
	body := []byte("a body")
	for _, c := range contexts {
		sig, pub := k.Sign(c, body), k.SignKey()
		v.Signatures = append(v.Signatures, signatureVector{string(c), hex.EncodeToString(body), hex.EncodeToString(pub[:]), hex.EncodeToString(sig[:])})
	}
	session := HashSession(body)
	for of, h := range map[string]string{"session": hex.EncodeToString(session[:]), "challenge": HashChallenge(body).String(), "entry": HashEntry(body).String()} {
		v.Hashes = append(v.Hashes, hashVector{of, hex.EncodeToString(body), h})
	}
	slices.SortFunc(v.Hashes, func(a, b hashVector) int { return bytes.Compare([]byte(a.Of), []byte(b.Of)) })
	v.KeySeed = makeKeyVector(t, old.KeySeed)
	for _, n := range []byte{0, 1, 20, 0x1f, 0xff} {
		h := Hash{n, n, n, n}
		v.Letters = append(v.Letters, letterVector{h.String(), Letters(h)})
	}
	v.Recovery, v.NoRecovery = makeRecoveryVectors(t)
	v.Codes = []codeVector{{"4821", "4821"}, {" 48-21 ", "4821"}, {"482 113", "482113"}}
	v.NoCodes = []textVector{{"nothing", ""}, {"too short", "482"}, {"five digits", "48211"}, {"too long", "4821134"}, {"letters", "48a1"}, {"full-width digits", "４８２１"}}
	golden(t, path, v)
	v.examine(t)
}

// makeKeyVector keeps the old box, because sealing is randomised, if it opens.
func makeKeyVector(t *testing.T, old keyVector) keyVector {
	s, err := NewKeySeed(source("vectors"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	info, plain := []byte("some use"), []byte("a secret")
	box, _ := hex.DecodeString(old.Box)
	if got, err := k.Open(info, box); err != nil || !bytes.Equal(got, plain) {
		if box, err = k.KEMKey().Seal(info, plain); err != nil {
			t.Fatal(err)
		}
	}
	pub := k.SignKey()
	return keyVector{
		Sign: hex.EncodeToString(s.Sign[:]), KEM: hex.EncodeToString(s.KEM[:]), SignKey: hex.EncodeToString(pub[:]), KEMKey: hex.EncodeToString(k.KEMKey()),
		Info: hex.EncodeToString(info), Box: hex.EncodeToString(box), Plain: hex.EncodeToString(plain),
	}
}

func makeRecoveryVectors(t *testing.T) (good []recoveryVector, bad []textVector) {
	for _, seed := range [][]byte{exampleSeed(), make([]byte, 16), bytes.Repeat([]byte{0xff}, 16)} {
		k, err := RecoveryKeyFromSeed(seed)
		if err != nil {
			t.Fatal(err)
		}
		r, err := k.Record()
		if err != nil {
			t.Fatal(err)
		}
		good = append(good, recoveryVector{hex.EncodeToString(seed), k.Text(), hex.EncodeToString(r.Sign[:]), hex.EncodeToString(r.KEM)})
	}
	return good, []textVector{
		{"one symbol less", exampleKey[:len(exampleKey)-1]}, {"one symbol more", exampleKey + "0"}, {"symbol that does not exist", "U" + exampleKey[1:]},
		{"check does not fit", exampleKey[:len(exampleKey)-2] + "KX"}, {"nothing", ""},
	}
}

// examine does what a second implementation would do with the file.
func (v primitiveVectors) examine(t *testing.T) {
	bin := func(text string) []byte {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, s := range v.Signatures {
		if !SignKey(bin(s.Key)).Verify(Context(s.Context), bin(s.Body), Signature(bin(s.Signature))) {
			t.Errorf("signature under %q", s.Context)
		}
	}
	keys, err := KeySeed{Sign: [32]byte(bin(v.KeySeed.Sign)), KEM: [32]byte(bin(v.KeySeed.KEM))}.Keys()
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := keys.Open(bin(v.KeySeed.Info), bin(v.KeySeed.Box)); err != nil || !bytes.Equal(plain, bin(v.KeySeed.Plain)) {
		t.Errorf("box: %v", err)
	}
	for _, r := range v.Recovery {
		k, err := ParseRecoveryKey(r.Text)
		if err != nil || !bytes.Equal(k.Seed(), bin(r.Seed)) {
			t.Errorf("%s: %v", r.Text, err)
		}
	}
	for _, r := range v.NoRecovery {
		if _, err := ParseRecoveryKey(r.Text); err != ErrRecoveryKey {
			t.Errorf("recovery key, %s: %v", r.Class, err)
		}
	}
	for _, c := range v.Codes {
		if got, err := ParseCode(c.Typed); err != nil || string(got) != c.Code {
			t.Errorf("%q: %q, %v", c.Typed, got, err)
		}
	}
	for _, c := range v.NoCodes {
		if _, err := ParseCode(c.Text); err != ErrCode {
			t.Errorf("code, %s: %v", c.Class, err)
		}
	}
}
