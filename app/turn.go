package app

import (
	"context"
	"sync"
)

// turn lets one call at a time work on a pairing, and lets Stop end the one that
// waits for the other side.
type turn struct {
	token  chan struct{}
	once   sync.Once
	halted chan struct{}
}

func newTurn() *turn { return &turn{token: make(chan struct{}, 1), halted: make(chan struct{})} }

// take waits for the turn; leave gives it back.
func (t *turn) take(ctx context.Context) error {
	select {
	case t.token <- struct{}{}:
		return nil
	case <-ctx.Done():
		return answered(ctx.Err())
	}
}

func (t *turn) leave() { <-t.token }

// stop ends what waits, for good.
func (t *turn) stop() { t.once.Do(func() { close(t.halted) }) }

// until gives a context that stop ends with cause, and how to end the turn.
func (t *turn) until(ctx context.Context, cause error) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-t.halted:
			cancel(cause)
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-gone
		t.leave()
	}
}
