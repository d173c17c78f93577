package app

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/verify"
)

// maxAsks is how many waiting sign-ins are held: the limits allow two, and a
// backend that sends thousands must not fill the memory.
const maxAsks = 16

// ask is a verified sign-in that waits. Its times are in the backend's clock.
type ask struct {
	asked   verify.Asked
	request Request
}

// understood reports whether this version can say what is asked for.
func understood(asked verify.Asked) bool {
	_, known := api.ParseAction(asked.Action)
	return asked.Kind == trust.SignIn || asked.Kind == trust.StepUp && known
}

// prove reads a challenge against the pinned chain (verify.Read) and takes only a
// sign-in, or a change of app passwords that a page asks for. chain.ErrBehind: the backend knows entries that are missing here;
// chain.ErrFork: two histories; anything else is ErrUnproved.
func (c *core) prove(raw []byte) (verify.Asked, error) {
	asked, err := verify.Read(raw, c.chain)
	if errors.Is(err, chain.ErrFork) {
		return verify.Asked{}, err
	}
	if err != nil || !understood(asked) {
		return verify.Asked{}, ErrUnproved
	}
	return asked, c.chain.Agrees(chain.Head{Seq: asked.Seq, Hash: asked.Head})
}

// admit takes a sign-in among those that wait, or takes it out when another
// device answered it. The error is prove's.
func (c *core) admit(r api.Request) error {
	asked, err := c.prove(r.Challenge)
	if err != nil {
		return err
	}
	c.dismiss(asked.ID)
	one := newAsk(r, asked)
	if r.State == string(verify.Approved) {
		c.allow(one)
	}
	if r.State != string(verify.Pending) || !one.request.Expires.After(c.now()) {
		return nil
	}
	c.asks = append(c.asks, one)
	slices.SortStableFunc(c.asks, func(a, b ask) int { return a.request.Asked.Compare(b.request.Asked) })
	if n := len(c.asks) - maxAsks; n > 0 {
		c.asks = slices.Delete(c.asks, 0, n)
	}
	return nil
}

func newAsk(r api.Request, asked verify.Asked) ask {
	action, _ := api.ParseAction(asked.Action)
	return ask{asked: asked, request: Request{
		ID: asked.ID, Service: asked.Service, Action: action, Origin: asked.From.Origin, Letters: trust.Letters(asked.Hash),
		Address: asked.Address, Network: network(r.Network), Agent: asked.Agent, Known: asked.Known,
		Try: r.Try, Refused: r.Refused, Target: r.Target,
		Asked: trust.Clock(asked.Issued), Expires: trust.Clock(asked.Expires),
	}}
}

// network reads one of three words; whatever else comes is not known.
func network(word string) string {
	if word == "own" || word == "another" {
		return word
	}
	return "unknown"
}

// admitAll brings what waits up to date with the backend's list. known are those
// that waited before the list was asked for: what is not listed any more is over.
// Requests that are new here are taken in only if a person is looking, because
// others ring through the log. It reports whether entries are missing here.
func (c *core) admitAll(all []api.Request, known []trust.Hash, opened bool) (behind bool, err error) {
	listed := make(map[trust.Hash]bool, len(all))
	for _, r := range all {
		hash := trust.HashChallenge(r.Challenge)
		listed[hash] = true
		if r.State == string(verify.Pending) && !opened && !slices.Contains(c.waitingHashes(), hash) {
			continue
		}
		b, err := c.consider(r)
		if err != nil {
			return false, err
		}
		behind = behind || b
	}
	c.asks = slices.DeleteFunc(c.asks, func(a ask) bool {
		return slices.Contains(known, a.asked.Hash) && !listed[a.asked.Hash]
	})
	return behind, nil
}

// waitingHashes names what waits.
func (c *core) waitingHashes() []trust.Hash {
	hashes := make([]trust.Hash, len(c.asks))
	for i, a := range c.asks {
		hashes[i] = a.asked.Hash
	}
	return hashes
}

// restore takes in what rang before the program ended, or before the entries were
// here that it speaks of, as far as it still waits.
func (c *core) restore() error {
	for _, o := range c.rec.Open {
		if o.Request == nil {
			continue
		}
		if _, err := c.consider(*o.Request); err != nil {
			return err
		}
	}
	return nil
}

// consider admits r, or says in the log why not.
func (c *core) consider(r api.Request) (behind bool, err error) {
	switch err := c.admit(r); {
	case err == nil:
		return false, c.confirm(r)
	case errors.Is(err, chain.ErrBehind):
		return true, nil
	case errors.Is(err, chain.ErrFork):
		return false, c.freeze(nil)
	default:
		c.o.Log.Warn("request left out", "reason", err)
		return false, nil
	}
}

// confirm notes that the backend accepted an Allow of this device whose answer
// was lost on the way.
func (c *core) confirm(r api.Request) error {
	if r.State != string(verify.Approved) || r.Device != c.secrets.Device {
		return nil
	}
	hash := trust.HashChallenge(r.Challenge)
	in := c.rec.intentFor(hash)
	if in == nil || in.Accepted {
		return nil
	}
	return c.change(func(rec *record) error {
		rec.accept(hash)
		return nil
	})
}

// dismiss takes a sign-in from those that wait.
func (c *core) dismiss(id trust.ChallengeID) {
	c.asks = slices.DeleteFunc(c.asks, func(a ask) bool { return a.request.ID == id })
}

// setAside keeps a sign-in that was allowed, because Not me is still an answer.
func (c *core) setAside(id trust.ChallengeID) {
	if one, ok := c.waiting(id); ok {
		c.allow(one)
	}
}

func (c *core) allow(one ask) {
	c.finish(one.request.ID)
	c.let = append(c.let, one)
	if n := len(c.let) - maxAsks; n > 0 {
		c.let = slices.Delete(c.let, 0, n)
	}
}

// finish forgets a sign-in that was allowed.
func (c *core) finish(id trust.ChallengeID) {
	c.let = slices.DeleteFunc(c.let, func(a ask) bool { return a.request.ID == id })
}

// stoppable finds a sign-in that waits, or that another device allowed.
func (c *core) stoppable(id trust.ChallengeID) (ask, bool) {
	if one, ok := c.waiting(id); ok {
		return one, true
	}
	i := slices.IndexFunc(c.let, func(a ask) bool { return a.request.ID == id })
	if i < 0 || !c.let[i].request.Asked.Add(requestLife).After(c.now()) {
		return ask{}, false
	}
	return c.let[i], true
}

// waiting finds a sign-in that waits.
func (c *core) waiting(id trust.ChallengeID) (ask, bool) {
	i := slices.IndexFunc(c.asks, func(a ask) bool { return a.request.ID == id })
	if i < 0 || !c.asks[i].request.Expires.After(c.now()) {
		return ask{}, false
	}
	return c.asks[i], true
}

// extend takes over entries that the backend shows, beginning at this device's
// own head.
func (c *core) extend(entries [][]byte) error {
	if c.chain.Account() == (trust.AccountID{}) {
		return c.adopt(entries)
	}
	_, err := c.chain.Extend(entries)
	switch {
	case errors.Is(err, chain.ErrFork):
		return c.freeze(c.evidence(entries))
	case errors.Is(err, chain.ErrUnknown):
		return c.change(func(r *record) error { r.Update = true; return nil })
	case errors.Is(err, chain.ErrBehind):
		return c.change(func(r *record) error { r.Restored = true; return nil })
	case err != nil:
		return fmt.Errorf("reading chain: %w", err)
	}
	before, now := c.chain, c.now()
	err = c.change(func(r *record) error {
		r.Update = false
		known := len(r.Entries)
		for _, raw := range entries {
			if e, err := chain.Inspect(raw); err == nil && e.Seq == uint64(len(r.Entries)) {
				r.Entries = append(r.Entries, raw)
			}
		}
		return r.grown(before, known, now)
	})
	if err != nil {
		return err
	}
	if err := c.judgeSights(); err != nil {
		return err
	}
	if err := c.acquit(); err != nil {
		return err
	}
	return c.restore()
}

// grown does what the entries from known on mean for the record. Another program
// may have stored entries after before: of those it told itself.
func (r *record) grown(before chain.State, known int, now time.Time) error {
	if known == len(r.Entries) || uint64(known) <= before.Head().Seq {
		return nil
	}
	st, err := before.Extend(r.Entries[before.Head().Seq:])
	if err != nil {
		return fmt.Errorf("reading chain: %w", err)
	}
	if told := r.Entries[before.Head().Seq+1 : known]; len(told) > 0 {
		if before, err = before.Extend(told); err != nil {
			return fmt.Errorf("reading chain: %w", err)
		}
	}
	for _, a := range history(before, r.Entries[known:], r.Nicknames, now) {
		r.note(a)
	}
	if r.Pending != nil && r.Pending.place() < uint64(len(r.Entries)) {
		r.Pending = nil
	}
	r.keepReceipt(st.Head())
	return nil
}

// adopt takes the whole chain where this device lost its own: the account's
// identifier proves the beginning, but not that it is the newest.
func (c *core) adopt(entries [][]byte) error {
	st, err := chain.Open(entries)
	if err != nil {
		return fmt.Errorf("reading chain: %w", err)
	}
	if st.Account() != c.secrets.Account {
		return fmt.Errorf("reading chain of another account: %w", chain.ErrInvalid)
	}
	return c.change(func(r *record) error { r.Entries = entries; return nil })
}

// evidence gives the two entries that stand at one place.
func (c *core) evidence(entries [][]byte) *chain.Fork {
	for _, raw := range entries {
		e, err := chain.Inspect(raw)
		if err != nil || e.Seq >= uint64(len(c.rec.Entries)) {
			continue
		}
		if known, _ := c.chain.At(e.Seq); known != trust.HashEntry(raw) {
			return &chain.Fork{Seq: e.Seq, Pinned: c.rec.Entries[e.Seq], Shown: raw}
		}
	}
	return nil
}
