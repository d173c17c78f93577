package trust

import (
	"bytes"
	"errors"
	"testing"
)

func TestChallengeSealOpen(t *testing.T) {
	_, keys := newVerifier(t)
	step := newChallenge()
	step.Kind, step.Action = StepUp, "Create an app password for IMAP 'Mail'"
	for _, want := range []Challenge{newChallenge(), step} {
		raw, err := want.Seal(keys)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenChallenge(raw, keys.SignKey())
		if err != nil || got != want {
			t.Fatalf("%+v, %v", got, err)
		}
		id, account, err := ChallengeVerifier(raw)
		if err != nil || id != want.Verifier || account != want.Account {
			t.Errorf("%v %v %v", id, account, err)
		}
	}
}

func TestChallengeRefusesFactsThatCannotBeShown(t *testing.T) {
	_, keys := newVerifier(t)
	for name, change := range map[string]func(*Challenge){
		"other version":           func(c *Challenge) { c.Version = 2 },
		"no version":              func(c *Challenge) { c.Version = 0 },
		"unknown kind":            func(c *Challenge) { c.Kind = "login" },
		"no id":                   func(c *Challenge) { c.ID = ChallengeID{} },
		"step-up without action":  func(c *Challenge) { c.Kind = StepUp },
		"action outside step-up":  func(c *Challenge) { c.Action = "Pay" },
		"no service":              func(c *Challenge) { c.Service = "" },
		"service turns text":      func(c *Challenge) { c.Service = "a\u202eb" },
		"long service":            func(c *Challenge) { c.Service = repeat("a", 65) },
		"long address":            func(c *Challenge) { c.Address = repeat("a", 65) },
		"address with escape":     func(c *Challenge) { c.Address = "\x1b[2J" },
		"long agent":              func(c *Challenge) { c.Agent = repeat("a", 129) },
		"agent with line break":   func(c *Challenge) { c.Agent = "Firefox\nAllow now" },
		"long action":             func(c *Challenge) { c.Kind, c.Action = StepUp, repeat("a", 257) },
		"action with line break":  func(c *Challenge) { c.Kind, c.Action = StepUp, "a\nb" },
		"action that is not text": func(c *Challenge) { c.Kind, c.Action = StepUp, "a\xff" },
		"ends before it begins":   func(c *Challenge) { c.Expires = c.Issued - 1 },
		"five digits":             func(c *Challenge) { c.Digits = 5 },
		"no digits":               func(c *Challenge) { c.Digits = 0 },
	} {
		c := newChallenge()
		change(&c)
		if raw, err := c.Seal(keys); err != ErrMalformed || raw != nil {
			t.Errorf("%s: sealed (%v)", name, err)
		}
		raw, err := sealMessage(keys, ContextChallenge, c) // as a careless verifier would
		if err != nil {
			t.Fatal(err)
		}
		if got, err := OpenChallenge(raw, keys.SignKey()); err != ErrMalformed || got != (Challenge{}) {
			t.Errorf("%s: opened (%v)", name, err)
		}
	}
}

func TestApprovalSealOpen(t *testing.T) {
	d, keys := newDevice(t, "Phone")
	for _, want := range []Approval{
		{Version: 1, Challenge: Hash{1}, Answer: Allow, Device: d.ID, Box: []byte{1}, Seq: 3, Head: Hash{4}, Time: 5},
		{Version: 1, Challenge: Hash{1}, Answer: NotNow, Device: d.ID},
		{Version: 1, Challenge: Hash{1}, Answer: NotMe, Device: d.ID},
	} {
		raw, err := want.Seal(keys)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenApproval(raw, d.Sign)
		if err != nil || got.Answer != want.Answer || got.Device != d.ID || !bytes.Equal(got.Box, want.Box) {
			t.Fatalf("%+v, %v", got, err)
		}
		if by, err := ApprovalBy(raw); err != nil || by != d.ID {
			t.Errorf("%v, %v", by, err)
		}
	}
}

func TestApprovalRefuses(t *testing.T) {
	d, keys := newDevice(t, "Phone")
	for name, a := range map[string]Approval{
		"other version":      {Version: 2, Answer: NotMe},
		"no answer":          {Version: 1},
		"unknown answer":     {Version: 1, Answer: 4},
		"allow without code": {Version: 1, Answer: Allow},
		"not me with code":   {Version: 1, Answer: NotMe, Box: []byte{1}},
		"not now with code":  {Version: 1, Answer: NotNow, Box: []byte{1}},
	} {
		raw, err := a.Seal(keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := OpenApproval(raw, d.Sign); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := ApprovalBy(raw); err != ErrMalformed {
			t.Errorf("%s: author is read: %v", name, err)
		}
	}
}

// A message signed for one use must be refused in every other.
func TestMessagesDoNotFitOtherUses(t *testing.T) {
	d, keys := newDevice(t, "Phone")
	c, a := newChallenge(), Approval{Version: 1, Answer: NotMe, Device: d.ID}
	for _, used := range contexts {
		rawC, _ := sealMessage(keys, used, c)
		rawA, _ := sealMessage(keys, used, a)
		if _, err := OpenChallenge(rawC, d.Sign); (err == nil) != (used == ContextChallenge) || err != nil && err != ErrSignature {
			t.Errorf("challenge signed for %q: %v", used, err)
		}
		if _, err := OpenApproval(rawA, d.Sign); (err == nil) != (used == ContextApproval) || err != nil && err != ErrSignature {
			t.Errorf("approval signed for %q: %v", used, err)
		}
	}
	rawA, _ := a.Seal(keys)
	if _, err := OpenChallenge(rawA, d.Sign); err == nil {
		t.Error("an approval opens as a challenge")
	}
}

func TestEveryChangeOfASignedMessageIsRefused(t *testing.T) {
	_, keys := newVerifier(t)
	raw, err := newChallenge().Seal(keys)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, mask := range []byte{0x01, 0x80, 0xff} {
			changed := bytes.Clone(raw)
			changed[i] ^= mask
			if c, err := OpenChallenge(changed, keys.SignKey()); err == nil || c != (Challenge{}) {
				t.Fatalf("byte %d ^ %02x: %v", i, mask, err)
			}
		}
		if _, err := OpenChallenge(raw[:i], keys.SignKey()); !errors.Is(err, ErrMalformed) {
			t.Fatalf("first %d bytes: %v", i, err)
		}
	}
	if _, err := OpenChallenge(raw, newKeys(t, "other").SignKey()); err != ErrSignature {
		t.Errorf("other key: %v", err)
	}
	if _, _, err := ChallengeVerifier(raw[1:]); err != ErrMalformed {
		t.Errorf("cut: %v", err)
	}
}

func TestProofIsBoundToEverythingInIt(t *testing.T) {
	d, keys := newDevice(t, "Phone")
	p := Proof{Account: AccountID{1}, Device: d.ID, Nonce: [32]byte{2}, Origin: "https://id.example.org"}
	sig, err := p.Sign(keys)
	if err != nil || !p.Verify(d.Sign, sig) {
		t.Fatalf("a right proof is refused (%v)", err)
	}
	for name, change := range map[string]func(*Proof){
		"other account":            func(p *Proof) { p.Account[0]++ },
		"other device":             func(p *Proof) { p.Device[0]++ },
		"other nonce":              func(p *Proof) { p.Nonce[31]++ },
		"passed on to another one": func(p *Proof) { p.Origin = "https://evil.example.org" },
	} {
		q := p
		change(&q)
		if q.Verify(d.Sign, sig) {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, c := range []struct {
		n    uint32
		want string
	}{{0, "BBB"}, {1, "BBC"}, {19, "BBZ"}, {20, "BCB"}, {400, "CBB"}, {7999, "ZZZ"}, {8000, "BBB"}, {4294967295, "XGT"}} {
		h := Hash{byte(c.n >> 24), byte(c.n >> 16), byte(c.n >> 8), byte(c.n), 0xff}
		if got := Letters(h); got != c.want {
			t.Errorf("%d: %s, want %s", c.n, got, c.want)
		}
	}
}
