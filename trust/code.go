package trust

import (
	"crypto/subtle"
	"errors"
	"io"
	"strings"
)

// ErrCode says that a text is not a code: not exactly 4 or 6 ASCII digits.
var ErrCode = errors.New("not a code")

// Code is the digits a person reads on the device and types at the browser. It
// exists only after Allow, is drawn by the device, and is worth nothing without
// the approval that carries it.
type Code string

// DrawCode draws a uniform code of 4 or 6 digits.
func DrawCode(rand io.Reader, digits uint64) (Code, error) {
	if digits != 4 && digits != 6 {
		return "", ErrCode
	}
	out := make([]byte, 0, digits)
	var b [1]byte
	for len(out) < int(digits) {
		if _, err := io.ReadFull(rand, b[:]); err != nil {
			return "", err
		}
		if b[0] < 250 { // 250 = 25*10: the rest would favour small digits
			out = append(out, '0'+b[0]%10)
		}
	}
	return Code(out), nil
}

// ParseCode reads what a person typed: spaces and hyphens are ignored; anything
// but 4 or 6 ASCII digits is ErrCode.
func ParseCode(text string) (Code, error) {
	s := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, text)
	if len(s) != 4 && len(s) != 6 {
		return "", ErrCode
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", ErrCode
		}
	}
	return Code(s), nil
}

// Equal compares in constant time for codes of equal length.
func (c Code) Equal(other Code) bool {
	return subtle.ConstantTimeCompare([]byte(c), []byte(other)) == 1
}

// SealCode seals the code to the verifier so that only it can read it, bound to
// one challenge and one device: moved to another approval it does not open.
func SealCode(to KEMKey, challenge Hash, device DeviceID, c Code) ([]byte, error) {
	return to.Seal(codeInfo(challenge, device), []byte(c))
}

// OpenCode is the reverse of SealCode; anything but a code is ErrMalformed.
func OpenCode(k Keys, challenge Hash, device DeviceID, box []byte) (Code, error) {
	plain, err := k.Open(codeInfo(challenge, device), box)
	if err != nil {
		return "", ErrMalformed
	}
	c, err := ParseCode(string(plain))
	if err != nil || string(c) != string(plain) {
		return "", ErrMalformed
	}
	return c, nil
}

func codeInfo(challenge Hash, device DeviceID) []byte {
	return append(append([]byte("td/1 code\x00"), challenge[:]...), device[:]...)
}
