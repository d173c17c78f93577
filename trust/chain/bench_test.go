package chain

import (
	"crypto/ed25519"
	"testing"

	"github.com/countersign/countersign/trust"
)

// household is a chain of n entries in which a quarter adds and a quarter removes
// devices.
func household(b *testing.B, n int) *story {
	b.Helper()
	s := tell(b, "phone begins\nphone prints R")
	for i := 0; len(s.raw) < n; i++ {
		name := "d" + string(rune('a'+i%26)) + string(rune('a'+i/26%26))
		for _, line := range []string{"phone adds " + name, "phone wants 6", "phone removes " + name, "phone wants 4"} {
			if len(s.raw) < n {
				s.more(line)
			}
		}
	}
	return s
}

func BenchmarkOpen1000(b *testing.B) {
	s := household(b, 1000)
	size := 0
	for _, raw := range s.raw {
		size += len(raw)
	}
	b.ReportMetric(float64(size), "bytes/chain")
	for b.Loop() {
		if _, err := Open(s.raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify1000 is the floor: as many bare Ed25519 verifications as there
// are entries, over messages of a small entry's size.
func BenchmarkVerify1000(b *testing.B) {
	pub, key, err := ed25519.GenerateKey(source("floor"))
	if err != nil {
		b.Fatal(err)
	}
	msg := make([]byte, 120)
	sig := ed25519.Sign(key, msg)
	for b.Loop() {
		for range 1000 {
			if !ed25519.Verify(pub, msg, sig) {
				b.Fatal("refused")
			}
		}
	}
}

func BenchmarkApply(b *testing.B) {
	s := tell(b, "phone begins\nphone prints R")
	raw, err := s.state.SetPolicy(s.author("phone"), trust.DefaultPolicy(), noon)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.state.Apply(raw); err != nil {
			b.Fatal(err)
		}
	}
}
