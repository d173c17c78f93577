package server

import (
	"sync"

	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

// chains remembers verified chains, so that not every call verifies from the
// genesis. It is a cache: an entry that another process appended is verified when
// it is met.
type chains struct {
	mu     sync.Mutex
	states map[trust.AccountID]chain.State
}

// maxChains bounds the memory of chains: a short chain takes 4 KB, so about 70 MB.
const maxChains = 16384

func newChains() *chains { return &chains{states: make(map[trust.AccountID]chain.State)} }

// state gives the account's chain as it is in the transaction.
func (c *chains) state(tx store.Tx, id trust.AccountID) (chain.State, error) {
	st, ok := c.get(id)
	if !ok {
		return c.fresh(tx, id)
	}
	entries, err := tx.Entries(id, st.Head().Seq)
	if err != nil {
		return chain.State{}, err
	}
	if st, err = st.Extend(entries); err != nil {
		return c.fresh(tx, id) // the database was put back to an older state
	}
	c.put(id, st)
	return st, nil
}

func (c *chains) fresh(tx store.Tx, id trust.AccountID) (chain.State, error) {
	entries, err := tx.Entries(id, 0)
	if err != nil {
		return chain.State{}, err
	}
	st, err := chain.Open(entries)
	if err != nil {
		return chain.State{}, err
	}
	c.put(id, st)
	return st, nil
}

func (c *chains) get(id trust.AccountID) (chain.State, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	st, ok := c.states[id]
	return st, ok
}

func (c *chains) put(id trust.AccountID, st chain.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.states[id]; !ok && len(c.states) >= maxChains {
		for other := range c.states { // maps have no order; which one goes is left to it
			delete(c.states, other)
			break
		}
	}
	c.states[id] = st
}
