//go:build !wasm

package sqlite

import (
	"context"

	"github.com/countersign/countersign/sync/store"
)

// readers are the sessions for views. Safe for concurrent use.
type readers struct {
	idle   chan *session
	closed chan struct{}
}

func newReaders(sessions []*session) *readers {
	r := &readers{idle: make(chan *session, len(sessions)), closed: make(chan struct{})}
	for _, s := range sessions {
		r.idle <- s
	}
	return r
}

// take waits for an idle session; ErrClosed after close.
func (r *readers) take(ctx context.Context) (*session, error) {
	select {
	case <-r.closed:
		return nil, store.ErrClosed
	default:
	}
	select {
	case s := <-r.idle:
		return s, nil
	case <-r.closed:
		return nil, store.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *readers) give(s *session) { r.idle <- s }

// close waits for every session to come back and closes it.
func (r *readers) close() (err error) {
	close(r.closed)
	for range cap(r.idle) {
		if e := (<-r.idle).close(); err == nil {
			err = e
		}
	}
	return err
}
