package trust

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// source gives bytes that are the same in every run.
func source(seed string) io.Reader {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

func newKeys(t testing.TB, seed string) Keys {
	t.Helper()
	s, err := NewKeySeed(source(seed))
	if err != nil {
		t.Fatal(err)
	}
	k, err := s.Keys()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newDevice(t testing.TB, name string) (Device, Keys) {
	t.Helper()
	k := newKeys(t, name)
	id, err := NewDeviceID(source("id " + name))
	if err != nil {
		t.Fatal(err)
	}
	return Device{ID: id, Name: name, Kind: Phone, Sign: k.SignKey(), KEM: k.KEMKey()}, k
}

func newVerifier(t testing.TB) (Verifier, Keys) {
	t.Helper()
	k := newKeys(t, "verifier")
	return Verifier{ID: VerifierID{7}, Origin: "https://id.example.org", Sign: k.SignKey(), KEM: k.KEMKey()}, k
}

func newChallenge() Challenge {
	return Challenge{
		Version: 1, Kind: SignIn, Account: AccountID{1}, ID: ChallengeID{2}, Verifier: VerifierID{7}, Session: SessionHash{4},
		Service: "Example", Address: "192.0.2.7", Agent: "Firefox on Linux", Issued: 1_800_000_000, Expires: 1_800_000_120,
		Digits: 4, Seq: 3, Head: Hash{5},
	}
}

func mustMarshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exhausted is a source of randomness that has failed.
type exhausted struct{}

func (exhausted) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func repeat(s string, n int) string { return strings.Repeat(s, n) }
