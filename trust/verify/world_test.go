package verify

import (
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

var noon = time.Unix(1_800_000_000, 0)

// source gives bytes that are the same in every run.
func source(seed string) io.Reader {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

func keysOf(t testing.TB, seed string) trust.Keys {
	t.Helper()
	s, err := trust.NewKeySeed(source(seed))
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func deviceOf(t testing.TB, name string) trust.Device {
	t.Helper()
	k := keysOf(t, name)
	id, err := trust.NewDeviceID(source("id of " + name))
	if err != nil {
		t.Fatal(err)
	}
	return trust.Device{ID: id, Name: name, Kind: trust.Phone, Sign: k.SignKey(), KEM: k.KEMKey()}
}

func recordOf(t testing.TB, name string) trust.Verifier {
	t.Helper()
	k := keysOf(t, name)
	id, err := trust.NewVerifierID(source("id of " + name))
	if err != nil {
		t.Fatal(err)
	}
	return trust.Verifier{ID: id, Origin: "https://" + name + ".example.org", Sign: k.SignKey(), KEM: k.KEMKey()}
}

// world is an account with the devices phone and laptop, and its verifier.
type world struct {
	testing.TB
	*Verifier
	state chain.State
	now   time.Time
	rand  io.Reader
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, Verifier: New(recordOf(t, "home"), keysOf(t, "home"), [32]byte{1}), now: noon, rand: source("world")}
	raw, err := chain.Genesis(source("salt"), keysOf(t, "phone"), deviceOf(t, "phone"), recordOf(t, "home"), trust.DefaultPolicy(), w.now)
	if err != nil {
		t.Fatal(err)
	}
	if w.state, err = chain.Open([][]byte{raw}); err != nil {
		t.Fatal(err)
	}
	w.add("laptop")
	return w
}

func (w *world) author(name string) chain.Author {
	w.Helper()
	return chain.AsDevice(deviceOf(w, name).ID, keysOf(w, name))
}

// append applies an entry just written.
func (w *world) append(raw []byte, err error) {
	w.Helper()
	if err == nil {
		w.state, err = w.state.Apply(raw)
	}
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) add(name string) {
	w.Helper()
	d := deviceOf(w, name)
	body, err := w.state.DeviceBody(w.author("phone"), d, w.now)
	if err != nil {
		w.Fatal(err)
	}
	pop, err := chain.Possess(body, w.state.Account(), d, keysOf(w, name))
	if err != nil {
		w.Fatal(err)
	}
	w.append(w.state.AddDevice(w.author("phone"), body, pop))
}

func (w *world) remove(name, by string) {
	w.Helper()
	w.append(w.state.RemoveDevice(w.author(by), deviceOf(w, name).ID, w.now))
}

func (w *world) digits(n uint64) {
	w.Helper()
	p := trust.DefaultPolicy()
	p.Digits = n
	w.append(w.state.SetPolicy(w.author("phone"), p, w.now))
}

// later lets time pass.
func (w *world) later(d time.Duration) { w.now = w.now.Add(d) }

func session(name string) trust.SessionHash { return trust.HashSession([]byte(name)) }

func browser(name string) (b Browser) {
	copy(b[:], name)
	return b
}

// ask is what a new browser in the session asks.
func ask(name string) Ask {
	return Ask{Kind: trust.SignIn, Session: session(name), Service: "Example", Address: "192.0.2.7", Agent: "Firefox on Linux"}
}

func (w *world) begin(a Ask) SignIn {
	w.Helper()
	s, err := w.Begin(a, w.state, w.now, w.rand)
	if err != nil {
		w.Fatal(err)
	}
	return s
}

// allows gives the approval and code by which the device allows.
func (w *world) allows(s SignIn, device string) ([]byte, trust.Code) {
	w.Helper()
	a, err := Read(s.Challenge, w.state)
	if err != nil {
		w.Fatal(err)
	}
	raw, code, err := a.Allow(w.state, deviceOf(w, device).ID, keysOf(w, device), w.now, w.rand)
	if err != nil {
		w.Fatal(err)
	}
	return raw, code
}

func (w *world) declines(s SignIn, device string, answer trust.Answer) []byte {
	w.Helper()
	a, err := Read(s.Challenge, w.state)
	if err != nil {
		w.Fatal(err)
	}
	raw, err := a.Decline(answer, w.state, deviceOf(w, device).ID, keysOf(w, device), w.now)
	if err != nil {
		w.Fatal(err)
	}
	return raw
}

// answer delivers an approval that must be taken.
func (w *world) answer(s SignIn, raw []byte) SignIn {
	w.Helper()
	next, err := w.Answer(s, w.state, raw, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return w.stored(next)
}

// approved begins a sign-in in the session and lets the phone allow it.
func (w *world) approved(name string) (SignIn, trust.Code) {
	w.Helper()
	s := w.begin(ask(name))
	raw, code := w.allows(s, "phone")
	return w.answer(s, raw), code
}

// check types a code in the sign-in's own browser.
func (w *world) check(s SignIn, code string) (SignIn, Result) {
	w.Helper()
	next, r, err := w.Check(s, w.state, s.Session, code, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return w.stored(next), r
}

// stored writes the row and reads it back with another verifier of the same keys,
// as a backend does that was restarted in between.
func (w *world) stored(s SignIn) SignIn {
	w.Helper()
	again := New(w.Record(), keysOf(w, "home"), [32]byte{1})
	got, err := again.Decode(w.Encode(s))
	if err != nil {
		w.Fatal(err)
	}
	return got
}

// wrong gives the n-th code that is not this one.
func wrong(c trust.Code, n int) string {
	var v int
	fmt.Sscanf(string(c), "%d", &v)
	mod := 1
	for range len(c) {
		mod *= 10
	}
	return fmt.Sprintf("%0*d", len(c), (v+1+n)%mod)
}
