package server

import (
	"bytes"
	"errors"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// remove ends what a device held here, in the transaction that takes it out of the
// chain, and signs out the browsers that it had let in: they may be a thief's. Its
// approvals that wait for a code end by themselves: a typed code counts only while
// the device that showed it belongs.
func (s *Server) remove(tx store.Tx, id trust.AccountID, d trust.DeviceID) error {
	for _, kind := range []store.TicketKind{store.Token, store.Grant, store.Box, store.Session, store.Browser} {
		if err := s.takeAll(tx, kind, id, d); err != nil {
			return err
		}
	}
	for _, m := range []mark{markJoined, markYoung, markSight, markRemoved, markBack} {
		if err := s.dropMark(tx, m, id, d); err != nil {
			return err
		}
	}
	if err := s.forgetSeen(tx, id, d); err != nil {
		return err
	}
	if err := s.stopWaits(tx, id, "removed", func(w wait) bool { return w.concerns(d) }); err != nil {
		return err
	}
	return s.ringOthers(tx, id, d)
}

// concerns reports whether a wait is a device's own or for its removal.
func (w wait) concerns(d trust.DeviceID) bool {
	own := w.Wait.Device == d && w.Wait.Kind != api.WaitDevice
	return own || w.Wait.Kind == api.WaitRemove && bytes.Equal(w.Record, d[:])
}

// removeEvery is how often a device may remove another without a wait: who took one
// over cannot take all others out at once. A second device may remove one too.
const removeEvery = 24 * time.Hour

// mayRemove lets a device remove another, or gives why that waits.
func (s *Server) mayRemove(tx store.Tx, c caller, d trust.DeviceID) (waits, err error) {
	note, err := s.marked(tx, markRemoved, c.ID, c.device)
	if err != nil {
		return nil, err
	}
	w, found, err := s.removalOf(tx, c, d)
	if err != nil {
		return nil, err
	}
	lasts := c.chain.Policy().Wait()
	if len(note) != 8 || lasts == 0 {
		if found {
			w.Done = true
			err = s.putWait(tx, w)
		}
		return nil, errors.Join(err, s.putMark(tx, markRemoved, c.ID, c.device, appendSeconds(nil, s.now()), removeEvery))
	}
	if !found {
		ask := api.Wait{Kind: api.WaitRemove, Device: c.device, Name: nameIn(c.chain, d), Address: addressText(c.address)}
		if w, err = s.startWait(tx, c.account, ask, d[:], lasts); err != nil {
			return nil, err
		}
	}
	if !w.over(s.now()) {
		return s.errWait(w.Wait.Until), nil
	}
	w.Done = true
	return nil, s.putWait(tx, w)
}

// removalOf finds the caller's wait for a removal.
func (s *Server) removalOf(tx store.Tx, c caller, d trust.DeviceID) (wait, bool, error) {
	all, err := s.waits(tx, c.ID)
	for _, w := range all {
		if w.runs() && w.Wait.Kind == api.WaitRemove && w.Wait.Device == c.device && bytes.Equal(w.Record, d[:]) {
			return w, true, err
		}
	}
	return wait{}, false, err
}

// takeAll ends all of a device's tickets of a kind.
func (s *Server) takeAll(tx store.Tx, kind store.TicketKind, id trust.AccountID, d trust.DeviceID) error {
	tickets, err := tx.TicketsOf(id, kind)
	if err != nil {
		return err
	}
	for _, t := range tickets {
		if t.Device != d {
			continue
		}
		if _, err := tx.TakeTicket(kind, t.Hash, s.now()); err != nil && !absent(err) {
			return err
		}
	}
	return nil
}

// ringOthers lets sign-ins ring all devices that rang the removed one alone.
func (s *Server) ringOthers(tx store.Tx, id trust.AccountID, d trust.DeviceID) error {
	open, err := s.open(tx, id)
	if err != nil {
		return err
	}
	for _, in := range open {
		if in.Target != d {
			continue
		}
		in.Target = trust.DeviceID{}
		if err := s.put(tx, in); err != nil {
			return err
		}
		data, err := s.about(in)
		if err != nil {
			return err
		}
		data.Device = trust.DeviceID{}
		if err := s.tell(tx, id, api.EventTarget, data); err != nil {
			return err
		}
	}
	return nil
}
