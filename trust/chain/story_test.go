package chain

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
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

func verifierOf(t testing.TB, name string) trust.Verifier {
	t.Helper()
	k := keysOf(t, name)
	id, err := trust.NewVerifierID(source("id of " + name))
	if err != nil {
		t.Fatal(err)
	}
	return trust.Verifier{ID: id, Origin: "https://" + name + ".example.org", Sign: k.SignKey(), KEM: k.KEMKey()}
}

func recoveryOf(t testing.TB, name string) trust.RecoveryKey {
	t.Helper()
	k, err := trust.NewRecoveryKey(source("recovery " + name))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func credOf(kind, name string) trust.Credential {
	var id [16]byte
	copy(id[:], name)
	return trust.Credential{ID: id, Kind: kind, Service: "imap", Label: name, Verifier: make([]byte, 32)}
}

// story is one account's chain as it is told line by line; see tell.
type story struct {
	t     testing.TB
	state State
	raw   [][]byte
	paper string // seed name of the recovery key on paper
	now   time.Time
	tried []try // what was refused
}

// tell makes a chain from lines of the form
//
//	phone begins
//	phone adds laptop
//	laptop removes phone
//	phone prints R              a recovery key for paper
//	phone shares C              a recovery key for contacts
//	paper adds tablet           as recovery key
//	phone trusts vpn            a verifier
//	phone wants 6               digits of the code
//	phone makes imap-1          an app password; passkey-…, offline-… the others
//	phone revokes imap-1        or all
//	! phone adds thief          must not be possible, nor pass if made by hand; see refuses
//
// so that a rule can be read as what somebody did.
func tell(t testing.TB, lines string) *story {
	t.Helper()
	s := &story{t: t, now: noon}
	s.more(lines)
	return s
}

func (s *story) more(lines string) {
	s.t.Helper()
	for line := range strings.Lines(lines) {
		words := strings.Fields(strings.Split(line, "#")[0])
		if len(words) == 0 {
			continue
		}
		s.now = s.now.Add(time.Minute)
		if words[0] != "!" {
			s.happens(words)
			continue
		}
		said := strings.TrimPrefix(strings.Join(words, " "), "! ")
		s.refuses(said)
		if strings.Contains(said, ",") {
			continue // no writer can be asked for that
		}
		if raw, err := s.write(words[1:]); err != ErrInvalid {
			s.t.Fatalf("%q: got %d bytes and %v, want ErrInvalid", said, len(raw), err)
		}
	}
}

func (s *story) happens(words []string) {
	s.t.Helper()
	raw, err := s.write(words)
	if err != nil {
		s.t.Fatalf("%q: %v", words, err)
	}
	next, err := s.state.Apply(raw)
	if err != nil {
		s.t.Fatalf("%q: what was written is refused: %v", words, err)
	}
	s.state, s.raw = next, append(s.raw, raw)
	if words[1] == "prints" {
		s.paper = words[2]
	}
}

func (s *story) author(name string) Author {
	s.t.Helper()
	switch {
	case name == "paper" || strings.HasPrefix(name, "paper="):
		seed := s.paper
		if _, other, ok := strings.Cut(name, "="); ok {
			seed = other
		}
		k, err := recoveryOf(s.t, seed).Keys()
		if err != nil {
			s.t.Fatal(err)
		}
		return AsRecovery(trust.Paper, k)
	case strings.HasPrefix(name, "contacts="):
		k, err := recoveryOf(s.t, strings.TrimPrefix(name, "contacts=")).Keys()
		if err != nil {
			s.t.Fatal(err)
		}
		return AsRecovery(trust.Contacts, k)
	}
	return AsDevice(deviceOf(s.t, name).ID, keysOf(s.t, name))
}

func (s *story) write(words []string) ([]byte, error) {
	s.t.Helper()
	a, what := s.author(words[0]), strings.Join(words[2:], " ")
	switch words[1] {
	case "begins":
		return Genesis(source("salt"), keysOf(s.t, words[0]), deviceOf(s.t, words[0]), verifierOf(s.t, "home"), trust.DefaultPolicy(), s.now)
	case "adds":
		return s.add(a, deviceOf(s.t, what), keysOf(s.t, what))
	case "removes":
		return s.state.RemoveDevice(a, deviceOf(s.t, what).ID, s.now)
	case "prints":
		return s.state.SetRecovery(a, recoveryOf(s.t, what), s.now)
	case "shares":
		return s.state.SetContacts(a, recoveryOf(s.t, what), s.now)
	case "trusts":
		return s.state.SetVerifier(a, verifierOf(s.t, what), s.now)
	case "wants":
		p := trust.DefaultPolicy()
		fmt.Sscan(what, &p.Digits)
		return s.state.SetPolicy(a, p, s.now)
	case "makes":
		return s.state.AddCredential(a, credOf(kindOf(what), what), s.now)
	case "revokes":
		id := credOf("", what).ID
		if what == "all" {
			id = [16]byte{}
		}
		return s.state.RevokeCredential(a, id, s.now)
	}
	s.t.Fatalf("no such verb: %q", words[1])
	return nil, nil
}

func kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, "passkey"):
		return trust.Passkey
	case strings.HasPrefix(name, "offline"):
		return trust.OfflineCode
	}
	return trust.AppPassword
}

func (s *story) add(a Author, d trust.Device, keys trust.Keys) ([]byte, error) {
	body, err := s.state.DeviceBody(a, d, s.now)
	if err != nil {
		return nil, err
	}
	possession, err := Possess(body, s.state.Account(), d, keys)
	if err != nil {
		return nil, err
	}
	return s.state.AddDevice(a, body, possession)
}

// names gives the account's devices, in order.
func (s *story) names() string {
	var names []string
	for _, d := range s.state.Devices() {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}

// labels gives the account's credentials, in order.
func (s *story) labels() string {
	var labels []string
	for _, c := range s.state.Credentials() {
		labels = append(labels, c.Label)
	}
	return strings.Join(labels, " ")
}

func (s *story) entries() [][]byte { return slices.Clone(s.raw) }
