package offline

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/countersign/countersign/trust"
)

// Digits is the length of a code. Nothing but its length and the count of wrong
// ones protects it: no device is asked before it is typed.
const Digits = 8

// Early and Late say how many steps a code may come before its own or after it: a
// device without network has a clock that nobody sets.
const (
	Early = 1
	Late  = 1
)

// Code is what a person reads on the device and types at the browser: eight digits.
type Code string

// ParseCode reads what a person typed: spaces and hyphens are ignored; anything but
// eight ASCII digits is trust.ErrCode.
func ParseCode(text string) (Code, error) {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
	if len(s) != Digits {
		return "", trust.ErrCode
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", trust.ErrCode
		}
	}
	return Code(s), nil
}

// Seed is what device and verifier share: 256 bits. It is secret and hides itself
// from formatted output.
type Seed [32]byte

// NewSeed draws a seed; it fails only if rand does.
func NewSeed(rand io.Reader) (s Seed, err error) {
	_, err = io.ReadFull(rand, s[:])
	return s, err
}

// String hides the seed.
func (Seed) String() string { return "(seed)" }

// GoString hides the seed.
func (Seed) GoString() string { return "(seed)" }

// Code gives the code of a step: HOTP (RFC 4226) with HMAC-SHA-256 and eight digits,
// the step as its counter.
func (s Seed) Code(step Step) Code {
	secret := base32.StdEncoding.EncodeToString(s[:])
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: Digits, Algorithm: otp.AlgorithmSHA256})
	if err != nil {
		panic(fmt.Errorf("making an offline code: %w", err)) // only for a secret that is not base32
	}
	return Code(code)
}

// Match finds the step of a typed code: that of now, Early before it or Late after
// it, and later than the last one used. It compares in constant time and always
// with all of them; two steps with one code give the later, so that it is used up.
func (s Seed) Match(typed Code, used Step, now time.Time) (found Step, ok bool) {
	present := StepAt(now)
	for step := present - min(present, Late); step <= present+Early; step++ {
		same := subtle.ConstantTimeCompare([]byte(s.Code(step)), []byte(typed)) == 1
		if same && step > used {
			found, ok = step, true
		}
	}
	return found, ok
}
