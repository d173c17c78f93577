package vault

import (
	"context"
	"sync"
	"time"
)

// stuckPatience is how long a call waits its turn behind one that is already
// overdue. Long enough for a call that just heard of its deadline to leave,
// short enough to be "at once" for a person.
const stuckPatience = 100 * time.Millisecond

// A worker runs calls that cannot be interrupted, one at a time, each in a
// goroutine that the caller may abandon. At most one abandoned goroutine
// exists: until it returns, later calls fail instead of piling up behind it.
type worker struct {
	turn  chan struct{} // holds one token while a call runs
	mu    sync.Mutex
	stuck bool // the running call was abandoned
}

func newWorker() *worker {
	return &worker{turn: make(chan struct{}, 1)}
}

type outcome[T any] struct {
	value T
	err   error
}

// call runs fn in w and waits for it, at most for patience and while ctx lasts.
// fn's own context ends at the same moment.
func call[T any](ctx context.Context, w *worker, patience time.Duration, fn func(context.Context) (T, error)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := w.enter(ctx); err != nil {
		return none, err
	}
	done := make(chan outcome[T], 1)
	go func() {
		defer w.leave()
		value, err := fn(ctx)
		done <- outcome[T]{value, err}
	}()
	select {
	case out := <-done:
		return out.value, out.err
	case <-ctx.Done():
	}
	if w.abandon(func() bool { return len(done) > 0 }) {
		return none, interrupted(ctx)
	}
	out := <-done
	return out.value, out.err
}

// enter waits for the turn; behind a stuck call only briefly.
func (w *worker) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	w.mu.Lock()
	stuck := w.stuck
	w.mu.Unlock()
	if stuck {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, stuckPatience)
		defer cancel()
	}
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// abandon marks the running call as stuck, unless it has just finished.
func (w *worker) abandon(finished func() bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if finished() {
		return false
	}
	w.stuck = true
	return true
}

func (w *worker) leave() {
	w.mu.Lock()
	w.stuck = false
	w.mu.Unlock()
	<-w.turn
}
