package verify

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

func TestWholeSignIn(t *testing.T) {
	for _, digits := range []uint64{4, 6} {
		w := newWorld(t)
		w.digits(digits)
		s := w.stored(w.begin(ask("browser")))
		if s.State != Pending || s.Digits != digits || s.Due() != w.now.Add(PendingFor) {
			t.Fatalf("%+v", s)
		}
		w.later(100 * time.Second)
		raw, code := w.allows(s, "laptop")
		s = w.answer(s, raw)
		if s.State != Approved || s.Device != deviceOf(t, "laptop").ID || s.Due() != w.now.Add(CodeFor) {
			t.Fatalf("%+v", s)
		}
		w.later(100 * time.Second)
		s, r := w.check(s, string(code))
		if r.Outcome != Right || s.State != Done || uint64(len(code)) != digits {
			t.Fatalf("%v, state %s", r, s.State)
		}
		if s, r = w.check(s, string(code)); r.Outcome != Over || s.State != Done {
			t.Errorf("the same code again: %v", r)
		}
	}
}

func TestDeviceSeesWhatTheVerifierKnows(t *testing.T) {
	w := newWorld(t)
	in := ask("browser")
	in.Kind, in.Action, in.Known, in.Browser = trust.StepUp, "Pay 49 € at Shop", true, browser("b")
	s := w.begin(in)
	a, err := Read(s.Challenge, w.state)
	if err != nil {
		t.Fatal(err)
	}
	if a.From.Origin != "https://home.example.org" || a.Service != in.Service || a.Action != in.Action || a.Address != in.Address ||
		a.Agent != in.Agent || !a.Known || a.Kind != trust.StepUp || a.Head != w.state.Head().Hash || a.Hash != trust.HashChallenge(s.Challenge) {
		t.Errorf("%+v", a)
	}
	if trust.Letters(a.Hash) != s.Letters() {
		t.Error("device and page show different letters")
	}
	if f, err := w.Facts(s); err != nil || f != a.Challenge {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestBeginRefuses(t *testing.T) {
	w := newWorld(t)
	other := New(recordOf(t, "other"), keysOf(t, "other"), [32]byte{1})
	changed := New(w.Record(), keysOf(t, "other"), [32]byte{1}) // key file replaced, record not
	mixed := func(sign, kem string) *Verifier {
		a, err := trust.NewKeySeed(source(sign))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := trust.NewKeySeed(source(kem))
		k, err := trust.KeySeed{Sign: a.Sign, KEM: b.KEM}.Keys()
		if err != nil {
			t.Fatal(err)
		}
		return New(w.Record(), k, [32]byte{1})
	}
	for name, c := range map[string]struct {
		v      *Verifier
		change func(*Ask)
		want   error
	}{
		"verifier that the account does not know": {other, func(*Ask) {}, ErrVerifier},
		"verifier with other keys":                {changed, func(*Ask) {}, ErrVerifier},
		"verifier with another signing key":       {mixed("other", "home"), func(*Ask) {}, ErrVerifier},
		"verifier with another KEM key":           {mixed("home", "other"), func(*Ask) {}, ErrVerifier},
		"no kind":                                 {w.Verifier, func(a *Ask) { a.Kind = "" }, ErrMalformed},
		"no service":                              {w.Verifier, func(a *Ask) { a.Service = "" }, ErrMalformed},
		"step-up without action":                  {w.Verifier, func(a *Ask) { a.Kind = trust.StepUp }, ErrMalformed},
		"action in a sign-in":                     {w.Verifier, func(a *Ask) { a.Action = "Pay" }, ErrMalformed},
		"agent that turns text around":            {w.Verifier, func(a *Ask) { a.Agent = "\u202exoferiF" }, ErrMalformed},
		"known, but which":                        {w.Verifier, func(a *Ask) { a.Known = true }, ErrMalformed},
		"a browser that is not known":             {w.Verifier, func(a *Ask) { a.Browser = browser("b") }, ErrMalformed},
	} {
		a := ask("browser")
		c.change(&a)
		if s, err := c.v.Begin(a, w.state, w.now, w.rand); err != c.want || s.Challenge != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Begin(ask("b"), chain.State{}, w.now, w.rand); err != ErrVerifier {
		t.Errorf("no account: %v", err)
	}
	if _, err := w.Begin(ask("b"), w.state, w.now, strings.NewReader("short")); err == nil {
		t.Error("no randomness, but a challenge")
	}
}

func TestReadRefuses(t *testing.T) {
	w := newWorld(t)
	good, _ := w.Facts(w.begin(ask("browser")))
	seal := func(change func(*trust.Challenge), k trust.Keys) []byte {
		c := good
		change(&c)
		raw, err := c.Seal(k)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	home, evil := keysOf(t, "home"), keysOf(t, "evil")
	head0, _ := w.state.At(0)
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"in order":              {seal(func(*trust.Challenge) {}, home), nil},
		"unknown verifier":      {seal(func(c *trust.Challenge) { c.Verifier[0] ^= 1 }, home), ErrVerifier},
		"forged verifier id":    {seal(func(*trust.Challenge) {}, evil), ErrMalformed},
		"other account":         {seal(func(c *trust.Challenge) { c.Account[0] ^= 1 }, home), ErrMalformed},
		"another history":       {seal(func(c *trust.Challenge) { c.Head[0] ^= 1 }, home), chain.ErrFork},
		"history set back":      {seal(func(c *trust.Challenge) { c.Seq, c.Head = 0, head0 }, home), nil},
		"history ahead of ours": {seal(func(c *trust.Challenge) { c.Seq = 99 }, home), nil},
		"nothing":               {nil, ErrMalformed},
	} {
		if _, err := Read(c.raw, w.state); err != c.want {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	w.digits(6)
	if _, err := Read(seal(func(*trust.Challenge) {}, home), w.state); err != ErrMalformed {
		t.Errorf("a short code under a policy of long ones: %v", err)
	}
}

func TestCodeBeforeAllow(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	for range 100 {
		var r Result
		if s, r = w.check(s, "1234"); r.Outcome != NotYet || s.Tries != 0 || s.State != Pending {
			t.Fatalf("%v, %d tries, %s", r, s.Tries, s.State)
		}
	}
	s = w.answer(s, w.declines(s, "laptop", trust.NotNow))
	if s, r := w.check(s, "1234"); r.Outcome != NotYet {
		t.Errorf("put away on one device: %v, %s", r, s.State)
	}
	raw, code := w.allows(s, "phone")
	if _, r := w.check(w.answer(s, raw), string(code)); r.Outcome != Right {
		t.Errorf("what was tried before counts: %v", r)
	}
}

func TestThreeWrongThenRight(t *testing.T) {
	w := newWorld(t)
	s, code := w.approved("browser")
	var r Result
	for n, want := range []Result{{Wrong, 2}, {Wrong, 1}, {TooMany, 0}} {
		if s, r = w.check(s, wrong(code, n)); r != want || s.Tries != uint64(n+1) {
			t.Fatalf("try %d: %v, %d counted", n+1, r, s.Tries)
		}
	}
	if s, r = w.check(s, string(code)); r.Outcome != Over || s.State != Burned || s.Tries != 3 {
		t.Errorf("the right code after three wrong: %v, %s", r, s.State)
	}
	s, code = w.approved("again")
	s, _ = w.check(s, wrong(code, 0))
	s, _ = w.check(s, wrong(code, 1))
	if s, r = w.check(s, " "+string(code[:2])+"-"+string(code[2:])); r.Outcome != Right || s.State != Done {
		t.Errorf("the right code at the third try: %v", r)
	}
}

func TestWhatIsNoCodeIsNoTry(t *testing.T) {
	w := newWorld(t)
	s, code := w.approved("browser")
	for _, text := range []string{"", "12", "abcd", "12345", "123456", "１２３４", strings.Repeat("1", 1<<16)} {
		got, _, err := w.Check(s, w.state, s.Session, text, w.now)
		if err != trust.ErrCode || got.Tries != 0 {
			t.Errorf("%.10q: %v, %d tries", text, err, got.Tries)
		}
	}
	if _, r := w.check(s, string(code)); r.Outcome != Right {
		t.Error(r)
	}
}

func TestCodeBelongsToItsBrowser(t *testing.T) {
	w := newWorld(t)
	a, codeA := w.approved("browser a")
	b, codeB := w.approved("browser b")
	if codeA == codeB {
		t.Fatal("equal codes by chance: choose another seed in newWorld")
	}
	if got, _, err := w.Check(a, w.state, session("browser b"), string(codeA), w.now); err != ErrSession || got.Tries != 0 || got.State != Approved {
		t.Errorf("the right code from another browser: %v", err)
	}
	if _, r := w.check(b, string(codeA)); r.Outcome != Wrong {
		t.Errorf("the code of another sign-in: %v", r)
	}
	if _, r := w.check(a, string(codeA)); r.Outcome != Right {
		t.Errorf("%v", r)
	}
}

func TestApprovalBelongsToItsChallenge(t *testing.T) {
	w := newWorld(t)
	a, b := w.begin(ask("a")), w.begin(ask("b"))
	rawA, _ := w.allows(a, "phone")
	if _, err := w.Answer(b, w.state, rawA, w.now); err != ErrMalformed {
		t.Errorf("approval of another sign-in: %v", err)
	}
	// the box of a in a rightly signed approval of b
	phone := deviceOf(t, "phone")
	approvalA, err := trust.OpenApproval(rawA, phone.Sign)
	if err != nil {
		t.Fatal(err)
	}
	moved := approvalA
	moved.Challenge = trust.HashChallenge(b.Challenge)
	raw, err := moved.Seal(keysOf(t, "phone"))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := w.Answer(b, w.state, raw, w.now); err != ErrMalformed || s.State != Pending {
		t.Errorf("moved code box: %v", err)
	}
	// the box of the phone in an approval by the laptop
	stolen := approvalA
	stolen.Device = deviceOf(t, "laptop").ID
	if raw, err = stolen.Seal(keysOf(t, "laptop")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Answer(a, w.state, raw, w.now); err != ErrMalformed {
		t.Errorf("code box of another device: %v", err)
	}
}

// One kind's approval is worth nothing for the other, though everything else is equal.
func TestKindsAreNotConfused(t *testing.T) {
	w := newWorld(t)
	step := ask("browser")
	step.Kind, step.Action = trust.StepUp, "Remove device"
	signIn, stepUp := w.begin(ask("browser")), w.begin(step)
	rawSignIn, _ := w.allows(signIn, "phone")
	rawStepUp, _ := w.allows(stepUp, "phone")
	if _, err := w.Answer(stepUp, w.state, rawSignIn, w.now); err != ErrMalformed {
		t.Errorf("sign-in approval for a step-up: %v", err)
	}
	if _, err := w.Answer(signIn, w.state, rawStepUp, w.now); err != ErrMalformed {
		t.Errorf("step-up approval for a sign-in: %v", err)
	}
	if s := w.answer(stepUp, rawStepUp); s.Kind != trust.StepUp {
		t.Error(s.Kind)
	}
}

func TestAnswerRefuses(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	right := func(s SignIn) trust.Approval {
		raw, _ := w.allows(s, "phone")
		a, err := trust.OpenApproval(raw, deviceOf(t, "phone").Sign)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	box := func(plain trust.Code) []byte {
		b, err := trust.SealCode(w.Record().KEM, trust.HashChallenge(s.Challenge), deviceOf(t, "phone").ID, plain)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		change func(*trust.Approval)
		keys   string
		want   error
	}{
		"signed by another member": {func(*trust.Approval) {}, "laptop", ErrMalformed},
		"signed by a stranger":     {func(*trust.Approval) {}, "thief", ErrMalformed},
		"by a stranger":            {func(a *trust.Approval) { a.Device = deviceOf(t, "thief").ID }, "thief", ErrNotMember},
		"by nobody":                {func(a *trust.Approval) { a.Device = trust.DeviceID{} }, "phone", ErrNotMember},
		"code too short":           {func(a *trust.Approval) { a.Box = box("12") }, "phone", ErrMalformed},
		"code too long":            {func(a *trust.Approval) { a.Box = box("123456") }, "phone", ErrMalformed},
		"code that is no code":     {func(a *trust.Approval) { a.Box = box("12a4") }, "phone", ErrMalformed},
		"no box":                   {func(a *trust.Approval) { a.Box = nil }, "phone", ErrMalformed},
		"box of rubbish":           {func(a *trust.Approval) { a.Box = bytes.Repeat([]byte{7}, 1140) }, "phone", ErrMalformed},
		"not me with a box":        {func(a *trust.Approval) { a.Answer = trust.NotMe }, "phone", ErrMalformed},
		"another history":          {func(a *trust.Approval) { a.Head[0] ^= 1 }, "phone", chain.ErrFork},
	} {
		a := right(s)
		c.change(&a)
		raw, err := a.Seal(keysOf(t, c.keys))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.Answer(s, w.state, raw, w.now); !errors.Is(err, c.want) || got.State != Pending || got.Approval != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	raw, _ := w.allows(s, "phone")
	for i := 0; i < len(raw); i += 13 {
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		if _, err := w.Answer(s, w.state, changed, w.now); err == nil {
			t.Fatalf("approval with byte %d changed is taken", i)
		}
	}
	other := newWorld(t)
	other.remove("laptop", "phone")
	if _, err := w.Answer(s, chain.State{}, raw, w.now); err != ErrMalformed {
		t.Errorf("state of another account: %v", err)
	}
}

// The verifier that was set back sees approvals from devices that know more.
func TestApprovalFromAheadIsTaken(t *testing.T) {
	w := newWorld(t)
	s := w.begin(ask("browser"))
	behind := w.state
	w.digits(4)
	raw, _ := w.allows(s, "phone")
	if got, err := w.Answer(s, behind, raw, w.now); err != nil || got.State != Approved {
		t.Errorf("%v", err)
	}
}

func TestDigitsAreNotDowngraded(t *testing.T) {
	w := newWorld(t)
	w.digits(6)
	s := w.begin(ask("browser"))
	a, err := Read(s.Challenge, w.state)
	if err != nil {
		t.Fatal(err)
	}
	a.Digits = 4 // a device that does less than asked
	raw, code, err := a.Allow(w.state, deviceOf(t, "phone").ID, keysOf(t, "phone"), w.now, w.rand)
	if err != nil || len(code) != 4 {
		t.Fatal(code, err)
	}
	if _, err := w.Answer(s, w.state, raw, w.now); err != ErrMalformed {
		t.Errorf("a code of four digits where six were asked: %v", err)
	}
}

func TestDeclineRefusesAllow(t *testing.T) {
	w := newWorld(t)
	a, err := Read(w.begin(ask("b")).Challenge, w.state)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Decline(trust.Allow, w.state, deviceOf(t, "phone").ID, keysOf(t, "phone"), w.now); err != ErrMalformed {
		t.Errorf("%v", err)
	}
	if _, code, err := a.Allow(w.state, deviceOf(t, "phone").ID, keysOf(t, "phone"), w.now, strings.NewReader("")); err == nil || code != "" {
		t.Errorf("a code without randomness: %q, %v", code, err)
	}
}
