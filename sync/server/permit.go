package server

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

const (
	// permitFor is how long a device may make what its person allowed.
	permitFor = 5 * time.Minute
	// stepKept is how long a page can ask what became of its step-up.
	stepKept = time.Hour
)

// permit is one change of app passwords that a device may make without the account's
// password, because a code was typed for it. Stored; names are for ever.
type permit struct {
	Op         api.Change `json:"op"`
	Service    string     `json:"service"` // identifier
	Name       string     `json:"name"`
	Credential string     `json:"credential,omitempty"` // removal: which, hexadecimal
	Made       bool       `json:"made,omitempty"`

	title string // of the service, as devices show it
}

func (p permit) action() api.Action { return api.Action{Op: p.Op, Service: p.title, Name: p.Name} }

// keepStep notes what a step-up is for, beside it.
func (s *Server) keepStep(tx store.Tx, in verify.SignIn, p permit) error {
	note, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.putGrant(tx, stepHash(in.Account, in.ID), in.Account, trust.DeviceID{}, stepKept, string(note))
}

// step reads what a step-up is for. store.ErrNotFound.
func (s *Server) step(tx store.Tx, account trust.AccountID, id trust.ChallengeID) (p permit, err error) {
	t, err := tx.Ticket(store.Grant, stepHash(account, id), s.now())
	if err != nil {
		return p, err
	}
	note, genuine := s.seals.open(t)
	if !genuine {
		return p, store.ErrNotFound
	}
	return p, json.Unmarshal([]byte(note), &p)
}

// givePermit lets the device that allowed a step-up make the change, and tells it.
func (s *Server) givePermit(tx store.Tx, a account, in verify.SignIn) error {
	p, err := s.step(tx, a.ID, in.ID)
	if err != nil {
		return err
	}
	if err := s.putGrant(tx, permitHash(a.ID, in.Device, p), a.ID, in.Device, permitFor, in.ID.String()); err != nil {
		return err
	}
	facts, err := s.verifier.Facts(in)
	if err != nil {
		return err
	}
	until := s.now().Truncate(time.Second).Add(permitFor)
	return s.tell(tx, a.ID, api.EventPermit, api.EventData{
		Challenge: in.ID, Device: in.Device, Op: p.Op, Service: p.Service, Name: p.Name, Credential: p.Credential, Until: &until, Action: facts.Action,
	})
}

// allowedBy uses up what allows an entry: the password, typed for this very entry, or
// a permit.
func (s *Server) allowedBy(tx store.Tx, c caller, body trust.Hash, after chain.State) error {
	none := s.useGrant(tx, c, body)
	if !errors.Is(none, &api.Error{Code: api.CodePassword}) {
		return none
	}
	p, ok := s.permitOf(c.chain, after)
	if !ok {
		return none
	}
	used, err := s.usePermit(tx, c, p)
	if err == nil && !used {
		err = none
	}
	return err
}

// permitOf gives the permit that a change would need; false for changes that none
// allows: those of anything else, of several, and app passwords unlike the page's.
func (s *Server) permitOf(before, after chain.State) (permit, bool) {
	made, ended := without(after, before), without(before, after)
	switch grown := len(after.Held()) - len(before.Held()); {
	case grown == 1 && len(made) == 1 && len(ended) == 0:
		h := made[0]
		v, ok := s.services.named(h.Service)
		fits := ok && v.Open && h.Expires == 0 && (len(h.Sealed) > 0) == (v.Kind == front.Calls)
		return permit{Op: api.ChangeCredential, Service: h.Service, Name: h.Label}, fits
	case grown == -1 && len(ended) == 1 && len(made) == 0:
		h := ended[0]
		return permit{Op: api.ChangeRevoked, Service: h.Service, Name: h.Label, Credential: hex.EncodeToString(h.ID[:])}, true
	}
	return permit{}, false
}

// usePermit uses a permit up and notes beside its step-up that the change was made.
func (s *Server) usePermit(tx store.Tx, c caller, p permit) (used bool, err error) {
	t, err := tx.TakeTicket(store.Grant, permitHash(c.ID, c.device, p), s.now())
	if absent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	note, genuine := s.seals.open(t)
	var id trust.ChallengeID
	if !genuine || id.UnmarshalText([]byte(note)) != nil {
		return false, nil
	}
	p.Made = true
	return true, s.keepStep(tx, verify.SignIn{Account: c.ID, ID: id}, p)
}

// permitUsed reports what became of a step-up whose code was right.
func (s *Server) permitUsed(tx store.Tx, in verify.SignIn) (made, over bool, err error) {
	p, err := s.step(tx, in.Account, in.ID)
	if absent(err) {
		return false, true, nil
	}
	if err != nil || p.Made {
		return p.Made, false, err
	}
	_, err = tx.Ticket(store.Grant, permitHash(in.Account, in.Device, p), s.now())
	if absent(err) {
		return false, true, nil
	}
	return false, false, err
}

func (s *Server) putGrant(tx store.Tx, hash [32]byte, id trust.AccountID, d trust.DeviceID, lasts time.Duration, note string) error {
	now := s.now().Truncate(time.Second)
	t, err := s.seals.put(store.Ticket{Kind: store.Grant, Hash: hash, Account: id, Device: d, Created: now, Expires: now.Add(lasts)}, note)
	if err != nil {
		return err
	}
	return tx.PutTicket(t)
}

func stepHash(account trust.AccountID, id trust.ChallengeID) [32]byte {
	return sha256.Sum256(append(append([]byte("td/1 step\x00"), account[:]...), id[:]...))
}

// permitHash names a permit by all it allows: neither another device, nor another
// service, name or app password finds it.
func permitHash(account trust.AccountID, d trust.DeviceID, p permit) [32]byte {
	h := sha256.New()
	h.Write([]byte("td/1 permit\x00"))
	h.Write(account[:])
	h.Write(d[:])
	for _, part := range []string{string(p.Op), p.Service, p.Name, p.Credential} {
		h.Write([]byte(part))
		h.Write([]byte{0}) // in none of them
	}
	return [32]byte(h.Sum(nil))
}
