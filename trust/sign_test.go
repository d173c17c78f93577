package trust

import (
	"bytes"
	"testing"
)

var contexts = []Context{ContextEntry, ContextPossession, ContextChallenge, ContextApproval, ContextSession, ContextRotation, ContextRecovery, ContextSight, ContextOffline}

func TestSignatureFitsOneContextOnly(t *testing.T) {
	k := newKeys(t, "a")
	body := []byte("body")
	for _, signed := range contexts {
		sig := k.Sign(signed, body)
		for _, read := range contexts {
			if got := k.SignKey().Verify(read, body, sig); got != (signed == read) {
				t.Errorf("signed for %q, read as %q: %v", signed, read, got)
			}
		}
	}
}

func TestSignatureFitsOneBodyAndOneKey(t *testing.T) {
	k, other := newKeys(t, "a"), newKeys(t, "b")
	sig := k.Sign(ContextApproval, []byte("body"))
	if !k.SignKey().Verify(ContextApproval, []byte("body"), sig) {
		t.Fatal("a right signature is refused")
	}
	for name, ok := range map[string]bool{
		"another body":     k.SignKey().Verify(ContextApproval, []byte("bodz"), sig),
		"a longer body":    k.SignKey().Verify(ContextApproval, []byte("body\x00"), sig),
		"another key":      other.SignKey().Verify(ContextApproval, []byte("body"), sig),
		"no signature":     k.SignKey().Verify(ContextApproval, []byte("body"), Signature{}),
		"the zero key":     SignKey{}.Verify(ContextApproval, []byte("body"), sig),
		"a shifted border": k.SignKey().Verify("td/1 approva", []byte("l\x00body"), sig),
	} {
		if ok {
			t.Errorf("%s is accepted", name)
		}
	}
}

// No context may be the beginning of another one followed by a zero byte, and
// none may hold a zero byte: then the border between context and body is fixed.
func TestContextsAreDistinct(t *testing.T) {
	for i, a := range contexts {
		if bytes.IndexByte([]byte(a), 0) >= 0 {
			t.Errorf("%q holds a zero byte", a)
		}
		for j, b := range contexts {
			if i != j && a == b {
				t.Errorf("%q stands twice", a)
			}
		}
	}
}

func TestKeysComeFromTheirSeeds(t *testing.T) {
	s, err := NewKeySeed(source("a"))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := s.Keys()
	b, _ := s.Keys()
	if a.SignKey() != b.SignKey() || !bytes.Equal(a.KEMKey(), b.KEMKey()) {
		t.Error("one seed gives two keys")
	}
	if other := newKeys(t, "b"); other.SignKey() == a.SignKey() || bytes.Equal(other.KEMKey(), a.KEMKey()) {
		t.Error("two seeds give one key")
	}
	if s.Sign == s.KEM {
		t.Error("both seeds are the same")
	}
	if _, err := NewKeySeed(exhausted{}); err == nil {
		t.Error("keys without randomness")
	}
}

func TestSealOpen(t *testing.T) {
	k, other := newKeys(t, "a"), newKeys(t, "b")
	box, err := k.KEMKey().Seal([]byte("info"), []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := k.Open([]byte("info"), box); err != nil || string(plain) != "secret" {
		t.Fatalf("%q, %v", plain, err)
	}
	if bytes.Contains(box, []byte("secret")) {
		t.Error("the box shows what is in it")
	}
	if again, _ := k.KEMKey().Seal([]byte("info"), []byte("secret")); bytes.Equal(again, box) {
		t.Error("sealing twice gives the same box")
	}
	if _, err := k.Open([]byte("other"), box); err != ErrMalformed {
		t.Errorf("other info: %v", err)
	}
	if _, err := other.Open([]byte("info"), box); err != ErrMalformed {
		t.Errorf("other key: %v", err)
	}
	for i := 0; i < len(box); i += 97 {
		changed := bytes.Clone(box)
		changed[i] ^= 1
		if _, err := k.Open([]byte("info"), changed); err != ErrMalformed {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for _, n := range []int{0, 1, 1119, 1120, len(box) - 1} {
		if _, err := k.Open([]byte("info"), box[:n]); err != ErrMalformed {
			t.Errorf("first %d bytes: %v", n, err)
		}
	}
}

func TestKEMKeyCheck(t *testing.T) {
	k := newKeys(t, "a").KEMKey()
	if err := k.Check(); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]KEMKey{
		"none":     nil,
		"short":    k[:KEMKeySize-1],
		"long":     append(bytes.Clone(k), 0),
		"all ones": bytes.Repeat([]byte{0xff}, KEMKeySize), // coefficients beyond the field
	} {
		if err := bad.Check(); err != ErrMalformed {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := bad.Seal(nil, nil); err != ErrMalformed {
			t.Errorf("sealing to %s: %v", name, err)
		}
	}
}
