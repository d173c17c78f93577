package server

import (
	"strings"
	"sync"

	"github.com/countersign/countersign/trust"
)

// turns remembers whose row was the last that was taken from some queues, so that
// everybody's turn comes. Forgotten with the process, which costs nobody anything.
// Safe for concurrent use.
type turns struct {
	mu   sync.Mutex
	last map[string]trust.AccountID
}

func newTurns() *turns { return &turns{last: make(map[string]trust.AccountID)} }

func (t *turns) after(queues []string) trust.AccountID {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last[strings.Join(queues, " ")]
}

func (t *turns) took(queues []string, id trust.AccountID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[strings.Join(queues, " ")] = id
}
