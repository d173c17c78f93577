package trust

import (
	"encoding"
	"encoding/json"
	"testing"
)

func TestIdentifiersAsText(t *testing.T) {
	for name, c := range map[string]struct {
		in  encoding.TextMarshaler
		out encoding.TextUnmarshaler
		n   int
	}{
		"hash":      {Hash{1, 0xab}, new(Hash), 64},
		"account":   {AccountID{2, 0xab}, new(AccountID), 64},
		"device":    {DeviceID{3, 0xab}, new(DeviceID), 32},
		"verifier":  {VerifierID{4, 0xab}, new(VerifierID), 32},
		"challenge": {ChallengeID{5, 0xab}, new(ChallengeID), 32},
	} {
		text, err := c.in.MarshalText()
		if err != nil || len(text) != c.n || string(text[2:4]) != "ab" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
		if err := c.out.UnmarshalText(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, _ := c.out.(encoding.TextMarshaler).MarshalText()
		if string(again) != string(text) {
			t.Errorf("%s: %s came back as %s", name, text, again)
		}
	}
}

func TestIdentifierRefusesOtherTexts(t *testing.T) {
	good := DeviceID{0xab}.String()
	for name, text := range map[string]string{
		"empty":      "",
		"short":      good[:30],
		"odd":        good[:31],
		"long":       good + "00",
		"upper case": "AB" + good[2:],
		"not hex":    "zz" + good[2:],
		"space":      " " + good[1:],
	} {
		id := DeviceID{9}
		if err := id.UnmarshalText([]byte(text)); err != ErrID || id != (DeviceID{9}) {
			t.Errorf("%s: %v, value %v", name, err, id)
		}
	}
}

func TestIdentifierInJSON(t *testing.T) {
	b, err := json.Marshal(map[DeviceID]AccountID{{1}: {2}})
	if err != nil {
		t.Fatal(err)
	}
	var m map[DeviceID]AccountID
	if err := json.Unmarshal(b, &m); err != nil || m[DeviceID{1}] != (AccountID{2}) {
		t.Fatalf("%s: %v, %v", b, m, err)
	}
}

func TestNewIdentifiersFailOnlyWithTheirSource(t *testing.T) {
	if _, err := NewDeviceID(exhausted{}); err == nil {
		t.Error("device without randomness")
	}
	if _, err := NewVerifierID(exhausted{}); err == nil {
		t.Error("verifier without randomness")
	}
	if _, err := NewChallengeID(exhausted{}); err == nil {
		t.Error("challenge without randomness")
	}
	id, err := NewDeviceID(source("a"))
	if err != nil || id.IsZero() {
		t.Errorf("%v, %v", id, err)
	}
	if v, err := NewVerifierID(source("a")); err != nil || DeviceID(v) != id {
		t.Errorf("another number of bytes was drawn: %v, %v", v, err)
	}
}

// One value under two contexts must give two hashes, else a value made for one
// purpose fits another.
func TestHashesHaveContexts(t *testing.T) {
	b := []byte("the same bytes")
	seen := map[Hash]string{}
	for name, h := range map[string]Hash{
		"session": Hash(HashSession(b)), "challenge": HashChallenge(b), "entry": HashEntry(b),
	} {
		if other := seen[h]; other != "" {
			t.Errorf("%s and %s hash alike", name, other)
		}
		seen[h] = name
	}
}
