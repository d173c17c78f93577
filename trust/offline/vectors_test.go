package offline

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

var update = flag.Bool("update", false, "write the test vectors anew")

const vectorsPath = "../testdata/offline.json"

// vectors is testdata/offline.json: codes, what a verifier answers to typed ones, and
// how a seed is announced. All bytes are hexadecimal.
type vectors struct {
	About    string         `json:"about"`
	Codes    []codeVector   `json:"codes"`
	Typed    []textVector   `json:"typed codes"`
	NoTyped  []textVector   `json:"refused typed codes"`
	Seed     string         `json:"seed"` // of all that follows
	Matches  []matchVector  `json:"matches"`
	Account  string         `json:"account"`
	Device   string         `json:"device"`
	SignSeed string         `json:"sign seed"` // of the device
	Other    otherVector    `json:"other device"`
	Verifier verifierVector `json:"verifier"`
	Cred     string         `json:"credential"`
	Info     string         `json:"info"` // the box in the credential opens under the KEM seed and this to the seed
	Box      string         `json:"box"`
	NoCreds  []bytesVector  `json:"refused credentials"`
}

type codeVector struct {
	Seed string `json:"seed"`
	Time int64  `json:"time"` // unix seconds
	Step Step   `json:"step"`
	Code Code   `json:"code"`
}

type textVector struct {
	Class string `json:"class"`
	Text  string `json:"text"`
	Code  Code   `json:"code,omitempty"`
}

// matchVector is a typed code: Found is the step it uses up, 0 where it is refused.
type matchVector struct {
	Class string `json:"class"`
	Time  int64  `json:"time"`
	Used  Step   `json:"used"` // newest step that was used up before
	Typed Code   `json:"typed"`
	Found Step   `json:"found"`
}

type otherVector struct {
	Device  string `json:"device"`
	SignKey string `json:"sign key"`
}

type verifierVector struct {
	ID  string `json:"id"`
	KEM string `json:"kem seed"`
}

type bytesVector struct {
	Class string `json:"class"`
	Bytes string `json:"bytes"`
}

func TestVectors(t *testing.T) {
	var old vectors
	if raw, err := os.ReadFile(vectorsPath); err == nil {
		if err := json.Unmarshal(raw, &old); err != nil && !*update {
			t.Fatal(err)
		}
	}
	want := new(bytes.Buffer)
	enc := json.NewEncoder(want)
	enc.SetIndent("", "\t")
	if err := enc.Encode(makeVectors(t, old)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(vectorsPath, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(vectorsPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what this program makes: a change of the protocol, or run with -update", vectorsPath)
	}
}

func makeVectors(t *testing.T, old vectors) vectors {
	s := newScene(t)
	v := vectors{
		About: "Offline codes: HOTP with HMAC-SHA-256 and eight digits over half minutes, and how a device announces its seed.",
		Seed:  text(s.seed[:]), Account: s.account.String(), Device: s.phone.ID.String(),
		Other:    otherVector{s.laptop.ID.String(), text(s.laptop.Sign[:])},
		Verifier: verifierVector{s.verifier.ID.String(), text(s.verifiers.seed.KEM[:])},
		Typed:    []textVector{{"as shown", "12345678", "12345678"}, {"in groups", "1234 5678", "12345678"}, {"with a hyphen", " 1234-5678 ", "12345678"}},
		NoTyped:  []textVector{{"nothing", "", ""}, {"too short", "1234567", ""}, {"too long", "123456789", ""}, {"a letter", "1234567a", ""}, {"full-width digits", "１２３４５６７８", ""}},
	}
	phone := newParty(t, "phone")
	v.SignSeed = text(phone.seed.Sign[:])
	for _, c := range []struct {
		seed Seed
		at   []int64
	}{
		{Seed([]byte("12345678901234567890123456789012")), []int64{59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000}}, // RFC 6238
		{s.seed, []int64{0, 29, 30, 1_800_000_000, 1_800_000_029, 1_800_000_030}},
	} {
		for _, at := range c.at {
			step := StepAt(time.Unix(at, 0))
			v.Codes = append(v.Codes, codeVector{text(c.seed[:]), at, step, c.seed.Code(step)})
		}
	}
	v.Matches = makeMatches(s.seed)
	v.Cred, v.Info, v.Box = makeCredential(t, s, old)
	v.NoCreds = makeRefused(t, s, old)
	return v
}

func makeMatches(seed Seed) (out []matchVector) {
	const at = 1_800_000_010
	now := time.Unix(at, 0)
	present := StepAt(now)
	for _, c := range []struct {
		class string
		step  Step
		used  Step
	}{
		{"now", present, 0}, {"one step early", present + 1, 0}, {"one step late", present - 1, 0}, {"two steps early", present + 2, 0}, {"two steps late", present - 2, 0},
		{"used before", present, present}, {"older than one used", present - 1, present}, {"next after one used", present + 1, present}, {"used early", present + 1, present + 1},
	} {
		found, _ := seed.Match(seed.Code(c.step), c.used, now)
		out = append(out, matchVector{c.class, at, c.used, seed.Code(c.step), found})
	}
	return out
}

// makeCredential keeps the old credential, because sealing is random, if it opens.
func makeCredential(t *testing.T, s scene, old vectors) (cred, info, box string) {
	var c trust.Credential
	if raw, err := hex.DecodeString(old.Cred); err != nil || trust.Unmarshal(raw, &c) != nil || !s.opens(c) {
		c = s.announce(t)
	}
	sealed, err := Read(c, s.account, s.phone, s.verifier.ID)
	if err != nil {
		t.Fatal(err)
	}
	return bytesOf(t, c), text(sealed.info), text(sealed.box)
}

func (s scene) opens(c trust.Credential) bool {
	sealed, err := Read(c, s.account, s.phone, s.verifier.ID)
	if err != nil {
		return false
	}
	seed, err := sealed.Open(s.verifiers.keys)
	return err == nil && seed == s.seed
}

// makeRefused keeps the old refused credentials, as long as all classes are there
// and all are refused.
func makeRefused(t *testing.T, s scene, old vectors) (out []bytesVector) {
	kept := make(map[string]string)
	for _, c := range old.NoCreds {
		kept[c.Class] = c.Bytes
	}
	fresh := s.refused(t)
	for _, class := range slices.Sorted(maps.Keys(fresh)) {
		c, raw := fresh[class], kept[class]
		if b, err := hex.DecodeString(raw); err != nil || trust.Unmarshal(b, &c) != nil || s.opens(c) {
			raw = bytesOf(t, fresh[class])
		}
		out = append(out, bytesVector{class, raw})
	}
	return out
}

func bytesOf(t *testing.T, c trust.Credential) string {
	t.Helper()
	raw, err := trust.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return text(raw)
}

func text(b []byte) string { return hex.EncodeToString(b) }

// A second implementation, in another language, comes to the same answers.
func TestSecondLanguage(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here: the vectors are not checked in a second language")
	}
	out, err := exec.Command(node, "../testdata/check/offline.mjs").Output()
	if err != nil {
		t.Fatalf("the check ended with %v: %s", err, out)
	}
	var results []struct{ Vector, Want, Got string }
	if err := json.Unmarshal(out, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) < 45 {
		t.Errorf("only %d vectors were checked", len(results))
	}
	for _, r := range results {
		if r.Want != r.Got {
			t.Errorf("%s: %s, not %s", r.Vector, r.Got, r.Want)
		}
	}
}
