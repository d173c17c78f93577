package chain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/countersign/countersign/trust"
)

var update = flag.Bool("update", false, "write the test vectors anew")

// vectors is ../testdata/chain.json; its form is described in docs/protocol.md.
type vectors struct {
	About   string          `json:"about"`
	Account trust.AccountID `json:"account"`
	Entries []vectorEntry   `json:"entries"`
	Refused []vectorRefused `json:"refused"`
	Fork    vectorFork      `json:"fork"`
}

type vectorEntry struct {
	Does      string   `json:"does"`
	Entry     string   `json:"entry"` // hexadecimal
	Head      Head     `json:"head"`
	Devices   []string `json:"devices"`   // names after the entry, in order of joining
	Verifiers []string `json:"verifiers"` // origins after the entry
	Labels    []string `json:"credentials"`
	Digits    uint64   `json:"digits"`
}

type vectorRefused struct {
	Class string `json:"class"`
	Error string `json:"error"` // "invalid" or "unknown"
	After int    `json:"after"` // to be tried after so many of the entries
	Entry string `json:"entry"`
}

// vectorFork is two entries that are both valid after the first After ones.
type vectorFork struct {
	After int    `json:"after"`
	A     string `json:"a"`
	B     string `json:"b"`
}

var vectorLines = []string{
	"phone begins", "phone prints R", "phone adds tablet", "tablet trusts vpn", "tablet wants 6", "tablet makes imap-1",
	"tablet makes passkey-1", "tablet revokes all", "tablet shares C", "tablet removes phone", "contacts=C adds desk", "paper prints S",
}

func makeVectors(t *testing.T) vectors {
	s := &story{t: t, now: noon}
	v := vectors{About: "An account's trust chain, entry by entry, then entries that every replica must refuse."}
	for _, line := range vectorLines {
		s.more(line)
		e := vectorEntry{
			Does: line, Entry: hex.EncodeToString(s.raw[len(s.raw)-1]), Head: s.state.Head(), Digits: s.state.Policy().Digits,
			Devices: []string{}, Verifiers: []string{}, Labels: []string{},
		}
		for _, d := range s.state.Devices() {
			e.Devices = append(e.Devices, d.Name)
		}
		for _, r := range s.state.Verifiers() {
			e.Verifiers = append(e.Verifiers, r.Origin)
		}
		for _, c := range s.state.Credentials() {
			e.Labels = append(e.Labels, c.Label)
		}
		v.Entries = append(v.Entries, e)
	}
	v.Account = s.state.Account()
	v.Refused = slices.Concat(refusals(t), misplaced(s), wrongful(t, s))
	v.Fork = forkOf(t)
	return v
}

// refusals are the forgeries on the first three entries.
func refusals(t *testing.T) (out []vectorRefused) {
	s := forged(t)
	all := forgeries(t, s)
	for _, class := range slices.Sorted(maps.Keys(all)) {
		f := laptopJoins(t, s)
		all[class](&f)
		out = append(out, vectorRefused{Class: class, Error: "invalid", After: 3, Entry: hex.EncodeToString(f.encode(t))})
	}
	for class, change := range map[string]func(*forgery){
		"unknown operation": func(f *forgery) { f.body.Op = 8 },
		"unknown version":   func(f *forgery) { f.body.Version = 2 },
	} {
		f := laptopJoins(t, s)
		change(&f)
		out = append(out, vectorRefused{Class: class, Error: "unknown", After: 3, Entry: hex.EncodeToString(f.encode(t))})
	}
	slices.SortStableFunc(out, func(a, b vectorRefused) int { return bytes.Compare([]byte(a.Error+a.Class), []byte(b.Error+b.Class)) })
	return out
}

// misplaced are good entries at wrong places.
func misplaced(s *story) []vectorRefused {
	at := func(class string, after, entry int) vectorRefused {
		return vectorRefused{Class: class, Error: "invalid", After: after, Entry: hex.EncodeToString(s.raw[entry])}
	}
	return []vectorRefused{
		at("first entry is no genesis", 0, 1), at("entry replayed", 2, 1), at("entry skipped", 2, 3),
		at("genesis replayed", 1, 0), at("author removed since", 10, 5),
	}
}

// wrongful are entries that nobody may write where they stand, all else being right.
func wrongful(t *testing.T, s *story) (out []vectorRefused) {
	for _, c := range []struct {
		class string
		after int
		line  string
	}{
		{"self-signed device", 3, "thief adds thief"},
		{"key of another device", 3, "phone adds desk, with the key of tablet"},
		{"KEM key of another device", 3, "phone adds desk, with the KEM key of tablet"},
		{"key of the recovery key", 3, "phone adds desk, with the key of paper"},
		{"id of another device", 3, "phone adds desk, with the id of tablet"},
		{"recovery key set again", 3, "phone prints R"},
		{"recovery key set again as another kind", 3, "phone shares R"},
		{"removal of the last device", 1, "phone removes phone"},
		{"removal of the last device by the recovery key", 10, "paper removes tablet"},
		{"removal of a stranger", 3, "phone removes desk"},
		{"removed device adds", 10, "phone adds desk"},
		{"removed device added again", 10, "tablet adds phone"},
		{"credential made twice", 6, "tablet makes imap-1"},
		{"credential made again after its end", 8, "tablet makes imap-1"},
		{"credential ended twice", 8, "tablet revokes imap-1"},
		{"recovery key that was replaced", 12, "paper=R adds thief"},
	} {
		st, err := Open(s.raw[:c.after])
		if err != nil {
			t.Fatal(err)
		}
		before := &story{t: t, now: noon, state: st, raw: s.raw[:c.after], paper: "R"}
		before.refuses(c.line)
		out = append(out, vectorRefused{Class: c.class, Error: "invalid", After: c.after, Entry: before.tried[0].Entry})
	}
	return out
}

func forkOf(t *testing.T) vectorFork {
	s := forged(t)
	a, b := *s, *s
	a.more("phone removes tablet")
	b.more("tablet removes phone")
	return vectorFork{After: 3, A: hex.EncodeToString(a.raw[3]), B: hex.EncodeToString(b.raw[3])}
}

func TestVectors(t *testing.T) {
	const path = "../testdata/chain.json"
	want := new(bytes.Buffer)
	enc := json.NewEncoder(want)
	enc.SetIndent("", "\t")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(makeVectors(t)); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not what this program makes: a change of the protocol, or run with -update", path)
	}
	var v vectors
	if err := json.Unmarshal(got, &v); err != nil {
		t.Fatal(err)
	}
	v.examine(t)
}

// examine does what a second implementation would do with the file.
func (v vectors) examine(t *testing.T) {
	states := []State{{}}
	for _, e := range v.Entries {
		raw, _ := hex.DecodeString(e.Entry)
		next, err := states[len(states)-1].Apply(raw)
		if err != nil || next.Head() != e.Head || len(next.Devices()) != len(e.Devices) || next.Policy().Digits != e.Digits {
			t.Fatalf("%q: %v", e.Does, err)
		}
		states = append(states, next)
	}
	if states[1].Account() != v.Account {
		t.Errorf("account is %v", states[1].Account())
	}
	for _, r := range v.Refused {
		raw, _ := hex.DecodeString(r.Entry)
		want := map[string]error{"invalid": ErrInvalid, "unknown": ErrUnknown}[r.Error]
		if _, err := states[r.After].Apply(raw); err != want || err == nil {
			t.Errorf("%s: %v", r.Class, err)
		}
	}
	for _, text := range []string{v.Fork.A, v.Fork.B} {
		raw, _ := hex.DecodeString(text)
		if _, err := states[v.Fork.After].Apply(raw); err != nil {
			t.Errorf("fork: %v", err)
		}
	}
}
