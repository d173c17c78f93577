package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// seenFor is how long it is remembered when a device was here; chosen arbitrarily.
const seenFor = 2 * 365 * 24 * time.Hour

// noteSeen remembers that a device opened a session now. Connected devices do so
// every quarter of an hour.
func (s *Server) noteSeen(tx store.Tx, id trust.AccountID, d trust.DeviceID) error {
	now := s.now()
	key := s.seals.seenKey(id, d)
	return tx.PutCounter(store.Counter{Key: key, Expires: now.Add(seenFor), Data: s.seals.seenData(key, now)})
}

// lastSeen gives when a device was here; zero if it never was.
func (s *Server) lastSeen(tx store.Tx, id trust.AccountID, d trust.DeviceID) (time.Time, error) {
	key := s.seals.seenKey(id, d)
	row, err := tx.Counter(key, s.now())
	if absent(err) || err == nil && len(row.Data) != 8+sha256.Size {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(row.Data)), 0)
	if !hmac.Equal(row.Data, s.seals.seenData(key, at)) {
		return time.Time{}, nil
	}
	return at, nil
}

// forgetSeen drops when a device was here.
func (s *Server) forgetSeen(tx store.Tx, id trust.AccountID, d trust.DeviceID) error {
	return tx.PutCounter(store.Counter{Key: s.seals.seenKey(id, d), Expires: s.now()})
}

func (s seals) seenKey(id trust.AccountID, d trust.DeviceID) [32]byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 seen key\x00"))
	mac.Write(id[:])
	mac.Write(d[:])
	return [32]byte(mac.Sum(nil))
}

// seenData is the time in seconds, big-endian, and its MAC.
func (s seals) seenData(key [32]byte, at time.Time) []byte {
	out := binary.BigEndian.AppendUint64(nil, uint64(at.Unix()))
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 seen row\x00"))
	mac.Write(key[:])
	mac.Write(out)
	return mac.Sum(out)
}

// seen tells of each device whether it is connected and when it was here last.
func (s *Server) seen(tx store.Tx, a account) ([]api.DeviceSeen, error) {
	var out []api.DeviceSeen
	for _, d := range a.chain.Devices() {
		seen := api.DeviceSeen{Device: d.ID, Online: s.hub.online(a.ID, d.ID), Seen: s.now()}
		if !seen.Online {
			var err error
			if seen.Seen, err = s.lastSeen(tx, a.ID, d.ID); err != nil {
				return nil, err
			}
		}
		out = append(out, seen)
	}
	return out, nil
}
