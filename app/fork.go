package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// forkProof is what an export of a fork holds: this device's history up to the
// entry where the two part, and what contradicts it.
type forkProof struct {
	Protocol string          `json:"protocol"`
	Account  trust.AccountID `json:"account"`
	Seq      uint64          `json:"seq"`
	Entries  [][]byte        `json:"entries"`         // from genesis to the one at seq, as known here
	Shown    []byte          `json:"shown,omitempty"` // the other entry at seq
	Sight    []byte          `json:"sight,omitempty"` // or a device's signed word that there is another
}

// freeze stops this device from signing: two histories of the account exist. It
// stays so.
func (c *core) freeze(proof *chain.Fork) error {
	if c.rec.Fork == nil {
		c.o.Log.Error("the account has two histories: not answering any more")
	}
	if proof == nil {
		proof = &chain.Fork{Seq: c.chain.Head().Seq}
	}
	return c.change(func(r *record) error {
		if r.Fork == nil || r.Fork.Shown == nil {
			r.Fork = proof
		}
		return nil
	})
}

// freezeBy freezes because of what another device says to see.
func (c *core) freezeBy(s sighting) error {
	if c.rec.Witness != nil {
		return nil
	}
	if err := c.freeze(&chain.Fork{Seq: s.Place.Seq, Pinned: c.rec.entry(s.Place.Seq)}); err != nil {
		return err
	}
	return c.change(func(r *record) error { r.Witness = &s; return nil })
}

// accused reports whether one device's signed word is all that speaks of another
// history. A thief of a device can sign such a word, and must not be able to keep
// the owner's other devices frozen with it.
func (c *core) accused() bool {
	return c.rec.Fork != nil && c.rec.Fork.Shown == nil && c.rec.Witness != nil
}

// calm is ErrFrozen where two histories are known of, whoever says so.
func (c *core) calm() error {
	if c.rec.Fork != nil {
		return ErrFrozen
	}
	return nil
}

// acquit goes on where the device was removed whose word alone had frozen this one:
// what it says counts no more.
func (c *core) acquit() error {
	if !c.accused() {
		return nil
	}
	if _, member := c.chain.Device(c.rec.Witness.Device); member {
		return nil
	}
	return c.change(func(r *record) error { r.Fork, r.Witness = nil, nil; return nil })
}

// fork shows the two histories, nil if there is one.
func (c *core) fork() *Fork {
	f := c.rec.Fork
	if f == nil {
		return nil
	}
	known := c.rec.Entries[:min(f.Seq+1, uint64(len(c.rec.Entries)))]
	out := &Fork{Seq: f.Seq, Here: c.saying(known, f.Pinned), There: c.saying(known, f.Shown)}
	p := forkProof{Protocol: protocol, Account: c.chain.Account(), Seq: f.Seq, Entries: known, Shown: f.Shown}
	if w := c.rec.Witness; w != nil && f.Shown == nil {
		p.Sight = w.Raw
		out.There = fmt.Sprintf("%s signed on %s that it sees another entry %d, with the hash %s",
			c.nameOf(w.Device), w.At.UTC().Format(time.DateTime), w.Place.Seq, w.Place.Hash)
	}
	if proof, err := json.MarshalIndent(p, "", "  "); err == nil {
		out.Proof = proof
	}
	return out
}

// saying puts an entry at the place of the last of known into a sentence.
func (c *core) saying(known [][]byte, raw []byte) string {
	if raw == nil {
		return "what was signed there is not known here"
	}
	e, err := chain.Inspect(raw)
	if err != nil {
		return "an entry that this program cannot read"
	}
	at := trust.Clock(e.Time).UTC().Format(time.DateTime)
	if e.Op == chain.OpGenesis || len(known) < 2 {
		return fmt.Sprintf("entry %d, of %s: the account begins", e.Seq, at)
	}
	before, err := chain.Open(known[:len(known)-1])
	if err != nil {
		return "an entry that this program cannot read"
	}
	lines := history(before, [][]byte{raw}, c.rec.Nicknames, c.now())
	if len(lines) == 0 {
		return fmt.Sprintf("entry %d, of %s: it is not valid", e.Seq, at)
	}
	by := lines[0].By
	if by == "" {
		by = "the recovery key"
	}
	return fmt.Sprintf("entry %d, of %s: %s by %s %s", e.Seq, at, lines[0].Kind, by, lines[0].Device)
}
