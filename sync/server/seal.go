package server

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// seals makes tickets that who writes into the database cannot forge: each holds
// an HMAC over what it grants.
type seals struct{ key [32]byte }

func newSeals(row [32]byte) seals {
	mac := hmac.New(sha256.New, row[:])
	mac.Write([]byte("td/1 ticket"))
	return seals{key: [32]byte(mac.Sum(nil))}
}

// ticketData is the Data of a ticket. Fields are numbered for ever.
type ticketData struct {
	Note string   `cbor:"1,keyasint"` // token: the device's network address
	MAC  [32]byte `cbor:"2,keyasint"`
}

// put gives the ticket with its Data.
func (s seals) put(t store.Ticket, note string) (store.Ticket, error) {
	data, err := trust.Marshal(ticketData{Note: note, MAC: s.mac(t, note)})
	t.Data = data
	return t, err
}

// open gives the note of a genuine ticket, false of any other.
func (s seals) open(t store.Ticket) (note string, ok bool) {
	var d ticketData
	if trust.Unmarshal(t.Data, &d) != nil {
		return "", false
	}
	mac := s.mac(t, d.Note)
	return d.Note, hmac.Equal(mac[:], d.MAC[:])
}

func (s seals) mac(t store.Ticket, note string) [32]byte {
	mac := hmac.New(sha256.New, s.key[:])
	for _, part := range [][]byte{[]byte(t.Kind), t.Hash[:], t.Account[:], t.Device[:], []byte(t.Name), []byte(note)} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		mac.Write(n[:])
		mac.Write(part)
	}
	var times [16]byte
	binary.BigEndian.PutUint64(times[:8], uint64(t.Created.Unix()))
	binary.BigEndian.PutUint64(times[8:], uint64(t.Expires.Unix()))
	mac.Write(times[:])
	return [32]byte(mac.Sum(nil))
}
