package chain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/countersign/countersign/trust"
)

// twoHistories gives two chains that agree on the first three entries.
func twoHistories(t testing.TB) (ours, theirs *story) {
	t.Helper()
	ours = tell(t, "phone begins\nphone prints R\nphone adds laptop")
	copied := *ours
	copied.raw = slices.Clone(ours.raw)
	theirs = &copied
	ours.more("phone wants 6\nphone makes imap-1")
	theirs.more("laptop removes phone\nlaptop adds thief\nlaptop makes imap-2")
	return ours, theirs
}

func TestExtend(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop")
	pinned := s.state
	s.more("laptop adds tablet\ntablet removes phone\ntablet wants 6")
	for from := range 3 {
		got, err := pinned.Extend(s.raw[from:])
		if err != nil || got.Head() != s.state.Head() || len(got.Devices()) != 2 {
			t.Errorf("from entry %d: %v, head %v", from, err, got.Head())
		}
	}
	if got, err := s.state.Extend(s.raw[s.state.Head().Seq:]); err != nil || got.Head() != s.state.Head() {
		t.Errorf("nothing new: %v", err)
	}
	if got, err := (State{}).Extend(s.raw); err != nil || got.Head() != s.state.Head() {
		t.Errorf("from nothing: %v", err)
	}
	if pinned.Head().Seq != 1 {
		t.Error("the pinned state moved")
	}
}

func TestExtendRefusesRollback(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop\nphone wants 6")
	for name, entries := range map[string][][]byte{
		"nothing":                nil,
		"the beginning only":     s.raw[:1],
		"one less":               s.raw[:2],
		"one less, from inside":  s.raw[1:2],
		"an empty list, present": {},
	} {
		if got, err := s.state.Extend(entries); err != ErrBehind || got.Head() != s.state.Head() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (State{}).Extend(nil); err != ErrBehind {
		t.Errorf("nothing to nothing: %v", err)
	}
}

// A backend that was restored from a backup takes the missing entries back and
// arrives at the same head.
func TestRestoredReplicaIsRepaired(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop\nphone wants 6\nlaptop removes phone")
	backend, err := Open(s.raw[:2])
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range s.raw[backend.Head().Seq+1:] {
		if backend, err = backend.Apply(raw); err != nil {
			t.Fatal(err)
		}
	}
	if backend.Head() != s.state.Head() {
		t.Error("repaired to another head")
	}
}

func TestExtendSeesAFork(t *testing.T) {
	ours, theirs := twoHistories(t)
	for name, entries := range map[string][][]byte{
		"whole":                  theirs.raw,
		"from where they part":   theirs.raw[3:],
		"longer than ours":       theirs.raw[2:],
		"as long as ours":        theirs.raw[:5],
		"shorter than ours":      theirs.raw[:4],
		"only the other entry":   theirs.raw[3:4],
		"ours with theirs after": append(slices.Clone(ours.raw[:3]), theirs.raw[3]),
	} {
		if got, err := ours.state.Extend(entries); err != ErrFork || got.Head() != ours.state.Head() {
			t.Errorf("%s: %v", name, err)
		}
	}
	// gossip: a signed message names a head
	if err := ours.state.Agrees(theirs.state.Head()); err != ErrBehind {
		t.Errorf("their head lies ahead: %v", err)
	}
	at4, _ := theirs.state.At(4)
	if err := ours.state.Agrees(Head{Seq: 4, Hash: at4}); err != ErrFork {
		t.Errorf("their entry 4: %v", err)
	}
	at2, _ := theirs.state.At(2)
	if err := ours.state.Agrees(Head{Seq: 2, Hash: at2}); err != nil {
		t.Errorf("their entry 2: %v", err)
	}
}

func TestExtendRefusesOtherThings(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop")
	pinned := s.state
	s.more("laptop adds tablet\ntablet wants 6")
	other := &story{t: t, now: noon.AddDate(1, 0, 0)}
	other.more("phone begins\nphone adds laptop\nphone wants 6")
	forged := laptopJoins(t, s)
	forged.signer = keysOf(t, "thief")
	for name, c := range map[string]struct {
		entries [][]byte
		want    error
	}{
		"gap after ours":              {s.raw[3:], ErrInvalid},
		"gap inside":                  {[][]byte{s.raw[1], s.raw[3]}, ErrInvalid},
		"gap after the first":         {[][]byte{s.raw[0], s.raw[2]}, ErrInvalid},
		"backwards":                   {[][]byte{s.raw[1], s.raw[0]}, ErrInvalid},
		"twice":                       {[][]byte{s.raw[1], s.raw[1]}, ErrInvalid},
		"rubbish":                     {[][]byte{s.raw[1], []byte("x")}, ErrInvalid},
		"forged":                      {append(slices.Clone(s.raw), forged.encode(t)), ErrInvalid},
		"another account's entry":     {other.raw[1:], ErrInvalid},
		"another account's beginning": {other.raw, ErrFork}, // the operator began anew: everybody must see it
	} {
		if got, err := pinned.Extend(c.entries); err != c.want || got.Head() != pinned.Head() {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestCompareProvesAFork(t *testing.T) {
	ours, theirs := twoHistories(t)
	f, err := Compare(ours.raw, theirs.raw)
	if !errors.Is(err, ErrFork) || f.Seq != 3 || !bytes.Equal(f.Pinned, ours.raw[3]) || !bytes.Equal(f.Shown, theirs.raw[3]) {
		t.Fatalf("seq %d, %v", f.Seq, err)
	}
	// the proof stands by itself: both are valid after the same three entries
	before, err := Open(ours.raw[:3])
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{f.Pinned, f.Shown} {
		if _, err := before.Apply(raw); err != nil {
			t.Errorf("half of the proof is not valid: %v", err)
		}
	}
}

func TestCompareWithoutFork(t *testing.T) {
	ours, _ := twoHistories(t)
	forged := laptopJoins(t, ours)
	forged.body.Op = 12
	for name, c := range map[string]struct {
		shown [][]byte
		want  error
	}{
		"the same":   {ours.raw, nil},
		"a part":     {ours.raw[:2], nil},
		"nothing":    {nil, nil},
		"rubbish":    {append(slices.Clone(ours.raw[:3]), []byte("x")), ErrInvalid},
		"out of row": {append(slices.Clone(ours.raw[:3]), ours.raw[4]), ErrInvalid},
		"unknown":    {append(slices.Clone(ours.raw[:3]), forged.encode(t)), ErrUnknown},
	} {
		if f, err := Compare(ours.raw, c.shown); err != c.want || f.Shown != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// Two devices append at once, a thousand times: of each pair one wins, the other
// signs anew on the new head, and all replicas hold the same line.
func TestTwoWritersMakeOneLine(t *testing.T) {
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	s := tell(t, "phone begins\nphone adds laptop")
	backend, entries := s.state, s.raw
	phone, laptop := s.author("phone"), s.author("laptop")
	p := trust.DefaultPolicy()
	for i := range rounds {
		p.RecoveryWait = uint64(i % 168)
		a, errA := backend.SetPolicy(phone, p, noon)
		b, errB := backend.SetPolicy(laptop, p, noon)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if i%2 == 1 {
			a, b = b, a
		}
		next, err := backend.Apply(a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := next.Apply(b); err != ErrInvalid {
			t.Fatalf("round %d: the second writer was taken too: %v", i, err)
		}
		if err := next.Agrees(Head{Seq: next.Head().Seq, Hash: trust.HashEntry(b)}); err != ErrFork {
			t.Fatalf("round %d: two entries at one place are not told apart", i)
		}
		backend, entries = next, append(entries, a)
	}
	got, err := Open(entries)
	if err != nil || got.Head() != backend.Head() || got.Head().Seq != uint64(rounds)+1 {
		t.Fatalf("%v, head %v", err, got.Head())
	}
}

// After a time-out the same bytes are sent again. Whether the first ones came or
// not, and whether others wrote in between, the entry is in the line once, and the
// author learns which.
func TestSameBytesAgain(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop")
	backend := s.state
	raw, err := backend.SetPolicy(s.author("phone"), trust.DefaultPolicy(), noon)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // only the first of these changes anything
		if backend, err = backend.Extend([][]byte{raw}); err != nil || backend.Head() != (Head{2, trust.HashEntry(raw)}) {
			t.Fatalf("%v, head %v", err, backend.Head())
		}
	}
	if _, err := backend.Apply(raw); err != ErrInvalid {
		t.Errorf("appended twice: %v", err)
	}
	other, err := backend.SetPolicy(s.author("laptop"), trust.DefaultPolicy(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if backend, err = backend.Apply(other); err != nil {
		t.Fatal(err)
	}
	if known, ok := backend.At(2); !ok || known != trust.HashEntry(raw) {
		t.Error("with another after it, it cannot be told that it is there")
	}
	if got, err := backend.Extend([][]byte{raw, other}); err != nil || got.Head() != backend.Head() {
		t.Errorf("with the other after it: %v", err)
	}
	if got, err := s.state.Extend([][]byte{s.raw[1], raw, other}); err != nil || got.Head() != backend.Head() {
		t.Errorf("the author catches up: %v", err)
	}
}

func ExampleState_Extend() {
	var pinned State
	_, err := pinned.Extend(nil)
	fmt.Println(err)
	// Output: chain is shorter than known
}
