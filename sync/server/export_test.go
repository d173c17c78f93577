package server

import (
	"crypto/sha256"
	"slices"
)

// TestOnlyHashFast replaces Argon2id, for tests that begin hundreds of sign-ins and
// are not about passwords.
func (s *Server) TestOnlyHashFast() {
	s.hasher.slow = func(password, salt []byte) []byte {
		sum := sha256.Sum256(slices.Concat(salt, password))
		return sum[:]
	}
}

// TestOnlyAfterHash runs f, once, after the next hash of a password.
func (s *Server) TestOnlyAfterHash(f func()) {
	slow := s.hasher.slow
	s.hasher.slots = make(chan struct{}, 4) // f may hash as well
	s.hasher.slow = func(password, salt []byte) []byte {
		sum := slow(password, salt)
		s.hasher.slow = slow
		f()
		return sum
	}
}
