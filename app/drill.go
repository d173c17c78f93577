package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/countersign/countersign/trust"
)

// When the recovery key is asked for again; docs/protocol.md §10.1. Monthly for ever:
// docs/design/0007 shows what asking less often costs.
const (
	wholeEvery = 182 * 24 * time.Hour // the whole key, twice a year
	drillEvery = 30 * 24 * time.Hour  // two of its groups
)

// groupCount is how many groups of four symbols a recovery key has.
const groupCount = trust.RecoverySymbols / 4

// drill is what the device needs to check two groups of the recovery key. Stored; do
// not rename.
type drill struct {
	Of      trust.Hash `json:"of,omitzero"`      // public key that Marks are of
	Checked time.Time  `json:"checked,omitzero"` // when two groups were right last
	// Marks has one mark for each group, see mark.
	Marks []byte `json:"marks,omitempty"`
	First int    `json:"first,omitempty"` // the groups that were asked for, 1 to 7
	Other int    `json:"other,omitempty"`
	// Failed says that the whole key that was typed last was not this account's,
	// Doubt that two groups were not.
	Failed bool `json:"failed,omitempty"`
	Doubt  bool `json:"doubt,omitempty"`
}

// mark is what is kept of one group, to know it again: five bits of a MAC under the
// state's key. Whoever reads the state has this device, and with the recovery key as
// well could set another password; seven marks leave 93 of the key's 128 bits to be
// guessed, which nobody does. In exchange one in 32 wrong groups passes, one in 1024
// pairs: enough for finding out that a paper is not there any more, or is another.
func (s *secrets) mark(group int, symbols string) byte {
	mac := hmac.New(sha256.New, s.State[:])
	mac.Write([]byte("td/1 recovery group\x00"))
	mac.Write([]byte{byte(group)})
	mac.Write([]byte(symbols))
	return mac.Sum(nil)[0] >> 3
}

// newDrill begins the drill of a key that was typed in whole now.
func newDrill(s *secrets, key trust.RecoveryKey, now time.Time) (drill, error) {
	public, err := publicOf(key)
	k := drill{Of: public, Checked: now, Marks: make([]byte, 0, groupCount)}
	for i, g := range key.Groups() {
		k.Marks = append(k.Marks, s.mark(i+1, g))
	}
	return k, err
}

// typed notes that the key that counts was typed in whole.
func (r *record) typed(k drill) {
	r.Proved, r.Copies.Proved, r.Drill = k.Checked, k.Of, k
}

// doubtKey notes that what was typed is not this account's key: the right one may be
// lost.
func (c *core) doubtKey(whole bool) error {
	return c.change(func(r *record) error {
		r.Drill.Failed, r.Drill.Doubt = r.Drill.Failed || whole, true
		return nil
	})
}

// keyProved is when the key that counts was typed in whole, zero if it never was here.
func (c *core) keyProved() time.Time {
	if of := c.rec.Copies.Proved; of != (trust.Hash{}) && of != c.paper() {
		return time.Time{}
	}
	return c.rec.Proved
}

// drillable reports whether two groups can be asked for.
func (c *core) drillable() bool {
	return len(c.rec.Drill.Marks) == groupCount && c.rec.Drill.Of == c.paper()
}

// groupsDue reports whether two groups are to be asked for again.
func (c *core) groupsDue() bool {
	return c.drillable() && !c.now().Before(c.rec.Drill.Checked.Add(drillEvery))
}

// askedNext is when the recovery key is asked for again, zero where it was never right
// here.
func (c *core) askedNext() time.Time {
	at := c.keyProved()
	if !c.keyStands() || c.rec.Drill.Doubt || at.IsZero() || c.outdated() {
		return time.Time{}
	}
	next := at.Add(wholeEvery)
	if groups := c.rec.Drill.Checked.Add(drillEvery); c.drillable() && groups.Before(next) {
		next = groups
	}
	return next
}

// groupsChecked is when two groups of the key that counts were right last, zero if they
// never were here.
func (c *core) groupsChecked() time.Time {
	if !c.drillable() {
		return time.Time{}
	}
	return c.rec.Drill.Checked
}

// recovery shows what is known of the recovery key.
func (c *core) recovery() Recovery {
	return Recovery{
		Set: c.paper() != trust.Hash{}, Kept: c.copyKept(),
		Proved: c.clock.local(c.keyProved()), Checked: c.clock.local(c.groupsChecked()),
		Copied: c.clock.local(c.copied()), Next: c.clock.local(c.askedNext()),
	}
}

// AskGroups draws the two groups of the recovery key to ask for, 1 to 7, the first
// before the second. They stay until CheckGroups found them right. Both are 0 where
// groups cannot be checked, because the key was never typed here: then CheckRecovery
// takes the whole of it.
func (d *Device) AskGroups() (first, second int) {
	d.act(context.Background(), func(c *core) error {
		if c.secrets == nil || !c.drillable() {
			return nil
		}
		if c.rec.Drill.First == 0 {
			a, b := rand.IntN(groupCount), rand.IntN(groupCount-1)
			if b >= a {
				b++
			}
			if err := c.change(func(r *record) error { r.Drill.First, r.Drill.Other = min(a, b)+1, max(a, b)+1; return nil }); err != nil {
				return err
			}
		}
		first, second = c.rec.Drill.First, c.rec.Drill.Other
		return nil
	})
	return first, second
}

// CheckGroups compares two groups that a person read from the paper with what is
// known of those that AskGroups named. ErrKey for what cannot be four symbols;
// ErrOtherKey: then the whole key should be typed; ErrGone if none were asked for.
func (d *Device) CheckGroups(first, second string) error {
	a, fine := groupSymbols(first)
	b, good := groupSymbols(second)
	if !fine || !good {
		return ErrKey
	}
	return d.act(context.Background(), func(c *core) error {
		switch k := c.rec.Drill; {
		case c.secrets == nil:
			return ErrNoAccount
		case !c.drillable() || k.First == 0:
			return ErrGone
		case c.secrets.mark(k.First, a) != k.Marks[k.First-1] || c.secrets.mark(k.Other, b) != k.Marks[k.Other-1]:
			return errors.Join(ErrOtherKey, c.doubtKey(false))
		}
		return c.change(func(r *record) error {
			r.Drill.Checked, r.Drill.First, r.Drill.Other, r.Drill.Doubt = c.now(), 0, 0, false
			return nil
		})
	})
}

// groupSymbols reads four symbols as they stand in a key's text.
func groupSymbols(typed string) (string, bool) {
	text := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(text) != 4 || strings.Trim(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" {
		return "", false
	}
	return text, true
}
