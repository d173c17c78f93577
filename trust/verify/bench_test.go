package verify

import (
	"testing"
)

func BenchmarkBegin(b *testing.B) {
	w := newWorld(b)
	a := ask("browser")
	for b.Loop() {
		if _, err := w.Begin(a, w.state, w.now, w.rand); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAllow is the device's side: reading, drawing, sealing, signing.
func BenchmarkAllow(b *testing.B) {
	w := newWorld(b)
	s := w.begin(ask("browser"))
	for b.Loop() {
		w.allows(s, "phone")
	}
}

func BenchmarkAnswer(b *testing.B) {
	w := newWorld(b)
	s := w.begin(ask("browser"))
	raw, _ := w.allows(s, "phone")
	for b.Loop() {
		if _, err := w.Answer(s, w.state, raw, w.now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	w := newWorld(b)
	s, code := w.approved("browser")
	for b.Loop() {
		if _, r, err := w.Check(s, w.state, s.Session, string(code), w.now); err != nil || r.Outcome != Right {
			b.Fatal(r, err)
		}
	}
}

func BenchmarkEncodeDecode(b *testing.B) {
	w := newWorld(b)
	s, _ := w.approved("browser")
	for b.Loop() {
		if _, err := w.Decode(w.Encode(s)); err != nil {
			b.Fatal(err)
		}
	}
}
