package server

import (
	"context"
	"crypto/rand"
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/store/sqlite"
)

// Whether a name has an account must not show in the work done for it: the slow
// hash, which is nearly all of the time, runs once either way, and so do the
// writes to the disk. Counted, since times on a busy machine tell nothing.
func TestANameWithoutAccountCostsTheSame(t *testing.T) {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := NewKeyFile("https://id.example.org", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Store: db, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	link, err := s.Invite(ctx, "anna")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apitest.Join(ctx, s, link, "anna", "correct horse battery", s.now()); err != nil {
		t.Fatal(err)
	}
	var hashed atomic.Int64
	slow := s.hashers.page.slow
	s.hashers.page.slow = func(password, salt []byte) []byte { hashed.Add(1); return slow(password, salt) }
	address := netip.MustParseAddr("192.0.2.7")
	for _, password := range []string{"wrong, wrong", "", string(make([]byte, 1000)), "\xff\xfe"} {
		for _, name := range []string{"anna", "nobody", "", "\x00", "anna\x00"} {
			before := hashed.Load()
			_, err := s.Begin(ctx, Asking{Name: name, Password: password, Address: address})
			if r, ok := err.(Refused); !ok || r.Reason != "" {
				t.Errorf("%q with %.10q is refused with %v", name, password, err)
			}
			if n := hashed.Load() - before; n != 1 {
				t.Errorf("%q with %.10q was hashed %d times", name, password, n)
			}
		}
	}
}
