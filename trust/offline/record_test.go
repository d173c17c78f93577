package offline

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/countersign/countersign/trust"
)

// source gives bytes that are the same in every run.
func source(seed string) io.Reader {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

func newSeed(t *testing.T, name string) Seed {
	t.Helper()
	s, err := NewSeed(source(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// party holds keys.
type party struct {
	seed trust.KeySeed
	keys trust.Keys
}

func newParty(t *testing.T, name string) party {
	t.Helper()
	seed, err := trust.NewKeySeed(source(name))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := seed.Keys()
	if err != nil {
		t.Fatal(err)
	}
	return party{seed, keys}
}

func (p party) device(t *testing.T, name string) trust.Device {
	t.Helper()
	id, err := trust.NewDeviceID(source("id " + name))
	if err != nil {
		t.Fatal(err)
	}
	return trust.Device{ID: id, Name: name, Kind: trust.Phone, Sign: p.keys.SignKey(), KEM: p.keys.KEMKey()}
}

// scene is a phone that announces a seed to a verifier.
type scene struct {
	account         trust.AccountID
	phone, laptop   trust.Device
	phones, laptops trust.Keys
	verifier        trust.Verifier
	verifiers       party
	seed            Seed
	id              [16]byte
}

func newScene(t *testing.T) scene {
	t.Helper()
	phone, laptop, verifier := newParty(t, "phone"), newParty(t, "laptop"), newParty(t, "verifier")
	return scene{
		account: trust.AccountID{1}, phone: phone.device(t, "phone"), laptop: laptop.device(t, "laptop"), phones: phone.keys, laptops: laptop.keys,
		verifier:  trust.Verifier{ID: trust.VerifierID{7}, Origin: "https://id.example.org", Sign: verifier.keys.SignKey(), KEM: verifier.keys.KEMKey()},
		verifiers: verifier, seed: newSeed(t, "seed"), id: [16]byte{9},
	}
}

func (s scene) owner() Owner { return Owner{Account: s.account, Device: s.phone.ID} }

func (s scene) announce(t *testing.T) trust.Credential {
	t.Helper()
	c, err := Announce(s.owner(), s.phones, s.verifier, s.id, s.seed)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// signed changes what is announced, signed by whoever says so.
func (s scene) signed(t *testing.T, keys trust.Keys, context trust.Context, change func(*announcement)) []byte {
	t.Helper()
	var old trust.Signed
	var a announcement
	if trust.Unmarshal(s.announce(t).Verifier, &old) != nil || trust.Unmarshal(old.Body, &a) != nil {
		t.Fatal("the announcement cannot be read")
	}
	change(&a)
	body, err := trust.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := trust.Marshal(trust.Signed{Body: body, Sig: keys.Sign(context, body)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAnnouncedSeed(t *testing.T) {
	s := newScene(t)
	c := s.announce(t)
	if err := c.Check(); err != nil {
		t.Fatalf("the chain does not take it: %v", err)
	}
	if bytes.Contains(c.Verifier, s.seed[:]) {
		t.Error("the chain shows the seed")
	}
	if id, ok := DeviceOf(c); !ok || id != s.phone.ID {
		t.Errorf("it is of %s, %t", id, ok)
	}
	sealed, err := Read(c, s.account, s.phone, s.verifier.ID)
	if err != nil {
		t.Fatal(err)
	}
	if seed, err := sealed.Open(s.verifiers.keys); err != nil || seed != s.seed {
		t.Errorf("opened it is another: %v", err)
	}
	if _, err := sealed.Open(s.laptops); !errors.Is(err, trust.ErrMalformed) {
		t.Errorf("another's keys give %v", err)
	}
}

// refused are credentials of which nothing is read, by class. The chain would take
// each of them from a device that belongs.
func (s scene) refused(t *testing.T) map[string]trust.Credential {
	t.Helper()
	same := func(*announcement) {}
	change := func(edit func(*trust.Credential)) trust.Credential {
		c := s.announce(t)
		edit(&c)
		return c
	}
	verifier := func(raw []byte) trust.Credential {
		return change(func(c *trust.Credential) { c.Verifier = raw })
	}
	field := func(edit func(*announcement)) trust.Credential {
		return verifier(s.signed(t, s.phones, trust.ContextOffline, edit))
	}
	return map[string]trust.Credential{
		"label of another device":           change(func(c *trust.Credential) { c.Label = s.laptop.ID.String() }),
		"label that is a name":              change(func(c *trust.Credential) { c.Label = "phone" }),
		"label of no device":                change(func(c *trust.Credential) { c.Label = trust.DeviceID{}.String() }),
		"another verifier's":                change(func(c *trust.Credential) { c.Service = trust.VerifierID{8}.String() }),
		"another kind":                      change(func(c *trust.Credential) { c.Kind = trust.Passkey }),
		"moved to another credential":       change(func(c *trust.Credential) { c.ID[0]++ }),
		"signed by another device":          verifier(s.signed(t, s.laptops, trust.ContextOffline, same)),
		"signed for another use":            verifier(s.signed(t, s.phones, trust.ContextApproval, same)),
		"announced for another account":     field(func(a *announcement) { a.Account[0]++ }),
		"announced for another device":      field(func(a *announcement) { a.Device = s.laptop.ID }),
		"announced for another verifier":    field(func(a *announcement) { a.Verifier[0]++ }),
		"announced for another credential":  field(func(a *announcement) { a.Credential[0]++ }),
		"announced by a version to come":    field(func(a *announcement) { a.Version = 2 }),
		"announcement cut short":            change(func(c *trust.Credential) { c.Verifier = c.Verifier[:len(c.Verifier)-1] }),
		"announcement with something after": change(func(c *trust.Credential) { c.Verifier = append(bytes.Clone(c.Verifier), 0) }),
		"announcement that is not signed":   verifier([]byte{0xa0}),
	}
}

func TestForeignAnnouncements(t *testing.T) {
	s := newScene(t)
	for class, c := range s.refused(t) {
		by := s.phone
		if c.Label == s.laptop.ID.String() {
			by = s.laptop // whom a verifier would look up by the label
		}
		if _, err := Read(c, s.account, by, s.verifier.ID); !errors.Is(err, trust.ErrMalformed) {
			t.Errorf("%s: %v", class, err)
		}
	}
	if _, err := Read(s.announce(t), trust.AccountID{2}, s.phone, s.verifier.ID); !errors.Is(err, trust.ErrMalformed) {
		t.Errorf("in another account's chain: %v", err)
	}
}

// Whatever byte is changed, no seed comes out.
func TestSpoiltAnnouncements(t *testing.T) {
	s := newScene(t)
	good := s.announce(t)
	for i := range good.Verifier {
		c := good
		c.Verifier = bytes.Clone(good.Verifier)
		c.Verifier[i] ^= 1
		if _, err := Read(c, s.account, s.phone, s.verifier.ID); err == nil {
			t.Fatalf("byte %d may be changed", i)
		}
	}
}

// A box that was sealed for another device, account or credential does not open,
// though it is announced under a good signature.
func TestMovedBoxes(t *testing.T) {
	s := newScene(t)
	for class, of := range map[string]struct {
		Owner
		id [16]byte
	}{
		"another account":    {Owner{trust.AccountID{2}, s.phone.ID}, s.id},
		"another device":     {Owner{s.account, s.laptop.ID}, s.id},
		"another credential": {s.owner(), [16]byte{10}},
	} {
		box, err := s.verifier.KEM.Seal(sealInfo(of.Owner, of.id), s.seed[:])
		if err != nil {
			t.Fatal(err)
		}
		c := s.announce(t)
		c.Verifier = s.signed(t, s.phones, trust.ContextOffline, func(a *announcement) { a.Box = box })
		sealed, err := Read(c, s.account, s.phone, s.verifier.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sealed.Open(s.verifiers.keys); !errors.Is(err, trust.ErrMalformed) {
			t.Errorf("a box of %s: %v", class, err)
		}
	}
	short, err := s.verifier.KEM.Seal(sealInfo(s.owner(), s.id), s.seed[:31])
	if err != nil {
		t.Fatal(err)
	}
	c := s.announce(t)
	c.Verifier = s.signed(t, s.phones, trust.ContextOffline, func(a *announcement) { a.Box = short })
	sealed, err := Read(c, s.account, s.phone, s.verifier.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sealed.Open(s.verifiers.keys); !errors.Is(err, trust.ErrMalformed) {
		t.Errorf("a seed of 31 bytes: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	s := newScene(&testing.T{})
	f.Add([]byte{0xa0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		c := trust.Credential{ID: s.id, Kind: trust.OfflineCode, Service: s.verifier.ID.String(), Label: s.phone.ID.String(), Verifier: raw}
		if _, err := Read(c, s.account, s.phone, s.verifier.ID); err == nil {
			t.Error("nobody signed this")
		}
	})
}
