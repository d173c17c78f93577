package server

import (
	"context"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
)

// Sight keeps the calling device's signed word on the head it sees, also one that
// contradicts the chain here: it is for the account's other devices to judge.
func (s *Server) Sight(ctx context.Context, token api.Secret, raw []byte) error {
	err := s.store.Update(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		d, _ := c.chain.Device(c.device)
		sight, err := trust.OpenSight(raw, d.Sign)
		if err != nil || sight.Account != c.ID || sight.Device != c.device {
			return errMessage()
		}
		return s.putMark(tx, markSight, c.ID, c.device, raw, seenFor)
	})
	return s.orInternal(ctx, "sight", err)
}

// known adds to each device what the account's devices are told of it besides.
func (s *Server) known(tx store.Tx, id trust.AccountID, seen []api.DeviceSeen) error {
	for i := range seen {
		var err error
		if seen[i].Sight, err = s.marked(tx, markSight, id, seen[i].Device); err != nil {
			return err
		}
		y, err := s.youth(tx, id, seen[i].Device)
		if err != nil {
			return err
		}
		if !y.young.IsZero() {
			seen[i].Young = &y.young
		}
		if !y.held.IsZero() {
			seen[i].Held = &y.held
		}
	}
	return nil
}
