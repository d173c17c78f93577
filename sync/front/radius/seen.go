package radius

import (
	"net/netip"
	"sync"
	"time"
)

// keepFor is how long an answer is kept: longer than clients send a request again.
// RFC 5080 section 2.2.2 has 5 to 30 s.
const keepFor = 30 * time.Second

// weight is what an entry takes beside its answer, in bytes, about.
const weight = 256

// key is what makes two packets the same request, RFC 5080 section 2.2.2.
type key struct {
	from          netip.AddrPort
	identifier    byte
	authenticator [16]byte
}

// entry is a request that came; answer is nil while it is worked on.
type entry struct {
	key    key
	at     time.Time
	answer []byte
	gone   bool
}

// seen are the requests of the last seconds with their answers: a request that is
// sent again gets the same answer, and is not a second try. Safe for concurrent use.
type seen struct {
	mu      sync.Mutex
	limit   int // bytes
	each    int // under way from one address
	now     func() time.Time
	bytes   int
	known   map[key]*entry
	order   []*entry // by at; from first on
	first   int
	underOf map[netip.Addr]int
}

func newSeen(o Options) *seen {
	return &seen{limit: o.Remember, each: o.EachAddress, now: time.Now, known: make(map[key]*entry), underOf: make(map[netip.Addr]int)}
}

// verdict says what to do with a packet.
type verdict int

const (
	fresh   verdict = iota // work on it, then call end or forget
	again                  // the answer was given, or somebody works on it
	crowded                // too many of this address are under way
)

// begin notes a request. Where it was answered before, it gives that answer; nil
// while it is worked on.
func (s *seen) begin(k key) (answer []byte, v verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.drop(now)
	if e := s.known[k]; e != nil {
		return e.answer, again
	}
	if s.underOf[k.from.Addr()] >= s.each {
		return nil, crowded
	}
	e := &entry{key: k, at: now}
	s.known[k] = e
	s.order = append(s.order, e)
	s.bytes += weight
	s.underOf[k.from.Addr()]++
	return nil, fresh
}

// end keeps the answer; with none the request is forgotten, so that it can be tried
// again.
func (s *seen) end(k key, answer []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address := k.from.Addr()
	if s.underOf[address]--; s.underOf[address] <= 0 {
		delete(s.underOf, address)
	}
	e := s.known[k]
	switch {
	case e == nil: // made room for others
	case answer == nil:
		s.remove(e)
	default:
		e.answer = answer
		s.bytes += len(answer)
	}
}

// drop forgets what is too old, or too much.
func (s *seen) drop(now time.Time) {
	for s.first < len(s.order) {
		e := s.order[s.first]
		if !e.gone && s.bytes <= s.limit && now.Sub(e.at) < keepFor {
			break
		}
		s.remove(e)
		s.order[s.first] = nil
		s.first++
	}
	if s.first > len(s.order)/2 {
		s.order = append(s.order[:0:0], s.order[s.first:]...)
		s.first = 0
	}
}

func (s *seen) remove(e *entry) {
	if e.gone {
		return
	}
	e.gone = true
	delete(s.known, e.key)
	s.bytes -= weight + len(e.answer)
	e.answer = nil
}
