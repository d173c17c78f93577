//go:build !wasm

package sqlite

import (
	"slices"
	"sync"

	"github.com/countersign/countersign/sync/store"
)

// queue holds the updates that wait for the writer, in order of arrival. Safe
// for concurrent use.
type queue struct {
	mu      sync.Mutex
	arrived *sync.Cond
	waiting []*update
	closed  bool
}

func newQueue() *queue {
	q := &queue{}
	q.arrived = sync.NewCond(&q.mu)
	return q
}

// push adds an update; ErrClosed after close.
func (q *queue) push(u *update) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return store.ErrClosed
	}
	q.waiting = append(q.waiting, u)
	q.arrived.Signal()
	return nil
}

// remove takes an update back; false when the writer has it already.
func (q *queue) remove(u *update) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, u)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// next waits for an update; nil when the queue is closed and empty.
func (q *queue) next() *update {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.closed {
		q.arrived.Wait()
	}
	return q.pop()
}

// poll gives an update that waits already, or nil.
func (q *queue) poll() *update {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pop()
}

func (q *queue) pop() *update {
	if len(q.waiting) == 0 {
		return nil
	}
	u := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	return u
}

// close lets no more updates in; those inside are still served.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.arrived.Broadcast()
}
