package trust

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"testing"
)

// malformed are kinds of bytes that mean the same as a canonical message to a
// lenient reader. Each is a change of {1: h'aabbcc', 2: 64 bytes of 11}.
func malformed() map[string]string {
	sig := repeat("11", 64)
	body, sigItem := "0143aabbcc", "025840"+sig
	return map[string]string{
		"empty input":               "",
		"not a map":                 "00",
		"array for map":             "8243aabbcc5840" + sig,
		"trailing byte":             "a2" + body + sigItem + "00",
		"second message behind":     "a2" + body + sigItem + "a2" + body + sigItem,
		"truncated":                 "a2" + body + "025840" + repeat("11", 63),
		"one pair announced":        "a1" + body + sigItem,
		"three pairs announced":     "a3" + body + sigItem,
		"indefinite map":            "bf" + body + sigItem + "ff",
		"indefinite bytes":          "a2015f43aabbccff" + sigItem,
		"keys in wrong order":       "a2" + sigItem + body,
		"key twice":                 "a3" + body + body + sigItem,
		"unknown key":               "a3" + body + sigItem + "0300",
		"unknown text key":          "a3" + body + sigItem + "616100",
		"text key for number":       "a2613143aabbcc" + sigItem,
		"negative key":              "a3" + "2043aabbcc" + body + sigItem,
		"float key":                 "a2f93c0043aabbcc" + sigItem,
		"missing field":             "a1" + body,
		"missing first field":       "a1" + sigItem,
		"long key":                  "a2180143aabbcc" + sigItem,
		"long map head":             "b802" + body + sigItem,
		"long length":               "a2015803aabbcc" + sigItem,
		"longer length":             "a201590003aabbcc" + sigItem,
		"length beyond input":       "a2015bffffffffffffffff" + sigItem,
		"tag before map":            "d9d9f7a2" + body + sigItem,
		"tag before bytes":          "a201c243aabbcc" + sigItem,
		"null":                      "a201f6" + sigItem,
		"null message":              "f6",
		"undefined":                 "a201f7" + sigItem,
		"boolean":                   "a201f5" + sigItem,
		"text for bytes":            "a20163616263" + sigItem,
		"integers for bytes":        "a2018318aa18bb18cc" + sigItem,
		"bytes too short":           "a2" + body + "02583f" + repeat("11", 63),
		"bytes too long":            "a2" + body + "025841" + repeat("11", 65),
		"reserved head":             "a2011c" + sigItem,
		"simple value in two bytes": "a201f814" + sigItem,
		"break outside":             "a201ff" + sigItem,
	}
}

func TestUnmarshalRefusesWhatIsNotCanonical(t *testing.T) {
	good, _ := hex.DecodeString("a20143aabbcc025840" + repeat("11", 64))
	var s Signed
	if err := Unmarshal(good, &s); err != nil || !bytes.Equal(s.Body, []byte{0xaa, 0xbb, 0xcc}) {
		t.Fatalf("canonical message: %v, body %x", err, s.Body)
	}
	for name, text := range malformed() {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := Unmarshal(raw, new(Signed)); err != ErrMalformed {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func TestUnmarshalRefusesFieldsInOtherForms(t *testing.T) {
	d, _ := newDevice(t, "Phone")
	device := mustMarshal(t, d)
	approval := mustMarshal(t, Approval{Version: 1, Answer: NotNow, Challenge: Hash{1}})
	swap := func(raw []byte, old, with string) []byte {
		o, _ := hex.DecodeString(old)
		w, _ := hex.DecodeString(with)
		if bytes.Count(raw, o) != 1 {
			t.Fatalf("%s occurs %d times", old, bytes.Count(raw, o))
		}
		return bytes.Replace(raw, o, w, 1)
	}
	for name, c := range map[string]struct {
		raw []byte
		v   any
	}{
		"text that is not UTF-8": {swap(device, "026550686f6e65", "0265506800ffff"), new(Device)},
		"text cut inside a rune": {swap(device, "026550686f6e65", "026550686f6ec3"), new(Device)},
		"bytes for text":         {swap(device, "026550686f6e65", "024550686f6e65"), new(Device)},
		"long integer":           {swap(approval, "a70101025820", "a7011801025820"), new(Approval)},
		"integer as float":       {swap(approval, "a70101025820", "a701f93c00025820"), new(Approval)},
		"negative integer":       {swap(approval, "a70101025820", "a70120025820"), new(Approval)},
		"integer beyond 64 bits": {swap(approval, "a70101025820", "a701c249010000000000000000025820"), new(Approval)},
		"integer as text":        {swap(approval, "a70101025820", "a7016131025820"), new(Approval)},
		"integer as boolean":     {swap(approval, "a70101025820", "a701f5025820"), new(Approval)},
		"map for an integer":     {swap(approval, "a70101025820", "a701a0025820"), new(Approval)},
		"optional field that holds nothing": {
			append(append([]byte{0xa8}, approval[1:bytes.Index(approval, []byte{0x06, 0x00})]...),
				append([]byte{0x05, 0x40}, approval[bytes.Index(approval, []byte{0x06, 0x00}):]...)...), new(Approval)},
	} {
		if err := Unmarshal(c.raw, c.v); err != ErrMalformed {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

func TestUnmarshalReadsNothingBeyond64KiB(t *testing.T) {
	fits := Signed{Body: make([]byte, MaxMessage-1-1-3-1-66)}
	raw := mustMarshal(t, fits)
	for len(raw) < MaxMessage {
		fits.Body = append(fits.Body, 0)
		raw = mustMarshal(t, fits)
	}
	if err := Unmarshal(raw, new(Signed)); err != nil || len(raw) != MaxMessage {
		t.Fatalf("message of %d bytes: %v", len(raw), err)
	}
	fits.Body = append(fits.Body, 0)
	if err := Unmarshal(mustMarshal(t, fits), new(Signed)); err != ErrMalformed {
		t.Fatalf("message of 64 KiB and one byte: %v", err)
	}
}

func TestUnmarshalBoundsNesting(t *testing.T) {
	for _, depth := range []int{9, 64, 60_000} {
		raw := append(bytes.Repeat([]byte{0x81}, depth), 0)
		var v any
		if err := Unmarshal(raw, &v); err != ErrMalformed {
			t.Errorf("%d arrays in one another: %v", depth, err)
		}
	}
	var v any
	if err := Unmarshal(append([]byte{0x99, 0x01, 0x01}, make([]byte, 257)...), &v); err != ErrMalformed {
		t.Errorf("array of 257: %v", err)
	}
}

// Every single-byte change gives another message or none, never the same one.
func TestNoTwoEncodingsOfOneMessage(t *testing.T) {
	raw := mustMarshal(t, newChallenge())
	var want Challenge
	if err := Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, mask := range []byte{0x01, 0x80, 0xff} {
			changed := bytes.Clone(raw)
			changed[i] ^= mask
			var got Challenge
			if Unmarshal(changed, &got) == nil && reflect.DeepEqual(got, want) {
				t.Fatalf("byte %d ^ %02x reads as the same message", i, mask)
			}
		}
	}
	for n := range raw {
		if Unmarshal(raw[:n], new(Challenge)) == nil {
			t.Fatalf("the first %d bytes read as a message", n)
		}
	}
}

func TestMarshalUnmarshalEveryType(t *testing.T) {
	d, _ := newDevice(t, "Phone")
	v, _ := newVerifier(t)
	key, _ := NewRecoveryKey(source("r"))
	r, err := key.Record()
	if err != nil {
		t.Fatal(err)
	}
	c := newChallenge()
	step := c
	step.Kind, step.Action, step.Known = StepUp, "Pay 49 € at Shop", true
	for _, in := range []any{
		d, v, r, DefaultPolicy(), c, step,
		Credential{ID: [16]byte{1}, Kind: AppPassword, Service: "imap", Label: "Mail", Verifier: make([]byte, 32), Sealed: []byte{1}, Expires: 9},
		Credential{ID: [16]byte{1}, Kind: AppPassword, Service: "imap", Label: "Mail", Verifier: make([]byte, 32)},
		Approval{Version: 1, Answer: Allow, Box: []byte{1}}, Approval{Version: 1, Answer: NotMe},
		Signed{Body: []byte{1}}, Proof{Origin: "https://id.example.org"}, KeySeed{},
	} {
		raw := mustMarshal(t, in)
		out := reflect.New(reflect.TypeOf(in))
		if err := Unmarshal(raw, out.Interface()); err != nil {
			t.Errorf("%T: %v", in, err)
		} else if !reflect.DeepEqual(out.Elem().Interface(), in) {
			t.Errorf("%T came back changed", in)
		}
	}
}

// Sizes were computed when the protocol was drawn up; a change of one is a change
// of the protocol.
func TestSizes(t *testing.T) {
	d, keys := newDevice(t, "Phone")
	raw, err := newChallenge().Seal(keys)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(mustMarshal(t, d)); n != 1288 {
		t.Errorf("device record has %d bytes", n)
	}
	if n := len(raw); n < 256 || n > 320 {
		t.Errorf("challenge has %d bytes", n)
	}
}

func FuzzUnmarshal(f *testing.F) {
	d, _ := newDevice(f, "Phone")
	v, _ := newVerifier(f)
	for _, v := range []any{d, v, newChallenge(), Signed{Body: []byte{1}}, Approval{Version: 1, Answer: Allow, Box: []byte{1}}, DefaultPolicy()} {
		f.Add(mustMarshal(f, v))
	}
	for _, text := range malformed() {
		raw, _ := hex.DecodeString(text)
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, v := range []any{new(Device), new(Recovery), new(Verifier), new(Policy), new(Credential), new(Challenge), new(Approval), new(Signed), new(Proof), new(any)} {
			if Unmarshal(raw, v) != nil {
				continue
			}
			again, err := Marshal(v)
			if err != nil || !bytes.Equal(again, raw) {
				t.Fatalf("%T: decoded %x encodes as %x (%v)", v, raw, again, err)
			}
		}
	})
}
