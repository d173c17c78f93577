package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/countersign/countersign/sync/store"
)

func races() []examination {
	return []examination{
		{"nothing is lost", testCount},
		{"one failing among many", testFailing},
		{"a ticket has one winner", testTicketRace},
		{"events have no gap", testEventRace},
		{"entries have no fork", testEntryRace},
	}
}

// racers is how many run at once; chosen arbitrarily.
const racers = 64

// race runs fn in racers goroutines that start together and gives their errors.
func race(fn func(i int) error) []error {
	errs := make([]error, racers)
	start := make(chan struct{})
	var done sync.WaitGroup
	for i := range racers {
		done.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	done.Wait()
	return errs
}

// testCount: each reads a number and writes the next; in turn, none is lost.
func testCount(t *testing.T, s store.Store) {
	key, size := [32]byte{5}, 0
	err := errors.Join(race(func(int) error {
		for range 5 {
			err := s.Update(t.Context(), func(tx store.Tx) error {
				c, err := tx.Counter(key, at(0))
				if err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
				return tx.PutCounter(store.Counter{Key: key, Expires: at(1), Data: append(c.Data, 1)})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})...)
	ok(t, err)
	see(t, s, func(tx store.Tx) {
		c, err := tx.Counter(key, at(0))
		ok(t, err)
		size = len(c.Data)
	})
	if size != 5*racers {
		t.Fatalf("%d of %d updates are there", size, 5*racers)
	}
}

// testFailing: those that fail take nobody with them, however they fail.
func testFailing(t *testing.T, s store.Store) {
	errs := race(func(i int) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.CreateAccount(account(byte(i + 1))); err != nil {
				return err
			}
			switch i % 4 {
			case 1:
				return errMine
			case 2:
				panic("boom")
			case 3:
				return tx.CreateAccount(account(byte(i + 1))) // a conflict with itself
			}
			return nil
		})
	})
	see(t, s, func(tx store.Tx) {
		for i, err := range errs {
			a, missed := tx.Account(id(byte(i + 1)))
			if (err == nil) != (i%4 == 0) || (missed == nil) != (i%4 == 0) {
				t.Errorf("update %d gave %v, and then the account %q, %v", i, err, a.Name, missed)
			}
		}
	})
}

func testTicketRace(t *testing.T, s store.Store) {
	k := ticket(store.Invitation, 1, 0)
	for range 5 {
		do(t, s, func(tx store.Tx) { ok(t, tx.PutTicket(k)) })
		errs := race(func(int) error {
			return s.Update(t.Context(), func(tx store.Tx) error {
				_, err := tx.TakeTicket(k.Kind, k.Hash, at(1))
				return err
			})
		})
		oneWinner(t, errs, store.ErrNotFound)
	}
}

// oneWinner ends the test unless one of errs is nil and the others are lost.
func oneWinner(t *testing.T, errs []error, lost error) {
	t.Helper()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
			continue
		}
		is(t, "a loser", err, lost)
	}
	if winners != 1 {
		t.Fatalf("%d of %d won", winners, len(errs))
	}
}

// testEventRace: numbers are given once and without gaps, also when some of
// those who drew one fail afterwards.
func testEventRace(t *testing.T, s store.Store) {
	create(t, s, 2)
	drawn := make([][]uint64, racers)
	errs := race(func(i int) error {
		for n := range 5 {
			var seq uint64
			err := s.Update(t.Context(), func(tx store.Tx) (err error) {
				seq, err = tx.Append(id(byte(1+i%2)), store.Event{Kind: "x", At: at(n), Data: []byte{byte(i), byte(n)}})
				if err == nil && n == i%5 {
					return errMine
				}
				return err
			})
			switch {
			case err == nil:
				drawn[i] = append(drawn[i], seq)
			case !errors.Is(err, errMine):
				return err
			}
		}
		return nil
	})
	ok(t, errors.Join(errs...))
	for n := range 2 {
		var got []uint64
		for i := n; i < racers; i += 2 {
			got = append(got, drawn[i]...)
		}
		gapless(t, s, byte(1+n), got)
	}
}

// gapless ends the test unless got, in any order, are 1, 2, 3 … and the log has
// exactly these.
func gapless(t *testing.T, s store.Store, n byte, got []uint64) {
	t.Helper()
	slices.Sort(got)
	see(t, s, func(tx store.Tx) {
		a, err := tx.Account(id(n))
		ok(t, err)
		events, err := tx.Events(id(n), 0, len(got)+1)
		ok(t, err)
		if len(events) != len(got) || a.Events != uint64(len(got)) {
			t.Fatalf("%d were acknowledged, the log has %d, the account says %d", len(got), len(events), a.Events)
		}
		for i, seq := range got {
			if seq != uint64(i+1) || events[i].Seq != seq {
				t.Fatalf("number %d was given as %d and is in the log as %d", i+1, seq, events[i].Seq)
			}
		}
	})
}

func testEntryRace(t *testing.T, s store.Store) {
	create(t, s, 1)
	for seq := range uint64(5) {
		errs := race(func(i int) error {
			return s.Update(t.Context(), func(tx store.Tx) error {
				return tx.AppendEntry(id(1), seq, []byte{byte(i)})
			})
		})
		oneWinner(t, errs, store.ErrConflict)
		won := slices.Index(errs, nil)
		see(t, s, func(tx store.Tx) {
			same(t, "the entry", [][]byte{{byte(won)}})(tx.Entries(id(1), seq))
		})
	}
}
