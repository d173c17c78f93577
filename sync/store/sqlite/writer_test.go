//go:build !wasm

package sqlite

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// TestGroup: what waits while the writer is busy is committed at once, each
// update with its own outcome.
func TestGroup(t *testing.T) {
	db := open(t, t.TempDir())
	release, blocked := block(t, db)
	var done sync.WaitGroup
	errs := make([]error, 50)
	for i := range errs {
		done.Go(func() {
			errs[i] = db.Update(t.Context(), func(tx store.Tx) error {
				if err := tx.CreateAccount(account(i)); err != nil || i%10 != 7 {
					return err
				}
				return errRefused
			})
		})
	}
	waitQueue(t, db, len(errs))
	release()
	done.Wait()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
	for i, err := range errs {
		if want := map[bool]error{true: errRefused}[i%10 == 7]; err != want {
			t.Errorf("update %d gave %v, want %v", i, err, want)
		}
	}
	if n := count(t, db); n != 45 {
		t.Errorf("%d accounts are there, want 45", n)
	}
	db.Close()
	if db.writer.commits != 1 || db.writer.updates != 51 {
		t.Errorf("%d updates took %d commits, want 51 in 1", db.writer.updates, db.writer.commits)
	}
}

// TestGroupLimit: a storm is committed in several groups.
func TestGroupLimit(t *testing.T) {
	db := open(t, t.TempDir())
	release, blocked := block(t, db)
	var done sync.WaitGroup
	for i := range groupLimit {
		done.Go(func() {
			if err := db.Update(t.Context(), func(tx store.Tx) error { return tx.CreateAccount(account(i)) }); err != nil {
				t.Error(err)
			}
		})
	}
	waitQueue(t, db, groupLimit)
	release()
	done.Wait()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
	db.Close()
	if db.writer.commits != 2 {
		t.Errorf("%d updates took %d commits, want 2", db.writer.updates, db.writer.commits)
	}
}

// TestLeaveQueue: a caller whose context ends while others write leaves at once,
// and its function never runs.
func TestLeaveQueue(t *testing.T) {
	db := open(t, t.TempDir())
	release, blocked := block(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error, 1)
	go func() {
		left <- db.Update(ctx, func(store.Tx) error { t.Error("it ran after it had left"); return nil })
	}()
	waitQueue(t, db, 1)
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("leaving gave %v", err)
	}
	release()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
}

// TestContextAfterTurn: once the function ran, the answer is the truth about the
// data, not about the context.
func TestContextAfterTurn(t *testing.T) {
	db := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Update(ctx, func(tx store.Tx) error {
		cancel()
		return tx.CreateAccount(account(1))
	})
	if n := count(t, db); err != nil || n != 1 {
		t.Errorf("the update gave %v and left %d accounts", err, n)
	}
}

// TestCloseServesQueue: who was let in is served, who comes later is not.
func TestCloseServesQueue(t *testing.T) {
	dir := t.TempDir()
	db := open(t, dir)
	release, blocked := block(t, db)
	waiting, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		waiting <- db.Update(t.Context(), func(tx store.Tx) error { return tx.CreateAccount(account(1)) })
	}()
	waitQueue(t, db, 1)
	go func() { closed <- db.Close() }()
	until(t, func() bool {
		db.writer.mu.Lock()
		defer db.writer.mu.Unlock()
		return db.writer.closed
	})
	late := func(store.Tx) error { t.Error("it ran after Close"); return nil }
	if err := db.Update(t.Context(), late); !errors.Is(err, store.ErrClosed) {
		t.Errorf("an update after Close gave %v", err)
	}
	release()
	if err := errors.Join(<-blocked, <-waiting, <-closed); err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, dir)); n != 1 {
		t.Errorf("%d accounts are there, want 1", n)
	}
}

// TestFull: the disk is full for one update of a group; the engine then rolls the
// whole transaction back. Only that one fails, even if its function hides the
// error and goes on, and nothing of it is left.
func TestFull(t *testing.T) {
	db := open(t, t.TempDir())
	limitPages(t, db, 20)
	release, blocked := block(t, db)
	var done sync.WaitGroup
	errs, runs := make([]error, 3), make([]int, 3)
	for i := range errs {
		done.Go(func() {
			errs[i] = db.Update(t.Context(), func(tx store.Tx) error {
				runs[i]++
				a := account(i)
				if i != 1 {
					return tx.CreateAccount(a)
				}
				a.Password = make([]byte, 1<<20)
				tx.CreateAccount(a)
				tx.CreateAccount(account(99))
				return nil
			})
		})
		waitQueue(t, db, i+1)
	}
	release()
	done.Wait()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
	if errs[0] != nil || errs[2] != nil {
		t.Errorf("the others gave %v and %v", errs[0], errs[2])
	}
	if errs[1] == nil || !strings.Contains(errs[1].Error(), "free some space") || !strings.Contains(errs[1].Error(), databaseName) {
		t.Errorf("the full disk gave %v", errs[1])
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d accounts are there, want 2", n)
	}
	if runs[0] != 2 || runs[1] != 2 || runs[2] != 1 {
		t.Errorf("they ran %d times, want 2, 2 and 1", runs)
	}
}

// TestUnwind: a function that panics, or ends its goroutine, does so to its own
// caller with its own stack, although another goroutine serves the group; the
// others are served.
func TestUnwind(t *testing.T) {
	db := open(t, t.TempDir())
	release, blocked := block(t, db)
	var done sync.WaitGroup
	var stack string
	var ended [2]bool
	done.Go(func() {
		defer func() {
			ended[0] = recover() == "boom"
			stack = string(debug.Stack())
		}()
		db.Update(t.Context(), func(tx store.Tx) error { return errors.Join(tx.CreateAccount(account(90)), explode()) })
	})
	done.Go(func() {
		ended[1] = true
		db.Update(t.Context(), func(tx store.Tx) error { defer runtime.Goexit(); return tx.CreateAccount(account(91)) })
		ended[1] = false
	})
	for i := range 20 {
		done.Go(func() {
			if err := db.Update(t.Context(), func(tx store.Tx) error { return tx.CreateAccount(account(i)) }); err != nil {
				t.Error(err)
			}
		})
	}
	waitQueue(t, db, 22)
	release()
	done.Wait()
	if err := <-blocked; err != nil {
		t.Fatal(err)
	}
	if !ended[0] || !ended[1] || !strings.Contains(stack, "explode") {
		t.Errorf("panicked: %v, ended: %v, stack:\n%s", ended[0], ended[1], stack)
	}
	if n := count(t, db); n != 20 {
		t.Errorf("%d accounts are there, want 20", n)
	}
}

func explode() error { panic("boom") }

// TestFailedGroupUnwound: a caller that panicked waits for nothing, so the group
// that is tried again must not wait for it.
func TestFailedGroupUnwound(t *testing.T) {
	db := open(t, t.TempDir())
	limitPages(t, db, 20)
	release, blocked := block(t, db)
	var done sync.WaitGroup
	done.Go(func() {
		db.Update(t.Context(), func(store.Tx) error { runtime.Goexit(); return nil })
	})
	waitQueue(t, db, 1)
	var full error
	done.Go(func() {
		full = db.Update(t.Context(), func(tx store.Tx) error {
			a := account(1)
			a.Password = make([]byte, 1<<20)
			return tx.CreateAccount(a)
		})
	})
	waitQueue(t, db, 2)
	release()
	done.Wait()
	if err := <-blocked; err != nil || full == nil {
		t.Errorf("the first update gave %v, the one too big %v", err, full)
	}
}

// TestSwallowedError: a function that hides an engine's error fails all the same.
func TestSwallowedError(t *testing.T) {
	db := open(t, t.TempDir())
	err := db.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.CreateAccount(account(1)); err != nil {
			return err
		}
		if err := tx.PutTicket(store.Ticket{}); err == nil { // the schema wants a kind
			t.Error("a ticket without a kind was put")
		}
		if _, err := tx.Account(account(1).ID); err == nil {
			t.Error("the transaction went on after an engine's error")
		}
		return nil
	})
	if n := count(t, db); err == nil || n != 0 {
		t.Errorf("the update gave %v and left %d accounts", err, n)
	}
}

// errRefused is a caller's own error.
var errRefused = errors.New("refused")

// account gives another account for each n.
func account(n int) store.Account {
	id := trust.AccountID{byte(n), byte(n >> 8), 31: 1}
	return store.Account{ID: id, Name: id.String(), Key: id.String(), Created: at(int64(n))}
}

// block keeps the writer in an update until release is called.
func block(t *testing.T, db *DB) (release func(), blocked chan error) {
	t.Helper()
	begun, goOn, blocked := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	begin := sync.OnceFunc(func() { close(begun) })
	go func() {
		blocked <- db.Update(t.Context(), func(store.Tx) error {
			begin()
			<-goOn
			return nil
		})
	}()
	<-begun
	return func() { close(goOn) }, blocked
}

// waitQueue waits until n updates are in the queue.
func waitQueue(t *testing.T, db *DB, n int) {
	t.Helper()
	until(t, func() bool {
		db.writer.mu.Lock()
		defer db.writer.mu.Unlock()
		return len(db.writer.waiting) == n
	})
}

// until waits for a condition, for at most half a minute.
func until(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); runtime.Gosched() {
		if time.Now().After(end) {
			t.Fatal("the condition did not come to hold")
		}
	}
}

// limitPages makes the disk look full beyond n pages more than there are now.
func limitPages(t *testing.T, db *DB, n int) {
	t.Helper()
	s := db.writer.session // idle: nobody updates yet
	var pages int
	if err := s.conn.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+strconv.Itoa(pages+n)); err != nil {
		t.Fatal(err)
	}
}

// count gives the number of accounts.
func count(t *testing.T, db *DB) int {
	t.Helper()
	var list []store.Account
	err := db.View(t.Context(), func(tx store.Tx) (err error) {
		list, err = tx.ListAccounts("", 1<<20)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}
