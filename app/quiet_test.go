package app_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// askSilently begins a sign-in that does not ring: it is not in the log.
func (b *backend) askSilently() trust.ChallengeID {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := must(b.verifier.Begin(verify.Ask{
		Kind: trust.SignIn, Session: trust.SessionHash{9}, Service: "Example", Address: "192.0.2.7", Agent: "Firefox on Linux",
	}, b.st, b.now(), rand.Reader))
	b.signIns = append(b.signIns, s)
	return s.ID
}

// The quiet after ignored requests (limit L6) ends when a person looks. A device
// that asks by itself would end it for every attacker.
func TestOnlyAPersonEndsTheQuiet(t *testing.T) {
	inWorld(t, func(w *world) {
		w.ask()
		w.restart()
		w.b.cut()
		w.settle()
		w.b.mend()
		w.pass(40 * time.Minute)
		if w.b.opened != 0 {
			t.Errorf("the device said %d times that a person is looking", w.b.opened)
		}
		if err := w.d.CheckNow(w.ctx); err != nil || w.b.opened != 1 {
			t.Errorf("CheckNow: %v, said %d times", err, w.b.opened)
		}
	})
}

func TestSilentRequestsAreShownToWhoLooks(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.b.askSilently()
		w.b.set(func() { clear(w.b.tokens) })
		w.restart()
		if n := len(w.d.View().Requests); n != 0 {
			t.Errorf("%d requests ring", n)
		}
		if err := w.d.CheckNow(w.ctx); err != nil {
			t.Fatal(err)
		}
		v := w.d.View()
		if len(v.Requests) != 1 || v.Requests[0].ID != id {
			t.Fatalf("requests are %+v", v.Requests)
		}
		if got := w.b.typeCode(id, w.allow(v.Requests[0]).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}

// A request that rang still waits after a restart, also without a connection.
func TestARestartLosesNoRequest(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.ask()
		w.b.cut()
		w.restart()
		v := w.d.View()
		if len(v.Requests) != 1 || v.Requests[0].ID != r.ID || v.Requests[0].Letters != r.Letters {
			t.Fatalf("requests are %+v", v.Requests)
		}
		w.b.mend()
		w.pass(61 * time.Second)
		if got := w.b.typeCode(r.ID, w.allow(r).Code); got != verify.Right {
			t.Errorf("the code is %s", got)
		}
	})
}
