package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// The kinds of row in the outbox. Stored; do not change.
const (
	noticeWait = "wait" // a wait's half or end; Data is its identifier
	noticeTell = "tell" // an event for an address
	noticeCode = "code" // a code that confirms an address
)

// posting is a message's row. The address stands in it, since it may be removed
// before the message is sent. Stored; do not rename.
type posting struct {
	ID       string     `json:"id,omitempty"` // of the contact
	Medium   api.Medium `json:"medium"`
	Address  string     `json:"address"`
	Language string     `json:"language"`
	Seq      uint64     `json:"seq,omitempty"` // of the event
}

// The contract is kept.
var _ notice.Source = (*Server)(nil)

// spread puts an event into the outbox for each address of the account, in the
// transaction of what it tells of.
func (s *Server) spread(tx store.Tx, id trust.AccountID, seq uint64, kind api.EventKind, data api.EventData) error {
	event := api.Event{Seq: seq, Kind: kind, Data: data}
	if len(s.media) == 0 || kind != api.EventRequest && !notice.Matters(event) {
		return nil
	}
	all, err := s.contactsOf(tx, id)
	if err != nil {
		return err
	}
	for _, k := range all {
		if !k.Confirmed || !told(k.Medium, event) {
			continue
		}
		if err := s.post(tx, noticeTell, posting{ID: k.ID, Medium: k.Medium, Address: k.Address, Language: k.Language, Seq: seq}, id); err != nil {
			return err
		}
	}
	return nil
}

// told reports whether an address of a medium is told of an event: a wake-up says
// nothing but to look, so it is sent when somebody asks or something waits.
func told(m api.Medium, e api.Event) bool {
	if m == api.MediumWake {
		return e.Kind == api.EventRequest || e.Kind == api.EventWait
	}
	return notice.Matters(e)
}

func (s *Server) post(tx store.Tx, kind string, p posting, id trust.AccountID) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	now := s.now().Truncate(time.Second)
	_, err = tx.Enqueue(store.Notice{Account: id, Kind: kind, Data: raw, Created: now, Due: now})
	return err
}

// Due implements notice.Source.
func (s *Server) Due() <-chan struct{} { return s.hub.news }

// Messages implements notice.Source.
func (s *Server) Messages(ctx context.Context, limit int) (out []notice.Message, err error) {
	var due []store.Notice
	err = s.store.View(ctx, func(tx store.Tx) error {
		due, err = tx.DueNotices(s.now(), limit+sweepMost)
		return err
	})
	due = slices.DeleteFunc(due, func(n store.Notice) bool { return n.Kind == noticeWait }) // the sweep's
	if err != nil || len(due) == 0 {
		return nil, err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		out = out[:0]
		for _, n := range due {
			if len(out) == limit {
				break
			}
			m, ok, err := s.message(tx, n)
			if err != nil {
				return err
			}
			if !ok {
				if err := tx.DropNotice(n.ID); err != nil && !absent(err) {
					return err
				}
				continue
			}
			out = append(out, m)
		}
		return nil
	})
	return out, err
}

// message reads a row; false if there is nothing to send any more.
func (s *Server) message(tx store.Tx, n store.Notice) (notice.Message, bool, error) {
	var p posting
	if json.Unmarshal(n.Data, &p) != nil {
		return notice.Message{}, false, nil
	}
	a, err := s.account(tx, n.Account)
	if err != nil {
		return notice.Message{}, false, err
	}
	m := notice.Message{
		ID: n.ID, Medium: p.Medium, Address: p.Address, Language: p.Language, Account: a.Name, Server: s.name, Origin: s.record.Origin,
		Created: n.Created, Tries: n.Tries,
	}
	if n.Kind == noticeCode {
		m.Code, err = s.drawCode(tx, a.ID, p.ID)
		return m, m.Code != "", err
	}
	rows, err := tx.Events(a.ID, p.Seq-1, 1)
	if err != nil || len(rows) == 0 {
		return m, false, err
	}
	if m.Event, err = decodeEvent(rows[0], addressNone); err != nil {
		return m, false, err
	}
	m.Device, m.By = nameIn(a.chain, m.Event.Data.Device), ""
	if m.Event.Kind == api.EventChain {
		m.Device, m.By = m.Event.Data.Name, m.Device
	}
	m.Stop, err = s.stopLink(tx, a.ID, m.Event)
	return m, true, err
}

// drawCode draws another code for an address that is not confirmed yet, "" if it
// is, or is gone.
func (s *Server) drawCode(tx store.Tx, id trust.AccountID, contactID string) (string, error) {
	k, err := s.contact(tx, id, contactID)
	if isRefusal(err) || err == nil && k.Confirmed {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	n, err := rand.Int(s.rand, big.NewInt(100_000_000))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("%08d", n)
	k.Code, k.Tries = s.seals.codeMAC(k.ID, code), 0
	return code, s.putContact(tx, k)
}

// Sent implements notice.Source.
func (s *Server) Sent(ctx context.Context, id int64) error {
	err := s.store.Update(ctx, func(tx store.Tx) error { return tx.DropNotice(id) })
	if absent(err) {
		return nil
	}
	return err
}

// Retry implements notice.Source.
func (s *Server) Retry(ctx context.Context, id int64, due time.Time) error {
	err := s.store.Update(ctx, func(tx store.Tx) error { return tx.RetryNotice(id, due) })
	if absent(err) {
		return nil
	}
	return err
}
