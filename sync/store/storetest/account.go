package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

func testAccount(t *testing.T, s store.Store) {
	a := account(1)
	see(t, s, func(tx store.Tx) {
		missing[store.Account](t, "by id before it is made")(tx.Account(a.ID))
		missing[store.Account](t, "by key before it is made")(tx.AccountByKey(a.Key))
	})
	do(t, s, func(tx store.Tx) {
		is(t, "updating an account that is not there", tx.UpdateAccount(a), store.ErrNotFound)
		made := a
		made.Events = 7 // only Append writes it
		ok(t, tx.CreateAccount(made))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "by id", a)(tx.Account(a.ID))
		same(t, "by key", a)(tx.AccountByKey(a.Key))
	})
	b := a
	b.Name, b.Key, b.Password, b.Limits, b.TwoStep = "Béa", "béa", []byte("new"), nil, true
	do(t, s, func(tx store.Tx) {
		changed := b
		changed.Events, changed.Created = 9, at(99) // neither is for UpdateAccount
		ok(t, tx.UpdateAccount(changed))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "after the update", b)(tx.Account(a.ID))
		missing[store.Account](t, "by the old key")(tx.AccountByKey(a.Key))
	})
}

func testAccountConflict(t *testing.T, s store.Store) {
	create(t, s, 2)
	sameID, sameKey := account(3), account(3)
	sameID.ID, sameKey.Key = id(1), account(1).Key
	renamed := account(2)
	renamed.Key = account(1).Key
	do(t, s, func(tx store.Tx) {
		is(t, "an account with the id of another", tx.CreateAccount(sameID), store.ErrConflict)
		is(t, "an account with the key of another", tx.CreateAccount(sameKey), store.ErrConflict)
		is(t, "an account renamed to another's key", tx.UpdateAccount(renamed), store.ErrConflict)
		ok(t, tx.CreateAccount(account(4))) // a conflict does not end the transaction
	})
	see(t, s, func(tx store.Tx) {
		same(t, "the list", []store.Account{account(1), account(2), account(4)})(tx.ListAccounts("", 10))
	})
}

func testAccountList(t *testing.T, s store.Store) {
	create(t, s, 5)
	see(t, s, func(tx store.Tx) {
		same(t, "the first two", []store.Account{account(1), account(2)})(tx.ListAccounts("", 2))
		same(t, "after the second", []store.Account{account(3), account(4), account(5)})(tx.ListAccounts(account(2).Key, 9))
		same(t, "after the last", []store.Account(nil))(tx.ListAccounts(account(5).Key, 9))
		for _, none := range []int{0, -1} {
			same(t, fmt.Sprint("limit ", none), []store.Account(nil))(tx.ListAccounts("", none))
		}
	})
}

func testEntries(t *testing.T, s store.Store) {
	create(t, s, 2)
	raw := [][]byte{[]byte("genesis"), {0}, []byte("third")}
	do(t, s, func(tx store.Tx) {
		same(t, "no entries", [][]byte(nil))(tx.Entries(id(1), 0))
		is(t, "a first entry that is not 0", tx.AppendEntry(id(1), 1, raw[0]), store.ErrConflict)
		for seq, r := range raw {
			ok(t, tx.AppendEntry(id(1), uint64(seq), r))
			is(t, "the same seq again", tx.AppendEntry(id(1), uint64(seq), []byte("other")), store.ErrConflict)
		}
		is(t, "a gap", tx.AppendEntry(id(1), 4, raw[0]), store.ErrConflict)
		is(t, "a seq beyond all", tx.AppendEntry(id(1), math.MaxUint64, raw[0]), store.ErrConflict)
		ok(t, tx.AppendEntry(id(2), 0, []byte("another account")))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "all", raw)(tx.Entries(id(1), 0))
		same(t, "from 1", raw[1:])(tx.Entries(id(1), 1))
		same(t, "from 3", [][]byte(nil))(tx.Entries(id(1), 3))
		same(t, "from beyond all", [][]byte(nil))(tx.Entries(id(1), math.MaxUint64))
		same(t, "of an unknown account", [][]byte(nil))(tx.Entries(id(9), 0))
	})
}

func testEvents(t *testing.T, s store.Store) {
	create(t, s, 2)
	want := []store.Event{{Seq: 1, Kind: "created", At: at(1), Data: []byte("{}")}, {Seq: 2, Kind: "request", At: at(2)}, {Seq: 3, Kind: "done", At: at(2)}}
	do(t, s, func(tx store.Tx) {
		missing[uint64](t, "an event of an unknown account")(tx.Append(id(9), want[0]))
		for _, e := range want {
			seq := e.Seq
			e.Seq = 77 // set by the store, whatever comes in
			same(t, "its seq", seq)(tx.Append(id(1), e))
		}
		same(t, "another account's first", uint64(1))(tx.Append(id(2), want[0]))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "all", want)(tx.Events(id(1), 0, 10))
		same(t, "two", want[:2])(tx.Events(id(1), 0, 2))
		same(t, "after 1", want[1:])(tx.Events(id(1), 1, 10))
		same(t, "after the last", []store.Event(nil))(tx.Events(id(1), 3, 10))
		same(t, "after all there can be", []store.Event(nil))(tx.Events(id(1), math.MaxUint64, 10))
		same(t, "none", []store.Event(nil))(tx.Events(id(1), 0, 0))
		same(t, "less than none", []store.Event(nil))(tx.Events(id(1), 0, -1))
		a := account(1)
		a.Events = 3
		same(t, "the account", a)(tx.Account(id(1)))
	})
}

// testUnknownAccount: a row that names an account which is not there would never
// be found again.
func testUnknownAccount(t *testing.T, s store.Store) {
	do(t, s, func(tx store.Tx) {
		is(t, "an entry", tx.AppendEntry(id(9), 0, nil), store.ErrNotFound)
		is(t, "a sign-in", tx.PutSignIn(signIn(1, 9)), store.ErrNotFound)
		is(t, "a sign-in of no account", tx.PutSignIn(store.SignIn{Row: []byte{1}}), store.ErrNotFound)
		is(t, "a ticket", tx.PutTicket(ticket(store.Session, 1, 9)), store.ErrNotFound)
		missing[int64](t, "a notice")(tx.Enqueue(store.Notice{Account: id(9), Kind: "mail"}))
	})
	see(t, s, func(tx store.Tx) {
		missing[store.SignIn](t, "that sign-in")(tx.SignIn(signIn(1, 9).ID))
	})
}

// testEdges: what a person or a program may send comes back as it was.
func testEdges(t *testing.T, s store.Store) {
	a := account(1)
	a.Name, a.Key = "O'Brien \"; DROP TABLE account; -- 名前 \U0001F511 %s ?1", strings.Repeat("k", 10_000)
	a.Password, a.Limits, a.Created = make([]byte, 1<<16), nil, time.Time{}
	given := a
	given.Created = time.Time{}.Add(999 * time.Millisecond).In(time.FixedZone("far", 9*3600))
	do(t, s, func(tx store.Tx) { ok(t, tx.CreateAccount(given)) })
	see(t, s, func(tx store.Tx) {
		same(t, "by id", a)(tx.Account(a.ID))
		same(t, "by key", a)(tx.AccountByKey(a.Key))
		got, err := tx.Account(a.ID)
		ok(t, err)
		if !got.Created.IsZero() {
			t.Fatalf("the zero time came back as %v", got.Created)
		}
		missing[store.Account](t, "the id of all zeros")(tx.Account(trust.AccountID{}))
		missing[store.Account](t, "a key of other case")(tx.AccountByKey(strings.ToUpper(a.Key)))
	})
}
