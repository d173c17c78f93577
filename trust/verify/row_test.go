package verify

import (
	"bytes"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

func TestRowsComeBack(t *testing.T) {
	w := newWorld(t)
	s, _ := w.approved("browser")
	s.Away = []trust.DeviceID{deviceOf(t, "laptop").ID}
	if got, err := w.Decode(w.Encode(s)); err != nil || !reflect.DeepEqual(got, s) {
		t.Errorf("sign-in: %v", err)
	}
	l, _ := burns(Limits{}, browser("a"), noon)
	l, _ = l.Ended(ended(Denied), noon)
	l, _, _ = l.OpenDoor(noon, source("d"))
	if got, err := w.DecodeLimits(trust.AccountID{1}, w.EncodeLimits(trust.AccountID{1}, l)); err != nil || !reflect.DeepEqual(got, l) {
		t.Errorf("limits: %v", err)
	}
	if got, err := w.DecodeLimits(trust.AccountID{1}, w.EncodeLimits(trust.AccountID{1}, Limits{})); err != nil || !reflect.DeepEqual(got, Limits{}) {
		t.Errorf("fresh limits: %v", err)
	}
	tries := Tries{Wrong: 3, Last: 9}
	if got, err := w.DecodeTries([32]byte{1}, w.EncodeTries([32]byte{1}, tries)); err != nil || got != tries {
		t.Errorf("tries: %v", err)
	}
	a, _ := Address{}.Try(noon)
	if got, err := w.DecodeAddress([32]byte{1}, w.EncodeAddress([32]byte{1}, a)); err != nil || !reflect.DeepEqual(got, a) {
		t.Errorf("address: %v", err)
	}
}

// Who can write to the database, but has not the row key, can put an older row
// back, and nothing else.
func TestRowsOfOthersAreRefused(t *testing.T) {
	w := newWorld(t)
	s, _ := w.approved("browser")
	row := w.Encode(s)
	for i := range row {
		for _, mask := range []byte{0x01, 0x80, 0xff} {
			changed := bytes.Clone(row)
			changed[i] ^= mask
			if got, err := w.Decode(changed); err != ErrTampered || !reflect.DeepEqual(got, SignIn{}) {
				t.Fatalf("byte %d ^ %02x: %v", i, mask, err)
			}
		}
	}
	for _, n := range []int{0, 1, len(row) / 2, len(row) - 1} {
		if _, err := w.Decode(row[:n]); err != ErrTampered {
			t.Errorf("first %d bytes: %v", n, err)
		}
	}
	if _, err := w.Decode(append(bytes.Clone(row), 0)); err != ErrTampered {
		t.Errorf("a byte behind: %v", err)
	}
	other := New(w.Record(), keysOf(t, "home"), [32]byte{2})
	if _, err := other.Decode(row); err != ErrTampered {
		t.Errorf("under another key: %v", err)
	}
}

func TestRowsHaveTheirPlace(t *testing.T) {
	w := newWorld(t)
	a, b := [32]byte{1}, [32]byte{2}
	s := w.Encode(w.begin(ask("b")))
	limits := w.EncodeLimits(trust.AccountID(a), Limits{})
	tries := w.EncodeTries(a, Tries{})
	address := w.EncodeAddress(a, Address{})
	for name, err := range map[string]error{
		"limits of another account":      failure(w.DecodeLimits(trust.AccountID(b), limits)),
		"tries of another name":          failure(w.DecodeTries(b, tries)),
		"failures of another network":    failure(w.DecodeAddress(b, address)),
		"a network's failures as limits": failure(w.DecodeLimits(trust.AccountID(a), address)),
		"limits as a network's failures": failure(w.DecodeAddress(a, limits)),
		"tries as failures":              failure(w.DecodeAddress(a, tries)),
		"failures as tries":              failure(w.DecodeTries(a, address)),
		"limits as a sign-in":            failure(w.Decode(limits)),
		"a sign-in as limits":            failure(w.DecodeLimits(trust.AccountID(a), s)),
	} {
		if err != ErrTampered {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func failure[T any](_ T, err error) error { return err }

func TestAddressKeys(t *testing.T) {
	w := newWorld(t)
	key := func(a string) [32]byte { return w.AddressKey(netip.MustParseAddr(a)) }
	for _, same := range [][2]string{
		{"192.0.2.7", "::ffff:192.0.2.7"},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"},
		{"fe80::1%eth0", "fe80::2%eth1"},
	} {
		if key(same[0]) != key(same[1]) {
			t.Errorf("%s and %s count apart", same[0], same[1])
		}
	}
	for _, other := range [][2]string{
		{"192.0.2.7", "192.0.2.8"}, {"2001:db8:1:2::1", "2001:db8:1:3::1"}, {"0.0.0.0", "::"},
	} {
		if key(other[0]) == key(other[1]) {
			t.Errorf("%s and %s count together", other[0], other[1])
		}
	}
	if w.AddressKey(netip.Addr{}) == key("0.0.0.0") {
		t.Error("no address counts as one")
	}
}

func TestTriesKeys(t *testing.T) {
	w := newWorld(t)
	seen := map[[32]byte]string{}
	for _, name := range []string{"anna", "bert", ""} {
		for _, b := range []string{"", "a", "b"} {
			k := w.TriesKey(name, browser(b))
			if other, ok := seen[k]; ok {
				t.Errorf("%q and %q count together", name+"/"+b, other)
			}
			seen[k] = name + "/" + b
		}
	}
	other := New(w.Record(), keysOf(t, "home"), [32]byte{2})
	if other.TriesKey("anna", Browser{}) == w.TriesKey("anna", Browser{}) {
		t.Error("a key can be computed without the row key: names can be looked for in the database")
	}
}

// The real thing, for a year, by every attack, with signatures, boxes and rows:
// the person allows everything, the attacker knows no code.
func TestYearOfRealSignIns(t *testing.T) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			w := newWorld(t)
			var l Limits
			guesses := 0
			for end := noon.AddDate(1, 0, 0); w.now.Before(end); w.later(time.Hour) {
				var open []SignIn
				var codes []trust.Code
				for range a.parallel {
					var v Verdict
					if l, v = l.Prompt(Browser{}, Waiting{Unknown: len(open)}, w.now); v.Allowed {
						s, code := w.approved("attacker")
						open, codes = append(open, s), append(codes, code)
					}
				}
				for try := range a.tries {
					for i := range open {
						before := open[i].Tries
						open[i], l, _, _ = w.types(l, open[i], wrong(codes[i], try))
						guesses += int(open[i].Tries - before)
					}
				}
			}
			if guesses != OffAtWrong || !l.SwitchedOff() {
				t.Errorf("%d codes compared, off %v", guesses, l.SwitchedOff())
			}
		})
	}
}
