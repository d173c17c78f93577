//go:build !wasm

package sqlite

import (
	"context"
	"slices"
	"sync"

	"github.com/countersign/countersign/sync/store"
)

// writer is the one connection that writes, and the seat beside it: whoever has
// the seat may use the connection, everybody else waits in the queue. A caller
// who finds the seat empty writes in its own goroutine and waits for no other;
// those who queue up meanwhile are served by a goroutine that takes the seat over
// from it, and share the commit (see group). Safe for concurrent use.
type writer struct {
	session *session

	mu      sync.Mutex
	empty   *sync.Cond // nobody has the seat
	taken   bool
	waiting []*update // in order of arrival
	closed  bool

	commits, updates int // for the tests; they belong to the seat
}

// update is one caller of Update.
type update struct {
	fn     func(store.Tx) error
	turn   chan *group // the seat is yours, with this transaction; again if its commit failed
	answer chan error  // what became of it

	// These belong to the seat.
	err  error // of the function
	gone bool  // the caller unwound and waits for no answer
}

func newWriter(s *session) *writer {
	w := &writer{session: s}
	w.empty = sync.NewCond(&w.mu)
	return w
}

// update runs fn in a transaction that is on stable storage when it returns nil.
// Once fn ran, the caller stays even if ctx ends: the data are about to be
// durable or not, and only the commit tells which.
func (w *writer) update(ctx context.Context, fn func(store.Tx) error) error {
	u := &update{fn: fn, turn: make(chan *group, 1), answer: make(chan error, 1)}
	if err := w.enter(u); err != nil {
		return err
	}
	ended := ctx.Done()
	for {
		select {
		case g := <-u.turn:
			ended = nil
			w.take(g, u)
		case err := <-u.answer:
			return err
		case <-ended:
			if w.leave(u) {
				return ctx.Err()
			}
			ended = nil
		}
	}
}

// enter gives u the seat with a new group if it is empty, or a place in the queue.
func (w *writer) enter(u *update) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return store.ErrClosed
	case w.taken:
		w.waiting = append(w.waiting, u)
	default:
		w.taken = true
		u.turn <- &group{}
	}
	return nil
}

// leave takes u out of the queue; false when it has had its turn, or is about to.
func (w *writer) leave(u *update) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, u)
	if i < 0 {
		return false
	}
	w.waiting = slices.Delete(w.waiting, i, i+1)
	return true
}

// crowded reports whether somebody waits.
func (w *writer) crowded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiting) > 0
}

// next takes the first out of the queue, nil if nobody waits.
func (w *writer) next() *update {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		return nil
	}
	u := w.waiting[0]
	w.waiting[0] = nil
	w.waiting = w.waiting[1:]
	return u
}

// rise leaves the seat, to a goroutine of its own if somebody waits.
func (w *writer) rise() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) > 0 {
		go w.drain(&group{})
		return
	}
	w.taken = false
	w.empty.Broadcast()
}

// close lets nobody in any more, waits for all that are in, and ends the session.
func (w *writer) close() error {
	w.mu.Lock()
	w.closed = true
	for w.taken {
		w.empty.Wait()
	}
	w.mu.Unlock()
	return w.session.close()
}
