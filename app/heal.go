package app

import (
	"context"
	"errors"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// receipt is the backend's proof that it accepted a head that is pinned here.
type receipt struct {
	Head  chain.Head `json:"head"`
	Proof []byte     `json:"proof"`
}

// keepReceipt keeps the receipt last heard of if it is for the pinned head.
func (r *record) keepReceipt(pinned chain.Head) {
	if len(r.Status.Receipt) > 0 && r.Status.Head == pinned {
		r.Receipt = &receipt{Head: pinned, Proof: r.Status.Receipt}
	}
}

// healable gives what a backend lost that knows entries up to from: the entries
// from there on that it once gave a receipt for.
func (c *core) healable(from uint64) (entries [][]byte, proof []byte) {
	kept := c.rec.Receipt
	if kept == nil || c.rec.Fork != nil || c.healed || kept.Head.Seq <= from {
		return nil, nil
	}
	if known, ok := c.chain.At(kept.Head.Seq); !ok || known != kept.Head.Hash {
		return nil, nil
	}
	if c.rec.entry(kept.Head.Seq) == nil {
		return nil, nil
	}
	return c.rec.Entries[from : kept.Head.Seq+1], kept.Proof
}

// heal hands a backend that was set back to head what it lost. It reports whether
// that was taken. A refusal is not tried again before the backend lets this device
// in.
func (d *Device) heal(ctx context.Context, head chain.Head) (bool, error) {
	return d.giveBack(ctx, func(c *core) uint64 {
		if known, ok := c.chain.At(head.Seq); !ok || known != head.Hash || head.Seq >= c.chain.Head().Seq {
			return never
		}
		return head.Seq
	})
}

// healWhole is heal for a backend that does not know this device, although it
// belongs by all that is known here: perhaps it was set back to before it joined.
func (d *Device) healWhole(ctx context.Context) (bool, error) {
	return d.giveBack(ctx, func(c *core) uint64 {
		if _, member := c.chain.Device(c.self()); !member {
			return never
		}
		return 0
	})
}

// never is from where on nothing is given back.
const never = ^uint64(0)

func (d *Device) giveBack(ctx context.Context, from func(*core) uint64) (bool, error) {
	var entries [][]byte
	var proof []byte
	var account trust.AccountID
	err := d.act(ctx, func(c *core) error {
		account = c.chain.Account()
		if at := from(c); at != never {
			entries, proof = c.healable(at)
		}
		return nil
	})
	if err != nil || len(entries) == 0 {
		return false, err
	}
	err = d.line.plain(ctx, func(a api.Account) error { return a.Heal(ctx, account, entries, proof) })
	if errors.Is(err, errNoAnswer) {
		return false, err
	}
	if err != nil {
		d.o.Log.Warn("giving the backend back what it lost", "err", err)
		return false, d.act(ctx, func(c *core) error { c.healed = true; return nil })
	}
	return true, d.act(ctx, func(c *core) error {
		return c.change(func(r *record) error { r.Restored = true; return nil })
	})
}
