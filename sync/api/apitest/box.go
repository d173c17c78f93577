package apitest

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// joinKey is a key as the new device draws it.
func joinKey() api.Secret {
	key := make(api.Secret, 16)
	rand.Read(key) // cannot fail
	return key
}

// silent reports whether a box holds no messages.
func silent(b api.Box) bool { return len(bytes.Join(b.Messages[:], nil)) == 0 }

// testPairing goes the whole way with the state machines of both sides.
func testPairing(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	host, hello, err := pair.NewHost(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	box := must(h.Account.OpenBox(ctx, a.token, hello))
	if again := must(h.Account.OpenBox(ctx, a.token, hello)); again.Symbols != box.Symbols {
		t.Errorf("the same hello gives %s and %s", box.Symbols, again.Symbols)
	}
	d, key, print := must(NewMember("Phone", trust.Phone, a.device.Origin)), joinKey(), host.Fingerprint()
	read := func(slot api.Slot) []byte { return must(h.Account.Box(ctx, box.Symbols)).Messages[slot] }
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	guest, join, err := pair.NewGuest(rand.Reader, read(api.SlotHello), &print, d.Record, d.Keys)
	do(err)
	do(h.Account.JoinBox(ctx, box.Symbols, key, api.SlotJoin, join))
	reveal, claimed, err := host.Meet(read(api.SlotJoin))
	do(err)
	do(h.Account.WriteBox(ctx, a.token, box.Symbols, api.SlotReveal, reveal))
	do(host.Check(must(guest.Reveal(read(api.SlotReveal)))))
	body := must(a.device.Chain.DeviceBody(a.device.Author(), claimed, h.Now()))
	head := a.device.Chain.Head()
	welcome := must(host.Welcome(pair.Welcome{Account: a.device.Chain.Account(), Seq: head.Seq, Head: head.Hash, Body: body, Name: "anna"}))
	do(h.Account.WriteBox(ctx, a.token, box.Symbols, api.SlotWelcome, welcome))
	_, consent, err := guest.Open(read(api.SlotWelcome))
	do(err)
	do(h.Account.JoinBox(ctx, box.Symbols, key, api.SlotConsent, consent))
	possession := must(host.Consent(read(api.SlotConsent), body))
	entry := must(a.device.Chain.AddDevice(a.device.Author(), body, possession))
	do(a.device.Change(ctx, h.Account, a.token, password, entry))
	do(h.Account.CloseBox(ctx, a.token, box.Symbols, api.BoxDone))
	if b := must(h.Account.Box(ctx, box.Symbols)); b.State != api.BoxDone || !silent(b) {
		t.Errorf("a closed box is %+v", b)
	}
	d.Chain = must(chain.Open(a.device.Entries))
	must(d.Session(ctx, h.Account))
}

// step is one message of a pairing and what it must give; 0: no refusal.
type step struct {
	what string
	err  error
	want api.Code
}

func (s step) check(t *testing.T) {
	t.Helper()
	if s.want != 0 {
		wants(t, s.err, s.want, s.what)
	} else if s.err != nil {
		t.Errorf("%s gives %v", s.what, s.err)
	}
}

func testBoxOrder(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	box := must(h.Account.OpenBox(ctx, a.token, []byte("hello")))
	if box.State != api.BoxOpen || !box.Now.Equal(h.Now()) || box.Until.Sub(h.Now()) > 5*time.Minute || box.Network != "unknown" {
		t.Errorf("a new box is %+v", box)
	}
	mine, other := joinKey(), joinKey()
	join := func(key api.Secret, slot api.Slot, text string) error {
		return h.Account.JoinBox(ctx, box.Symbols, key, slot, []byte(text))
	}
	write := func(slot api.Slot, text string) error {
		return h.Account.WriteBox(ctx, a.token, box.Symbols, slot, []byte(text))
	}
	for _, step := range []step{
		{"a reveal before the join", write(api.SlotReveal, "reveal"), api.CodeMalformed},
		{"a welcome before the reveal", write(api.SlotWelcome, "welcome"), api.CodeMalformed},
		{"a consent before the join", join(mine, api.SlotConsent, "consent"), api.CodeMalformed},
		{"a join", join(mine, api.SlotJoin, "join"), 0},
		{"the same join", join(mine, api.SlotJoin, "join"), 0},
		{"the same join with another key", join(other, api.SlotJoin, "join"), api.CodeAnswered},
		{"another join", join(mine, api.SlotJoin, "other"), api.CodeAnswered},
		{"a consent before the welcome", join(mine, api.SlotConsent, "consent"), api.CodeMalformed},
		{"a reveal", write(api.SlotReveal, "reveal"), 0},
		{"the same reveal", write(api.SlotReveal, "reveal"), 0},
		{"another reveal", write(api.SlotReveal, "other"), api.CodeMalformed},
		{"a welcome", write(api.SlotWelcome, "welcome"), 0},
		{"a consent with another key", join(other, api.SlotConsent, "consent"), api.CodeAnswered},
		{"a consent", join(mine, api.SlotConsent, "consent"), 0},
		{"the same consent", join(mine, api.SlotConsent, "consent"), 0},
		{"another consent", join(mine, api.SlotConsent, "other"), api.CodeMalformed},
		{"the trusted device in the new one's slot", write(api.SlotConsent, "x"), api.CodeMalformed},
		{"the new device in the trusted one's slot", join(mine, api.SlotWelcome, "x"), api.CodeMalformed},
		{"another hello", write(api.SlotHello, "x"), api.CodeMalformed},
		{"a slot that is none", write(7, "x"), api.CodeMalformed},
		{"a slot below all", join(mine, -1, "x"), api.CodeMalformed},
	} {
		step.check(t)
	}
	step{"a second welcome", write(api.SlotWelcome, "second welcome"), 0}.check(t)
	got := must(h.Account.Box(ctx, box.Symbols)).Messages
	want := [api.Slots][]byte{[]byte("hello"), []byte("join"), []byte("reveal"), []byte("second welcome"), nil}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("slot %d holds %q, want %q", i, got[i], want[i])
		}
	}
}

func testBoxEnds(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	key := joinKey()
	open := func(hello string) pair.Symbols {
		t.Helper()
		box := must(h.Account.OpenBox(ctx, a.token, []byte(hello)))
		if err := h.Account.JoinBox(ctx, box.Symbols, key, api.SlotJoin, []byte("join")); err != nil {
			t.Fatal(err)
		}
		return box.Symbols
	}
	ended := func(symbols pair.Symbols, want api.BoxState) {
		t.Helper()
		b := must(h.Account.Box(ctx, symbols))
		if b.State != want || !silent(b) {
			t.Errorf("a box that ended as %q is %+v", want, b)
		}
		wants(t, h.Account.WriteBox(ctx, a.token, symbols, api.SlotReveal, []byte("x")), api.CodeNotFound, "a message into an ended box")
		wants(t, h.Account.JoinBox(ctx, symbols, key, api.SlotJoin, []byte("join")), api.CodeNotFound, "a join into an ended box")
	}
	left := open("one")
	wants(t, h.Account.LeaveBox(ctx, left, joinKey()), api.CodeNotFound, "leaving with another's key")
	for range 2 {
		if err := h.Account.LeaveBox(ctx, left, key); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Account.CloseBox(ctx, a.token, left, api.BoxDone); err != nil {
		t.Errorf("closing a box that was left gives %v", err)
	}
	ended(left, api.BoxLeft)
	for _, state := range []api.BoxState{api.BoxDone, api.BoxDigits, api.BoxStopped} {
		symbols := open(string(state))
		if err := h.Account.CloseBox(ctx, a.token, symbols, state); err != nil {
			t.Fatal(err)
		}
		ended(symbols, state)
	}
	last := open("last")
	for _, state := range []api.BoxState{api.BoxOpen, api.BoxLeft, "", "other"} {
		wants(t, h.Account.CloseBox(ctx, a.token, last, state), api.CodeMalformed, "closing as "+string(state))
	}
	h.Advance(5 * time.Minute)
	_, err := h.Account.Box(ctx, last)
	wants(t, err, api.CodeNotFound, "a box after five minutes")
}

func testBoxRefuses(t *testing.T, h *House) {
	a, ctx := h.settle(t), t.Context()
	b := &home{House: h, t: t}
	b.device = must(Join(ctx, h.Account, must(h.Invite(ctx, "berta")), "berta", password, h.Now()))
	b.again()
	box := must(h.Account.OpenBox(ctx, a.token, []byte("hello")))
	wants(t, h.Account.WriteBox(ctx, b.token, box.Symbols, api.SlotReveal, []byte("x")), api.CodeNotFound, "another account's message")
	wants(t, h.Account.CloseBox(ctx, b.token, box.Symbols, api.BoxStopped), api.CodeNotFound, "closing another account's box")
	wants(t, h.Account.CloseBox(ctx, a.token, "00000000", api.BoxStopped), api.CodeNotFound, "closing no box")
	_, err := h.Account.Box(ctx, "00000000")
	wants(t, err, api.CodeNotFound, "no box")
	long := make([]byte, pair.MaxMessage+1)
	for what, message := range map[string][]byte{"a message that is too long": long, "no message": nil} {
		_, err = h.Account.OpenBox(ctx, a.token, message)
		wants(t, err, api.CodeMalformed, what)
		wants(t, h.Account.JoinBox(ctx, box.Symbols, joinKey(), api.SlotJoin, message), api.CodeMalformed, what)
	}
	wants(t, h.Account.JoinBox(ctx, box.Symbols, make(api.Secret, 15), api.SlotJoin, []byte("x")), api.CodeMalformed, "a short key")
	if err := h.Account.JoinBox(ctx, box.Symbols, joinKey(), api.SlotJoin, long[1:]); err != nil {
		t.Errorf("a message of the greatest length gives %v", err)
	}
}
