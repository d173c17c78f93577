package server

import (
	"context"
	"encoding/hex"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/chain"
)

const (
	// networkFor is how long it is known from which networks an app password is used.
	networkFor = 90 * 24 * time.Hour
	// useFor is how long its last use is known.
	useFor = 400 * 24 * time.Hour
	// maxNetworks bounds the networks known of one app password.
	maxNetworks = 16
	// staleEvery is how often the devices are told that one is tried which counts no more.
	staleEvery = 24 * time.Hour
	// maxNew is how often, within newEvery, the devices are told that one is used from a
	// new network. Chosen arbitrarily.
	maxNew   = 5
	newEvery = 24 * time.Hour
	// useEvery is how often uses are written. A crash loses that much of them.
	useEvery = 2 * time.Second
	// maxPending bounds the memory of uses that wait to be written.
	maxPending = 8192
)

// markUse is what became of an app password: its identifier stands for the device.
const markUse mark = "use"

type useKey struct {
	account trust.AccountID
	id      [16]byte
}

// use is one use, or one try of an app password that counts no more.
type use struct {
	at       time.Time
	network  string // "" = unknown
	protocol string
	stale    bool
}

// uses gathers uses until they are written.
type uses struct {
	mu      sync.Mutex
	pending map[useKey][]use            // the newest of each network, and the newest stale one
	written map[useKey]map[string]int64 // minutes that are known, so that they are written once
}

func newUses() *uses {
	return &uses{pending: make(map[useKey][]use), written: make(map[useKey]map[string]int64)}
}

// note remembers a use. One of the same minute and network as the last is none.
func (u *uses) note(key useKey, one use) {
	mark := one.network
	if one.stale {
		mark = "stale"
	}
	minute := one.at.Unix() / 60
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.written[key][mark] == minute || len(u.pending) >= maxPending {
		return
	}
	if len(u.written) >= maxPending {
		clear(u.written)
	}
	if u.written[key] == nil || len(u.written[key]) > maxNetworks {
		u.written[key] = make(map[string]int64, 1)
	}
	u.written[key][mark] = minute
	u.pending[key] = append(u.pending[key], one)
}

func (u *uses) take() map[useKey][]use {
	u.mu.Lock()
	defer u.mu.Unlock()
	out := u.pending
	u.pending = make(map[useKey][]use)
	return out
}

// networkOf gives the network of an address as it is kept and shown: an IPv4 /24 or an
// IPv6 /48; "" for none.
func networkOf(a netip.Addr) string {
	a = a.Unmap().WithZone("")
	if !a.IsValid() {
		return ""
	}
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// useRow is what is kept. Fields are numbered for ever; do not reorder or reuse.
type useRow struct {
	Last     uint64       `cbor:"1,keyasint"` // unix seconds
	Network  string       `cbor:"2,keyasint"`
	Protocol string       `cbor:"3,keyasint"`
	Networks []networkRow `cbor:"4,keyasint,omitempty"` // oldest first
	Stale    uint64       `cbor:"5,keyasint,omitempty"` // last try that counted no more, unix seconds
	From     string       `cbor:"6,keyasint,omitempty"`
	Told     uint64       `cbor:"7,keyasint,omitempty"` // when the devices were told of that
	New      []uint64     `cbor:"8,keyasint,omitempty"` // when they were told of new networks, within a day, oldest first
}

// networkRow is a network from which it was used. Fields are numbered for ever.
type networkRow struct {
	Network string `cbor:"1,keyasint"`
	Last    uint64 `cbor:"2,keyasint"`
}

// WriteUses writes what app passwords were used for since it was last called, and tells
// the devices of what is new. Run calls it by itself.
func (s *Server) WriteUses(ctx context.Context) error {
	told := make(map[trust.AccountID]bool)
	var first error // of one account: what is of others is written
	for key, list := range s.uses.take() {
		err := s.store.Update(ctx, func(tx store.Tx) error {
			news, err := s.writeUses(tx, key, list)
			told[key.account] = told[key.account] || news
			return err
		})
		if first == nil && !absent(err) {
			first = err
		}
	}
	for id, news := range told {
		if news {
			s.hub.hint(id)
		}
	}
	return first
}

// writeUses reports whether devices were told something.
func (s *Server) writeUses(tx store.Tx, key useKey, list []use) (news bool, err error) {
	a, err := s.account(tx, key.account)
	if err != nil {
		return false, err
	}
	of, ok := held(a.chain, key.id)
	if !ok {
		return false, nil
	}
	row, err := s.useOf(tx, key)
	if err != nil {
		return false, err
	}
	for _, one := range list {
		kind := row.add(one)
		if kind == "" {
			continue
		}
		news = true
		data := api.EventData{Service: s.titleOf(of.Service), Name: of.Label, Address: one.network}
		if err := s.tell(tx, key.account, kind, data); err != nil {
			return false, err
		}
	}
	raw, err := trust.Marshal(row)
	if err != nil {
		return false, err
	}
	return news, s.putMark(tx, markUse, key.account, trust.DeviceID(key.id), raw, useFor)
}

// add counts a use and says what the devices are to be told of it.
func (r *useRow) add(one use) api.EventKind {
	at := uint64(max(one.at.Unix()/60*60, 0))
	if one.stale {
		r.Stale, r.From = at, one.network
		if r.Told != 0 && at-min(r.Told, at) < uint64(staleEvery/time.Second) {
			return ""
		}
		r.Told = at
		return api.EventStale
	}
	first, known := r.Last == 0, one.network == "" || r.knows(one.network, one.at)
	r.Last, r.Network, r.Protocol = at, one.network, one.protocol
	if first || known || !r.mayTell(at) {
		return ""
	}
	return api.EventUsed
}

// mayTell counts the times that new networks are told of: who has an app password and
// many addresses does not bury what else is told.
func (r *useRow) mayTell(at uint64) bool {
	r.New = slices.DeleteFunc(r.New, func(told uint64) bool { return at-min(told, at) >= uint64(newEvery/time.Second) })
	if len(r.New) >= maxNew {
		return false
	}
	r.New = append(r.New, at)
	return true
}

// knows notes a network and reports whether it was known already.
func (r *useRow) knows(network string, now time.Time) bool {
	r.Networks = slices.DeleteFunc(r.Networks, func(n networkRow) bool {
		return now.Sub(trust.Clock(n.Last)) > networkFor
	})
	at := slices.IndexFunc(r.Networks, func(n networkRow) bool { return n.Network == network })
	if at >= 0 {
		r.Networks[at].Last = uint64(now.Unix())
		return true
	}
	if len(r.Networks) >= maxNetworks {
		r.Networks = r.Networks[1:]
	}
	r.Networks = append(r.Networks, networkRow{Network: network, Last: uint64(now.Unix())})
	return false
}

func (s *Server) useOf(tx store.Tx, key useKey) (row useRow, err error) {
	note, err := s.marked(tx, markUse, key.account, trust.DeviceID(key.id))
	if err != nil || note == nil {
		return useRow{}, err
	}
	if trust.Unmarshal(note, &row) != nil {
		return useRow{}, nil
	}
	return row, nil
}

// usesOf gives what became of an account's app passwords, as devices are told.
func (s *Server) usesOf(tx store.Tx, a account) (out []api.Use, err error) {
	for _, h := range appPasswordsOf(a.chain) {
		row, err := s.useOf(tx, useKey{a.ID, h.ID})
		if err != nil {
			return nil, err
		}
		if row.Last == 0 && row.Stale == 0 {
			continue
		}
		out = append(out, row.shown(h.ID, s.now()))
	}
	return out, nil
}

func (r useRow) shown(id [16]byte, now time.Time) api.Use {
	u := api.Use{ID: hex.EncodeToString(id[:])}
	if r.Last != 0 {
		last := trust.Clock(r.Last)
		u.Last = &last
		if now.Sub(last) <= networkFor {
			u.Network, u.Protocol = r.Network, r.Protocol
		}
	}
	if r.Stale != 0 {
		stale := trust.Clock(r.Stale)
		u.Stale = &stale
		u.From = r.From
	}
	return u
}

// appPasswordsOf gives those that the chain lists, and those it remembers.
func appPasswordsOf(st chain.State) (out []chain.Held) {
	for _, h := range st.Held() {
		if h.Kind == trust.AppPassword {
			out = append(out, h)
		}
	}
	for _, e := range st.Ended() {
		out = append(out, e.Held)
	}
	return out
}

// held gives an app password that the chain lists or remembers.
func held(st chain.State, id [16]byte) (chain.Held, bool) {
	all := appPasswordsOf(st)
	at := slices.IndexFunc(all, func(h chain.Held) bool { return h.ID == id })
	if at < 0 {
		return chain.Held{}, false
	}
	return all[at], true
}

// titleOf gives what people call a service that an app password names.
func (s *Server) titleOf(id string) string {
	if v, ok := s.services.named(id); ok {
		return v.Title
	}
	return id
}
