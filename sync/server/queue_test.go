package server

import (
	"context"
	"errors"
	"testing"

	"github.com/countersign/countersign/trust"
)

// A flood of passwords does not queue without end: who comes when the queue is
// full is refused at once, for every name alike.
func TestPasswordQueueEnds(t *testing.T) {
	h := newHasher([32]byte{1}, 1, maxQueue)
	for range maxQueue {
		h.queue <- struct{}{}
	}
	known, err := trust.Marshal(passwordRow{Version: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string][]byte{"an unknown": nil, "a known": known} {
		if _, err := h.check(context.Background(), row, trust.AccountID{}, "correct horse"); !errors.Is(err, errBusy) {
			t.Errorf("with a full queue, %s name gives %v", name, err)
		}
	}
	<-h.queue
	if _, err := h.check(context.Background(), nil, trust.AccountID{}, "correct horse"); err != nil {
		t.Errorf("with room in the queue: %v", err)
	}
}
