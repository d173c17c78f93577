package storetest

import (
	"testing"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// signIn gives an open sign-in of an account, due at(n), each in its own browser.
func signIn(n, account byte) store.SignIn {
	return store.SignIn{
		ID: trust.ChallengeID{n, 15: 1}, Account: id(account), Session: trust.SessionHash{n, 31: 2},
		Open: true, Due: at(int(n)), Row: []byte{n, 0, account},
	}
}

func testSignIn(t *testing.T, s store.Store) {
	create(t, s, 2)
	a := signIn(1, 1)
	do(t, s, func(tx store.Tx) {
		missing[store.SignIn](t, "by id before it is put")(tx.SignIn(a.ID))
		missing[store.SignIn](t, "by session before it is put")(tx.SignInBySession(a.Session))
		ok(t, tx.PutSignIn(a))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "by id", a)(tx.SignIn(a.ID))
		same(t, "by session", a)(tx.SignInBySession(a.Session))
	})
	b := a
	b.Account, b.Session, b.Open, b.Due, b.Row = id(2), trust.SessionHash{8}, false, at(50), []byte("closed")
	do(t, s, func(tx store.Tx) { ok(t, tx.PutSignIn(b)) })
	see(t, s, func(tx store.Tx) {
		same(t, "replaced", b)(tx.SignIn(a.ID))
		missing[store.SignIn](t, "by the old session")(tx.SignInBySession(a.Session))
		same(t, "open ones of the old account", []store.SignIn(nil))(tx.OpenSignIns(id(1)))
		same(t, "open ones of the new account", []store.SignIn(nil))(tx.OpenSignIns(id(2)))
	})
}

// testSignInOrder: order is the order of arrival, and a replaced row keeps its place.
func testSignInOrder(t *testing.T, s store.Store) {
	create(t, s, 2)
	browser := trust.SessionHash{7}
	put := func(n byte, row string) store.SignIn {
		a := signIn(n, 1)
		a.Session, a.Row = browser, []byte(row)
		do(t, s, func(tx store.Tx) { ok(t, tx.PutSignIn(a)) })
		return a
	}
	put(9, "first")
	second, third := put(5, "second"), put(7, "third")
	first := put(9, "first, changed")
	do(t, s, func(tx store.Tx) { ok(t, tx.PutSignIn(signIn(1, 2))) })
	see(t, s, func(tx store.Tx) {
		same(t, "the newest of the browser", third)(tx.SignInBySession(browser))
		same(t, "oldest first", []store.SignIn{first, second, third})(tx.OpenSignIns(id(1)))
	})
	second.Open = false
	do(t, s, func(tx store.Tx) { ok(t, tx.PutSignIn(second)) })
	see(t, s, func(tx store.Tx) {
		same(t, "without the closed one", []store.SignIn{first, third})(tx.OpenSignIns(id(1)))
		same(t, "of nobody", []store.SignIn(nil))(tx.OpenSignIns(id(9)))
	})
}

func testSignInsDue(t *testing.T, s store.Store) {
	create(t, s, 2)
	closed := signIn(2, 1)
	closed.Open = false
	do(t, s, func(tx store.Tx) {
		for _, a := range []store.SignIn{signIn(4, 1), signIn(1, 2), signIn(3, 1), closed} {
			ok(t, tx.PutSignIn(a))
		}
	})
	see(t, s, func(tx store.Tx) {
		same(t, "before the first", []store.SignIn(nil))(tx.DueSignIns(at(0), 9))
		same(t, "at that second, the first", []store.SignIn{signIn(1, 2)})(tx.DueSignIns(at(1), 9))
		same(t, "the two open ones of three", []store.SignIn{signIn(1, 2), signIn(3, 1)})(tx.DueSignIns(at(3), 9))
		same(t, "one", []store.SignIn{signIn(1, 2)})(tx.DueSignIns(at(9), 1))
		same(t, "none", []store.SignIn(nil))(tx.DueSignIns(at(9), -1))
	})
}

func testSignInsDropped(t *testing.T, s store.Store) {
	create(t, s, 1)
	do(t, s, func(tx store.Tx) {
		for n := byte(1); n <= 4; n++ {
			a := signIn(n, 1)
			a.Open = n == 1
			ok(t, tx.PutSignIn(a))
		}
	})
	do(t, s, func(tx store.Tx) {
		same(t, "less than none", 0)(tx.DropSignIns(at(9), -1))
		same(t, "the closed one before 3", 1)(tx.DropSignIns(at(3), 9))
		same(t, "again", 0)(tx.DropSignIns(at(3), 9))
		same(t, "one of the two left", 1)(tx.DropSignIns(at(9), 1))
		same(t, "the open one stays", []store.SignIn{signIn(1, 1)})(tx.OpenSignIns(id(1)))
		missing[store.SignIn](t, "the oldest went first")(tx.SignIn(signIn(3, 1).ID))
	})
}
