package verify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

var update = flag.Bool("update", false, "write the test vectors anew")

// vectors is ../testdata/signin.json; its form is described in docs/protocol.md.
// Everything in it is hexadecimal unless its name says otherwise. Sealing a code
// is randomised, so the boxes are kept from the file as long as they open.
type vectors struct {
	About     string           `json:"about"`
	Chain     []string         `json:"chain"` // entries of the account
	Seeds     map[string]seeds `json:"seeds"` // of the keys, by holder
	Secret    string           `json:"cookie secret"`
	Session   string           `json:"session"`
	Now       uint64           `json:"now"` // unix seconds
	Challenge string           `json:"challenge"`
	Hash      string           `json:"challenge hash"`
	Letters   string           `json:"letters"`
	Approvals []vectorAnswer   `json:"approvals"` // to be taken by a pending sign-in
	Refused   []vectorAnswer   `json:"refused approvals"`
	Asked     []vectorAsked    `json:"refused challenges"` // by a device
}

type seeds struct {
	Sign string `json:"sign"` // Ed25519 seed
	KEM  string `json:"kem"`  // X-Wing seed
}

type vectorAnswer struct {
	Class    string `json:"class"`
	Approval string `json:"approval"`
	Box      string `json:"box,omitempty"`
	Code     string `json:"code,omitempty"`  // digits in the box
	State    string `json:"state,omitempty"` // of the sign-in afterwards
	Error    string `json:"error,omitempty"` // "malformed", "not a member", "fork"
}

type vectorAsked struct {
	Class     string `json:"class"`
	Challenge string `json:"challenge"`
	Error     string `json:"error"` // "malformed", "verifier", "fork"
}

var vectorErrors = map[string]error{
	"malformed": ErrMalformed, "not a member": ErrNotMember, "fork": chain.ErrFork, "verifier": ErrVerifier,
}

// vectorWorld is the account of the vectors: phone and laptop, with its entries.
func vectorWorld(t *testing.T) (w *world, entries []string) {
	w = newWorld(t)
	raw, err := chain.Genesis(source("salt"), keysOf(t, "phone"), deviceOf(t, "phone"), recordOf(t, "home"), trust.DefaultPolicy(), noon)
	if err != nil {
		t.Fatal(err)
	}
	st, err := chain.Open([][]byte{raw})
	if err != nil {
		t.Fatal(err)
	}
	d := deviceOf(t, "laptop")
	body, err := st.DeviceBody(w.author("phone"), d, noon)
	if err != nil {
		t.Fatal(err)
	}
	pop, err := chain.Possess(body, st.Account(), d, keysOf(t, "laptop"))
	if err != nil {
		t.Fatal(err)
	}
	second, err := st.AddDevice(w.author("phone"), body, pop)
	if err != nil {
		t.Fatal(err)
	}
	return w, []string{hex.EncodeToString(raw), hex.EncodeToString(second)}
}

func makeVectors(t *testing.T, old vectors) vectors {
	w, entries := vectorWorld(t)
	secret := bytes.Repeat([]byte{0x5e}, 32)
	a := ask("")
	a.Session = trust.HashSession(secret)
	s := w.begin(a)
	h := trust.HashChallenge(s.Challenge)
	v := vectors{
		About: "One sign-in: the account's chain, the challenge, answers that are taken and answers that are refused.",
		Chain: entries, Seeds: map[string]seeds{}, Secret: hex.EncodeToString(secret), Session: hex.EncodeToString(a.Session[:]),
		Now: uint64(noon.Unix()), Challenge: hex.EncodeToString(s.Challenge), Hash: h.String(), Letters: s.Letters(),
	}
	for _, name := range []string{"home", "phone", "laptop", "thief"} {
		k, err := trust.NewKeySeed(source(name))
		if err != nil {
			t.Fatal(err)
		}
		v.Seeds[name] = seeds{Sign: hex.EncodeToString(k.Sign[:]), KEM: hex.EncodeToString(k.KEM[:])}
	}
	m := vectorMaker{world: w, s: s, old: old}
	v.Approvals, v.Refused, v.Asked = m.taken(), m.refused(), m.asked()
	return v
}

// vectorMaker makes the answers to one sign-in.
type vectorMaker struct {
	*world
	s   SignIn
	old vectors
}

// box keeps the old file's box for the class if it still holds the code.
func (m vectorMaker) box(class string, to trust.Hash, device trust.DeviceID, code trust.Code) []byte {
	for _, a := range append(m.old.Approvals, m.old.Refused...) {
		raw, err := hex.DecodeString(a.Box)
		if a.Class != class || err != nil {
			continue
		}
		if got, err := trust.OpenCode(keysOf(m, "home"), to, device, raw); err == nil && got == code {
			return raw
		}
	}
	raw, err := trust.SealCode(m.Record().KEM, to, device, code)
	if err != nil {
		m.Fatal(err)
	}
	return raw
}

func (m vectorMaker) answer(class string, a trust.Approval, signer string, code trust.Code) vectorAnswer {
	raw, err := a.Seal(keysOf(m, signer))
	if err != nil {
		m.Fatal(err)
	}
	return vectorAnswer{Class: class, Approval: hex.EncodeToString(raw), Box: hex.EncodeToString(a.Box), Code: string(code)}
}

// blank is the phone's answer without a box.
func (m vectorMaker) blank(answer trust.Answer) trust.Approval {
	h := m.state.Head()
	return trust.Approval{
		Version: 1, Challenge: trust.HashChallenge(m.s.Challenge), Answer: answer, Device: deviceOf(m, "phone").ID,
		Seq: h.Seq, Head: h.Hash, Time: unix(noon) + 20,
	}
}

func (m vectorMaker) taken() []vectorAnswer {
	allow := m.blank(trust.Allow)
	allow.Box = m.box("allow", allow.Challenge, allow.Device, "4821")
	out := []vectorAnswer{
		m.answer("allow", allow, "phone", "4821"),
		m.answer("not now", m.blank(trust.NotNow), "phone", ""),
		m.answer("not me", m.blank(trust.NotMe), "phone", ""),
	}
	for i, state := range []State{Approved, Pending, Denied} {
		out[i].State = string(state)
	}
	return out
}

func (m vectorMaker) refused() (out []vectorAnswer) {
	for _, c := range []struct {
		class, signer, error string
		code                 trust.Code
		change               func(*trust.Approval)
	}{
		{"of another challenge", "phone", "malformed", "4821", func(a *trust.Approval) { a.Challenge[0] ^= 1 }},
		{"signed by another member", "laptop", "malformed", "4821", func(*trust.Approval) {}},
		{"by a stranger", "thief", "not a member", "4821", func(a *trust.Approval) { a.Device = deviceOf(m, "thief").ID }},
		{"code of six digits where four were asked", "phone", "malformed", "482113", func(*trust.Approval) {}},
		{"allow without a box", "phone", "malformed", "", func(*trust.Approval) {}},
		{"not me with a box", "phone", "malformed", "4821", func(a *trust.Approval) { a.Answer = trust.NotMe }},
		{"unknown answer", "phone", "malformed", "", func(a *trust.Approval) { a.Answer = 4 }},
		{"unknown version", "phone", "malformed", "4821", func(a *trust.Approval) { a.Version = 2 }},
		{"device sees another history", "phone", "fork", "4821", func(a *trust.Approval) { a.Head[0] ^= 1 }},
	} {
		a := m.blank(trust.Allow)
		c.change(&a)
		if c.code != "" {
			a.Box = m.box(c.class, a.Challenge, a.Device, c.code)
		}
		v := m.answer(c.class, a, c.signer, c.code)
		v.Error = c.error
		out = append(out, v)
	}
	moved := m.blank(trust.Allow) // a box that was sealed for the laptop
	moved.Box = m.box("moved box", moved.Challenge, deviceOf(m, "laptop").ID, "4821")
	v := m.answer("moved box", moved, "phone", "4821")
	v.Error = "malformed"
	return append(out, v)
}

func (m vectorMaker) asked() (out []vectorAsked) {
	facts, err := m.Facts(m.s)
	if err != nil {
		m.Fatal(err)
	}
	for _, c := range []struct {
		class, signer, error string
		change               func(*trust.Challenge)
	}{
		{"signed by a stranger", "thief", "malformed", func(*trust.Challenge) {}},
		{"signed by a device", "phone", "malformed", func(*trust.Challenge) {}},
		{"verifier not in the chain", "home", "verifier", func(c *trust.Challenge) { c.Verifier[0] ^= 1 }},
		{"of another account", "home", "malformed", func(c *trust.Challenge) { c.Account[0] ^= 1 }},
		{"verifier sees another history", "home", "fork", func(c *trust.Challenge) { c.Head[0] ^= 1 }},
	} {
		f := facts
		c.change(&f)
		raw, err := f.Seal(keysOf(m, c.signer))
		if err != nil {
			m.Fatal(err)
		}
		out = append(out, vectorAsked{Class: c.class, Challenge: hex.EncodeToString(raw), Error: c.error})
	}
	return out
}

func TestVectors(t *testing.T) {
	const path = "../testdata/signin.json"
	var old vectors
	if got, err := os.ReadFile(path); err == nil {
		if err := json.Unmarshal(got, &old); err != nil && !*update {
			t.Fatal(err)
		}
	}
	want := new(bytes.Buffer)
	enc := json.NewEncoder(want)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(makeVectors(t, old)); err != nil {
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
	var v vectors
	if err := json.Unmarshal(got, &v); err != nil {
		t.Fatal(err)
	}
	v.examine(t)
}

// examine does what a second implementation would do with the file.
func (v vectors) examine(t *testing.T) {
	bin := func(text string) []byte {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	st, err := chain.Open([][]byte{bin(v.Chain[0]), bin(v.Chain[1])})
	if err != nil {
		t.Fatal(err)
	}
	seed := trust.KeySeed{Sign: [32]byte(bin(v.Seeds["home"].Sign)), KEM: [32]byte(bin(v.Seeds["home"].KEM))}
	keys, err := seed.Keys()
	if err != nil {
		t.Fatal(err)
	}
	home := New(st.Verifiers()[0], keys, [32]byte{})
	asked, err := Read(bin(v.Challenge), st)
	if err != nil || asked.Hash.String() != v.Hash || trust.Letters(asked.Hash) != v.Letters || asked.Session != trust.HashSession(bin(v.Secret)) {
		t.Fatalf("challenge: %v", err)
	}
	s := SignIn{
		ID: asked.ID, Account: asked.Account, Session: asked.Session, Kind: asked.Kind, Challenge: bin(v.Challenge),
		State: Pending, Issued: asked.Issued, Expires: asked.Expires, Digits: asked.Digits,
	}
	now := time.Unix(int64(v.Now), 0)
	for _, a := range v.Approvals {
		got, err := home.Answer(s, st, bin(a.Approval), now)
		if err != nil || string(got.State) != a.State {
			t.Errorf("%s: %s, %v", a.Class, got.State, err)
		}
		if a.Code == "" {
			continue
		}
		if _, r, err := home.Check(got, st, trust.HashSession(bin(v.Secret)), a.Code, now); err != nil || r.Outcome != Right {
			t.Errorf("%s: code %v, %v", a.Class, r, err)
		}
	}
	for _, a := range v.Refused {
		if _, err := home.Answer(s, st, bin(a.Approval), now); err != vectorErrors[a.Error] || err == nil {
			t.Errorf("%s: %v", a.Class, err)
		}
	}
	for _, a := range v.Asked {
		if _, err := Read(bin(a.Challenge), st); err != vectorErrors[a.Error] || err == nil {
			t.Errorf("%s: %v", a.Class, err)
		}
	}
}
