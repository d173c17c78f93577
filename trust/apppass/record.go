package apppass

import (
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"github.com/countersign/countersign/trust"
)

// Spec says what an app password is to open.
type Spec struct {
	Account trust.AccountID
	ID      [16]byte  // random, never used before
	Service string    // exactly one; see CheckService
	Label   string    // what the person calls the program: "Thunderbird on laptop"
	Expires time.Time // zero = never
	// Digest is set for services that need a digest of the password (SIP), which is
	// then sealed to the verifier.
	Digest *DigestUser
}

// Make gives the credential by which a device tells the account's devices and the
// verifier that an app password counts. trust.ErrMalformed for a service or a label
// that is none.
func Make(spec Spec, p Password, to trust.Verifier) (trust.Credential, error) {
	hash := Hash(spec.Account, spec.ID, p)
	c := trust.Credential{ID: spec.ID, Kind: trust.AppPassword, Service: spec.Service, Label: spec.Label, Verifier: hash[:]}
	if !spec.Expires.IsZero() {
		c.Expires = uint64(spec.Expires.Unix())
	}
	if spec.Digest != nil {
		sealed, err := seal(spec, *spec.Digest, p, to)
		if err != nil {
			return trust.Credential{}, err
		}
		c.Sealed = sealed
	}
	if CheckService(c.Service) != nil {
		return trust.Credential{}, trust.ErrMalformed
	}
	return c, c.Check()
}

// Hash is what the chain keeps of an app password: a fast hash is right, because the
// password has 120 random bits.
func Hash(account trust.AccountID, id [16]byte, p Password) [32]byte {
	const context = "td/1 app password\x00"
	var buf [len(context) + 32 + 16 + Symbols]byte
	n := copy(buf[:], context)
	n += copy(buf[n:], account[:])
	n += copy(buf[n:], id[:])
	n += copy(buf[n:], p.text)
	return sha256.Sum256(buf[:n])
}

// Is reports whether the credential is that of the password, in constant time. It
// says nothing about services and times.
func Is(account trust.AccountID, c trust.Credential, p Password) bool {
	hash := Hash(account, c.ID, p)
	return c.Kind == trust.AppPassword && subtle.ConstantTimeCompare(hash[:], c.Verifier) == 1
}

// Expired reports whether a credential's time is over.
func Expired(c trust.Credential, now time.Time) bool {
	return c.Expires != 0 && uint64(max(now.Unix(), 0)) >= c.Expires
}

// CheckService reports trust.ErrMalformed unless s can name a service: 1 to 64
// lower-case letters, digits and ".", "-", "_", ":", beginning with a letter or digit.
func CheckService(s string) error {
	if len(s) == 0 || len(s) > 64 {
		return trust.ErrMalformed
	}
	for i := range len(s) {
		b := s[i]
		plain := 'a' <= b && b <= 'z' || '0' <= b && b <= '9'
		if !plain && (i == 0 || b != '.' && b != '-' && b != '_' && b != ':') {
			return trust.ErrMalformed
		}
	}
	return nil
}
