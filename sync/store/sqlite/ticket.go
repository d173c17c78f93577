//go:build !wasm

package sqlite

import (
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

const (
	ticketFields  = "kind, hash, account, device, name, created, expires, data"
	ticketColumns = "SELECT " + ticketFields + " FROM ticket "
)

func scanTicket(row scanner, k *store.Ticket) error {
	return row.Scan(&k.Kind, fixed(k.Hash[:]), fixed(k.Account[:]), fixed(k.Device[:]), &k.Name,
		seconds{&k.Created}, seconds{&k.Expires}, &k.Data)
}

// Ticket implements store.Tickets.
func (t *tx) Ticket(kind store.TicketKind, hash [32]byte, now time.Time) (store.Ticket, error) {
	return single(t, scanTicket, ticketColumns+"WHERE kind = ? AND hash = ? AND expires > ?", string(kind), hash[:], now.Unix())
}

// TakeTicket implements store.Tickets. Update runs one transaction after the
// other, so only the first to ask finds the ticket.
func (t *tx) TakeTicket(kind store.TicketKind, hash [32]byte, now time.Time) (store.Ticket, error) {
	if err := t.writable(); err != nil {
		return store.Ticket{}, err
	}
	return single(t, scanTicket, "DELETE FROM ticket WHERE kind = ? AND hash = ? AND expires > ? RETURNING "+ticketFields,
		string(kind), hash[:], now.Unix())
}

// PutTicket implements store.Tickets.
func (t *tx) PutTicket(k store.Ticket) error {
	_, err := t.write(`INSERT INTO ticket (kind, hash, account, device, name, created, expires, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (kind, hash) DO UPDATE SET account = excluded.account, device = excluded.device,
		name = excluded.name, created = excluded.created, expires = excluded.expires, data = excluded.data`,
		string(k.Kind), k.Hash[:], owner(k.Account), k.Device[:], k.Name, k.Created.Unix(), k.Expires.Unix(), blob(k.Data))
	return err
}

// TicketsOf implements store.Tickets.
func (t *tx) TicketsOf(account trust.AccountID, kind store.TicketKind) ([]store.Ticket, error) {
	return all(t, scanTicket, ticketColumns+"WHERE account IS ? AND kind = ? ORDER BY created DESC, n DESC",
		owner(account), string(kind))
}

// DropTickets implements store.Tickets.
func (t *tx) DropTickets(now time.Time, limit int) (int, error) {
	n, err := t.write(`DELETE FROM ticket WHERE n IN
		(SELECT n FROM ticket WHERE expires <= ? ORDER BY expires LIMIT ?)`, now.Unix(), atMost(limit))
	return int(n), err
}
