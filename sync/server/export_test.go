package server

import (
	"crypto/sha256"
	"slices"
	"sync/atomic"
)

func (h hashers) all() []*hasher { return []*hasher{h.page, h.stop, h.proven} }

// TestOnlyHashFast replaces Argon2id, for tests that begin hundreds of sign-ins and
// are not about passwords.
func (s *Server) TestOnlyHashFast() {
	for _, h := range s.hashers.all() {
		h.slow = func(password, salt []byte) []byte {
			sum := sha256.Sum256(slices.Concat(salt, password))
			return sum[:]
		}
	}
}

// TestOnlyAfterHash runs f, once, after the next hash of a password.
func (s *Server) TestOnlyAfterHash(f func()) {
	var ran atomic.Bool
	for _, h := range s.hashers.all() {
		slow := h.slow
		h.slots = make(chan struct{}, 4) // f may hash as well
		h.slow = func(password, salt []byte) []byte {
			sum := slow(password, salt)
			if ran.CompareAndSwap(false, true) {
				f()
			}
			return sum
		}
	}
}

// TestOnlyFlood fills what waits where passwords are compared at the page, to stop
// waits, or by who showed something else before, until the function it gives is run.
func (s *Server) TestOnlyFlood(where int) (end func()) {
	h := s.hashers.all()[where]
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	for range cap(h.queue) {
		h.queue <- struct{}{}
	}
	return func() {
		for range cap(h.slots) {
			<-h.slots
		}
		for range cap(h.queue) {
			<-h.queue
		}
	}
}
