package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// mark is a kind of note that the backend keeps beside a chain: of one device, or
// of the account where the device is zero. Who writes into the database can take a
// note away but not make one. Part of a key: do not change.
type mark string

const (
	markJoined  mark = "joined"  // when a device was added: seconds
	markYoung   mark = "young"   // until when it is young, and held: seconds, twice
	markBack    mark = "back"    // it came back by password and recovery key: nothing
	markSight   mark = "sight"   // its last signed sight
	markRemoved mark = "removed" // when it last removed another: seconds
	markPairing mark = "pairing" // of an account: when its latest boxes were opened
	markLeft    mark = "left"    // of an account: when two-step verification was switched off, in seconds
	markCodes   mark = "codes"   // of an account: when its latest codes were sent to addresses
)

// forGood is how long a note is kept that has no end.
const forGood = 100 * 365 * 24 * time.Hour

// marked gives a note; nil if there is none, or not a genuine one.
func (s *Server) marked(tx store.Tx, m mark, id trust.AccountID, d trust.DeviceID) ([]byte, error) {
	key := s.seals.markKey(m, id, d)
	row, err := tx.Counter(key, s.now())
	if absent(err) || err == nil && len(row.Data) < sha256.Size {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	note := row.Data[:len(row.Data)-sha256.Size]
	if !hmac.Equal(row.Data, s.seals.markData(key, note)) {
		return nil, nil
	}
	return note, nil
}

// putMark keeps a note for some time.
func (s *Server) putMark(tx store.Tx, m mark, id trust.AccountID, d trust.DeviceID, note []byte, lasts time.Duration) error {
	key := s.seals.markKey(m, id, d)
	return tx.PutCounter(store.Counter{Key: key, Expires: s.now().Add(lasts), Data: s.seals.markData(key, note)})
}

// dropMark ends a note; there need be none.
func (s *Server) dropMark(tx store.Tx, m mark, id trust.AccountID, d trust.DeviceID) error {
	return s.putMark(tx, m, id, d, nil, 0)
}

func (s seals) markKey(m mark, id trust.AccountID, d trust.DeviceID) [32]byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 mark key\x00" + string(m) + "\x00"))
	mac.Write(id[:])
	mac.Write(d[:])
	return [32]byte(mac.Sum(nil))
}

// markData is the note and its MAC.
func (s seals) markData(key [32]byte, note []byte) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 mark row\x00"))
	mac.Write(key[:])
	mac.Write(note)
	return mac.Sum(append([]byte(nil), note...))
}
