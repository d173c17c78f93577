package chain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/trust"
)

// second runs the implementation in Node.js that was written from
// docs/protocol.md, and gives its exit status and what it prints, read into out.
func second(t *testing.T, mode string, in []byte, out any) (ok bool) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("node is not installed: the second implementation was not asked")
	}
	if err != nil {
		t.Skip("node is not installed: the second implementation was not asked")
	}
	cmd := exec.CommandContext(t.Context(), node, slices.DeleteFunc([]string{"../testdata/check/chain.mjs", mode}, func(s string) bool { return s == "" })...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), t.Output()
	printed, err := cmd.Output()
	if json.Unmarshal(printed, out) != nil {
		t.Fatalf("running node: %v, printed %q", err, printed)
	}
	return err == nil
}

// Every vector has the outcome that its file names, by the other program too.
func TestSecondImplementationOnVectors(t *testing.T) {
	var out struct {
		OK      bool
		Results []struct{ Vector, Want, Got string }
	}
	ok := second(t, "", nil, &out)
	for _, r := range out.Results {
		if r.Want != r.Got {
			t.Errorf("%s: want %s, got %s", r.Vector, r.Want, r.Got)
		}
	}
	raw, err := os.ReadFile("../testdata/chain.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if least := len(v.Entries) + len(v.Refused); !ok || !out.OK || len(out.Results) < least {
		t.Errorf("%d results for more than %d vectors, ok %v", len(out.Results), least, out.OK)
	}
}

// exported is what the other program says of a whole chain.
type exported struct {
	Refused string
	Account trust.AccountID
	Head    Head
	Devices []struct {
		ID   trust.DeviceID
		Name string
		Kind trust.Kind
	}
}

func lines(entries [][]byte) []byte {
	var out bytes.Buffer
	for _, raw := range entries {
		fmt.Fprintln(&out, hex.EncodeToString(raw))
	}
	return out.Bytes()
}

func TestSecondImplementationOpensAnExport(t *testing.T) {
	s := household(t, 60)
	s.more("phone adds laptop\nlaptop makes imap-1\npaper removes phone\nlaptop shares C\ncontacts=C adds tablet\ntablet trusts vpn")
	var got exported
	if !second(t, "--export", lines(s.raw), &got) || got.Account != s.state.Account() || got.Head != s.state.Head() {
		t.Fatalf("account %v, head %v, want %v, %v", got.Account, got.Head, s.state.Account(), s.state.Head())
	}
	for i, d := range s.state.Devices() {
		if i >= len(got.Devices) || got.Devices[i].ID != d.ID || got.Devices[i].Name != d.Name || got.Devices[i].Kind != d.Kind {
			t.Errorf("device %q is not told", d.Name)
		}
	}
	if len(got.Devices) != len(s.state.Devices()) {
		t.Errorf("%d devices", len(got.Devices))
	}
	for name, bad := range map[string][][]byte{"nothing": nil, "gap": append(slices.Clone(s.raw[:5]), s.raw[6]), "no genesis": s.raw[1:]} {
		var got exported
		if second(t, "--export", lines(bad), &got) || got.Refused != "invalid" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// tries is what both programs are asked about.
type tries struct {
	Entries []string `json:"entries"`
	Tries   []try    `json:"tries"`
	names   []string // of each try
	states  []State  // by the number of entries before
}

type try struct {
	After int    `json:"after"`
	Entry string `json:"entry"`
}

func newTries(t testing.TB, entries [][]byte) *tries {
	whole, err := Open(entries)
	if err != nil {
		t.Fatal(err)
	}
	return &tries{Entries: strings.Fields(string(lines(entries))), states: append(prefixes(t, entries), whole)}
}

func (a *tries) add(name string, after int, entry []byte) {
	a.names = append(a.names, name)
	a.Tries = append(a.Tries, try{After: after, Entry: hex.EncodeToString(entry)})
}

// ask compares the verdicts and gives how many there were of each.
func (a *tries) ask(t *testing.T) map[string]int {
	t.Helper()
	in, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Verdicts []string }
	if !second(t, "--tries", in, &out) || len(out.Verdicts) != len(a.Tries) {
		t.Fatalf("%d verdicts on %d entries", len(out.Verdicts), len(a.Tries))
	}
	counts := map[string]int{}
	for i, try := range a.Tries {
		raw, _ := hex.DecodeString(try.Entry)
		_, err := a.states[try.After].Apply(raw)
		mine := map[error]string{nil: "valid", ErrInvalid: "invalid", ErrUnknown: "unknown"}[err]
		if mine != out.Verdicts[i] {
			t.Errorf("%s: %s here, %s there\nafter %d entries: %s", a.names[i], mine, out.Verdicts[i], try.After, try.Entry)
		}
		counts[mine]++
	}
	return counts
}

// Entries with bytes changed, taken out and put in. Signed anew, they come past
// the signature, to where the two programs could read them differently.
func TestSecondImplementationReadsTheSameBytes(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R\nphone adds laptop\nphone wants 6\nphone makes imap-1\nphone trusts vpn\nphone revokes imap-1\nphone removes laptop")
	a, random := newTries(t, s.raw), rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		n := random.IntN(len(s.raw))
		if random.IntN(4) == 0 {
			a.add("bytes of the entry", n, scratched(random, s.raw[n]))
			continue
		}
		f := forgery{signer: keysOf(t, "phone"), context: trust.ContextEntry, pop: trust.ContextPossession}
		e, b, err := decode(s.raw[n])
		if err != nil {
			t.Fatal(err)
		}
		if e.Possession != nil {
			holder := introducedBy(t, b)
			f.holder = &holder
		}
		if f.raw = scratched(random, e.Body); random.IntN(2) == 0 {
			b.Arg = scratched(random, b.Arg)
			if f.raw, err = trust.Marshal(b); err != nil {
				t.Fatal(err)
			}
		}
		a.add("signed anew", n, f.encode(t))
	}
	if counts := a.ask(t); counts["valid"] < 100 || counts["invalid"] < 1000 || counts["unknown"] < 1 {
		t.Errorf("too few of a kind: %v", counts)
	}
}

// What must be refused, sentence by sentence, is refused by the other program too.
func TestSecondImplementationRefusesTheSame(t *testing.T) {
	for sentence, lines := range sentences() {
		s := tell(t, beforeRefusals)
		s.more(lines)
		a := newTries(t, s.raw)
		for _, refused := range s.tried {
			a.names, a.Tries = append(a.names, sentence), append(a.Tries, refused)
		}
		for after, raw := range s.raw {
			a.add(sentence, after, raw)
		}
		if counts := a.ask(t); counts["invalid"] != len(s.tried) || counts["valid"] != len(s.raw) {
			t.Errorf("%s: %v", sentence, counts)
		}
	}
}

// introducedBy gives the keys that an entry of the story brings in.
func introducedBy(t testing.TB, b body) trust.Keys {
	t.Helper()
	if b.Op == OpAddDevice {
		return keysOf(t, "laptop")
	}
	k, err := recoveryOf(t, "R").Keys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// scratched changes a byte or a few, mostly near the ends, where the structure is.
func scratched(random *rand.Rand, raw []byte) []byte {
	out := bytes.Clone(raw)
	for range 1 + random.IntN(2) {
		at := random.IntN(len(out))
		if near := 100; len(out) > 2*near && random.IntN(4) > 0 {
			at = random.IntN(near)
		}
		switch random.IntN(4) {
		case 0:
			out = slices.Delete(out, at, at+1)
		case 1:
			out = slices.Insert(out, at, byte(random.IntN(256)))
		case 2:
			out[at] ^= 1 << random.IntN(8)
		default:
			out[at] = []byte{0, 1, 0x17, 0x18, 0x1b, 0x40, 0x58, 0x60, 0x80, 0x81, 0xa0, 0xa1, 0xf4, 0xf6, 0xf9, 0xff}[random.IntN(16)]
		}
	}
	return out
}

// What each rule of the operations says at its bounds.
func TestSecondImplementationJudgesTheSameRecords(t *testing.T) {
	s := forged(t)
	a := newTries(t, s.raw)
	put := func(name string, op Op, arg any) {
		f := laptopJoins(t, s)
		f.operates(t, op, arg, nil)
		if op == OpAddDevice {
			laptop := keysOf(t, "laptop")
			f.holder = &laptop
		}
		a.add(name, 3, f.encode(t))
	}
	for _, text := range texts() {
		d, v, c := deviceOf(t, "laptop"), verifierOf(t, "vpn"), credOf(trust.AppPassword, "x")
		d.Name, v.Origin, c.Label = text, text, text
		put(fmt.Sprintf("name %+q", text), OpAddDevice, d)
		put(fmt.Sprintf("origin %+q", text), OpSetVerifier, v)
		put(fmt.Sprintf("label %+q", text), OpAddCredential, c)
	}
	for _, n := range []uint64{0, 1, 2, 3, 4, 5, 6, 7, 168, 169, 8760, 8761, 1 << 63} {
		put("digits", OpSetPolicy, trust.Policy{Digits: n})
		put("hours of recovery", OpSetPolicy, trust.Policy{Digits: 4, RecoveryWait: n})
		put("hours alone", OpSetPolicy, trust.Policy{Digits: 6, DeviceAloneWait: n})
		put("network", OpSetPolicy, trust.Policy{Digits: 4, SameNetwork: trust.NetworkRule(n)})
	}
	for _, n := range []int{0, 1, 31, 32, 33, 2048, 2049, 8192, 8193} {
		for _, kind := range []string{trust.AppPassword, trust.Passkey, trust.OfflineCode, "pin"} {
			c := credOf(kind, "x")
			c.Verifier = make([]byte, n)
			put(fmt.Sprintf("%s of %d bytes", kind, n), OpAddCredential, c)
		}
		c := credOf(trust.AppPassword, "x")
		c.Sealed, c.Expires = make([]byte, n), uint64(n)
		put(fmt.Sprintf("%d sealed bytes", n), OpAddCredential, c)
	}
	for name, kem := range kemKeys(t) {
		d := deviceOf(t, "laptop")
		d.KEM = kem
		put("KEM key with "+name, OpAddDevice, d)
	}
	if counts := a.ask(t); counts["valid"] < 60 || counts["invalid"] < 60 {
		t.Errorf("too few of a kind: %v", counts)
	}
}

func texts() []string {
	out := []string{"", " ", " a", "a ", "a b", "https://id.example.org", "pam:host", "a\u0301", "\u0301", "手机", "هاتف", "👍", "👍🏽", "\ufe0f", "x\ufe0f"}
	for _, n := range []int{63, 64, 65, 255, 256} {
		out = append(out, strings.Repeat("a", n), strings.Repeat("é", n/2))
	}
	for _, r := range "\x00\t\n\x1f\x7f\u0080\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180e\u2000\u200b\u200d\u200e\u2028\u2029\u202e\u2060\u2065\u2066\u2800\u3000\u3164\ue000\ufeff\uffa0\ufff0\ufff9\ufffc\ufffd\ufffe\U0001d173\U000e0001\U000e0020\U000e0100\U000f0000\U0010ffff" {
		out = append(out, "a"+string(r)+"b")
	}
	return out
}

// kemKeys are a right key with some coefficient at its bound.
func kemKeys(t testing.TB) map[string][]byte {
	right, out := deviceOf(t, "laptop").KEM, map[string][]byte{}
	for _, at := range []int{0, 3, 600, 1149} {
		for _, n := range []int{0, 3328, 3329, 4095} {
			low, high := bytes.Clone(right), bytes.Clone(right)
			low[at], low[at+1] = byte(n), low[at+1]&0xf0|byte(n>>8)
			high[at+1], high[at+2] = high[at+1]&0x0f|byte(n<<4), byte(n>>4)
			out[fmt.Sprintf("%d in the lower bits at %d", n, at)] = low
			out[fmt.Sprintf("%d in the upper bits at %d", n, at)] = high
		}
	}
	tail := bytes.Clone(right)
	copy(tail[1152:], bytes.Repeat([]byte{0xff}, 64))
	out["all ones behind"] = tail
	out["one byte less"], out["one byte more"] = right[1:], append(bytes.Clone(right), 0)
	return out
}

// A later version may have any canonical form, so its bounds are the encoding's.
func TestSecondImplementationKnowsWhatIsLater(t *testing.T) {
	s := forged(t)
	a := newTries(t, s.raw)
	nested := func(n int) []byte { return append(bytes.Repeat([]byte{0x81}, n), 0) }
	for _, field := range [][]byte{
		{0x00}, {0x20}, {0x3b, 255, 255, 255, 255, 255, 255, 255, 255}, {0x1b, 255, 255, 255, 255, 255, 255, 255, 255}, {0x18, 23}, {0x18, 24}, {0x40}, {0x60}, {0x61, 0xff}, {0x80}, {0xa0}, {0xf4}, {0xf5}, {0xf6}, {0xf7}, {0xe0}, {0xf3}, {0xf8, 31}, {0xf8, 32}, {0xf8, 255}, {0xff}, {0x9f, 0xff},
		{0xf9, 0x3c, 0x00}, {0xf9, 0x7e, 0x00}, {0xf9, 0x7e, 0x01}, {0xf9, 0x7c, 0x00}, {0xf9, 0x80, 0x00}, {0xfa, 0x3f, 0x80, 0, 0}, {0xfa, 0x3f, 0x8c, 0xcc, 0xcd}, {0xfa, 0x47, 0x7f, 0xe0, 0}, {0xfa, 0x47, 0x80, 0, 0}, {0xfa, 0x33, 0x80, 0, 0}, {0xfa, 0x33, 0, 0, 0}, {0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a}, {0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0}, {0xfa, 0x7f, 0x80, 0, 0}, {0xfa, 0x7f, 0xc0, 0, 0},
		{0xc2, 0x41, 0x01}, {0xa2, 0x01, 0x00, 0x00, 0x00}, {0xa2, 0x00, 0x00, 0x01, 0x00}, {0xa2, 0x00, 0x00, 0x00, 0x00}, {0xa1, 0x41, 0x61, 0x00}, {0xa1, 0x61, 0x61, 0x00}, {0xa1, 0x20, 0x00}, {0xa1, 0x80, 0x00}, {0xa1, 0xf4, 0x00},
		nested(6), nested(7), nested(8), append([]byte{0x99, 1, 0}, make([]byte, 256)...), append([]byte{0x99, 1, 1}, make([]byte, 257)...),
	} {
		for _, start := range []string{"a2010218", "a2010118", "a201184318", "a2014118"} {
			f := laptopJoins(t, s)
			head, _ := hex.DecodeString(start)
			f.raw = append(append(head, 77), field...)
			a.add(fmt.Sprintf("%s, then %x", start, field), 3, f.encode(t))
		}
	}
	for _, keys := range []string{"a20102", "a3000001022000", "a3010241610000", "a201026161", "a2010240", "a20102f400"} {
		f := laptopJoins(t, s)
		f.raw, _ = hex.DecodeString(keys + "00")
		a.add(keys, 3, f.encode(t))
	}
	if counts := a.ask(t); counts["unknown"] < 30 || counts["invalid"] < 60 {
		t.Errorf("too few of a kind: %v", counts)
	}
}
