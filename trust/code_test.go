package trust

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// Each of the 10,000 codes must be equally likely: chi-squared over the digits of
// every place, with a bound that a fair draw passes all but once in 10^6 seeds.
func TestDrawCodeIsUniform(t *testing.T) {
	const draws = 50_000
	rand := source("codes")
	var seen [6][10]int
	for range draws {
		c, err := DrawCode(rand, 6)
		if err != nil || len(c) != 6 {
			t.Fatalf("%q, %v", c, err)
		}
		for i := range c {
			seen[i][c[i]-'0']++
		}
	}
	for place, counts := range seen {
		chi := 0.0
		for _, n := range counts {
			d := float64(n) - draws/10
			chi += d * d / (draws / 10)
		}
		if chi > 44.8 { // chi-squared, 9 degrees of freedom, p = 10^-6
			t.Errorf("place %d: chi-squared %.1f, %v", place, chi, counts)
		}
	}
}

// Bytes from 250 up would favour the digits 0 to 5.
func TestDrawCodeThrowsUnevenBytesAway(t *testing.T) {
	c, err := DrawCode(bytes.NewReader([]byte{255, 250, 249, 0, 253, 13, 7}), 4)
	if err != nil || c != "9037" {
		t.Fatalf("%q, %v", c, err)
	}
}

func TestDrawCodeRefuses(t *testing.T) {
	for _, n := range []uint64{0, 1, 3, 5, 7, 8, 1 << 40} {
		if _, err := DrawCode(source("x"), n); err != ErrCode {
			t.Errorf("%d digits: %v", n, err)
		}
	}
	if c, err := DrawCode(exhausted{}, 4); err == nil || c != "" {
		t.Errorf("a code without randomness: %q, %v", c, err)
	}
	if c, err := DrawCode(bytes.NewReader([]byte{1, 2, 3}), 4); err == nil || c != "" {
		t.Errorf("part of a code: %q, %v", c, err)
	}
}

func TestParseCode(t *testing.T) {
	for text, want := range map[string]Code{
		"1234": "1234", "0000": "0000", " 12 34 ": "1234", "12-34": "1234", "123 456": "123456", "12\u00a034": "1234",
	} {
		if c, err := ParseCode(text); err != nil || c != want {
			t.Errorf("%q: %q, %v", text, c, err)
		}
	}
	for _, text := range []string{"", "123", "12345", "1234567", "12a4", "１２３４", "+123", "1e10", "0x12", "12.4", strings.Repeat("1", 1<<20), "12\n34x"} {
		if c, err := ParseCode(text); err != ErrCode || c != "" {
			t.Errorf("%.20q: %q, %v", text, c, err)
		}
	}
}

func TestCodeEqual(t *testing.T) {
	for _, c := range []struct {
		a, b Code
		want bool
	}{{"1234", "1234", true}, {"1234", "1235", false}, {"1234", "123400", false}, {"", "", true}, {"1234", "", false}} {
		if got := c.a.Equal(c.b); got != c.want {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
	}
}

func TestCodeBoxIsBoundToChallengeAndDevice(t *testing.T) {
	k := newKeys(t, "verifier")
	box, err := SealCode(k.KEMKey(), Hash{1}, DeviceID{2}, "4821")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := OpenCode(k, Hash{1}, DeviceID{2}, box); err != nil || c != "4821" {
		t.Fatalf("%q, %v", c, err)
	}
	for name, open := range map[string]func() (Code, error){
		"another challenge": func() (Code, error) { return OpenCode(k, Hash{9}, DeviceID{2}, box) },
		"another device":    func() (Code, error) { return OpenCode(k, Hash{1}, DeviceID{9}, box) },
		"another verifier":  func() (Code, error) { return OpenCode(newKeys(t, "b"), Hash{1}, DeviceID{2}, box) },
		"nothing":           func() (Code, error) { return OpenCode(k, Hash{1}, DeviceID{2}, nil) },
	} {
		if c, err := open(); err != ErrMalformed || c != "" {
			t.Errorf("%s: %q, %v", name, c, err)
		}
	}
}

func TestOpenCodeRefusesWhatIsNoCode(t *testing.T) {
	k := newKeys(t, "verifier")
	for _, plain := range []string{"", "12", "12 34", "12-34", "abcd", "12345", "1234\x00"} {
		box, err := k.KEMKey().Seal(codeInfo(Hash{1}, DeviceID{2}), []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := OpenCode(k, Hash{1}, DeviceID{2}, box); err != ErrMalformed || c != "" {
			t.Errorf("%q: %q, %v", plain, c, err)
		}
	}
	if _, err := SealCode(nil, Hash{}, DeviceID{}, "1234"); err != ErrMalformed {
		t.Errorf("sealing to no key: %v", err)
	}
}

func ExampleParseCode() {
	c, _ := ParseCode("48 21")
	fmt.Println(c)
	// Output: 4821
}
