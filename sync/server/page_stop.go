package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Clock gives the time by which everything here is told.
func (s *Server) Clock() time.Time { return s.now() }

// Listed is a wait on a page, with what stops it.
type Listed struct {
	Wait api.Wait
	Stop string // for StopListed
}

// ListWaits shows the waits to who has the password, each with what stops it, so
// that a page need neither keep the password nor make a session. CodePassword
// (flat), CodeSlow.
func (s *Server) ListWaits(ctx context.Context, name, password string) ([]Listed, error) {
	waits, err := s.WaitsBy(ctx, api.Factor{Name: name, Password: password})
	var out []Listed
	for _, w := range waits {
		token := append(w.ID[:], s.seals.listedMAC(w.ID)...)
		out = append(out, Listed{Wait: w, Stop: base64.RawURLEncoding.EncodeToString(token)})
	}
	return out, err
}

// StopListed stops a wait that was listed. CodeNotFound, CodeStopped.
func (s *Server) StopListed(ctx context.Context, token string) error {
	id, ok := s.listed(token)
	if !ok {
		return refuse(api.CodeNotFound, "there is nothing to stop here", "")
	}
	var w wait
	err := s.store.Update(ctx, func(tx store.Tx) error {
		var found bool
		var err error
		if w, found, err = s.waitAt(tx, id); err != nil {
			return err
		}
		if !found {
			return errStopped()
		}
		return s.stopWait(tx, w.account, id, "password", trust.DeviceID{})
	})
	if err == nil {
		s.hub.hint(w.account)
	}
	return s.orInternal(ctx, "stop page", err)
}

func (s *Server) listed(token string) (trust.WaitID, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != stopTokenSize {
		return trust.WaitID{}, false
	}
	id := trust.WaitID(raw[:len(trust.WaitID{})])
	return id, hmac.Equal(raw[len(id):], s.seals.listedMAC(id))
}

// listedMAC is another than stopMAC: what a stop is told to be done with must be true.
func (s seals) listedMAC(id trust.WaitID) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 stop list\x00"))
	mac.Write(id[:])
	return mac.Sum(nil)[:stopTokenSize-len(id)]
}
