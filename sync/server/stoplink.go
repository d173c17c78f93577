package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// PathStop is the page that a security mail's link leads to; the token follows.
const PathStop = "/s/"

// A stop token is a wait's identifier and half a MAC over it. It is good as long
// as the wait runs, and for nothing but to stop it.
const stopTokenSize = 32

// stopLink gives the link of a message about a wait that still runs, "" of others.
func (s *Server) stopLink(tx store.Tx, id trust.AccountID, e api.Event) (string, error) {
	if e.Data.Wait == nil || e.Kind != api.EventWait && e.Kind != api.EventHalf && e.Kind != api.EventReady {
		return "", nil
	}
	w, ok, err := s.waitAt(tx, e.Data.Wait.ID)
	if err != nil || !ok || !w.runs() || w.account != id {
		return "", err
	}
	token := append(w.Wait.ID[:], s.seals.stopMAC(w.Wait.ID)...)
	return s.record.Origin + PathStop + base64.RawURLEncoding.EncodeToString(token), nil
}

func (s seals) stopMAC(id trust.WaitID) []byte {
	mac := hmac.New(sha256.New, s.key[:])
	mac.Write([]byte("td/1 stop link\x00"))
	mac.Write(id[:])
	return mac.Sum(nil)[:stopTokenSize-len(id)]
}

func (s *Server) waitAt(tx store.Tx, id trust.WaitID) (wait, bool, error) {
	t, err := tx.Ticket(store.Wait, waitHash(id), s.now())
	if absent(err) {
		return wait{}, false, nil
	}
	if err != nil {
		return wait{}, false, err
	}
	w, ok := s.readWait(t)
	return w, ok, nil
}

// Stoppable is a wait as the page of its link shows it.
type Stoppable struct {
	Account string
	Wait    api.Wait
	Stopped string // by what, if it was stopped; see api.EventData.By
	Done    bool   // what it led to was had: there is nothing to stop
	Over    bool   // its time has passed: what was asked for can be had
}

// ByLink shows the wait of a link's token. CodeNotFound.
func (s *Server) ByLink(ctx context.Context, token string) (out Stoppable, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		w, err := s.linked(tx, token)
		if err != nil {
			return err
		}
		row, err := tx.Account(w.account)
		out = Stoppable{Account: row.Name, Wait: w.Wait, Stopped: w.Stopped, Done: w.Done, Over: w.over(s.now())}
		return err
	})
	return out, s.orInternal(ctx, "stop page", err)
}

// StopByLink stops it. CodeNotFound, CodeStopped.
func (s *Server) StopByLink(ctx context.Context, token string) error {
	var w wait
	err := s.store.Update(ctx, func(tx store.Tx) (err error) {
		if w, err = s.linked(tx, token); err != nil {
			return err
		}
		return s.stopWait(tx, w.account, w.Wait.ID, "mail", trust.DeviceID{})
	})
	if err == nil {
		s.hub.hint(w.account)
	}
	return s.orInternal(ctx, "stop page", err)
}

func (s *Server) linked(tx store.Tx, token string) (wait, error) {
	no := refuse(api.CodeNotFound, "there is nothing to stop here", "")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != stopTokenSize {
		return wait{}, no
	}
	id := trust.WaitID(raw[:len(trust.WaitID{})])
	if !hmac.Equal(raw[len(id):], s.seals.stopMAC(id)) {
		return wait{}, no
	}
	w, ok, err := s.waitAt(tx, id)
	if err == nil && !ok {
		err = no
	}
	return w, err
}
