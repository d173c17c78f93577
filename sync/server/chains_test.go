package server

import (
	"encoding/binary"
	"testing"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// One account more than are remembered costs one of them its place, not all: with
// more devices connected than that, every heartbeat would verify a chain anew.
func TestChainsForgetOneAtATime(t *testing.T) {
	c := newChains()
	id := func(n int) (out trust.AccountID) {
		binary.BigEndian.PutUint64(out[:], uint64(n)+1)
		return out
	}
	for n := range maxChains + 100 {
		c.put(id(n), chain.State{})
		if _, ok := c.get(id(n)); !ok {
			t.Fatalf("number %d is not remembered", n)
		}
	}
	kept := 0
	for n := range maxChains + 100 {
		if _, ok := c.get(id(n)); ok {
			kept++
		}
	}
	if kept != maxChains {
		t.Errorf("%d are remembered, want %d", kept, maxChains)
	}
}
