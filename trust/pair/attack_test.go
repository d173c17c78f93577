package pair_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/pair"
)

func newHost(t *testing.T) (*pair.Host, []byte) {
	t.Helper()
	host, hello, err := pair.NewHost(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return host, hello
}

func sixDigits() trust.Policy {
	p := trust.DefaultPolicy()
	p.Digits = 6
	return p
}

func TestHelloOfAnotherThanScanned(t *testing.T) {
	m := newMeeting(t)
	_, foreign := newHost(t)
	g, join, err := pair.NewGuest(rand.Reader, foreign, &m.print, m.new, m.newKey)
	if refused(t, err, join); g != nil {
		t.Error("a guest of a hello that was not scanned")
	}
}

// Who comes second is refused, and so are both: the host cannot know who is who.
func TestSecondJoin(t *testing.T) {
	m := newMeeting(t)
	_, second, err := pair.NewGuest(rand.Reader, m.hello, &m.print, m.new, m.newKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, join := range [][]byte{second, m.join} {
		host := m.joined
		reveal, claimed, err := host.Meet(join)
		if refused(t, err, reveal); claimed.Name != "" {
			t.Errorf("names %q", claimed.Name)
		}
		if err := host.Check(m.digits); !errors.Is(err, pair.ErrMessage) {
			t.Errorf("the digits afterwards give %v", err)
		}
	}
}

// Any other text than the digits ends it; there is no second try with the right ones.
func TestOtherTextThanTheDigits(t *testing.T) {
	m := newMeeting(t)
	for _, text := range []string{"", m.digits[:5], m.digits + "0", " " + m.digits, m.digits + "\n", m.digits[:3] + " " + m.digits[3:], "١٢٣٤٥٦", m.digits + m.digits} {
		host := m.joined
		if err := host.Check(text); !errors.Is(err, pair.ErrDigits) {
			t.Errorf("%q gives %v", text, err)
		}
		if err := host.Check(m.digits); !errors.Is(err, pair.ErrMessage) {
			t.Errorf("after %q the right ones give %v", text, err)
		}
		if host.Device().Name != "" {
			t.Errorf("after %q the host names %q", text, host.Device().Name)
		}
	}
}

// A reveal that another hello fixed opens nothing here.
func TestRevealOfAnotherPairing(t *testing.T) {
	m, other := newMeeting(t), newMeeting(t)
	guest := m.asked
	if digits, err := guest.Reveal(other.reveal); !errors.Is(err, pair.ErrMessage) || digits != "" {
		t.Errorf("gives %q, %v", digits, err)
	}
}

// A spy photographed the picture and joined first; the person's device joined too
// and was told the reveal. What the person reads there ends the pairing.
func TestSpyFirst(t *testing.T) {
	w := newWorld()
	host, hello := newHost(t)
	print := host.Fingerprint()
	spyKeys, spy := w.device("phone", trust.Phone)
	_, first, err := pair.NewGuest(rand.Reader, hello, &print, spy, spyKeys)
	if err != nil {
		t.Fatal(err)
	}
	guest, _, err := pair.NewGuest(rand.Reader, hello, &print, w.new, w.newKey)
	if err != nil {
		t.Fatal(err)
	}
	reveal, _, err := host.Meet(first)
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Check(must(guest.Reveal(reveal))); !errors.Is(err, pair.ErrDigits) { // but for one run in a million
		t.Errorf("the digits of the person's device give %v", err)
	}
	if host.Device().Name != "" {
		t.Error("the host lets the spy in")
	}
}

// A welcome is for one device in one pairing.
func TestWelcomeOfAnotherPairing(t *testing.T) {
	m := newMeeting(t)
	thirdKeys, third := m.device("tablet", trust.Tablet)
	host, hello := newHost(t)
	for name, d := range map[string]struct {
		record trust.Device
		keys   trust.Keys
	}{"another device": {third, thirdKeys}, "the same device in another pairing": {m.new, m.newKey}} {
		guest, join, err := pair.NewGuest(rand.Reader, hello, nil, d.record, d.keys)
		if err != nil {
			t.Fatal(err)
		}
		begun := *host
		reveal, _, err := begun.Meet(join)
		if err != nil {
			t.Fatal(err)
		}
		must(guest.Reveal(reveal))
		_, consent, err := guest.Open(m.sealed)
		if err == nil {
			t.Errorf("%s opens the welcome", name)
		}
		refused(t, err, consent)
	}
}

// Before the reveal the guest has met nobody.
func TestWelcomeBeforeTheReveal(t *testing.T) {
	m := newMeeting(t)
	guest := m.asked
	_, consent, err := guest.Open(m.sealed)
	refused(t, err, consent)
	if _, err := guest.Reveal(m.reveal); !errors.Is(err, pair.ErrMessage) {
		t.Errorf("the reveal afterwards gives %v", err)
	}
}

// The new device agrees to its own addition to one account, whoever asks it.
func TestGuestSignsOnlyItsOwnAddition(t *testing.T) {
	m := newMeeting(t)
	by := chain.AsDevice(m.world.host.ID, m.keys)
	at := time.Unix(1_800_000_100, 0)
	adding := func(d trust.Device) []byte { return must(m.chain.DeviceBody(by, d, at)) }
	_, third := m.device("tablet", trust.Tablet)
	other := newWorld()
	renamed, keyed, boxed, kind, id := m.new, m.new, m.new, m.new, m.new
	renamed.Name, keyed.Sign, boxed.KEM, kind.Kind, id.ID = "my phone", third.Sign, third.KEM, trust.Tablet, third.ID
	policy := must(chain.Body(must(m.chain.SetPolicy(by, sixDigits(), at))))
	named := func(name string) pair.Welcome { w := m.welcome(m.body); w.Name = name; return w }
	account := m.welcome(m.body)
	account.Account = other.chain.Account()
	for class, w := range map[string]pair.Welcome{
		"the body of another account":     m.welcome(must(other.chain.DeviceBody(chain.AsDevice(other.host.ID, other.keys), m.new, at))),
		"another account than the body's": account,
		"the addition of another device":  m.welcome(adding(third)),
		"under another name":              m.welcome(adding(renamed)),
		"with another signing key":        m.welcome(adding(keyed)),
		"with another box key":            m.welcome(adding(boxed)),
		"of another kind":                 m.welcome(adding(kind)),
		"with another identifier":         m.welcome(adding(id)),
		"another operation":               m.welcome(policy),
		"a whole entry":                   m.welcome(must(m.chain.SetPolicy(by, sixDigits(), at))),
		"a body with something behind":    m.welcome(append(bytes.Clone(m.body), 0)),
		"a body cut short":                m.welcome(m.body[:len(m.body)-1]),
		"no body":                         m.welcome(nil),
		"something else than a body":      m.welcome([]byte("td/1 challenge")),
		"an account without a name":       named(""),
		"a name that turns text around":   named("anna\u202e"),
		"a name too long":                 named(string(bytes.Repeat([]byte("a"), 65))),
		"longer than messages are":        m.welcome(make([]byte, pair.MaxMessage)),
	} {
		host, guest := m.checked, m.shown
		got, consent, err := guest.Open(must(host.Welcome(w)))
		if !errors.Is(err, pair.ErrMessage) || consent != nil || got.Body != nil {
			t.Errorf("%s: gives %+v, %x, %v", class, got, consent, err)
		}
		if _, _, err := guest.Open(m.sealed); err == nil {
			t.Errorf("%s: the right welcome is opened afterwards", class)
		}
	}
}

// The chain grew while the person typed: the welcome comes again on the new head,
// and only the newer consent is one.
func TestWelcomeAgain(t *testing.T) {
	m := newMeeting(t)
	host, guest := m.checked, m.shown
	if _, _, err := guest.Open(m.sealed); err != nil {
		t.Fatal(err)
	}
	by := chain.AsDevice(m.world.host.ID, m.keys)
	grown, err := m.chain.Apply(must(m.chain.SetPolicy(by, sixDigits(), time.Unix(1_800_000_200, 0))))
	if err != nil {
		t.Fatal(err)
	}
	m.chain = grown
	body := m.world.body()
	_, consent, err := guest.Open(must(host.Welcome(m.welcome(body))))
	if err != nil {
		t.Fatal(err)
	}
	late := host
	if _, err := late.Consent(m.consent, body); !errors.Is(err, pair.ErrMessage) {
		t.Errorf("the consent to the body before gives %v", err)
	}
	possession, err := host.Consent(consent, body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.chain.Apply(must(m.chain.AddDevice(by, body, possession))); err != nil {
		t.Errorf("the entry on the new head: %v", err)
	}
}

// Once it agreed to belong to one account, no second welcome moves it to another.
func TestWelcomeAgainToAnotherAccount(t *testing.T) {
	m, other := newMeeting(t), newWorld()
	host, guest := m.checked, m.shown
	if _, _, err := guest.Open(m.sealed); err != nil {
		t.Fatal(err)
	}
	body := must(other.chain.DeviceBody(chain.AsDevice(other.host.ID, other.keys), m.new, time.Unix(1_800_000_100, 0)))
	_, consent, err := guest.Open(must(host.Welcome(other.welcome(body))))
	refused(t, err, consent)
}

// A consent is by the keys of the device that was met, over the body it was sent.
func TestConsentOfAnotherOrToAnother(t *testing.T) {
	m := newMeeting(t)
	keys, third := m.device("tablet", trust.Tablet)
	body := must(m.chain.DeviceBody(chain.AsDevice(m.world.host.ID, m.keys), third, time.Unix(1_800_000_100, 0)))
	consents := func(sig trust.Signature) []byte {
		return must(trust.Marshal(struct {
			Possession trust.Signature `cbor:"1,keyasint"`
		}{sig}))
	}
	if !bytes.Equal(consents(m.newKey.Sign(trust.ContextPossession, m.body)), m.consent) {
		t.Fatal("a consent is built otherwise than here")
	}
	for class, c := range map[string]struct{ message, body []byte }{
		"to another body":              {m.consent, body},
		"to no body":                   {m.consent, nil},
		"by another device to its own": {consents(must(chain.Possess(body, m.chain.Account(), third, keys))), m.body},
		"by another device":            {consents(keys.Sign(trust.ContextPossession, m.body)), m.body},
		"by the trusted device itself": {consents(m.keys.Sign(trust.ContextPossession, m.body)), m.body},
		"signed as an entry":           {consents(m.newKey.Sign(trust.ContextEntry, m.body)), m.body},
		"the welcome":                  {m.sealed, m.body},
		"the join":                     {m.join, m.body},
	} {
		host := m.checked
		if sig, err := host.Consent(c.message, c.body); !errors.Is(err, pair.ErrMessage) || sig != (trust.Signature{}) {
			t.Errorf("%s: gives %x, %v", class, sig, err)
		}
		if _, err := host.Consent(m.consent, m.body); err == nil {
			t.Errorf("%s: the right consent is taken afterwards", class)
		}
	}
}

// Six digits prove who typed them, not who owns the keys in the record: a guest that
// claims another's keys meets, but can neither open the welcome nor consent.
func TestGuestWithoutTheKeysItClaims(t *testing.T) {
	w := newWorld()
	thief, _ := w.device("thief", trust.Phone)
	host, hello := newHost(t)
	guest, join, err := pair.NewGuest(rand.Reader, hello, nil, w.new, thief)
	if err != nil {
		t.Fatal(err)
	}
	reveal, _, err := host.Meet(join)
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Check(must(guest.Reveal(reveal))); err != nil {
		t.Fatal(err)
	}
	_, consent, err := guest.Open(must(host.Welcome(w.welcome(w.body()))))
	refused(t, err, consent)
}

// A record that no device has is no join, though the box is in order.
func TestJoinOfWhatIsNoDevice(t *testing.T) {
	w := newWorld()
	begun, hello := newHost(t)
	unnamed, hidden, kindless, zero, keyless := w.new, w.new, w.new, w.new, w.new
	unnamed.Name, hidden.Name, kindless.Kind, zero.ID, keyless.KEM = "", "phone\u202e", "toaster", trust.DeviceID{}, trust.KEMKey{1}
	for class, d := range map[string]trust.Device{"no name": unnamed, "a name that hides": hidden, "no such kind": kindless, "no identifier": zero, "no box key": keyless} {
		_, join, err := pair.NewGuest(rand.Reader, hello, nil, d, w.newKey)
		if err != nil {
			t.Fatalf("%s: %v", class, err)
		}
		host := *begun
		reveal, claimed, err := host.Meet(join)
		if refused(t, err, reveal); claimed.Kind != "" {
			t.Errorf("%s: the host names it", class)
		}
	}
}
