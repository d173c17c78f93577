//go:build !wasm

package sqlite

import "errors"

// groupLimit bounds how many updates share a commit, so that the first of them
// does not wait for ever in a storm. Chosen arbitrarily; 64 writers make 64.
const groupLimit = 256

// errUnwound is the outcome of a function that panicked or ended its goroutine.
var errUnwound = errors.New("transaction was abandoned")

// group is one transaction of the engine, shared by the updates that wait while
// it is open, each but the first in a savepoint of its own. It belongs to the seat.
type group struct {
	begun   bool
	members []*update
	err     error // the transaction's; a member's own stays with the member

	// alone is a group of one in its caller's goroutine, for an update that was
	// in a group before; later are the others that come after it.
	alone bool
	later []*update
}

// take is u's turn in its caller's own goroutine.
func (w *writer) take(g *group, u *update) {
	g.members = append(g.members, u)
	defer func() {
		u.gone = u.err == errUnwound
		w.pass(g)
	}()
	w.run(g, u)
}

// drain serves those who wait: first within g, which may be open already, then
// in groups of their own until nobody waits.
func (w *writer) drain(g *group) {
	for len(g.members) < groupLimit && g.err == nil {
		u := w.next()
		if u == nil {
			break
		}
		g.members = append(g.members, u)
		w.lend(g, u)
	}
	w.finish(g)
}

// lend is u's turn in the draining goroutine. If its function unwinds, it shall do
// so in its caller's goroutine, with its own stack: u has another turn there.
func (w *writer) lend(g *group, u *update) {
	defer func() {
		if u.err != errUnwound {
			return
		}
		g.members = g.members[:len(g.members)-1]
		g.later = append(g.later, u)
		if recover() == nil { // runtime.Goexit, as a test's FailNow: this goroutine ends here
			go w.drain(g)
		}
	}()
	w.run(g, u)
}

// run runs u's function and keeps what it wrote apart from what others of the
// group wrote, also when it unwinds.
func (w *writer) run(g *group, u *update) {
	first := !g.begun
	if g.err = w.begin(g); g.err != nil {
		u.err = g.err
		return
	}
	t := &tx{session: w.session}
	u.err = errUnwound
	defer func() {
		t.over = true
		if first {
			w.settleFirst(g, u)
		} else {
			w.settle(g, u)
		}
	}()
	err := u.fn(t)
	if err == nil {
		err = t.broken
	}
	u.err = err
}

// begin opens the transaction for the first update, and a savepoint for each other.
func (w *writer) begin(g *group) error {
	if g.begun {
		_, err := w.session.exec("SAVEPOINT turn")
		return err
	}
	_, err := w.session.exec("BEGIN IMMEDIATE")
	g.begun = err == nil
	return err
}

// settleFirst undoes what the first wrote by ending the transaction; the next one
// is then the first of another.
func (w *writer) settleFirst(g *group, u *update) {
	if u.err != nil {
		w.session.exec("ROLLBACK") // fails if the engine did so by itself
		g.begun = false
	}
}

// settle closes u's savepoint: what it wrote joins the group's, or is undone.
func (w *writer) settle(g *group, u *update) {
	if u.err != nil {
		_, g.err = w.session.exec("ROLLBACK TO turn")
	}
	if g.err == nil {
		_, g.err = w.session.exec("RELEASE turn")
	}
}

// pass takes the open transaction to those who wait, or ends it.
func (w *writer) pass(g *group) {
	if !g.alone && g.err == nil && w.crowded() {
		go w.drain(g)
		return
	}
	w.finish(g)
}

// finish ends the transaction, answers its members and gives the seat away. If it
// failed for many, each of them has another turn alone: the cause may be one.
func (w *writer) finish(g *group) {
	w.end(g)
	if g.err != nil && len(g.members) > 1 {
		g.later = append(g.members, g.later...)
	} else {
		g.answer()
	}
	w.passAlone(g.later)
}

// end commits. When it leaves g.err nil, the transaction is on stable storage;
// otherwise it is undone as a whole.
func (w *writer) end(g *group) {
	if !g.begun {
		return // nobody wrote
	}
	if g.err == nil {
		_, g.err = w.session.exec("COMMIT")
	}
	if g.err != nil {
		w.session.exec("ROLLBACK") // fails if the engine did so by itself
		return
	}
	w.commits++
	w.updates += len(g.members)
}

// answer tells every member what became of it: its function's own error comes first.
func (g *group) answer() {
	for _, u := range g.members {
		if u.err == nil {
			u.err = g.err
		}
		u.answer <- u.err
	}
}

// passAlone gives the seat to the first of later that still waits, for a group of
// its own, and at the end of them to the queue.
func (w *writer) passAlone(later []*update) {
	for i, u := range later {
		if !u.gone {
			u.turn <- &group{alone: true, later: later[i+1:]}
			return
		}
	}
	w.rise()
}
