package vault

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
)

func TestPasswordRoundTripAtFullCost(t *testing.T) {
	seed := []byte("0123456789abcdef")
	sealed, err := SealUnderPassword([]byte("pass word"), seed, rand.Reader)
	wantError(t, err, nil)
	if bytes.Contains(sealed, seed) {
		t.Error("sealed value shows the plaintext")
	}
	e, err := parseEnvelope(sealed)
	wantError(t, err, nil)
	if e.Head.Cost != (cost{Passes: 3, Memory: 65536, Threads: 1}) || len(e.Head.Salt) != 16 {
		t.Errorf("sealed with %+v", e.Head)
	}
	got, err := OpenUnderPassword([]byte("pass word"), sealed)
	if err != nil || !bytes.Equal(got, seed) {
		t.Errorf("opened as %q, %v", got, err)
	}
}

func TestPasswordSealIsFreshEachTime(t *testing.T) {
	a, err := sealUnderPassword([]byte("p"), []byte("seed"), rand.Reader, cheap())
	wantError(t, err, nil)
	b, err := sealUnderPassword([]byte("p"), []byte("seed"), rand.Reader, cheap())
	wantError(t, err, nil)
	if bytes.Equal(a, b) {
		t.Error("the same value was sealed the same way twice")
	}
}

func TestPasswordSizes(t *testing.T) {
	for _, size := range []int{0, 1, 16, maxSealed} {
		sealed, err := sealUnderPassword([]byte("p"), make([]byte, size), rand.Reader, fullCost())
		wantError(t, err, nil)
		if len(sealed) > size+82 || len(sealed) > MaxValue {
			t.Errorf("%d bytes sealed are %d", size, len(sealed))
		}
	}
	_, err := sealUnderPassword([]byte("p"), make([]byte, maxSealed+1), rand.Reader, cheap())
	wantError(t, err, ErrTooLarge)
}

func TestPasswordRefusesEmpty(t *testing.T) {
	_, err := SealUnderPassword(nil, []byte("seed"), rand.Reader)
	wantError(t, err, ErrPassword)
	_, err = OpenUnderPassword(nil, nil)
	wantError(t, err, ErrPassword)
}

func TestPasswordReportsBrokenRandomness(t *testing.T) {
	broken := errors.New("no entropy")
	sealed, err := SealUnderPassword([]byte("p"), []byte("seed"), failingReader{broken})
	wantError(t, err, broken)
	if sealed != nil {
		t.Error("sealed without a salt")
	}
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// Whatever is changed, the answer is the same flat error and no byte of the
// plaintext; one sealed for a vault file does not open as a password's.
func TestPasswordFlatError(t *testing.T) {
	password := []byte("password")
	sealed, err := sealUnderPassword(password, []byte("recovery key"), rand.Reader, cheap())
	wantError(t, err, nil)
	refuse := func(what string, password, sealed []byte) {
		t.Helper()
		if got, err := OpenUnderPassword(password, sealed); err != ErrPassword || got != nil {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	for i := range sealed {
		for _, mask := range []byte{0x01, 0x80, 0xff} {
			changed := bytes.Clone(sealed)
			changed[i] ^= mask
			refuse("changed byte", password, changed)
		}
		refuse("truncated", password, sealed[:i])
	}
	refuse("longer", password, append(bytes.Clone(sealed), 0))
	refuse("wrong password", []byte("Password"), sealed)
	h, err := newHead(cheap(), rand.Reader)
	wantError(t, err, nil)
	other, err := h.seal(h.key(password), fileLabel, []byte("recovery key"))
	wantError(t, err, nil)
	refuse("other label", password, other)
}

// A planted value must not make opening cost more than a few seconds.
func TestEnvelopeBoundsCost(t *testing.T) {
	for _, c := range []cost{
		{0, 64, 1}, {9, 64, 1}, {1 << 31, 64, 1}, {1, 7, 1}, {1, 0, 1},
		{1, 256<<10 + 1, 1}, {1, 1<<32 - 1, 1}, {1, 64, 0}, {1, 64, 5}, {1, 64, 255}, {1, 31, 4},
	} {
		wantUnparsed(t, envelope{head{envelopeVersion, c, make([]byte, saltSize)}, make([]byte, 40)})
	}
	good := head{envelopeVersion, cheap(), make([]byte, saltSize)}
	wantUnparsed(t, envelope{head{2, cheap(), good.Salt}, make([]byte, 40)})
	wantUnparsed(t, envelope{head{1, cheap(), make([]byte, 15)}, make([]byte, 40)})
	wantUnparsed(t, envelope{head{1, cheap(), nil}, make([]byte, 40)})
	wantUnparsed(t, envelope{good, make([]byte, boxOverhead-1)})
	encoded, err := encode(envelope{good, make([]byte, boxOverhead)})
	wantError(t, err, nil)
	_, err = parseEnvelope(encoded)
	wantError(t, err, nil)
}

func wantUnparsed(t *testing.T, e envelope) {
	t.Helper()
	encoded, err := encode(e)
	wantError(t, err, nil)
	if _, err := parseEnvelope(encoded); err != ErrDamaged {
		t.Errorf("%+v: %v", e, err)
	}
}
