package storetest

import (
	"testing"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// ticket gives a ticket that is made at(n) and expires at(n+10); of no account
// when account is 0.
func ticket(kind store.TicketKind, n, account byte) store.Ticket {
	k := store.Ticket{
		Kind: kind, Hash: [32]byte{n, 31: 3}, Device: trust.DeviceID{n}, Name: "Firefox on Debian",
		Created: at(int(n)), Expires: at(int(n) + 10), Data: []byte{n},
	}
	if account != 0 {
		k.Account = id(account)
	}
	return k
}

func testTicket(t *testing.T, s store.Store) {
	create(t, s, 2)
	session, invitation := ticket(store.Session, 1, 1), ticket(store.Invitation, 1, 0)
	do(t, s, func(tx store.Tx) {
		missing[store.Ticket](t, "before it is put")(tx.Ticket(session.Kind, session.Hash, at(1)))
		ok(t, tx.PutTicket(session))
		ok(t, tx.PutTicket(invitation)) // the same hash, another kind
	})
	see(t, s, func(tx store.Tx) {
		same(t, "a session", session)(tx.Ticket(store.Session, session.Hash, at(1)))
		same(t, "an invitation, which has no account", invitation)(tx.Ticket(store.Invitation, session.Hash, at(1)))
		missing[store.Ticket](t, "as another kind")(tx.Ticket(store.Token, session.Hash, at(1)))
	})
	other := ticket(store.Session, 1, 2)
	other.Device, other.Name, other.Created, other.Expires, other.Data = trust.DeviceID{}, "", at(5), at(60), nil
	do(t, s, func(tx store.Tx) { ok(t, tx.PutTicket(other)) })
	see(t, s, func(tx store.Tx) {
		same(t, "replaced", other)(tx.Ticket(store.Session, session.Hash, at(30)))
		same(t, "not the old account's", []store.Ticket(nil))(tx.TicketsOf(id(1), store.Session))
		same(t, "the other kind is as it was", invitation)(tx.Ticket(store.Invitation, session.Hash, at(1)))
	})
}

// testTicketExpires: from the second it expires on, a ticket is good for nothing.
func testTicketExpires(t *testing.T, s store.Store) {
	k := ticket(store.Nonce, 1, 0)
	do(t, s, func(tx store.Tx) { ok(t, tx.PutTicket(k)) })
	do(t, s, func(tx store.Tx) {
		same(t, "a moment before", k)(tx.Ticket(k.Kind, k.Hash, k.Expires.Add(-time.Millisecond)))
		for _, late := range []time.Duration{0, time.Millisecond, time.Hour} {
			missing[store.Ticket](t, "looked at late")(tx.Ticket(k.Kind, k.Hash, k.Expires.Add(late)))
			missing[store.Ticket](t, "taken late")(tx.TakeTicket(k.Kind, k.Hash, k.Expires.Add(late)))
		}
		same(t, "late tries left it alone", k)(tx.TakeTicket(k.Kind, k.Hash, k.Expires.Add(-time.Second)))
	})
}

func testTicketOnce(t *testing.T, s store.Store) {
	create(t, s, 1)
	k := ticket(store.Nonce, 1, 1)
	do(t, s, func(tx store.Tx) { ok(t, tx.PutTicket(k)) })
	do(t, s, func(tx store.Tx) {
		missing[store.Ticket](t, "taken as another kind")(tx.TakeTicket(store.Token, k.Hash, at(1)))
		same(t, "taken", k)(tx.TakeTicket(k.Kind, k.Hash, at(1)))
		missing[store.Ticket](t, "taken again at once")(tx.TakeTicket(k.Kind, k.Hash, at(1)))
	})
	do(t, s, func(tx store.Tx) {
		missing[store.Ticket](t, "taken again later")(tx.TakeTicket(k.Kind, k.Hash, at(1)))
		missing[store.Ticket](t, "looked at")(tx.Ticket(k.Kind, k.Hash, at(1)))
	})
}

func testTicketsOf(t *testing.T, s store.Store) {
	create(t, s, 2)
	older, newer, twin := ticket(store.Session, 1, 1), ticket(store.Session, 9, 1), ticket(store.Session, 5, 1)
	twin.Created = newer.Created
	do(t, s, func(tx store.Tx) {
		for _, k := range []store.Ticket{newer, older, twin, ticket(store.Browser, 3, 1), ticket(store.Session, 4, 2), ticket(store.Invitation, 6, 0)} {
			ok(t, tx.PutTicket(k))
		}
	})
	see(t, s, func(tx store.Tx) {
		same(t, "newest first, in one second the later one", []store.Ticket{twin, newer, older})(tx.TicketsOf(id(1), store.Session))
		same(t, "the other account's", []store.Ticket{ticket(store.Session, 4, 2)})(tx.TicketsOf(id(2), store.Session))
		same(t, "nobody's", []store.Ticket{ticket(store.Invitation, 6, 0)})(tx.TicketsOf(trust.AccountID{}, store.Invitation))
		same(t, "none", []store.Ticket(nil))(tx.TicketsOf(id(2), store.Token))
	})
}

func testTicketsDropped(t *testing.T, s store.Store) {
	do(t, s, func(tx store.Tx) {
		for n := byte(1); n <= 4; n++ {
			ok(t, tx.PutTicket(ticket(store.Nonce, n, 0)))
		}
	})
	do(t, s, func(tx store.Tx) {
		same(t, "less than none", 0)(tx.DropTickets(at(99), -1))
		same(t, "before any expires", 0)(tx.DropTickets(at(10), 9))
		same(t, "the first one", 1)(tx.DropTickets(at(11), 9))
		same(t, "one of three", 1)(tx.DropTickets(at(99), 1))
		missing[store.Ticket](t, "the one that expired first went first")(tx.Ticket(store.Nonce, [32]byte{2, 31: 3}, at(0)))
		same(t, "a later one is there", ticket(store.Nonce, 3, 0))(tx.Ticket(store.Nonce, [32]byte{3, 31: 3}, at(0)))
	})
}
