//go:build !wasm

package sqlite

import "errors"

// groupLimit bounds how many updates share a commit, so that the first of them
// does not wait for ever in a storm. Chosen arbitrarily; 64 writers make 64.
const groupLimit = 256

// writer is the one goroutine that writes. It takes all updates that wait, runs
// each in a savepoint of one transaction, commits once and answers them all.
type writer struct {
	session *session
	queue   *queue
	stopped chan struct{}

	commits, updates int // for the benchmark; read after close
}

func startWriter(s *session) *writer {
	w := &writer{session: s, queue: newQueue(), stopped: make(chan struct{})}
	go w.run()
	return w
}

// close waits for the updates that are in the queue and ends the goroutine.
func (w *writer) close() error {
	w.queue.close()
	<-w.stopped
	return w.session.close()
}

func (w *writer) run() {
	defer close(w.stopped)
	for first := w.queue.next(); first != nil; first = w.queue.next() {
		w.serve(first)
	}
}

// serve commits a group that begins with first. If the group's transaction
// fails, each update is tried again alone: the cause may be one of them.
func (w *writer) serve(first *update) {
	group, err := w.commit(first, w.queue.poll)
	if err == nil || len(group) == 1 {
		for _, u := range group {
			u.finish(err)
		}
		return
	}
	for _, u := range group {
		if !u.gone {
			_, err := w.commit(u, func() *update { return nil })
			u.finish(err)
		}
	}
}

// finish answers the caller: its function's own error comes first.
func (u *update) finish(err error) {
	if u.err != nil {
		err = u.err
	}
	u.answer <- err
}

// commit runs first and what more gives in one transaction. When it returns
// without an error the transaction is on stable storage; otherwise it is undone
// as a whole. It always gives the updates that had their turn, or were to.
func (w *writer) commit(first *update, more func() *update) ([]*update, error) {
	group := []*update{first}
	if _, err := w.session.exec("BEGIN IMMEDIATE"); err != nil {
		return group, err
	}
	err := w.lend(first)
	for err == nil && len(group) < groupLimit {
		u := more()
		if u == nil {
			break
		}
		group = append(group, u)
		err = w.lend(u)
	}
	if err == nil {
		_, err = w.session.exec("COMMIT")
	}
	if err != nil {
		w.session.exec("ROLLBACK") // fails if the engine did so by itself
		return group, err
	}
	w.commits++
	w.updates += len(group)
	return group, nil
}

// lend gives one update its turn in a savepoint of its own. The error is the
// transaction's: the update's own stays with it.
func (w *writer) lend(u *update) error {
	if _, err := w.session.exec("SAVEPOINT turn"); err != nil {
		return err
	}
	t := &tx{session: w.session}
	u.turn <- t
	u.err = <-u.outcome
	u.gone = errors.Is(u.err, errAbandoned)
	if u.err == nil {
		u.err = t.broken
	}
	if u.err != nil {
		if _, err := w.session.exec("ROLLBACK TO turn"); err != nil {
			return err
		}
	}
	_, err := w.session.exec("RELEASE turn")
	return err
}
