package chain

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/countersign/countersign/trust"
)

// inTurn opens a chain the plain way: one entry after another, each signature
// checked before the next entry is looked at.
func inTurn(entries [][]byte) (State, error) {
	if len(entries) == 0 {
		return State{}, ErrInvalid
	}
	var s State
	for _, raw := range entries {
		next, err := s.Apply(raw)
		if err != nil {
			return State{}, err
		}
		s = next
	}
	return s, nil
}

// spoilt gives every way in which an entry's signatures can be wrong though all
// else about it is right.
func spoilt(t testing.TB, raw []byte) map[string][]byte {
	t.Helper()
	var e entry
	if err := trust.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	keep := func(name string, e entry) {
		b, err := trust.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = b
	}
	wrong := e
	wrong.Sig[0] ^= 1
	keep("author's", wrong)
	if e.Possession != nil {
		possession := *e.Possession
		possession[40] ^= 1
		wrong = e
		wrong.Possession = &possession
		keep("introduced key's", wrong)
	}
	return out
}

// damages are the ends a chain may come to after its first entries.
func damages(t testing.TB, s *story) map[string][]byte {
	t.Helper()
	unknown, later := laptopJoins(t, s), laptopJoins(t, s)
	unknown.body.Op, later.body.Version = 8, 2
	return map[string][]byte{
		"nothing":           nil,
		"unknown operation": unknown.encode(t),
		"later version":     later.encode(t),
		"rubbish":           []byte("x"),
		"a repeated entry":  s.raw[1],
	}
}

// A wrong signature anywhere is told as if it had been found in its turn, also
// if the entries after it would have given another answer.
func TestSignaturesTogetherAsInTurn(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R\nphone adds laptop\nlaptop wants 6\npaper adds tablet\ntablet removes phone")
	for end, last := range damages(t, s) {
		for at := range s.raw {
			for who, wrong := range spoilt(t, s.raw[at]) {
				entries := slices.Clone(s.raw)
				entries[at] = wrong
				for cut := at + 1; cut <= len(entries); cut++ {
					shown := slices.Clone(entries[:cut])
					if last != nil {
						shown = append(shown, last)
					}
					sameAnswer(t, fmt.Sprintf("%s signature of entry %d of %d wrong, then %s", who, at, cut, end), shown)
				}
			}
		}
		if last != nil {
			sameAnswer(t, "all right, then "+end, append(slices.Clone(s.raw), last))
		}
	}
}

// A forged entry is not made better by a whole history that builds upon it, in
// which all else is right.
func TestNothingStandsOnAForgedEntry(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R")
	f := laptopJoins(t, s)
	f.signer = keysOf(t, "laptop")
	forged := f.encode(t)
	e, b, err := decode(forged)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.state.apply(forged, e, b, func(claim) bool { return true }); err != nil {
		t.Fatalf("wrong in more than its signature: %v", err)
	}
	s.raw = append(s.raw, forged)
	for _, line := range []string{"laptop adds desk", "laptop removes phone", "desk wants 6", "laptop makes imap-1"} {
		s.more(line)
		sameAnswer(t, line, s.raw)
		if _, err := Open(s.raw); err != ErrInvalid {
			t.Fatalf("up to %q it opens: %v", line, err)
		}
	}
	for name, last := range damages(t, s) {
		if _, err := Open(append(slices.Clone(s.raw), last)); err != ErrInvalid {
			t.Errorf("then %s: %v", name, err)
		}
	}
}

// sameAnswer compares Open and Extend, from each pinned beginning, with inTurn.
func sameAnswer(t *testing.T, name string, entries [][]byte) {
	t.Helper()
	want, wantErr := inTurn(entries)
	got, err := Open(entries)
	if err != wantErr || fmt.Sprint(visible(got)) != fmt.Sprint(visible(want)) {
		t.Errorf("%s: opens with %v, in turn %v", name, err, wantErr)
	}
	for n := range entries {
		pinned, err := inTurn(entries[:n])
		if n > 0 && err != nil {
			return // nobody has pinned that
		}
		got, err := pinned.Extend(entries[max(n-1, 0):])
		if err != wantErr || err != nil && got.Head() != pinned.Head() || err == nil && got.Head() != want.Head() {
			t.Errorf("%s, pinned %d: extended with %v, in turn %v", name, n, err, wantErr)
		}
	}
}

// One processor gives the same answers as many.
func TestClaimsOnAnyNumberOfProcessors(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop\nlaptop adds tablet\nlaptop wants 6")
	bad := slices.Clone(s.raw)
	bad[2] = spoilt(t, s.raw[2])["introduced key's"]
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, n := range []int{1, 2, 3, 16} {
		runtime.GOMAXPROCS(n)
		if got, err := Open(s.raw); err != nil || got.Head() != s.state.Head() {
			t.Errorf("%d processors: %v", n, err)
		}
		if got, err := Open(bad); err != ErrInvalid || got.Account() != (trust.AccountID{}) {
			t.Errorf("%d processors, one signature wrong: %v", n, err)
		}
	}
}

// Each single wrong signature is found, wherever it stands among many.
func TestEveryClaimIsChecked(t *testing.T) {
	keys, body := keysOf(t, "phone"), []byte("body")
	right := claim{keys.SignKey(), trust.ContextEntry, body, keys.Sign(trust.ContextEntry, body)}
	for n := range 12 {
		cs := make(claims, n)
		for i := range cs {
			cs[i] = right
		}
		if !cs.hold() {
			t.Fatalf("%d right ones do not hold", n)
		}
		for at := range cs {
			for name, wrong := range map[string]claim{
				"key":     {keysOf(t, "thief").SignKey(), right.context, body, right.sig},
				"context": {right.key, trust.ContextPossession, body, right.sig},
				"body":    {right.key, right.context, bytes.ToUpper(body), right.sig},
				"nothing": {},
			} {
				cs[at] = wrong
				if cs.hold() {
					t.Errorf("wrong %s at %d of %d holds", name, at, n)
				}
			}
			cs[at] = right
		}
	}
}
