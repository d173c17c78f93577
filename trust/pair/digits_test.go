package pair

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// source gives bytes that are the same in every run.
func source(seed string) *rand.ChaCha8 {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

// draw gives a transcript without the cryptography: a
// hello stands for its commitment, a join for its sealed nonce.
func draw(r *rand.ChaCha8) (t transcript) {
	t.hello, t.join, t.export = make([]byte, 64), make([]byte, 64), make([]byte, exportSize)
	for _, field := range [][]byte{t.hello, t.join, t.host[:], t.guest[:], t.export} {
		_, _ = r.Read(field)
	}
	return t
}

// A hundred thousand transcripts with the digits of the protocol, HPKE and the
// commitment taken as perfect. What they leave the middle is one draw on each side.
// Chance gives 0.1 successes; 1.05 is three standard deviations more, and more than
// 3 is one in 200,000.
func TestDigitsInTheMiddle(t *testing.T) {
	const runs = 100_000
	r, in := source("the middle"), 0
	for range runs {
		toGuest, toHost := draw(r), draw(r)
		if toGuest.digits() == toHost.digits() {
			in++
		}
	}
	if in > 3 {
		t.Errorf("%d of %d transcripts show the digits of another", in, runs)
	}
}

// The middle knows the guest's digits and searches its own join for the host, before
// the host reveals its nonce: what fits a guess does not fit what is revealed. Who
// knew the nonce, without the commitment, would find one: that the search is one.
func TestSearchInTheMiddle(t *testing.T) {
	blind, seeing := 0, 0
	for _, name := range []string{"1", "2", "3", "4", "5", "6"} {
		r := source(name)
		target, toHost := draw(r).digits(), draw(r)
		if search(&toHost, target) {
			seeing++
		}
		fits := toHost
		_, _ = r.Read(fits.host[:]) // the host's nonce, revealed now
		if fits.digits() == target {
			blind++
		}
	}
	if blind != 0 || seeing == 0 {
		t.Errorf("the search gets in %d times blind and finds digits %d times seeing", blind, seeing)
	}
}

// search tries nonces of the guest until the transcript shows the digits.
func search(t *transcript, digits string) (found bool) {
	for n := range uint32(500_000) {
		binary.BigEndian.PutUint32(t.guest[:], n)
		if t.digits() == digits {
			return true
		}
	}
	return false
}

// The middle's chance is one in a million only if the digits are spread evenly.
func TestDigitsAreEven(t *testing.T) {
	const runs, boxes = 100_000, 1000
	r, seen := source("even"), [boxes]float64{}
	for range runs {
		d := draw(r).digits()
		if len(d) != 6 {
			t.Fatalf("%q", d)
		}
		n := 0
		for _, c := range d[:3] {
			n = n*10 + int(c-'0')
		}
		seen[n]++
	}
	chi := 0.0
	for _, n := range seen {
		chi += (n - runs/boxes) * (n - runs/boxes) / (runs / boxes)
	}
	if sigma := math.Sqrt(2 * (boxes - 1)); math.Abs(chi-(boxes-1)) > 4*sigma {
		t.Errorf("chi squared is %.0f for %d boxes", chi, boxes)
	}
}

// Each field is part of the digits and of the welcome's key, and none lends bytes
// to the next.
func TestDigitsCoverTheTranscript(t *testing.T) {
	whole := draw(source("whole"))
	for name, change := range map[string]func(t *transcript){
		"hello":        func(t *transcript) { t.hello[0] ^= 1 },
		"join":         func(t *transcript) { t.join[63] ^= 1 },
		"host's":       func(t *transcript) { t.host[31] ^= 1 },
		"guest's":      func(t *transcript) { t.guest[0] ^= 1 },
		"export":       func(t *transcript) { t.export[31] ^= 1 },
		"a byte moved": func(t *transcript) { t.hello, t.join = append(t.hello, t.join[0]), t.join[1:] },
		"swapped":      func(t *transcript) { t.host, t.guest = t.guest, t.host },
	} {
		other := draw(source("whole"))
		if change(&other); other.digits() == whole.digits() {
			t.Errorf("%s: the digits are the same", name)
		}
		if name != "guest's" && name != "a byte moved" && bytes.Equal(other.welcomeInfo(), whole.welcomeInfo()) {
			t.Errorf("%s: the welcome is bound to the same", name)
		}
	}
}
