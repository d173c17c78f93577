package server

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/apppass"
	"github.com/countersign/countersign/trust/chain"
)

// Check implements front.Gate. It writes nothing and waits for no disk where the name
// was asked for lately; what was used is noted and written in batches.
func (s *Server) Check(ctx context.Context, try front.Try) (front.Opened, error) {
	service, ok := s.services.named(try.Service)
	if !ok {
		return front.Opened{}, front.ErrService
	}
	p, err := apppass.Parse(try.Password)
	if err != nil || !service.Open {
		s.counts.opened("no app password")
		return front.Opened{}, front.ErrRefused // a password of the account is not even compared
	}
	who, err := s.openerOf(ctx, try.Name)
	if err != nil {
		return front.Opened{}, err
	}
	now := s.now()
	if h, ok := find(who.live, who.account, p); ok && !apppass.Expired(h.Credential, now) {
		if of, ok := s.services.named(h.Service); ok && of.ID == service.ID {
			s.uses.note(useKey{who.account, h.ID}, use{at: now, network: networkOf(try.From), protocol: try.Protocol})
			s.counts.opened("opened")
			return front.Opened{Account: who.name, User: who.user, Label: h.Label}, nil
		}
		s.counts.opened("another service")
		return front.Opened{}, front.ErrRefused
	} else if ok {
		s.uses.note(useKey{who.account, h.ID}, use{at: now, network: networkOf(try.From), protocol: try.Protocol, stale: true})
	}
	if h, ok := find(who.dead, who.account, p); ok {
		s.uses.note(useKey{who.account, h.ID}, use{at: now, network: networkOf(try.From), protocol: try.Protocol, stale: true})
		s.counts.opened("stale")
		return front.Opened{}, front.ErrRefused
	}
	s.counts.opened("refused")
	return front.Opened{}, front.ErrRefused
}

// find gives the app password that was typed. All are compared, whichever it is.
func find(list []chain.Held, account trust.AccountID, p apppass.Password) (found chain.Held, ok bool) {
	for _, h := range list {
		if apppass.Is(account, h.Credential, p) {
			found, ok = h, true
		}
	}
	return found, ok
}

// Digests implements front.Gate.
func (s *Server) Digests(ctx context.Context, service, name, realm string) ([]front.Digest, error) {
	v, ok := s.services.named(service)
	if !ok || v.Kind != front.Calls {
		return nil, front.ErrService
	}
	who, err := s.openerOf(ctx, name)
	if err != nil || realm != v.Realm || !v.Open {
		return nil, err
	}
	var out []front.Digest
	for _, h := range who.live {
		of, ok := s.services.named(h.Service)
		if !ok || of.ID != v.ID || apppass.Expired(h.Credential, s.now()) {
			continue
		}
		d, err := s.verifier.OpenDigest(who.account, h.Credential)
		if err == nil && d.Realm == realm && d.Name == who.user {
			out = append(out, front.Digest{MD5: d.MD5, SHA256: d.SHA256})
		}
	}
	return out, nil
}

// opener is what the gate knows of a name: of one without account nothing.
type opener struct {
	account    trust.AccountID
	name, user string
	live, dead []chain.Held
	read       time.Time
}

const (
	// openerFor is how long it is believed without looking. Whatever this process
	// commits for the account ends that at once; it is for what others might.
	openerFor = 500 * time.Millisecond
	// maxOpeners bounds the memory of names that were asked for.
	maxOpeners = 4096
)

// openers remembers what names stand for, so that a check takes no look at the disk.
type openers struct {
	mu     sync.Mutex
	byName map[string]opener
	turn   uint64 // grows with every commit that may change one
}

func newOpeners() *openers { return &openers{byName: make(map[string]opener)} }

func (o *openers) get(key string, now time.Time) (who opener, turn uint64, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	who, ok = o.byName[key]
	age := now.Sub(who.read)
	return who, o.turn, ok && age >= 0 && age < openerFor
}

// put keeps what was read, unless something was committed since it was begun.
func (o *openers) put(key string, who opener, turn uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if turn != o.turn {
		return
	}
	if len(o.byName) >= maxOpeners {
		clear(o.byName)
	}
	o.byName[key] = who
}

// forget drops what is known of an account, and of names that had none.
func (o *openers) forget(id trust.AccountID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.turn++
	for key, who := range o.byName {
		if who.account == id || who.account == (trust.AccountID{}) {
			delete(o.byName, key)
		}
	}
}

// openerOf gives what a name stands for now.
func (s *Server) openerOf(ctx context.Context, name string) (opener, error) {
	if len(name) > 256 {
		return opener{}, nil
	}
	key := fold(name)
	who, turn, ok := s.openers.get(key, s.now())
	if ok {
		return who, nil
	}
	now := s.now()
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		who, err = s.readOpener(tx, key)
		return err
	})
	if err != nil {
		return opener{}, err
	}
	who.read = now
	s.openers.put(key, who, turn)
	return who, nil
}

func (s *Server) readOpener(tx store.Tx, key string) (opener, error) {
	row, err := tx.AccountByKey(key)
	if absent(err) || err == nil && Retired(row) {
		return opener{}, nil
	}
	if err != nil {
		return opener{}, err
	}
	a, err := s.account(tx, row.ID)
	if err != nil {
		return opener{}, err
	}
	cut, some, err := s.cutAt(tx, a.ID)
	if err != nil {
		return opener{}, err
	}
	who := opener{account: a.ID, name: a.Name, user: fold(a.Name)}
	for _, h := range a.chain.Held() {
		switch {
		case h.Kind != trust.AppPassword:
		case some && h.Seq <= cut:
			who.dead = append(who.dead, h)
		default:
			who.live = append(who.live, h)
		}
	}
	for _, e := range a.chain.Ended() {
		who.dead = append(who.dead, e.Held)
	}
	return who, nil
}

// markCut is the place in the chain up to which app passwords count no more, because
// the password was reset: from that very moment, before a device ends them in the chain.
const markCut mark = "cut"

// cutApps ends all app passwords that the chain has now.
func (s *Server) cutApps(tx store.Tx, a account) error {
	note := binary.BigEndian.AppendUint64(nil, a.chain.Head().Seq)
	return s.putMark(tx, markCut, a.ID, trust.DeviceID{}, note, forGood)
}

func (s *Server) cutAt(tx store.Tx, id trust.AccountID) (seq uint64, some bool, err error) {
	note, err := s.marked(tx, markCut, id, trust.DeviceID{})
	if err != nil || len(note) != 8 {
		return 0, false, err
	}
	return binary.BigEndian.Uint64(note), true, nil
}

// gateError gives fronts their words for what went wrong.
func gateError(err error) error {
	var refused Refused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return front.ErrRefused
	case errors.Is(err, errBusy):
		return front.ErrBusy
	}
	return err
}
