package server

import (
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
	for _, m := range []mark{markJoined, markYoung, markSight} {
		if err := s.dropMark(tx, m, id, d); err != nil {
			return err
		}
	}
	if err := s.forgetSeen(tx, id, d); err != nil {
		return err
	}
	if err := s.stopWaits(tx, id, "removed", func(w wait) bool { return w.Wait.Device == d && w.Wait.Kind != api.WaitDevice }); err != nil {
		return err
	}
	return s.ringOthers(tx, id, d)
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
