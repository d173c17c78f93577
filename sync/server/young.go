package server

import (
	"encoding/binary"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// How long a new device is trusted less; docs/protocol.md §13.2.
const (
	youngFor = 72 * time.Hour     // changes nothing but to leave
	heldFor  = 24 * time.Hour     // allows nothing either
	oldAfter = 7 * 24 * time.Hour // from then on a device may vouch for one beside it
	joinKept = oldAfter + 24*time.Hour
)

// youth is until when a device is young, and held; zero = it is not.
type youth struct{ young, held time.Time }

// youth gives what is still in force for a device.
func (s *Server) youth(tx store.Tx, id trust.AccountID, d trust.DeviceID) (youth, error) {
	note, err := s.marked(tx, markYoung, id, d)
	if err != nil || len(note) != 16 {
		return youth{}, err
	}
	y := youth{young: secondsAt(note[:8]), held: secondsAt(note[8:])}
	if !s.now().Before(y.young) {
		y.young = time.Time{}
	}
	if !s.now().Before(y.held) {
		y.held = time.Time{}
	}
	return y, nil
}

// grow notes a device that has joined, and how much less it is trusted.
func (s *Server) grow(tx store.Tx, id trust.AccountID, d trust.DeviceID, joined time.Time, young, held time.Duration) error {
	note := appendSeconds(nil, joined)
	if err := s.putMark(tx, markJoined, id, d, note, joinKept); err != nil || young <= 0 {
		return err
	}
	end := joined.Add(young)
	note = appendSeconds(nil, end)
	if held > 0 {
		note = appendSeconds(note, joined.Add(held))
	} else {
		note = append(note, make([]byte, 8)...)
	}
	return s.putMark(tx, markYoung, id, d, note, max(end.Sub(s.now()), 0)+time.Second)
}

// youngBy gives for how long a device will be young and held that host adds over
// this network.
func (s *Server) youngBy(tx store.Tx, a account, host trust.DeviceID, network string) (young, held time.Duration, err error) {
	if network == "another" && a.chain.Policy().SameNetwork != trust.NetworkOff {
		held = heldFor
	}
	old, err := s.old(tx, a, host)
	if err != nil || old && network == "own" {
		return 0, held, err
	}
	return youngFor, held, nil
}

// old reports whether a device has belonged to the account for long, by the
// backend's own notes: none is older than the account, and of one without a note
// the note has run out.
func (s *Server) old(tx store.Tx, a account, d trust.DeviceID) (bool, error) {
	if s.now().Sub(a.Created) <= oldAfter {
		return false, nil
	}
	note, err := s.marked(tx, markJoined, a.ID, d)
	if err != nil || len(note) != 8 {
		return err == nil, err
	}
	return s.now().Sub(secondsAt(note)) > oldAfter, nil
}

// mayChange refuses what a young device may not do.
func (s *Server) mayChange(tx store.Tx, c caller) error {
	y, err := s.youth(tx, c.ID, c.device)
	if err != nil || y.young.IsZero() {
		return err
	}
	return s.tooYoung(y.young)
}

// mayChangePassword is mayChange for the password. Who came back by password and
// recovery key is asked to change it: it may be known to whoever has the lost device.
func (s *Server) mayChangePassword(tx store.Tx, c caller) error {
	note, err := s.marked(tx, markBack, c.ID, c.device)
	if err != nil || len(note) > 0 {
		return err
	}
	return s.mayChange(tx, c)
}

// mayAllow refuses a device that is held.
func (s *Server) mayAllow(tx store.Tx, c caller) error {
	y, err := s.youth(tx, c.ID, c.device)
	if err != nil || y.held.IsZero() {
		return err
	}
	return s.tooYoung(y.held)
}

func (s *Server) tooYoung(until time.Time) error {
	wait := max(int(until.Sub(s.now())/time.Second), 1)
	return &api.Error{Code: api.CodeYoung, Message: "this device is too new for this", Hint: "use another trusted device, or wait", Retry: wait}
}

// leaves reports whether an entry is its author's own leaving.
func leaves(e chain.Entry, after chain.State) bool {
	_, still := after.Device(e.Author)
	return e.Op == chain.OpRemoveDevice && !still
}

func appendSeconds(b []byte, t time.Time) []byte {
	return binary.BigEndian.AppendUint64(b, uint64(t.Unix()))
}

func secondsAt(b []byte) time.Time { return time.Unix(int64(binary.BigEndian.Uint64(b)), 0) }
