package pair_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

// world is an account with one trusted device, and a new device.
type world struct {
	keys   trust.Keys // the trusted device's
	host   trust.Device
	chain  chain.State
	newKey trust.Keys
	new    trust.Device
}

func newWorld() *world {
	w := &world{}
	w.keys, w.host = w.device("laptop", trust.Laptop)
	w.newKey, w.new = w.device("phone", trust.Phone)
	server, _ := w.device("server", trust.Desktop)
	v := trust.Verifier{ID: trust.VerifierID{1}, Origin: "https://id.example.org", Sign: server.SignKey(), KEM: server.KEMKey()}
	genesis := must(chain.Genesis(rand.Reader, w.keys, w.host, v, trust.DefaultPolicy(), time.Unix(1_800_000_000, 0)))
	w.chain = must(chain.Open([][]byte{genesis}))
	return w
}

func (w *world) device(name string, kind trust.Kind) (trust.Keys, trust.Device) {
	keys := must(must(trust.NewKeySeed(rand.Reader)).Keys())
	return keys, trust.Device{ID: must(trust.NewDeviceID(rand.Reader)), Name: name, Kind: kind, Sign: keys.SignKey(), KEM: keys.KEMKey()}
}

func (w *world) body() []byte {
	return must(w.chain.DeviceBody(chain.AsDevice(w.host.ID, w.keys), w.new, time.Unix(1_800_000_100, 0)))
}

func (w *world) welcome(body []byte) pair.Welcome {
	return pair.Welcome{Account: w.chain.Account(), Seq: w.chain.Head().Seq, Head: w.chain.Head().Hash, Body: body, Name: "anna"}
}

// meeting is one pairing that went well: all its messages, and both sides as they
// were before each. A side is copied to be used, since an error ends it.
type meeting struct {
	*world
	begun, joined, checked                     pair.Host  // before Meet, Check, Consent
	asked, shown                               pair.Guest // before Reveal, Open
	hello, join, reveal, body, sealed, consent []byte
	print                                      pair.Fingerprint
	digits                                     string
}

func newMeeting(t testing.TB) *meeting {
	m := &meeting{world: newWorld()}
	host, hello, err := pair.NewHost(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m.begun, m.hello, m.print = *host, hello, host.Fingerprint()
	guest, join, err := pair.NewGuest(rand.Reader, hello, &m.print, m.new, m.newKey)
	if err != nil {
		t.Fatal(err)
	}
	m.asked, m.join = *guest, join
	if m.reveal, _, err = host.Meet(join); err != nil {
		t.Fatal(err)
	}
	m.joined, m.digits = *host, must(guest.Reveal(m.reveal))
	m.shown = *guest
	if err := host.Check(m.digits); err != nil {
		t.Fatal(err)
	}
	m.checked, m.body = *host, m.world.body()
	m.sealed = must(host.Welcome(m.welcome(m.body)))
	if _, m.consent, err = guest.Open(m.sealed); err != nil {
		t.Fatal(err)
	}
	return m
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The whole way: what the new device signed is an entry that adds it.
func TestPairing(t *testing.T) {
	for _, scanned := range []bool{true, false} {
		w := newWorld()
		host, hello, err := pair.NewHost(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		var expect *pair.Fingerprint
		if scanned {
			print := host.Fingerprint()
			expect = &print
		}
		guest, join, err := pair.NewGuest(rand.Reader, hello, expect, w.new, w.newKey)
		if err != nil {
			t.Fatal(err)
		}
		reveal, claimed, err := host.Meet(join)
		if err != nil || claimed.ID != w.new.ID || claimed.Name != "phone" {
			t.Fatalf("the host meets %v, %v", claimed, err)
		}
		digits, err := guest.Reveal(reveal)
		if err != nil || len(digits) != 6 {
			t.Fatalf("the guest shows %q, %v", digits, err)
		}
		if host.Device().Name != "" {
			t.Error("the host names the new device before the digits were right")
		}
		if err := host.Check(digits); err != nil {
			t.Fatal(err)
		}
		body := w.body()
		sealed, err := host.Welcome(w.welcome(body))
		if err != nil {
			t.Fatal(err)
		}
		got, consent, err := guest.Open(sealed)
		if err != nil || got.Account != w.chain.Account() || got.Name != "anna" {
			t.Fatalf("the guest is welcomed with %+v, %v", got, err)
		}
		possession, err := host.Consent(consent, body)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := w.chain.AddDevice(chain.AsDevice(w.host.ID, w.keys), body, possession)
		if err != nil {
			t.Fatal(err)
		}
		after, err := w.chain.Apply(entry)
		if _, ok := after.Device(w.new.ID); err != nil || !ok {
			t.Errorf("the new device does not belong: %v", err)
		}
	}
}

func TestWrongDigitsEndIt(t *testing.T) {
	w := newWorld()
	host, hello, _ := pair.NewHost(rand.Reader)
	guest, join, _ := pair.NewGuest(rand.Reader, hello, nil, w.new, w.newKey)
	reveal, _, _ := host.Meet(join)
	digits := must(guest.Reveal(reveal))
	wrong := "000000"
	if digits == wrong {
		wrong = "000001"
	}
	if err := host.Check(wrong); !errors.Is(err, pair.ErrDigits) {
		t.Errorf("wrong digits give %v", err)
	}
	if err := host.Check(digits); !errors.Is(err, pair.ErrMessage) {
		t.Errorf("the right ones afterwards give %v", err)
	}
	if _, err := host.Welcome(w.welcome(w.body())); !errors.Is(err, pair.ErrMessage) {
		t.Errorf("a welcome afterwards gives %v", err)
	}
}
