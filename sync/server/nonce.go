package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// A nonce is its time in seconds, eight random bytes, and a MAC over both and over
// whom it is for. So none is kept until one is used: everybody may ask, and asking
// must not fill the disk.
const (
	nonceSize = 32
	nonceHead = 16
	// spentFor is how long a used nonce is remembered: longer than it is good for,
	// in case the clock is set back.
	spentFor = time.Hour
)

// Nonce gives a value to be signed. It is given to whoever asks, for accounts and
// devices that do not exist too, so that nothing is learnt from it.
func (s *Server) Nonce(ctx context.Context, account trust.AccountID, device trust.DeviceID) (api.Secret, error) {
	random, err := s.secret(nonceHead - 8)
	if err != nil {
		return nil, s.orInternal(ctx, "nonce", err)
	}
	nonce := binary.BigEndian.AppendUint64(nil, uint64(s.now().Unix()))
	nonce = append(nonce, random...)
	return append(nonce, s.seals.nonceMAC(nonce, account, device)...), nil
}

// nonceFits reports whether a nonce was given here, for this device, within the
// last minute.
func (s *Server) nonceFits(p api.SessionProof) bool {
	if len(p.Nonce) != nonceSize {
		return false
	}
	head, mac := p.Nonce[:nonceHead], p.Nonce[nonceHead:]
	age := s.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(head)), 0))
	return hmac.Equal(mac, s.seals.nonceMAC(head, p.Account, p.Device)) && age >= 0 && age < nonceFor+time.Second
}

// spend uses a nonce up; false if it was used before.
func (s *Server) spend(tx store.Tx, nonce api.Secret) (fresh bool, err error) {
	now := s.now().Truncate(time.Second)
	t := store.Ticket{Kind: store.Nonce, Hash: sha256.Sum256(nonce), Created: now, Expires: now.Add(spentFor)}
	_, err = tx.Ticket(store.Nonce, t.Hash, now)
	if !absent(err) {
		return false, err
	}
	return true, tx.PutTicket(t)
}

func (s seals) nonceMAC(head []byte, account trust.AccountID, device trust.DeviceID) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 nonce\x00"))
	mac.Write(head)
	mac.Write(account[:])
	mac.Write(device[:])
	return mac.Sum(nil)[:nonceSize-nonceHead]
}
