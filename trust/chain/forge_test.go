package chain

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/countersign/countersign/trust"
)

// forgery is an entry in the making, with every part open to change.
type forgery struct {
	body    body
	signer  trust.Keys
	context trust.Context
	holder  *trust.Keys // who proves possession; nil = nobody
	pop     trust.Context
	raw     []byte // of the body, if it is not the encoding of body
}

// laptopJoins is the entry by which the phone rightly adds the laptop.
func laptopJoins(t testing.TB, s *story) forgery {
	t.Helper()
	arg, err := trust.Marshal(deviceOf(t, "laptop"))
	if err != nil {
		t.Fatal(err)
	}
	h, holder := s.state.Head(), keysOf(t, "laptop")
	return forgery{
		body: body{
			Version: 1, Account: s.state.Account(), Seq: h.Seq + 1, Prev: h.Hash, Time: 1,
			Author: deviceOf(t, "phone").ID, Op: OpAddDevice, Arg: arg,
		},
		signer: keysOf(t, "phone"), context: trust.ContextEntry, holder: &holder, pop: trust.ContextPossession,
	}
}

func (f forgery) encode(t testing.TB) []byte {
	t.Helper()
	raw := f.raw
	if raw == nil {
		var err error
		if raw, err = trust.Marshal(f.body); err != nil {
			t.Fatal(err)
		}
	}
	e := entry{Body: raw, Sig: f.signer.Sign(f.context, raw)}
	if f.holder != nil {
		sig := f.holder.Sign(f.pop, raw)
		e.Possession = &sig
	}
	out, err := trust.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asRecovery names a recovery key as author.
func (f *forgery) asRecovery(kind trust.RecoveryKind, k trust.Keys) {
	f.body.Author, f.body.Recovery, f.signer = trust.DeviceID{}, &kind, k
}

// operates replaces operation and argument.
func (f *forgery) operates(t testing.TB, op Op, arg any, holder *trust.Keys) {
	t.Helper()
	raw, err := trust.Marshal(arg)
	if err != nil {
		t.Fatal(err)
	}
	f.body.Op, f.body.Arg, f.holder = op, raw, holder
}

// forged is the account on which the forgeries are tried.
func forged(t testing.TB) *story {
	t.Helper()
	return tell(t, "phone begins\nphone prints R\nphone adds tablet")
}

// forgeries are changes of the entry by which the phone rightly adds the laptop to
// the account of forged, each of which every replica must refuse.
func forgeries(t testing.TB, s *story) map[string]func(*forgery) {
	t.Helper()
	paper, err := recoveryOf(t, "R").Keys()
	if err != nil {
		t.Fatal(err)
	}
	thief := keysOf(t, "thief")
	return map[string]func(*forgery){
		"signed by the device it adds":            func(f *forgery) { f.signer = keysOf(t, "laptop") },
		"by the device it adds, itself":           func(f *forgery) { f.signer, f.body.Author = keysOf(t, "laptop"), deviceOf(t, "laptop").ID },
		"signed by another member":                func(f *forgery) { f.signer = keysOf(t, "tablet") },
		"signed by a stranger":                    func(f *forgery) { f.signer = thief },
		"author unknown":                          func(f *forgery) { f.body.Author[0] ^= 1 },
		"author missing":                          func(f *forgery) { f.body.Author = trust.DeviceID{} },
		"device and recovery key as author":       func(f *forgery) { f.body.Recovery = new(trust.RecoveryKind) },
		"recovery key that is not set":            func(f *forgery) { f.asRecovery(trust.Contacts, paper) },
		"recovery key of unknown kind":            func(f *forgery) { f.asRecovery(7, paper) },
		"recovery key of another account":         func(f *forgery) { f.asRecovery(trust.Paper, thief) },
		"signed as an approval":                   func(f *forgery) { f.context = trust.ContextApproval },
		"signed as a possession":                  func(f *forgery) { f.context = trust.ContextPossession },
		"signed as a challenge":                   func(f *forgery) { f.context = trust.ContextChallenge },
		"possession missing":                      func(f *forgery) { f.holder = nil },
		"possession by the author":                func(f *forgery) { f.holder = &f.signer },
		"possession by a stranger":                func(f *forgery) { f.holder = &thief },
		"possession signed as an entry":           func(f *forgery) { f.pop = trust.ContextEntry },
		"possession where none belongs":           func(f *forgery) { f.operates(t, OpSetPolicy, trust.DefaultPolicy(), &thief) },
		"possession by author where none belongs": func(f *forgery) { f.operates(t, OpRemoveDevice, deviceOf(t, "tablet").ID, &f.signer) },
		"of another account":                      func(f *forgery) { f.body.Account[0] ^= 1 },
		"of no account":                           func(f *forgery) { f.body.Account = trust.AccountID{} },
		"too early":                               func(f *forgery) { f.body.Seq-- },
		"with a gap":                              func(f *forgery) { f.body.Seq++ },
		"at the end of numbers":                   func(f *forgery) { f.body.Seq = 1<<64 - 1 },
		"on another head":                         func(f *forgery) { f.body.Prev[0] ^= 1 },
		"on the head before":                      func(f *forgery) { f.body.Prev = trust.HashEntry(s.raw[1]) },
		"version 0":                               func(f *forgery) { f.body.Version = 0 },
		"a second genesis":                        func(f *forgery) { f.operates(t, OpGenesis, genesis{}, nil) },
		"argument of another operation":           func(f *forgery) { f.body.Op = OpSetVerifier; f.holder = nil },
		"argument missing":                        func(f *forgery) { f.body.Arg = nil },
		"argument not canonical":                  func(f *forgery) { f.body.Arg = append(f.body.Arg, 0) },
		"argument lengthened":                     func(f *forgery) { f.body.Arg = append([]byte{0xb8, 0x05}, f.body.Arg[1:]...) },
		"body not canonical":                      func(f *forgery) { f.raw = lengthened(t, f.body) },
		"body empty":                              func(f *forgery) { f.raw = []byte{} },
		"device without a kind":                   func(f *forgery) { d := deviceOf(t, "laptop"); d.Kind = ""; f.operates(t, OpAddDevice, d, f.holder) },
		"KEM key that is none": func(f *forgery) {
			d := deviceOf(t, "laptop")
			d.KEM = bytes.Repeat([]byte{0xff}, trust.KEMKeySize)
			f.operates(t, OpAddDevice, d, f.holder)
		},
		"policy out of bounds": func(f *forgery) { f.operates(t, OpSetPolicy, trust.Policy{Digits: 2}, nil) },
		"verifier without keys": func(f *forgery) {
			f.operates(t, OpSetVerifier, trust.Verifier{ID: trust.VerifierID{1}, Origin: "x"}, nil)
		},
		"credential of unknown kind": func(f *forgery) { f.operates(t, OpAddCredential, credOf("pin", "x"), nil) },
		"removal of a short id":      func(f *forgery) { f.operates(t, OpRemoveDevice, []byte{1, 2, 3}, nil) },
		"revocation of text":         func(f *forgery) { f.operates(t, OpRevokeCredential, "all", nil) },
		"recovery key without its possession": func(f *forgery) {
			f.operates(t, OpSetRecovery, trust.Recovery{Sign: thief.SignKey(), KEM: thief.KEMKey()}, nil)
		},
		"recovery key with the author's possession": func(f *forgery) {
			f.operates(t, OpSetRecovery, trust.Recovery{Sign: thief.SignKey(), KEM: thief.KEMKey()}, &f.signer)
		},
		"recovery key of a third kind": func(f *forgery) {
			f.operates(t, OpSetRecovery, trust.Recovery{Which: 2, Sign: thief.SignKey(), KEM: thief.KEMKey()}, &thief)
		},
		"verifier set by the recovery key": func(f *forgery) {
			f.operates(t, OpSetVerifier, verifierOf(t, "evil"), nil)
			f.asRecovery(trust.Paper, paper)
		},
		"policy set by the recovery key": func(f *forgery) {
			f.operates(t, OpSetPolicy, trust.DefaultPolicy(), nil)
			f.asRecovery(trust.Paper, paper)
		},
		"credential made by the recovery key": func(f *forgery) {
			f.operates(t, OpAddCredential, credOf(trust.AppPassword, "imap"), nil)
			f.asRecovery(trust.Paper, paper)
		},
	}
}

func TestForgeries(t *testing.T) {
	s := forged(t)
	if _, err := s.state.Apply(laptopJoins(t, s).encode(t)); err != nil {
		t.Fatalf("the right entry: %v", err)
	}
	for name, change := range forgeries(t, s) {
		f := laptopJoins(t, s)
		change(&f)
		before := visible(s.state)
		after, err := s.state.Apply(f.encode(t))
		if err != ErrInvalid {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
		if !reflect.DeepEqual(visible(after), before) || !reflect.DeepEqual(visible(s.state), before) {
			t.Errorf("%s: refused, yet the state changed", name)
		}
	}
}

// The first entry has no state before it, so it has to be right by itself.
func TestForgedGenesis(t *testing.T) {
	right := func() forgery {
		g := genesis{Device: deviceOf(t, "phone"), Verifier: verifierOf(t, "home"), Policy: trust.DefaultPolicy()}
		f := forgery{
			body:   body{Version: 1, Author: g.Device.ID},
			signer: keysOf(t, "phone"), context: trust.ContextEntry, pop: trust.ContextPossession,
		}
		f.operates(t, OpGenesis, g, nil)
		return f
	}
	if _, err := Open([][]byte{right().encode(t)}); err != nil {
		t.Fatalf("the right one: %v", err)
	}
	phone := keysOf(t, "phone")
	for name, change := range map[string]func(*forgery){
		"names an account":         func(f *forgery) { f.body.Account[5] = 1 },
		"not at the beginning":     func(f *forgery) { f.body.Seq = 1 },
		"has something before it":  func(f *forgery) { f.body.Prev[5] = 1 },
		"by another device":        func(f *forgery) { f.body.Author = deviceOf(t, "laptop").ID },
		"signed by another device": func(f *forgery) { f.signer = keysOf(t, "laptop") },
		"by a recovery key":        func(f *forgery) { f.asRecovery(trust.Paper, phone) },
		"with a possession":        func(f *forgery) { f.holder = &phone },
		"of another operation":     func(f *forgery) { f.operates(t, OpAddDevice, deviceOf(t, "phone"), &phone) },
		"without an argument":      func(f *forgery) { f.body.Arg = nil },
		"with a broken argument":   func(f *forgery) { f.body.Arg[0] ^= 0xff },
	} {
		f := right()
		change(&f)
		if st, err := Open([][]byte{f.encode(t)}); err != ErrInvalid || st.Account() != (trust.AccountID{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// lengthened encodes b with its version in two bytes instead of one.
func lengthened(t testing.TB, b body) []byte {
	t.Helper()
	raw, err := trust.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{raw[0], 0x01, 0x18, 0x01}, raw[3:]...)
}

func TestUnknownStops(t *testing.T) {
	s := tell(t, "phone begins")
	later := func(fields map[uint64]any) []byte {
		raw, err := trust.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for name, change := range map[string]func(*forgery){
		"reserved operation":                    func(f *forgery) { f.body.Op = 8 },
		"operation far away":                    func(f *forgery) { f.body.Op = 1 << 60 },
		"next version":                          func(f *forgery) { f.body.Version = 2 },
		"next version with other fields":        func(f *forgery) { f.raw = later(map[uint64]any{1: uint64(2), 77: "new", 3: []any{1}}) },
		"unknown and not even signed by anyone": func(f *forgery) { f.body.Op, f.signer = 9, keysOf(t, "thief") },
	} {
		f := laptopJoins(t, s)
		change(&f)
		raw := f.encode(t)
		after, err := s.state.Apply(raw)
		if err != ErrUnknown || after.Head() != s.state.Head() {
			t.Errorf("%s: %v", name, err)
		}
		if st, err := Open([][]byte{s.raw[0], raw}); err != ErrUnknown || st.Account() != (trust.AccountID{}) {
			t.Errorf("%s: a chain with it opens (%v)", name, err)
		}
		if st, err := s.state.Extend([][]byte{s.raw[0], raw}); err != ErrUnknown || st.Head() != s.state.Head() {
			t.Errorf("%s: a state is extended by it (%v)", name, err)
		}
	}
	f := laptopJoins(t, s)
	f.raw = later(map[uint64]any{1: uint64(1), 77: "new"})
	if _, err := s.state.Apply(f.encode(t)); err != ErrInvalid {
		t.Errorf("this version with another field: %v", err)
	}
	f.raw = later(map[uint64]any{1: "2"})
	if _, err := s.state.Apply(f.encode(t)); err != ErrInvalid {
		t.Errorf("a version that is no number: %v", err)
	}
}

// Every change of one byte (three masks) and every truncation of every entry is
// refused, wherever in the chain it stands.
func TestEveryChangeOfAnEntryIsRefused(t *testing.T) {
	s := tell(t, "phone begins\nphone prints R\nphone adds laptop\nphone wants 6\nphone makes imap-1\nlaptop removes phone")
	var before State
	for n, raw := range s.raw {
		for i := range raw {
			if i%7 != 0 && i > 120 && i < len(raw)-160 {
				continue // inside KEM keys, where every seventh byte is enough
			}
			for _, mask := range []byte{0x01, 0x80, 0xff} {
				changed := bytes.Clone(raw)
				changed[i] ^= mask
				if _, err := before.Apply(changed); err == nil {
					t.Fatalf("entry %d, byte %d ^ %02x: accepted", n, i, mask)
				}
			}
			if _, err := before.Apply(raw[:i]); err != ErrInvalid {
				t.Fatalf("first %d bytes of entry %d: %v", i, n, err)
			}
		}
		if _, err := before.Apply(append(bytes.Clone(raw), 0)); err != ErrInvalid {
			t.Fatalf("entry %d with a byte behind: %v", n, err)
		}
		next, err := before.Apply(raw)
		if err != nil {
			t.Fatal(err)
		}
		before = next
	}
}

func TestOversizeEntry(t *testing.T) {
	s := tell(t, "phone begins")
	f := laptopJoins(t, s)
	f.body.Arg = make([]byte, trust.MaxMessage)
	if _, err := s.state.Apply(f.encode(t)); err != ErrInvalid {
		t.Errorf("an entry of more than 64 KiB: %v", err)
	}
}

func TestReplay(t *testing.T) {
	s := tell(t, "phone begins\nphone makes imap-1\nphone revokes all\nphone wants 6")
	for n, raw := range s.raw {
		if _, err := s.state.Apply(raw); err != ErrInvalid {
			t.Errorf("entry %d again: %v", n, err)
		}
	}
	other := &story{t: t, now: noon.AddDate(1, 0, 0)}
	other.more("phone begins\nphone makes imap-1\nphone revokes all\nphone wants 6")
	if other.state.Account() == s.state.Account() {
		t.Fatal("two beginnings make one account")
	}
	if _, err := other.state.Apply(s.raw[3]); err != ErrInvalid {
		t.Errorf("entry of another account: %v", err)
	}
}

func TestOpenRefusesWhatIsNotAWholeBeginning(t *testing.T) {
	s := tell(t, "phone begins\nphone adds laptop\nlaptop adds tablet\nlaptop wants 6")
	e := s.raw
	for name, entries := range map[string][][]byte{
		"no genesis":        e[1:],
		"gap":               {e[0], e[2]},
		"exchanged":         {e[0], e[2], e[1]},
		"twice":             {e[0], e[1], e[1]},
		"genesis twice":     {e[0], e[0]},
		"empty entry":       {e[0], nil},
		"cut in the middle": {e[0], e[1][:100]},
		"rubbish":           {[]byte("hello")},
	} {
		if st, err := Open(entries); err != ErrInvalid || st.Account() != (trust.AccountID{}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for n := 1; n <= len(e); n++ { // a truncated log is a chain: who pins its head notices
		if _, err := Open(e[:n]); err != nil {
			t.Errorf("first %d entries: %v", n, err)
		}
	}
}

// An error says nothing about which rule refused, and never carries input.
func TestErrorsAreFlat(t *testing.T) {
	s := tell(t, "phone begins")
	f := laptopJoins(t, s)
	f.signer = keysOf(t, "thief")
	_, err := s.state.Apply(f.encode(t))
	if errors.Unwrap(err) != nil || fmt.Sprint(err) != "chain entry is not valid" {
		t.Errorf("%v", err)
	}
}
