package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/countersign/countersign/trust"
)

// CheckRecovery is the drill: it derives the public key of what was typed and
// compares it with the chain. Nothing is sent. ErrKey, ErrOtherKey; nil is
// remembered as the time of the last proof.
func (d *Device) CheckRecovery(typed string) error {
	key, err := trust.ParseRecoveryKey(typed)
	if err != nil {
		return ErrKey
	}
	public, err := key.Record()
	if err != nil {
		return fmt.Errorf("deriving recovery key: %w", err)
	}
	return d.act(context.Background(), func(c *core) error {
		if c.secrets == nil || c.rec.outside() {
			return ErrNoAccount
		}
		known, ok := c.chain.Recovery(trust.Paper)
		if !ok || known.Sign != public.Sign || !bytes.Equal(known.KEM, public.KEM) {
			return errors.Join(ErrOtherKey, c.doubtKey(true))
		}
		k, err := newDrill(c.secrets, key, c.now())
		if err != nil {
			return err
		}
		return c.change(func(r *record) error { r.typed(k); return nil })
	})
}
