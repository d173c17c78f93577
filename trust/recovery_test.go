package trust

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The example of docs/protocol.md §10.1.
const exampleKey = "000G-40R4-0M30-E209-185G-R38E-1WXK"

func exampleSeed() []byte {
	seed := make([]byte, 16)
	for i := range seed {
		seed[i] = byte(i)
	}
	return seed
}

func TestRecoveryKeyExample(t *testing.T) {
	k, err := RecoveryKeyFromSeed(exampleSeed())
	if err != nil {
		t.Fatal(err)
	}
	if k.Text() != exampleKey {
		t.Errorf("text is %s", k.Text())
	}
	if g := k.Groups(); len(g) != 7 || g[0] != "000G" || g[6] != "1WXK" {
		t.Errorf("groups are %q", g)
	}
	again, err := ParseRecoveryKey(exampleKey)
	if err != nil || !bytes.Equal(again.Seed(), exampleSeed()) {
		t.Errorf("%x, %v", again.Seed(), err)
	}
}

func TestParseRecoveryKeyForgivesHowPeopleWrite(t *testing.T) {
	for name, text := range map[string]string{
		"lower case":         strings.ToLower(exampleKey),
		"no hyphens":         strings.ReplaceAll(exampleKey, "-", ""),
		"spaces":             strings.ReplaceAll(exampleKey, "-", "  "),
		"line breaks":        strings.ReplaceAll(exampleKey, "-", "\r\n\t"),
		"typographic hyphen": strings.ReplaceAll(exampleKey, "-", "\u2011"),
		"dashes":             strings.ReplaceAll(exampleKey, "-", "\u2013"),
		"O for 0":            strings.ReplaceAll(exampleKey, "0", "O"),
		"o for 0":            strings.ReplaceAll(exampleKey, "0", "o"),
		"I for 1":            strings.ReplaceAll(exampleKey, "1", "I"),
		"l for 1":            strings.ReplaceAll(exampleKey, "1", "l"),
		"around it":          "  " + exampleKey + "\n",
	} {
		if k, err := ParseRecoveryKey(text); err != nil || k.Text() != exampleKey {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRecoveryKeyRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"one symbol less":   exampleKey[:len(exampleKey)-1],
		"one symbol more":   exampleKey + "0",
		"a U":               "U" + exampleKey[1:],
		"a letter beyond":   "Ä" + exampleKey[1:],
		"a dot":             "." + exampleKey[1:],
		"full-width digits": strings.Replace(exampleKey, "0", "０", 1),
		"very long":         strings.Repeat(exampleKey, 10_000),
		"check exchanged":   exampleKey[:len(exampleKey)-2] + "KX",
	} {
		if _, err := ParseRecoveryKey(text); err != ErrRecoveryKey {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A single wrong symbol slips through about once in 4096; a slip gives another
// key, never the right one.
func TestRecoveryKeyCheckFindsTypos(t *testing.T) {
	slips, tried := 0, 0
	for n := range 50 {
		k, err := NewRecoveryKey(source(fmt.Sprint(n)))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(k.Text(), "-", "")
		for i := range text {
			for _, c := range crockford {
				if byte(c) == text[i] {
					continue
				}
				tried++
				got, err := ParseRecoveryKey(text[:i] + string(c) + text[i+1:])
				if err == nil {
					slips++
				}
				if err == nil && got == k {
					t.Fatal("another text gives the same key")
				}
			}
		}
	}
	if slips*1000 > tried { // 4 times what is expected
		t.Errorf("%d of %d typos slip through", slips, tried)
	}
}

func TestRecoveryKeyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "seed")
		k, err := RecoveryKeyFromSeed(seed)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseRecoveryKey(k.Text())
		if err != nil || again != k {
			t.Fatalf("%s: %v", k.Text(), err)
		}
	})
}

func TestRecoveryKeyDerivesItsRecord(t *testing.T) {
	k, _ := RecoveryKeyFromSeed(exampleSeed())
	keys, err := k.Keys()
	if err != nil {
		t.Fatal(err)
	}
	r, err := k.Record()
	if err != nil || r.Check() != nil || r.Which != Paper {
		t.Fatalf("%v, %v", r.Check(), err)
	}
	if r.Sign != keys.SignKey() || !bytes.Equal(r.KEM, keys.KEMKey()) {
		t.Error("the record is not that of the keys")
	}
	other, _ := NewRecoveryKey(source("other"))
	if o, _ := other.Record(); o.Sign == r.Sign || bytes.Equal(o.KEM, r.KEM) {
		t.Error("two keys have one record")
	}
}

func TestRecoveryKeyHidesItself(t *testing.T) {
	k, _ := RecoveryKeyFromSeed(exampleSeed())
	for _, format := range []string{"%v", "%s", "%+v", "%#v", "%q"} {
		out := fmt.Sprintf(format, k)
		if strings.Contains(out, "000G") || strings.Contains(out, "[0 1 2") || strings.Contains(out, "0x1") {
			t.Errorf("%s prints %s", format, out)
		}
	}
	k.Seed()[0] = 0xff
	if k.Text() != exampleKey {
		t.Error("Seed gives the key's own memory")
	}
}

func TestRecoveryKeyFailures(t *testing.T) {
	if _, err := NewRecoveryKey(exhausted{}); err == nil {
		t.Error("a key without randomness")
	}
	for _, n := range []int{0, 15, 17, 32} {
		if _, err := RecoveryKeyFromSeed(make([]byte, n)); err != ErrRecoveryKey {
			t.Errorf("seed of %d bytes: %v", n, err)
		}
	}
}

func FuzzParseRecoveryKey(f *testing.F) {
	f.Add(exampleKey)
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseRecoveryKey(text)
		if err != nil {
			return
		}
		if again, err := ParseRecoveryKey(k.Text()); err != nil || again != k {
			t.Fatalf("%q reads as %s, which does not read", text, k.Text())
		}
	})
}
