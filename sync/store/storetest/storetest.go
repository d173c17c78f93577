// Package storetest is the common examination of the engines beneath sync/store:
// tests for every promise of the contract, run against a real store. It is not
// about what only one engine has (files, locks, damage): that is tested beside
// the engine.
//
// Source: the comments of package store; docs/protocol.md §6.2 (rows).
package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// examination is one test with a store of its own.
type examination struct {
	name string
	test func(*testing.T, store.Store)
}

// Run examines the stores that open gives. Each must be new and empty, and must
// be closed by a cleanup of open; a store has to bear being closed twice.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, group := range [][]examination{rows(), transactions(), races(), ends()} {
		for _, e := range group {
			t.Run(e.name, func(t *testing.T) { e.test(t, open(t)) })
		}
	}
}

func rows() []examination {
	return []examination{
		{"account", testAccount},
		{"account conflict", testAccountConflict},
		{"account list", testAccountList},
		{"entries", testEntries},
		{"events", testEvents},
		{"sign-in", testSignIn},
		{"sign-in order", testSignInOrder},
		{"sign-ins due", testSignInsDue},
		{"sign-ins dropped", testSignInsDropped},
		{"ticket", testTicket},
		{"ticket expires", testTicketExpires},
		{"ticket for one use", testTicketOnce},
		{"tickets of an account", testTicketsOf},
		{"tickets dropped", testTicketsDropped},
		{"counter", testCounter},
		{"notice", testNotice},
		{"notice in turn", testNoticeFair},
		{"notice sent once", testNoticeNumber},
		{"unknown account", testUnknownAccount},
		{"values at the edge", testEdges},
	}
}

// at is a moment n seconds after one that is no special value.
func at(n int) time.Time { return time.Unix(1_800_000_000+int64(n), 0).UTC() }

// account gives a whole account, another one for each n.
func account(n byte) store.Account {
	return store.Account{
		ID: trust.AccountID{n, 31: n}, Name: fmt.Sprintf("Ana %03d", n), Key: fmt.Sprintf("ana %03d", n),
		Password: []byte{1, n, 0}, Limits: []byte{2, n}, Created: at(int(n)),
	}
}

// id is the identifier of account n.
func id(n byte) trust.AccountID { return account(n).ID }

// do runs fn in an Update that must succeed.
func do(t *testing.T, s store.Store, fn func(tx store.Tx)) {
	t.Helper()
	ok(t, s.Update(t.Context(), func(tx store.Tx) error { fn(tx); return nil }))
}

// see runs fn in a View that must succeed.
func see(t *testing.T, s store.Store, fn func(tx store.Tx)) {
	t.Helper()
	ok(t, s.View(t.Context(), func(tx store.Tx) error { fn(tx); return nil }))
}

// create makes the accounts 1 to n.
func create(t *testing.T, s store.Store, n byte) {
	t.Helper()
	do(t, s, func(tx store.Tx) {
		for i := byte(1); i <= n; i++ {
			ok(t, tx.CreateAccount(account(i)))
		}
	})
}

// ok ends the test on an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is ends the test unless err is want.
func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s gave %v, want %v", what, err, want)
	}
}

// same ends the test unless the call that gave (got, err) gave want. No bytes and
// nil are the same to a store.
func same[T any](t *testing.T, what string, want T) func(got T, err error) {
	t.Helper()
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s (-want +got):\n%s", what, d)
		}
	}
}

// missing ends the test unless the call that gave (_, err) gave ErrNotFound.
func missing[T any](t *testing.T, what string) func(got T, err error) {
	t.Helper()
	return func(_ T, err error) {
		t.Helper()
		is(t, what, err, store.ErrNotFound)
	}
}
