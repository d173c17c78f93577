package storetest

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

func transactions() []examination {
	return []examination{
		{"update is undone", testUndone},
		{"update reads its own writes", testOwnWrites},
		{"update panics", testPanic},
		{"update ends its goroutine", testGoexit},
		{"update with an ended context", testUpdateContext},
		{"view refuses to write", testViewWrites},
		{"view is a snapshot", testViewSnapshot},
		{"view gives the error back", testViewError},
		{"view panics", testViewPanic},
		{"view with an ended context", testViewContext},
		{"views beside each other", testViewsParallel},
	}
}

// errMine is an error of the caller, which comes back as it is.
var errMine = errors.New("the caller's own")

// fill writes into every table.
func fill(t *testing.T, tx store.Tx) {
	t.Helper()
	ok(t, tx.CreateAccount(account(1)))
	ok(t, tx.AppendEntry(id(1), 0, []byte("genesis")))
	_, err := tx.Append(id(1), store.Event{Kind: "created", At: at(1)})
	ok(t, err)
	ok(t, tx.PutSignIn(signIn(1, 1)))
	ok(t, tx.PutTicket(ticket(store.Session, 1, 1)))
	ok(t, tx.PutCounter(store.Counter{Key: [32]byte{1}, Expires: at(9)}))
	_, err = tx.Enqueue(store.Notice{Account: id(1), Kind: "mail"})
	ok(t, err)
}

// empty ends the test if fill left anything.
func empty(t *testing.T, s store.Store) {
	t.Helper()
	see(t, s, func(tx store.Tx) {
		missing[store.Account](t, "the account")(tx.Account(id(1)))
		same(t, "entries", [][]byte(nil))(tx.Entries(id(1), 0))
		same(t, "events", []store.Event(nil))(tx.Events(id(1), 0, 9))
		missing[store.SignIn](t, "the sign-in")(tx.SignIn(signIn(1, 1).ID))
		missing[store.Ticket](t, "the ticket")(tx.Ticket(store.Session, ticket(store.Session, 1, 1).Hash, at(1)))
		missing[store.Counter](t, "the counter")(tx.Counter([32]byte{1}, at(1)))
		same(t, "notices", []store.Notice(nil))(tx.DueNotices(at(99), trust.AccountID{}, 9))
	})
}

func testUndone(t *testing.T, s store.Store) {
	err := s.Update(t.Context(), func(tx store.Tx) error { fill(t, tx); return errMine })
	if err != errMine {
		t.Fatalf("the update gave %v, want the function's own error", err)
	}
	empty(t, s)
	do(t, s, func(tx store.Tx) { fill(t, tx) })
}

func testOwnWrites(t *testing.T, s store.Store) {
	do(t, s, func(tx store.Tx) {
		fill(t, tx)
		a := account(1)
		a.Events = 1
		same(t, "the account", a)(tx.Account(id(1)))
		same(t, "entries", [][]byte{[]byte("genesis")})(tx.Entries(id(1), 0))
		same(t, "the sign-in", signIn(1, 1))(tx.SignIn(signIn(1, 1).ID))
	})
}

// testPanic: a panic reaches the caller, leaves nothing, and the store goes on.
func testPanic(t *testing.T, s store.Store) {
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("the caller saw the panic %v, want boom", p)
			}
		}()
		s.Update(t.Context(), func(tx store.Tx) error { fill(t, tx); panic("boom") })
	}()
	empty(t, s)
	do(t, s, func(tx store.Tx) { fill(t, tx) })
}

// testGoexit is what a test's FailNow does within a transaction.
func testGoexit(t *testing.T, s store.Store) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Update(t.Context(), func(tx store.Tx) error { fill(t, tx); runtime.Goexit(); return nil })
	}()
	<-ended
	empty(t, s)
	do(t, s, func(tx store.Tx) { fill(t, tx) })
}

func testUpdateContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.Update(ctx, func(tx store.Tx) error { fill(t, tx); return nil })
	is(t, "an update with an ended context", err, context.Canceled)
	empty(t, s)
}

func testViewWrites(t *testing.T, s store.Store) {
	do(t, s, func(tx store.Tx) { fill(t, tx) })
	a, k := account(1), ticket(store.Session, 1, 1)
	writes := map[string]func(tx store.Tx) error{
		"CreateAccount": func(tx store.Tx) error { return tx.CreateAccount(account(2)) },
		"UpdateAccount": func(tx store.Tx) error { return tx.UpdateAccount(a) },
		"AppendEntry":   func(tx store.Tx) error { return tx.AppendEntry(a.ID, 1, nil) },
		"Append":        func(tx store.Tx) error { _, err := tx.Append(a.ID, store.Event{Kind: "x"}); return err },
		"PutSignIn":     func(tx store.Tx) error { return tx.PutSignIn(signIn(2, 1)) },
		"DropSignIns":   func(tx store.Tx) error { _, err := tx.DropSignIns(at(0), 1); return err },
		"TakeTicket":    func(tx store.Tx) error { _, err := tx.TakeTicket(k.Kind, k.Hash, at(1)); return err },
		"PutTicket":     func(tx store.Tx) error { return tx.PutTicket(k) },
		"DropTickets":   func(tx store.Tx) error { _, err := tx.DropTickets(at(0), 1); return err },
		"PutCounter":    func(tx store.Tx) error { return tx.PutCounter(store.Counter{}) },
		"DropCounters":  func(tx store.Tx) error { _, err := tx.DropCounters(at(0), 1); return err },
		"Enqueue":       func(tx store.Tx) error { _, err := tx.Enqueue(store.Notice{Kind: "x"}); return err },
		"RetryNotice":   func(tx store.Tx) error { return tx.RetryNotice(1, at(1)) },
		"DropNotice":    func(tx store.Tx) error { return tx.DropNotice(1) },
	}
	for name, write := range writes {
		is(t, name+" in a view", s.View(t.Context(), write), store.ErrReadOnly)
	}
	see(t, s, func(tx store.Tx) {
		same(t, "the ticket", k)(tx.Ticket(k.Kind, k.Hash, at(1)))
		missing[store.Account](t, "another account")(tx.Account(id(2)))
	})
}

// testViewSnapshot: a view sees the data as they were when it began, even if it
// reads for the first time after they changed.
func testViewSnapshot(t *testing.T, s store.Store) {
	create(t, s, 1)
	see(t, s, func(tx store.Tx) {
		create2 := func(tx store.Tx) { ok(t, tx.CreateAccount(account(2))) }
		do(t, s, create2)
		missing[store.Account](t, "what was made after the view began")(tx.Account(id(2)))
		do(t, s, func(tx store.Tx) { _, err := tx.Append(id(1), store.Event{Kind: "x"}); ok(t, err) })
		same(t, "the account", account(1))(tx.Account(id(1)))
		same(t, "events", []store.Event(nil))(tx.Events(id(1), 0, 9))
	})
	see(t, s, func(tx store.Tx) { same(t, "the next view", account(2))(tx.Account(id(2))) })
}

func testViewError(t *testing.T, s store.Store) {
	if err := s.View(t.Context(), func(store.Tx) error { return errMine }); err != errMine {
		t.Fatalf("the view gave %v, want the function's own error", err)
	}
}

func testViewPanic(t *testing.T, s store.Store) {
	for range 20 { // more often than a store has connections
		func() {
			defer func() {
				if p := recover(); p != "boom" {
					t.Errorf("the caller saw the panic %v, want boom", p)
				}
			}()
			s.View(t.Context(), func(store.Tx) error { panic("boom") })
		}()
	}
	see(t, s, func(tx store.Tx) { missing[store.Account](t, "an account")(tx.Account(id(1))) })
}

func testViewContext(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.View(ctx, func(store.Tx) error { t.Error("the view ran"); return nil })
	is(t, "a view with an ended context", err, context.Canceled)
}

// testViewsParallel: a view that lasts holds up neither another view nor an update.
func testViewsParallel(t *testing.T, s store.Store) {
	see(t, s, func(store.Tx) {
		see(t, s, func(store.Tx) { create(t, s, 1) })
	})
}
