package pair_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/countersign/countersign/trust/pair"
)

// An offer and symbols that are theirs, for tables of what is not.
const (
	symbols = "7QK2M9XW"
	printed = "04HMASW9NF6YY0938NKRKAYDXW" // 01 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef
	offered = "1." + symbols + "." + printed
)

func TestOfferText(t *testing.T) {
	raw := []byte{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}
	want := pair.Offer{Symbols: symbols, Fingerprint: pair.Fingerprint(append(raw, raw...))}
	if got := want.Text(); got != offered {
		t.Errorf("the text is %q, want %q", got, offered)
	}
	for _, text := range []string{offered, strings.ToLower(offered)} {
		if got, err := pair.ParseOffer(text); err != nil || got != want {
			t.Errorf("ParseOffer(%q) = %v, %v", text, got, err)
		}
	}
}

// Only what Text gives is an offer: a picture is not typed, so nothing is forgiven.
func TestParseOfferRefusesTheRest(t *testing.T) {
	for class, text := range map[string]string{
		"nothing":                       "",
		"symbols alone":                 symbols,
		"no version":                    symbols + "." + printed,
		"no fingerprint":                "1." + symbols,
		"empty fingerprint":             "1." + symbols + ".",
		"a later version":               "2" + offered[1:],
		"an earlier version":            "0" + offered[1:],
		"a version of two digits":       "1" + offered,
		"another field behind":          offered + ".A",
		"a dot behind":                  offered + ".",
		"seven symbols":                 "1." + symbols[1:] + "." + printed,
		"nine symbols":                  "1.0" + symbols + "." + printed,
		"symbols with a hyphen":         "1.7QK2-M9XW." + printed,
		"symbols with a space":          "1.7QK2 M9XW." + printed,
		"symbols with a line break":     "1.7QK2M9X\n." + printed,
		"a look-alike in the symbols":   "1.OQK2M9XW." + printed,
		"fingerprint one symbol short":  offered[:len(offered)-1],
		"fingerprint one symbol longer": offered + "0",
		"bits behind the fingerprint":   offered[:len(offered)-1] + "X",
		"a look-alike in the print":     "1." + symbols + ".O" + printed[1:],
		"U in the fingerprint":          "1." + symbols + ".U" + printed[1:],
		"a line break in the print":     offered[:20] + "\n" + offered[20:],
		"a line break behind":           offered + "\n",
		"a space in front":              " " + offered,
		"long s for S":                  strings.Replace(offered, "S", "ſ", 1),
		"not UTF-8":                     "1.\xff" + symbols[1:] + "." + printed,
		"padding":                       offered + "======",
	} {
		if got, err := pair.ParseOffer(text); !errors.Is(err, pair.ErrOffer) || got != (pair.Offer{}) {
			t.Errorf("%s: ParseOffer(%q) = %v, %v; want ErrOffer and nothing else", class, text, got, err)
		}
	}
}

func TestParseSymbolsReadsWhatPeopleType(t *testing.T) {
	for _, text := range []string{"7QK2M9XW", "7qk2m9xw", "7QK2 M9XW", "7qk2-m9xw", " 7 q k 2 m 9 x w ", "7-Q-K-2-M-9-X-W-"} {
		if got, err := pair.ParseSymbols(text); err != nil || got != symbols {
			t.Errorf("ParseSymbols(%q) = %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"00110000", "oOiI0000", "OolL0000", "o0Il oooo"} {
		if got, err := pair.ParseSymbols(text); err != nil || got != "00110000" {
			t.Errorf("ParseSymbols(%q) = %q, %v; want the digits they look like", text, got, err)
		}
	}
}

func TestParseSymbolsRefusesTheRest(t *testing.T) {
	for class, text := range map[string]string{
		"nothing": "", "seven": "7QK2M9X", "nine": "7QK2M9XWA", "U": "UQK2M9XW", "a sign": "7QK2M9X!", "padding": "7QK2M9X=",
		"a line break for one": "7QK2M9X\n", "line breaks around": "\r\n7QK2M9XW\r\n", "a line break within": "7QK2\nM9XW",
		"six and two line breaks": "7QK2M9\r\n", "a tab": "7QK2\tM9XW", "a zero byte": "7QK2M9X\x00", "a dot": "7QK2.M9XW",
		"long s": "ſQK2M9XW", "dotless i": "ıQK2M9XW", "Kelvin sign": "7Q\u212a2M9XW", "full width": "７QK2M9XW", "Cyrillic": "7QК2M9XW",
		"no-break space": "7QK2\u00a0M9XW", "not UTF-8": "\xffQK2M9XW", "an offer": offered,
	} {
		if got, err := pair.ParseSymbols(text); !errors.Is(err, pair.ErrOffer) || got != "" {
			t.Errorf("%s: ParseSymbols(%q) = %q, %v; want ErrOffer and nothing else", class, text, got, err)
		}
	}
}

func TestNewSymbols(t *testing.T) {
	got, err := pair.NewSymbols(bytes.NewReader([]byte{0x3d, 0xe6, 0x2a, 0x27, 0xbc}))
	if err != nil || got != symbols || got.Spaced() != "7QK2 M9XW" {
		t.Errorf("NewSymbols = %q (%q), %v", got, got.Spaced(), err)
	}
	for range 100 {
		drawn := must(pair.NewSymbols(rand.Reader))
		if again, err := pair.ParseSymbols(drawn.Spaced()); err != nil || again != drawn {
			t.Fatalf("%q as it is shown reads as %q, %v", drawn, again, err)
		}
	}
	if _, err := pair.NewSymbols(bytes.NewReader(make([]byte, 4))); err == nil {
		t.Error("symbols are drawn from nothing")
	}
}

// Whatever is read as an offer is that offer's own text.
func FuzzParseOffer(f *testing.F) {
	for _, seed := range []string{offered, strings.ToLower(offered), "1.7QK2M9X\n." + printed, "2." + symbols + "." + printed, ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := pair.ParseOffer(text)
		if err != nil {
			if o != (pair.Offer{}) {
				t.Fatalf("ParseOffer(%q) refuses and gives %v", text, o)
			}
			return
		}
		if again := o.Text(); !strings.EqualFold(again, text) || len(again) != len(offered) || len(text) != len(offered) {
			t.Fatalf("ParseOffer(%q) reads what has the text %q", text, again)
		}
	})
}

// Whatever is read as symbols is eight of the alphabet.
func FuzzParseSymbols(f *testing.F) {
	for _, seed := range []string{symbols, "7qk2 m9xw", "7QK2M9X\n", "ſQK2M9XW"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := pair.ParseSymbols(text)
		if err != nil {
			return
		}
		if len(s) != 8 || strings.Trim(string(s), "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
			t.Fatalf("ParseSymbols(%q) gives %q", text, s)
		}
	})
}
