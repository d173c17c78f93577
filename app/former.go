package app

import (
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
	"github.com/countersign/countersign/trust/offline"
)

// former is who ever stood in the chain, and until which entry: what a log that was
// not read for a while speaks of may be gone from the chain since.
type former struct {
	head      chain.Head
	devices   tenures[trust.DeviceID]
	verifiers tenures[trust.VerifierID]
	offline   tenures[trust.DeviceID] // devices whose offline codes were announced
}

// tenures holds, by who it is, which keys stood in the chain.
type tenures[ID comparable] map[ID][]tenure

type tenure struct {
	key  trust.SignKey
	last uint64 // the newest entry after which it stood
}

func (t tenures[ID]) note(id ID, key trust.SignKey, seq uint64) {
	for i := range t[id] {
		if t[id][i].key == key {
			t[id][i].last = seq
			return
		}
	}
	t[id] = append(t[id], tenure{key: key, last: seq})
}

// since gives the keys that stood at the entry from, or later.
func (t tenures[ID]) since(id ID, from uint64) (keys []trust.SignKey) {
	for _, one := range t[id] {
		if one.last >= from {
			keys = append(keys, one.key)
		}
	}
	return keys
}

// former reads the pinned chain through once for as long as it does not grow.
func (c *core) former() *former {
	if c.past != nil && c.past.head == c.chain.Head() {
		return c.past
	}
	past := &former{
		head: c.chain.Head(), devices: make(tenures[trust.DeviceID]), verifiers: make(tenures[trust.VerifierID]), offline: make(tenures[trust.DeviceID]),
	}
	entries := c.rec.Entries[:min(past.head.Seq+1, uint64(len(c.rec.Entries)))]
	if len(entries) == 0 {
		return past
	}
	st, err := chain.Open(entries[:1])
	for _, raw := range entries[1:] {
		if err != nil {
			return past // they were verified before: this cannot be
		}
		past.read(st)
		st, err = st.Apply(raw)
	}
	past.read(c.chain)
	c.past = past
	return past
}

func (f *former) read(st chain.State) {
	seq := st.Head().Seq
	for _, d := range st.Devices() {
		f.devices.note(d.ID, d.Sign, seq)
	}
	for _, v := range st.Verifiers() {
		f.verifiers.note(v.ID, v.Sign, seq)
	}
	for _, one := range st.Credentials() {
		if of, ok := offline.DeviceOf(one); ok {
			f.offline.note(of, trust.SignKey{}, seq)
		}
	}
}
