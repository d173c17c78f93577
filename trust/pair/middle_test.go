package pair_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// middle is a backend that plays the guest to the host and the host to the guest,
// where only symbols were typed. It reports whether the digits that the person reads
// on the new device let it in.
func middle(t *testing.T, w *world, mine trust.Device, keys trust.Keys, guestFirst bool) bool {
	t.Helper()
	host, hello := newHost(t)
	bait, mineHello := newHost(t)
	spy, toHost, err := pair.NewGuest(rand.Reader, hello, nil, mine, keys)
	if err != nil {
		t.Fatal(err)
	}
	guest, toMe, err := pair.NewGuest(rand.Reader, mineHello, nil, w.new, w.newKey)
	if err != nil {
		t.Fatal(err)
	}
	var reveal, mineReveal []byte
	meet := func(h *pair.Host, join []byte, into *[]byte) {
		if *into, _, err = h.Meet(join); err != nil {
			t.Fatal(err)
		}
	}
	if guestFirst {
		meet(bait, toMe, &mineReveal)
		meet(host, toHost, &reveal)
	} else {
		meet(host, toHost, &reveal)
		meet(bait, toMe, &mineReveal)
	}
	if _, err := spy.Reveal(reveal); err != nil { // what the host will compare with
		t.Fatal(err)
	}
	err = host.Check(must(guest.Reveal(mineReveal)))
	if err != nil && !errors.Is(err, pair.ErrDigits) {
		t.Fatal(err)
	}
	return err == nil
}

// Three thousand whole runs, with all the cryptography: 0.003 successes are to be
// expected, and two happen once in 200,000 runs of this test. How often chance helps
// is measured with a hundred thousand transcripts in TestDigitsInTheMiddle.
func TestManInTheMiddle(t *testing.T) {
	const runs = 3000
	w := newWorld()
	keys, mine := w.device("phone", trust.Phone)
	in := 0
	for n := range runs {
		if middle(t, w, mine, keys, n%2 == 0) {
			in++
		}
	}
	if in > 1 {
		t.Errorf("the middle got in %d times in %d", in, runs)
	}
}
