//go:build !wasm

package sqlite

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/store"
)

// errAbandoned is the outcome of a function that panicked or ended its goroutine.
var errAbandoned = errors.New("transaction was abandoned")

// update is one caller of Update. The writer lends it the transaction for one
// turn; the function runs in the caller's own goroutine, so a panic (or a test's
// FailNow) there unwinds the caller, with its own stack, and nobody else.
type update struct {
	turn    chan *tx   // from the writer: it is your turn; again if the group's commit failed
	outcome chan error // to the writer: what the function gave
	answer  chan error // from the writer: what became of it

	// The writer's own notes.
	err  error // of the function
	gone bool  // the caller unwound and waits for no answer
}

func newUpdate() *update {
	return &update{turn: make(chan *tx), outcome: make(chan error), answer: make(chan error, 1)}
}

// wait serves the caller's side until the answer is there. After its first turn
// the caller stays even if ctx ends: the data are about to be durable or not,
// and only the writer knows which.
func (u *update) wait(ctx context.Context, q *queue, fn func(store.Tx) error) error {
	ended := ctx.Done()
	for {
		select {
		case t := <-u.turn:
			ended = nil
			u.run(t, fn)
		case err := <-u.answer:
			return err
		case <-ended:
			if q.remove(u) {
				return ctx.Err()
			}
			ended = nil
		}
	}
}

func (u *update) run(t *tx, fn func(store.Tx) error) {
	err := errAbandoned
	defer func() {
		t.over = true
		u.outcome <- err
	}()
	err = fn(t)
}
