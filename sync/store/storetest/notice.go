package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

func testCounter(t *testing.T, s store.Store) {
	c := store.Counter{Key: [32]byte{1, 31: 1}, Expires: at(10), Data: []byte("one")}
	late := store.Counter{Key: [32]byte{2}, Expires: at(20)}
	do(t, s, func(tx store.Tx) {
		missing[store.Counter](t, "before it is put")(tx.Counter(c.Key, at(0)))
		ok(t, tx.PutCounter(c))
		ok(t, tx.PutCounter(late))
		same(t, "put", c)(tx.Counter(c.Key, at(0)))
		c.Data, c.Expires = []byte("two"), at(12)
		ok(t, tx.PutCounter(c))
	})
	see(t, s, func(tx store.Tx) {
		same(t, "replaced, a moment before it expires", c)(tx.Counter(c.Key, at(12).Add(-time.Millisecond)))
		missing[store.Counter](t, "expired")(tx.Counter(c.Key, at(12)))
	})
	do(t, s, func(tx store.Tx) {
		same(t, "less than none", 0)(tx.DropCounters(at(99), -1))
		same(t, "before any expires", 0)(tx.DropCounters(at(11), 9))
		same(t, "one of two", 1)(tx.DropCounters(at(99), 1))
		missing[store.Counter](t, "the one that expired first went first")(tx.Counter(c.Key, at(0)))
		same(t, "the other", late)(tx.Counter(late.Key, at(0)))
	})
}

func testNotice(t *testing.T, s store.Store) {
	create(t, s, 1)
	mail := store.Notice{Account: id(1), Kind: "mail", Data: []byte("hello"), Created: at(1), Due: at(2)}
	wake := store.Notice{Kind: "wake", Created: at(1), Due: at(1)}
	do(t, s, func(tx store.Tx) {
		var err error
		mail.ID, err = tx.Enqueue(mail)
		ok(t, err)
		wake.ID, err = tx.Enqueue(wake)
		ok(t, err)
	})
	see(t, s, func(tx store.Tx) {
		same(t, "before any is due", []store.Notice(nil))(tx.DueNotices(at(0), trust.AccountID{}, 9))
		same(t, "at that second, the first", []store.Notice{wake})(tx.DueNotices(at(1), trust.AccountID{}, 9))
		same(t, "both, nobody's last", []store.Notice{mail, wake})(tx.DueNotices(at(9), trust.AccountID{}, 9))
		same(t, "one", []store.Notice{mail})(tx.DueNotices(at(9), trust.AccountID{}, 1))
		same(t, "of the kind that is named", []store.Notice{mail})(tx.DueNotices(at(9), trust.AccountID{}, 9, "mail"))
		same(t, "of one of two kinds", []store.Notice{mail, wake})(tx.DueNotices(at(9), trust.AccountID{}, 9, "mail", "wake"))
		same(t, "none", []store.Notice(nil))(tx.DueNotices(at(9), trust.AccountID{}, -1))
	})
	do(t, s, func(tx store.Tx) {
		ok(t, tx.RetryNotice(wake.ID, at(50)))
		ok(t, tx.RetryNotice(wake.ID, at(60)))
		wake.Tries, wake.Due = 2, at(60)
		same(t, "put off", []store.Notice{mail})(tx.DueNotices(at(59), trust.AccountID{}, 9))
		ok(t, tx.DropNotice(mail.ID))
		same(t, "dropped", []store.Notice{wake})(tx.DueNotices(at(99), trust.AccountID{}, 9))
		is(t, "dropping it again", tx.DropNotice(mail.ID), store.ErrNotFound)
		is(t, "putting off what is gone", tx.RetryNotice(mail.ID, at(1)), store.ErrNotFound)
	})
}

// testNoticeFair: whatever one account has, each other's first comes before its
// second, and each account's turn comes round.
func testNoticeFair(t *testing.T, s store.Store) {
	create(t, s, 3)
	do(t, s, func(tx store.Tx) {
		for _, n := range []store.Notice{{Account: id(2), Due: at(3)}, {Account: id(1), Due: at(2)}, {Account: id(1), Due: at(1)}, {Account: id(1), Due: at(3)}, {Account: id(3), Due: at(4)}} {
			n.Kind, n.Created = "mail", at(1)
			_, err := tx.Enqueue(n)
			ok(t, err)
		}
	})
	order := func(tx store.Tx, after trust.AccountID, limit int) (ids []int64) {
		due, err := tx.DueNotices(at(9), after, limit)
		ok(t, err)
		for _, n := range due {
			ids = append(ids, n.ID)
		}
		return ids
	}
	see(t, s, func(tx store.Tx) {
		same(t, "each in its turn", []int64{3, 1, 5, 2, 4})(order(tx, trust.AccountID{}, 9), nil)
		same(t, "beginning after the first", []int64{1, 5, 3, 2, 4})(order(tx, id(1), 9), nil)
		same(t, "beginning after the last", []int64{3, 1})(order(tx, id(3), 2), nil)
	})
}

// testNoticeNumber: a sender that is late with its DropNotice must not drop a
// message that came after.
func testNoticeNumber(t *testing.T, s store.Store) {
	seen := map[int64]bool{}
	for range 5 {
		var number int64
		do(t, s, func(tx store.Tx) {
			var err error
			number, err = tx.Enqueue(store.Notice{Kind: "wake", Due: at(1)})
			ok(t, err)
		})
		if seen[number] {
			t.Fatalf("the number %d was given twice", number)
		}
		seen[number] = true
		do(t, s, func(tx store.Tx) { ok(t, tx.DropNotice(number)) })
	}
}
