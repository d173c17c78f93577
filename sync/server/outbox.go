package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/notice"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// noticeWait is the kind of row that holds a wait's half or end; Data is its
// identifier. All others hold a posting, their kind is its medium: a queue of its own,
// so that a gateway that is slow delays only what goes through it. Stored; do not change.
const noticeWait = "wait"

// The kinds of posting. Stored; do not change.
const (
	noticeTell   = "tell"    // an event for an address
	noticeCode   = "code"    // a code that confirms an address
	noticeSignIn = "sign-in" // a code that lets in
)

// A damaged row is tried now and then, should the damage be mended, for as long as a
// message that no gateway takes; chosen arbitrarily.
const (
	damagedPause = time.Hour
	damagedFor   = 36 * time.Hour
)

// posting is a message's row. The address stands in it, since it may be removed
// before the message is sent. Stored; do not rename.
type posting struct {
	Kind     string     `json:"kind"`
	ID       string     `json:"id,omitempty"` // of the contact, or of the sign-in
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
	p.Kind = kind
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	now := s.now().Truncate(time.Second)
	_, err = tx.Enqueue(store.Notice{Account: id, Kind: string(p.Medium), Data: raw, Created: now, Due: now})
	return err
}

// Due implements notice.Source.
func (s *Server) Due() <-chan struct{} { return s.hub.news }

// Messages implements notice.Source. A row that cannot be read delays only itself.
func (s *Server) Messages(ctx context.Context, limit int, only ...api.Medium) (out []notice.Message, err error) {
	queues := queuesOf(only)
	var due []store.Notice
	err = s.store.View(ctx, func(tx store.Tx) error {
		due, err = tx.DueNotices(s.now(), s.turns.after(queues), limit+sweepMost, queues...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, n := range due {
		if len(out) == limit {
			break
		}
		m, ok, err := s.letter(ctx, n)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, m)
			s.turns.took(queues, n.Account)
		}
	}
	return out, nil
}

// queuesOf gives the kinds of row that hold messages of some media, or of any.
func queuesOf(only []api.Medium) (out []string) {
	if len(only) == 0 {
		only = []api.Medium{api.MediumMail, api.MediumText, api.MediumWake}
	}
	for _, m := range only {
		out = append(out, string(m))
	}
	return out
}

// letter reads a row, and drops one that has nothing to say any more. One that is
// damaged is put off and at last dropped.
func (s *Server) letter(ctx context.Context, n store.Notice) (m notice.Message, ok bool, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if m, ok, err = s.message(tx, n); err != nil || ok {
			return err
		}
		return present(tx.DropNotice(n.ID))
	})
	if err == nil || ctx.Err() != nil || errors.Is(err, store.ErrClosed) {
		return m, ok, err
	}
	s.counts.damaged.Inc()
	s.log.ErrorContext(ctx, "a message cannot be read", "message", n.ID, "account", n.Account, "err", err)
	return m, false, s.store.Update(ctx, func(tx store.Tx) error {
		if s.now().Sub(n.Created) > damagedFor {
			return present(tx.DropNotice(n.ID))
		}
		return present(tx.RetryNotice(n.ID, s.now().Add(damagedPause)))
	})
}

// present makes nothing of a row that is gone already.
func present(err error) error {
	if absent(err) {
		return nil
	}
	return err
}

// message reads a row; false if there is nothing to send any more.
func (s *Server) message(tx store.Tx, n store.Notice) (notice.Message, bool, error) {
	var p posting
	if err := json.Unmarshal(n.Data, &p); err != nil {
		return notice.Message{}, false, err
	}
	a, err := s.account(tx, n.Account)
	if err != nil {
		return notice.Message{}, false, err
	}
	m := notice.Message{
		ID: n.ID, Medium: p.Medium, Address: p.Address, Language: p.Language, Account: a.Name, Server: s.name, Origin: s.record.Origin,
		Created: n.Created, Tries: n.Tries,
	}
	if p.Kind == noticeCode {
		m.Code, err = s.drawCode(tx, a.ID, p.ID)
		return m, m.Code != "", err
	}
	if p.Kind == noticeSignIn {
		m.SignIn = true
		m.Code, err = s.drawText(tx, a, p)
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
	return s.store.Update(ctx, func(tx store.Tx) error { return present(tx.DropNotice(id)) })
}

// Retry implements notice.Source.
func (s *Server) Retry(ctx context.Context, id int64, due time.Time) error {
	return s.store.Update(ctx, func(tx store.Tx) error { return present(tx.RetryNotice(id, due)) })
}
