package pair_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// spoilt gives every truncation of a message, every change of one byte by one of
// masks, and the message with something behind it or far too long.
func spoilt(message []byte, masks ...byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for n := range message {
			if !yield(message[:n:n]) {
				return
			}
		}
		for at := range message {
			for _, mask := range masks {
				changed := bytes.Clone(message)
				changed[at] ^= mask
				if !yield(changed) {
					return
				}
			}
		}
		_ = yield(append(bytes.Clone(message), 0)) && yield(append(bytes.Clone(message), message...)) &&
			yield(append(bytes.Clone(message), make([]byte, pair.MaxMessage)...)) && yield(make([]byte, pair.MaxMessage+1))
	}
}

func refused(t *testing.T, err error, got []byte) {
	t.Helper()
	if !errors.Is(err, pair.ErrMessage) || got != nil {
		t.Fatalf("gives %v and %x; want ErrMessage and nothing", err, got)
	}
}

func TestSpoiltHelloIsNotTheOneScanned(t *testing.T) {
	m := newMeeting(t)
	for hello := range spoilt(m.hello, 0x01, 0x80, 0xff) {
		g, join, err := pair.NewGuest(rand.Reader, hello, &m.print, m.new, m.newKey)
		if refused(t, err, join); g != nil {
			t.Fatal("a guest of a spoilt hello")
		}
	}
}

// Where only symbols were typed, the guest may take a changed hello, but then the
// host does not take the guest.
func TestSpoiltHelloLeadsNowhere(t *testing.T) {
	m := newMeeting(t)
	taken := 0
	for hello := range spoilt(m.hello, 0x10) {
		_, join, err := pair.NewGuest(rand.Reader, hello, nil, m.new, m.newKey)
		if err != nil {
			refused(t, err, join)
			continue
		}
		taken++
		host := m.begun
		reveal, claimed, err := host.Meet(join)
		if refused(t, err, reveal); claimed.Name != "" {
			t.Fatalf("names %q", claimed.Name)
		}
	}
	if taken == 0 {
		t.Error("no changed hello was taken: nothing was tried")
	}
}

// A later version is refused, not read as this one; so is none.
func TestHelloOfAnotherVersion(t *testing.T) {
	m := newMeeting(t)
	if !bytes.HasPrefix(m.hello, []byte{0xa3, 0x01, 0x01, 0x02}) {
		t.Fatalf("the hello begins with %x", m.hello[:4])
	}
	for _, version := range []byte{0, 2, 23} {
		hello := bytes.Clone(m.hello)
		hello[2] = version
		_, join, err := pair.NewGuest(rand.Reader, hello, nil, m.new, m.newKey)
		refused(t, err, join)
	}
}

func TestSpoiltJoinEndsIt(t *testing.T) {
	m := newMeeting(t)
	for join := range spoilt(m.join, 0x01, 0x80, 0xff) {
		host := m.begun
		reveal, claimed, err := host.Meet(join)
		if refused(t, err, reveal); claimed.Name != "" {
			t.Fatalf("names %q", claimed.Name)
		}
		if _, _, err := host.Meet(m.join); err == nil {
			t.Fatal("the right join is taken afterwards")
		}
	}
}

func TestSpoiltRevealEndsIt(t *testing.T) {
	m := newMeeting(t)
	for reveal := range spoilt(m.reveal, 0x01, 0x80, 0xff) {
		guest := m.asked
		if digits, err := guest.Reveal(reveal); !errors.Is(err, pair.ErrMessage) || digits != "" {
			t.Fatalf("a spoilt reveal gives %q, %v", digits, err)
		}
		if digits, err := guest.Reveal(m.reveal); err == nil || digits != "" {
			t.Fatal("the right reveal is taken afterwards")
		}
	}
}

func TestSpoiltWelcomeEndsIt(t *testing.T) {
	m := newMeeting(t)
	for sealed := range spoilt(m.sealed, 0x01, 0x80, 0xff) {
		guest := m.shown
		w, consent, err := guest.Open(sealed)
		if refused(t, err, consent); w.Body != nil || w.Name != "" {
			t.Fatalf("a spoilt welcome gives %+v", w)
		}
		if _, _, err := guest.Open(m.sealed); err == nil {
			t.Fatal("the right welcome is opened afterwards")
		}
	}
}

func TestSpoiltConsentEndsIt(t *testing.T) {
	m := newMeeting(t)
	for consent := range spoilt(m.consent, 0x01, 0x80, 0xff) {
		host := m.checked
		if sig, err := host.Consent(consent, m.body); !errors.Is(err, pair.ErrMessage) || sig != (trust.Signature{}) {
			t.Fatalf("a spoilt consent gives %x, %v", sig, err)
		}
		if _, err := host.Consent(m.consent, m.body); err == nil {
			t.Fatal("the right consent is taken afterwards")
		}
	}
}

// Whoever carried a message may use its buffer again, and so may who sent it.
func TestMessagesAreCopied(t *testing.T) {
	w := newWorld()
	host, sent, err := pair.NewHost(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hello := bytes.Clone(sent)
	clear(sent)
	guest, sent, err := pair.NewGuest(rand.Reader, hello, nil, w.new, w.newKey)
	if err != nil {
		t.Fatal(err)
	}
	clear(hello)
	join := bytes.Clone(sent)
	clear(sent)
	reveal, _, err := host.Meet(join)
	if err != nil {
		t.Fatal(err)
	}
	clear(join)
	if err := host.Check(must(guest.Reveal(reveal))); err != nil {
		t.Errorf("the digits differ: %v", err)
	}
}

// No bytes make a side panic or go on.
func FuzzMessages(f *testing.F) {
	m := newMeeting(f)
	for _, message := range [][]byte{m.hello, m.join, m.reveal, m.sealed, m.consent} {
		f.Add(message)
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		own := func(of []byte) bool { return bytes.Equal(message, of) }
		if _, _, err := pair.NewGuest(rand.Reader, message, &m.print, m.new, m.newKey); (err == nil) != own(m.hello) {
			t.Errorf("as a hello: %v", err)
		}
		begun, asked, shown, checked := m.begun, m.asked, m.shown, m.checked
		if _, _, err := begun.Meet(message); (err == nil) != own(m.join) {
			t.Errorf("as a join: %v", err)
		}
		if _, err := asked.Reveal(message); (err == nil) != own(m.reveal) {
			t.Errorf("as a reveal: %v", err)
		}
		if _, _, err := shown.Open(message); (err == nil) != own(m.sealed) {
			t.Errorf("as a welcome: %v", err)
		}
		if _, err := checked.Consent(message, m.body); (err == nil) != own(m.consent) {
			t.Errorf("as a consent: %v", err)
		}
	})
}
