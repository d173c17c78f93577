package chain

import (
	"bytes"
	"crypto/ed25519"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
)

// household is a chain of n entries in which a quarter adds and a quarter removes
// devices.
func household(b testing.TB, n int) *story {
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

// BenchmarkOpen1000 compares opening a chain of 1000 entries with its limit: as
// many bare Ed25519 verifications, one after another, over messages of a small
// entry's size. Each round does everything in turn; a ratio is the median of the
// rounds' ratios, so that what else the machine does cancels out.
func BenchmarkOpen1000(b *testing.B) {
	const rounds = 15
	s, limit := household(b, 1000), bare(b)
	ways := map[string]func(){
		"open/limit":           func() { must(b, opened(Open(s.raw))) },
		"open-one-proc/limit":  onOneProcessor(func() { must(b, opened(Open(s.raw))) }),
		"in-turn/limit":        func() { must(b, opened(replay(s.raw, claim.holds))) },
		"open-structure/limit": func() { must(b, opened(replay(s.raw, new(claims).keep))) },
	}
	ratios, limits := map[string][]float64{}, []float64{}
	for b.Loop() {
		for range rounds {
			floor := timed(limit)
			limits = append(limits, floor)
			for name, way := range ways {
				ratios[name] = append(ratios[name], timed(way)/floor)
			}
		}
	}
	for name, all := range ratios {
		b.ReportMetric(median(all), name)
	}
	b.ReportMetric(median(limits)*1000, "ms/limit")
	b.ReportMetric(float64(len(bytes.Join(s.raw, nil))), "bytes/chain")
}

// bare gives 1000 verifications of one signature.
func bare(b *testing.B) func() {
	pub, key, err := ed25519.GenerateKey(source("floor"))
	if err != nil {
		b.Fatal(err)
	}
	msg := make([]byte, 120)
	sig := ed25519.Sign(key, msg)
	return func() {
		for range 1000 {
			if !ed25519.Verify(pub, msg, sig) {
				b.Fatal("refused")
			}
		}
	}
}

func onOneProcessor(f func()) func() {
	return func() {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		f()
	}
}

// timed gives the seconds f takes.
func timed(f func()) float64 {
	begun := time.Now()
	f()
	return time.Since(begun).Seconds()
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

func opened(_ State, err error) error { return err }

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
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
