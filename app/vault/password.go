package vault

import (
	"fmt"
	"io"
)

// passwordLabel separates what is sealed under a password from vault files.
// It is part of what is stored: do not change it.
const passwordLabel = "td/1 sealed under password"

// maxSealed is the largest plaintext in bytes, so that the result, 82 bytes
// longer at most, is still a value a vault takes.
const maxSealed = 1024

// SealUnderPassword returns plaintext (at most 1024 bytes) sealed with
// AES-256-GCM under a key that Argon2id (3 passes, 64 MiB) makes of password
// and a fresh 16-byte salt drawn from rand (docs/protocol.md §3, §10.1). It
// takes about half a second and allocates 64 MiB. An empty password is
// ErrPassword. The password is used byte for byte; who compares passwords
// typed on several systems normalises them first.
func SealUnderPassword(password, plaintext []byte, rand io.Reader) ([]byte, error) {
	return sealUnderPassword(password, plaintext, rand, fullCost())
}

func sealUnderPassword(password, plaintext []byte, rand io.Reader, c cost) ([]byte, error) {
	if len(password) == 0 {
		return nil, fmt.Errorf("sealing under an empty password: %w", ErrPassword)
	}
	if len(plaintext) > maxSealed {
		return nil, fmt.Errorf("sealing %d bytes, at most %d: %w", len(plaintext), maxSealed, ErrTooLarge)
	}
	h, err := newHead(c, rand)
	if err != nil {
		return nil, err
	}
	return h.seal(h.key(password), passwordLabel, plaintext)
}

// OpenUnderPassword returns what SealUnderPassword sealed. A wrong password, a
// changed byte and a cost beyond eight passes over 256 MiB are all ErrPassword
// and nothing more.
func OpenUnderPassword(password, sealed []byte) ([]byte, error) {
	if len(password) == 0 || len(sealed) > MaxValue {
		return nil, ErrPassword
	}
	e, err := parseEnvelope(sealed)
	if err != nil {
		return nil, ErrPassword
	}
	plaintext, err := e.open(e.Head.key(password), passwordLabel)
	if err != nil {
		return nil, ErrPassword
	}
	return plaintext, nil
}
