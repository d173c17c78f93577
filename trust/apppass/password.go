package apppass

import (
	"errors"
	"io"
	"strings"
)

// ErrPassword says that a text is not an app password.
var ErrPassword = errors.New("not an app password")

const (
	// Symbols is how many symbols an app password has: 5 bits each, 120 together, so
	// that a fast hash of it may be published among the account's devices.
	Symbols = 24
	group   = 4
	digits  = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's, lower case
)

// Password is an app password in its canonical form: lower case, nothing between.
type Password struct{ text string }

// New draws an app password; it fails only if rand does.
func New(rand io.Reader) (Password, error) {
	var raw [Symbols]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return Password{}, err
	}
	for i, b := range raw {
		raw[i] = digits[b&31]
	}
	return Password{text: string(raw[:])}, nil
}

// Parse reads what a person or a program typed: any case, spaces and hyphens
// ignored, O read as 0, I and L as 1. Anything else is ErrPassword.
func Parse(typed string) (Password, error) {
	var text [Symbols]byte
	n := 0
	for i := range len(typed) {
		b := fold(typed[i])
		switch {
		case b == ' ' || b == '-':
			continue
		case n == Symbols || strings.IndexByte(digits, b) < 0:
			return Password{}, ErrPassword
		}
		text[n] = b
		n++
	}
	if n != Symbols {
		return Password{}, ErrPassword
	}
	return Password{text: string(text[:])}, nil
}

// fold gives the canonical form of one symbol.
func fold(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		b += 'a' - 'A'
	}
	switch b {
	case 'o':
		return '0'
	case 'i', 'l':
		return '1'
	}
	return b
}

// Canonical gives the form that programs are given which hash what they are given:
// 24 symbols, nothing between. It is not called String so that no log prints it.
func (p Password) Canonical() string { return p.text }

// Groups gives the six groups of four in which it is shown.
func (p Password) Groups() []string {
	var out []string
	for at := 0; at < len(p.text); at += group {
		out = append(out, p.text[at:at+group])
	}
	return out
}

// Text gives the groups joined by hyphens.
func (p Password) Text() string { return strings.Join(p.Groups(), "-") }

// String hides the password from formatted output.
func (Password) String() string { return "(app password)" }

// GoString hides the password from formatted output.
func (Password) GoString() string { return "(app password)" }
