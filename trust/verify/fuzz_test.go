package verify

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/countersign/countersign/trust"
)

// FuzzDecode throws bytes at the rows of a database.
func FuzzDecode(f *testing.F) {
	w := newWorld(f)
	row := w.Encode(w.begin(ask("browser"))) // the same in every process that fuzzes: no box in it
	f.Add(row)
	f.Add(w.EncodeLimits(trust.AccountID{}, Limits{}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := w.Decode(raw)
		if err == nil && !bytes.Equal(raw, row) {
			t.Fatal("a row was forged")
		}
		if err != nil && !reflect.DeepEqual(got, SignIn{}) {
			t.Fatal("refused, yet something is read")
		}
		if _, err := w.DecodeTries([32]byte{}, raw); err != ErrTampered {
			t.Fatal("tries were forged")
		}
	})
}

// FuzzAnswer throws bytes at a verifier as an answer, and at a device as a challenge.
func FuzzAnswer(f *testing.F) {
	w := newWorld(f)
	s := w.begin(ask("browser"))
	notNow := w.declines(s, "phone", trust.NotNow)
	notMe := w.declines(s, "laptop", trust.NotMe)
	for _, raw := range [][]byte{notNow, notMe, s.Challenge, {}} { // an Allow holds a box, another one in every process
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := w.Answer(s, w.state, raw, w.now)
		signed := bytes.Equal(raw, notNow) || bytes.Equal(raw, notMe)
		if (err == nil) != signed {
			t.Fatalf("%v", err)
		}
		if err != nil && !reflect.DeepEqual(got, s) {
			t.Fatal("refused, yet the sign-in changed")
		}
		if _, err := Read(raw, w.state); (err == nil) != bytes.Equal(raw, s.Challenge) {
			t.Fatalf("%v", err)
		}
	})
}

// FuzzApproval goes behind decoder and signature: every approval is rightly
// encoded and signed by a member, its fields are the fuzzer's. A sign-in must be
// approved only by a box that holds four digits and was sealed for it.
func FuzzApproval(f *testing.F) {
	w := newWorld(f)
	s := w.begin(ask("browser"))
	hash, head := trust.HashChallenge(s.Challenge), w.state.Head()
	f.Add(uint64(1), uint64(1), true, "1234", head.Seq, true, uint64(0))
	f.Add(uint64(1), uint64(2), true, "", head.Seq, true, uint64(9))
	f.Add(uint64(1), uint64(3), true, "", head.Seq, true, uint64(9))
	f.Add(uint64(1), uint64(1), false, "1234", head.Seq+1, true, uint64(1))
	f.Add(uint64(2), uint64(1), true, "12345", uint64(0), false, uint64(1))
	f.Fuzz(func(t *testing.T, version, answer uint64, ours bool, plain string, seq uint64, known bool, clock uint64) {
		a := trust.Approval{Version: version, Challenge: hash, Answer: trust.Answer(answer), Device: deviceOf(t, "phone").ID, Seq: seq, Head: head.Hash, Time: clock}
		if !ours {
			a.Challenge[0] ^= 1
		}
		if !known {
			a.Head[0] ^= 1
		}
		if plain != "" {
			box, err := trust.SealCode(w.Record().KEM, a.Challenge, a.Device, trust.Code(plain))
			if err != nil {
				t.Fatal(err)
			}
			a.Box = box
		}
		raw, err := a.Seal(keysOf(t, "phone"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Answer(s, w.state, raw, w.now)
		if err != nil {
			if got.State != Pending {
				t.Fatal("refused, yet the sign-in changed")
			}
			return
		}
		if _, err := trust.ParseCode(plain); got.State == Approved && (err != nil || len(plain) != 4 || !ours || version != 1) {
			t.Fatalf("approved by a box with %q", plain)
		}
	})
}
