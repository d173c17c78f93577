package server

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// How long waits take that no policy sets, and how long what they lead to can be
// had; docs/protocol.md §14.
const (
	leaveWait  = 24 * time.Hour
	leaveAtOne = 14 * 24 * time.Hour // of the account: leaving does not wait
	waitKept   = 14 * 24 * time.Hour // after a wait is over or was stopped
	mostWaits  = 3                   // of one kind at a time
	mostBegun  = 10                  // of one kind in a day, the stopped ones too: each is told to everybody
)

// wait is one wait inside a transaction.
type wait struct {
	account trust.AccountID
	created time.Time
	waitNote
}

// waitNote is what a wait's ticket holds. Stored; do not rename.
type waitNote struct {
	Wait    api.Wait `json:"wait"`
	Record  []byte   `json:"record,omitempty"`  // device: the record that will join; remove: the identifier of who goes
	Stopped string   `json:"stopped,omitempty"` // by what, see api.EventData.By
	Done    bool     `json:"done,omitempty"`    // what it led to was had
}

// runs reports whether the wait is neither stopped nor used up.
func (w wait) runs() bool { return w.Stopped == "" && !w.Done }

// over reports whether its time has passed.
func (w wait) over(now time.Time) bool { return !now.Before(w.Wait.Until) }

// startWait notes a wait, tells of it, and plans the words at its half and its end.
func (s *Server) startWait(tx store.Tx, a account, w api.Wait, record []byte, lasts time.Duration) (wait, error) {
	running, err := s.waits(tx, a.ID)
	if err != nil {
		return wait{}, err
	}
	run, begun := 0, 0
	for _, o := range running {
		if o.Wait.Kind != w.Kind {
			continue
		}
		if o.runs() {
			run++
		}
		if s.now().Sub(o.Wait.Since) < 24*time.Hour {
			begun++
		}
	}
	if run >= mostWaits || begun >= mostBegun {
		return wait{}, s.refuseUntil(s.now().Add(time.Hour))
	}
	if w.ID, err = trust.NewWaitID(s.rand); err != nil {
		return wait{}, err
	}
	w.Since = s.now().UTC().Truncate(time.Second)
	w.Until = w.Since.Add(lasts)
	out := wait{account: a.ID, created: w.Since, waitNote: waitNote{Wait: w, Record: record}}
	if err := s.putWait(tx, out); err != nil {
		return wait{}, err
	}
	if err := s.tell(tx, a.ID, api.EventWait, api.EventData{Device: w.Device, Wait: &w, Address: w.Address}); err != nil {
		return wait{}, err
	}
	return out, s.planWait(tx, out)
}

// planWait has the sweep look at the wait at its half and at its end.
func (s *Server) planWait(tx store.Tx, w wait) error {
	for _, due := range []time.Time{w.Wait.Since.Add(w.Wait.Until.Sub(w.Wait.Since) / 2), w.Wait.Until} {
		if _, err := tx.Enqueue(store.Notice{Account: w.account, Kind: noticeWait, Data: w.Wait.ID[:], Created: w.created, Due: due}); err != nil {
			return err
		}
	}
	return nil
}

// putWait writes a wait; one that ran is kept for a while, so that who asked for it
// learns what became of it.
func (s *Server) putWait(tx store.Tx, w wait) error {
	note, err := json.Marshal(w.waitNote)
	if err != nil {
		return err
	}
	end := w.Wait.Until
	if w.Stopped != "" || w.Done {
		end = s.now().Truncate(time.Second)
	}
	t, err := s.seals.put(store.Ticket{
		Kind: store.Wait, Hash: waitHash(w.Wait.ID), Account: w.account, Device: w.Wait.Device, Created: w.created, Expires: end.Add(waitKept),
	}, string(note))
	if err != nil {
		return err
	}
	return tx.PutTicket(t)
}

// waits gives an account's waits, oldest first, the stopped and used ones too.
func (s *Server) waits(tx store.Tx, id trust.AccountID) ([]wait, error) {
	tickets, err := tx.TicketsOf(id, store.Wait)
	if err != nil {
		return nil, err
	}
	var out []wait
	for _, t := range slices.Backward(tickets) {
		if w, ok := s.readWait(t); ok && t.Expires.After(s.now()) {
			out = append(out, w)
		}
	}
	return out, nil
}

func (s *Server) readWait(t store.Ticket) (wait, bool) {
	note, genuine := s.seals.open(t)
	w := wait{account: t.Account, created: t.Created}
	if !genuine || json.Unmarshal([]byte(note), &w.waitNote) != nil {
		return wait{}, false
	}
	return w, true
}

// running gives the waits that go on, or lead to something, as they are told.
func (s *Server) running(tx store.Tx, id trust.AccountID) ([]api.Wait, error) {
	all, err := s.waits(tx, id)
	var out []api.Wait
	for _, w := range all {
		if w.runs() {
			out = append(out, w.Wait)
		}
	}
	return out, err
}

// waitOf gives the newest wait of a kind and a device.
func (s *Server) waitOf(tx store.Tx, id trust.AccountID, kind api.WaitKind, d trust.DeviceID) (wait, bool, error) {
	all, err := s.waits(tx, id)
	if err != nil {
		return wait{}, false, err
	}
	for _, w := range slices.Backward(all) {
		if w.Wait.Kind == kind && w.Wait.Device == d {
			return w, true, nil
		}
	}
	return wait{}, false, nil
}

// stopWait stops one wait and tells who did it. CodeStopped if it does not run.
func (s *Server) stopWait(tx store.Tx, account trust.AccountID, id trust.WaitID, by string, device trust.DeviceID) error {
	t, err := tx.Ticket(store.Wait, waitHash(id), s.now())
	if absent(err) {
		return errStopped()
	}
	if err != nil {
		return err
	}
	w, ok := s.readWait(t)
	if !ok || w.account != account || !w.runs() {
		return errStopped()
	}
	w.Stopped = by
	if err := s.putWait(tx, w); err != nil {
		return err
	}
	return s.tell(tx, account, api.EventStop, api.EventData{Device: device, Wait: &w.Wait, By: by})
}

// stopWaits stops all that stop names: what they were asked with counts no more.
func (s *Server) stopWaits(tx store.Tx, id trust.AccountID, by string, stop func(wait) bool) error {
	all, err := s.waits(tx, id)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.runs() && stop(w) {
			if err := s.stopWait(tx, id, w.Wait.ID, by, trust.DeviceID{}); err != nil {
				return err
			}
		}
	}
	return nil
}

// wake tells of a wait's half or end.
func (s *Server) wake(tx store.Tx, n store.Notice) error {
	if err := tx.DropNotice(n.ID); err != nil || len(n.Data) != len(trust.WaitID{}) {
		return err
	}
	t, err := tx.Ticket(store.Wait, waitHash(trust.WaitID(n.Data)), s.now())
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	w, ok := s.readWait(t)
	if !ok || !w.runs() {
		return nil
	}
	data := api.EventData{Device: w.Wait.Device, Wait: &w.Wait}
	if n.Due.Before(w.Wait.Until) {
		if w.over(s.now()) {
			return nil // the server slept: the end is told at once
		}
		return s.tell(tx, w.account, api.EventHalf, data)
	}
	if w.Wait.Kind == api.WaitLeave {
		return s.leave(tx, w)
	}
	return s.tell(tx, w.account, api.EventReady, data)
}

func waitHash(id trust.WaitID) [32]byte {
	return sha256.Sum256(append([]byte("td/1 wait\x00"), id[:]...))
}

func errStopped() error {
	return refuse(api.CodeStopped, "this was stopped, or is no longer waited for", "")
}

func (s *Server) errWait(until time.Time) error {
	wait := max(int(until.Sub(s.now())/time.Second)+1, 1)
	return &api.Error{Code: api.CodeWait, Message: "this has to wait", Hint: "come back when the wait is over", Retry: wait}
}
