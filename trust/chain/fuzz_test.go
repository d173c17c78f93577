package chain

import (
	"bytes"
	"testing"

	"github.com/countersign/countersign/trust"
)

// FuzzApply throws bytes at a chain: no panic, no state out of a refusal, and
// what is read encodes as it was.
func FuzzApply(f *testing.F) {
	s := tell(f, "phone begins\nphone prints R\nphone adds laptop\nphone makes imap-1\nlaptop removes phone\nlaptop trusts vpn\nlaptop wants 6")
	for _, raw := range s.raw {
		f.Add(raw)
	}
	f.Add([]byte{})
	states := prefixes(f, s.raw)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if e, b, err := decode(raw); err == nil {
			again, _ := trust.Marshal(e)
			body, _ := trust.Marshal(b)
			if !bytes.Equal(again, raw) || !bytes.Equal(body, e.Body) {
				t.Fatal("read, but encodes otherwise")
			}
		}
		for i, st := range states {
			after, err := st.Apply(raw)
			if err == nil && !bytes.Equal(raw, s.raw[i]) {
				t.Fatalf("an entry was forged at %d", i)
			}
			if err != nil && after.Head() != st.Head() {
				t.Fatal("refused, yet the head moved")
			}
		}
	})
}

// prefixes gives the state before each entry.
func prefixes(t testing.TB, entries [][]byte) []State {
	t.Helper()
	states := []State{{}}
	for _, raw := range entries[:len(entries)-1] {
		next, err := states[len(states)-1].Apply(raw)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, next)
	}
	return states
}

// FuzzOperate goes behind decoder and signature, where random bytes hardly ever
// come: the fuzzer chooses operation, author, signer and fields of an entry that
// is then rightly encoded and signed. What is accepted must obey the invariants,
// and who is no member must never write.
func FuzzOperate(f *testing.F) {
	f.Add(uint64(1), "phone", "phone", "laptop", "laptop", []byte(nil), uint64(0))
	f.Add(uint64(2), "phone", "phone", "tablet", "", []byte(nil), uint64(0))
	f.Add(uint64(3), "phone", "phone", "R", "R", []byte(nil), uint64(0))
	f.Add(uint64(4), "phone", "phone", "vpn", "", []byte(nil), uint64(0))
	f.Add(uint64(5), "phone", "phone", "", "", []byte(nil), uint64(6))
	f.Add(uint64(6), "phone", "phone", "imap-1", "", []byte{1}, uint64(9))
	f.Add(uint64(7), "phone", "phone", "all", "", []byte(nil), uint64(0))
	f.Add(uint64(5), "thief", "thief", "", "", []byte(nil), uint64(4))
	f.Add(uint64(9), "phone", "phone", "", "", []byte{0xa0}, uint64(4))
	s := tell(f, "phone begins\nphone adds tablet\nphone adds desk\ntablet removes desk")
	members := map[string]bool{"phone": true, "tablet": true}
	f.Fuzz(func(t *testing.T, op uint64, author, signer, what, holder string, extra []byte, n uint64) {
		raw := structured(t, s, Op(op), author, signer, what, holder, extra, n)
		after, err := s.state.Apply(raw)
		if err != nil {
			if err != ErrInvalid && err != ErrUnknown || after.Head() != s.state.Head() {
				t.Fatalf("%v, head %v", err, after.Head())
			}
			return
		}
		if !members[author] || signer != author {
			t.Fatalf("%q wrote with the key of %q", author, signer)
		}
		invariants(t, after)
	})
}

func structured(t testing.TB, s *story, op Op, author, signer, what, holder string, extra []byte, n uint64) []byte {
	t.Helper()
	f := laptopJoins(t, s)
	f.body.Author, f.signer, f.holder = deviceOf(t, author).ID, keysOf(t, signer), nil
	if holder != "" {
		k := keysOf(t, holder)
		f.holder = &k
	}
	d := deviceOf(t, what)
	args := map[Op]any{
		OpGenesis:          genesis{Device: d, Verifier: verifierOf(t, what), Policy: trust.Policy{Digits: n}},
		OpAddDevice:        d,
		OpRemoveDevice:     d.ID,
		OpSetRecovery:      trust.Recovery{Which: trust.RecoveryKind(n), Sign: d.Sign, KEM: d.KEM},
		OpSetVerifier:      trust.Verifier{ID: trust.VerifierID(d.ID), Origin: what, Sign: d.Sign, KEM: d.KEM},
		OpSetPolicy:        trust.Policy{Digits: n, RecoveryWait: uint64(len(extra))},
		OpAddCredential:    trust.Credential{ID: d.ID, Kind: kindOf(what), Service: author, Label: what, Verifier: extra, Expires: n},
		OpRevokeCredential: d.ID,
	}
	arg, known := args[op]
	if !known {
		arg = extra
	}
	f.body.Op = op
	var err error
	if f.body.Arg, err = trust.Marshal(arg); err != nil {
		t.Fatal(err)
	}
	return f.encode(t)
}

// invariants hold in every state that any chain leads to.
func invariants(t testing.TB, s State) {
	t.Helper()
	keys, ids := map[trust.SignKey]bool{}, map[trust.DeviceID]bool{}
	once := func(k trust.SignKey) {
		if keys[k] {
			t.Fatal("a key has two holders")
		}
		keys[k] = true
	}
	for _, d := range s.Devices() {
		if d.Check() != nil || ids[d.ID] {
			t.Fatalf("device %q", d.Name)
		}
		ids[d.ID] = true
		once(d.Sign)
	}
	for _, v := range s.Verifiers() {
		if v.Check() != nil {
			t.Fatalf("verifier %q", v.Origin)
		}
		once(v.Sign)
	}
	for _, c := range s.Credentials() {
		if c.Check() != nil {
			t.Fatalf("credential %q", c.Label)
		}
	}
	if n := len(s.Devices()); n < 1 || n > MaxDevices || s.Policy().Check() != nil {
		t.Fatalf("%d devices, policy %v", n, s.Policy())
	}
}
