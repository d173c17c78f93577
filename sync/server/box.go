package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/pair"
)

// boxRow is what is kept of a mailbox. Fields are numbered for ever; do not
// reorder or reuse.
type boxRow struct {
	State   api.BoxState `cbor:"1,keyasint"`
	Host    string       `cbor:"2,keyasint,omitempty"` // network address of the trusted device
	Joiner  string       `cbor:"3,keyasint,omitempty"` // of the new one
	Key     []byte       `cbor:"4,keyasint,omitempty"` // SHA-256 of the key that the new one drew
	Hello   []byte       `cbor:"5,keyasint,omitempty"`
	Join    []byte       `cbor:"6,keyasint,omitempty"`
	Reveal  []byte       `cbor:"7,keyasint,omitempty"`
	Welcome []byte       `cbor:"8,keyasint,omitempty"`
	Consent []byte       `cbor:"9,keyasint,omitempty"`
	Agreed  bool         `cbor:"10,keyasint,omitempty"` // there was a consent; stays when the messages go
}

// box is a mailbox: its ticket, whose Device opened it, and its row.
type box struct {
	ticket store.Ticket
	boxRow
}

// slot gives the place of a message; nil if there is no such slot.
func (r *boxRow) slot(n api.Slot) *[]byte {
	switch n {
	case api.SlotHello:
		return &r.Hello
	case api.SlotJoin:
		return &r.Join
	case api.SlotReveal:
		return &r.Reveal
	case api.SlotWelcome:
		return &r.Welcome
	case api.SlotConsent:
		return &r.Consent
	}
	return nil
}

// end closes an open box and erases its messages.
func (r *boxRow) end(state api.BoxState) {
	if r.State != api.BoxOpen {
		return
	}
	r.State = state
	for n := range api.Slot(api.Slots) {
		*r.slot(n) = nil
	}
}

// holds reports whether key is the one that the new device drew.
func (r *boxRow) holds(key api.Secret) bool {
	sum := sha256.Sum256(key)
	return hmac.Equal(sum[:], r.Key)
}

// network says how the two devices' networks stand to each other.
func (r *boxRow) network() string {
	host, _ := netip.ParseAddr(r.Host)
	return network(r.Joiner, host)
}

func boxHash(symbols pair.Symbols) [32]byte {
	return sha256.Sum256([]byte("td/1 box\x00" + string(symbols)))
}

// box finds a mailbox by its symbols. store.ErrNotFound.
func (s *Server) box(tx store.Tx, symbols pair.Symbols) (box, error) {
	t, err := tx.Ticket(store.Box, boxHash(symbols), s.now())
	if err != nil {
		return box{}, err
	}
	b, ok := s.seals.openBox(t)
	if !ok {
		return box{}, store.ErrNotFound
	}
	return b, nil
}

// boxes gives an account's mailboxes whose time is not over.
func (s *Server) boxes(tx store.Tx, id trust.AccountID) (out []box, err error) {
	tickets, err := tx.TicketsOf(id, store.Box)
	if err != nil {
		return nil, err
	}
	for _, t := range tickets {
		if b, ok := s.seals.openBox(t); ok && s.now().Before(t.Expires) {
			out = append(out, b)
		}
	}
	return out, nil
}

func (s *Server) putBox(tx store.Tx, b box) error {
	row, err := trust.Marshal(b.boxRow)
	if err != nil {
		return err
	}
	mac := s.seals.mac(b.ticket, string(row))
	b.ticket.Data = append(row, mac[:]...)
	return tx.PutTicket(b.ticket)
}

// openBox reads a genuine box; false of any other.
func (s seals) openBox(t store.Ticket) (box, bool) {
	end := len(t.Data) - sha256.Size
	if end < 0 {
		return box{}, false
	}
	b := box{ticket: t}
	mac := s.mac(t, string(t.Data[:end]))
	if !hmac.Equal(mac[:], t.Data[end:]) || trust.Unmarshal(t.Data[:end], &b.boxRow) != nil {
		return box{}, false
	}
	return b, true
}

// shown gives a box as who knows its symbols sees it.
func (s *Server) shown(tx store.Tx, symbols pair.Symbols, b box) (api.Box, error) {
	out := api.Box{Symbols: symbols, Until: b.ticket.Expires, Now: s.now(), State: b.State, Network: "unknown"}
	for n := range api.Slot(api.Slots) {
		out.Messages[n] = *b.slot(n)
	}
	if b.Key == nil {
		return out, nil
	}
	out.Network = b.network()
	a, err := s.account(tx, b.ticket.Account)
	if err != nil {
		return api.Box{}, err
	}
	young, held, err := s.youngBy(tx, a, b.ticket.Device, out.Network)
	out.Young, out.Held = int(young/time.Hour), int(held/time.Hour)
	return out, err
}

// pairedOver gives the network over which the caller pairs the device that it adds.
// The boxes do not tell which of them that is, so of several the least trusted
// counts, and none at all is unknown. One that the new device left after it agreed
// counts too: leaving must not hide its network.
func (s *Server) pairedOver(tx store.Tx, c caller) (string, error) {
	boxes, err := s.boxes(tx, c.ID)
	if err != nil {
		return "", err
	}
	seen := make(map[string]bool)
	for _, b := range boxes {
		if b.ticket.Device == c.device && b.State != api.BoxDone && b.Agreed {
			seen[b.network()] = true
		}
	}
	for _, n := range []string{"another", "unknown", "own"} {
		if seen[n] {
			return n, nil
		}
	}
	return "unknown", nil
}
