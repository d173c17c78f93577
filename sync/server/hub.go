package server

import (
	"sync"

	"github.com/countersign/countersign/trust"
)

// hub tells those who wait on an account that there is news. It is a hint, given
// after the commit: the truth is the event log, and who waits reads it from a
// cursor of its own and now and then without a hint, so a lost or doubled one
// costs nothing.
type hub struct {
	news     chan struct{} // has a value after a commit of any account
	changed  func(trust.AccountID)
	mu       sync.Mutex
	watchers map[trust.AccountID]map[*Watcher]struct{}
}

// Watcher waits for news of one account. Wake is called after each commit, from
// any goroutine; it must return at once.
type Watcher struct {
	Account trust.AccountID
	Device  trust.DeviceID // zero: a page
	Wake    func()
}

func newHub(changed func(trust.AccountID)) *hub {
	return &hub{changed: changed, news: make(chan struct{}, 1), watchers: make(map[trust.AccountID]map[*Watcher]struct{})}
}

func (h *hub) add(w *Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.watchers[w.Account] == nil {
		h.watchers[w.Account] = make(map[*Watcher]struct{}, 1)
	}
	h.watchers[w.Account][w] = struct{}{}
}

func (h *hub) remove(w *Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers[w.Account], w)
	if len(h.watchers[w.Account]) == 0 {
		delete(h.watchers, w.Account)
	}
}

// hint wakes who waits on the account, and who sends messages.
func (h *hub) hint(id trust.AccountID) {
	h.changed(id)
	select {
	case h.news <- struct{}{}:
	default:
	}
	for _, w := range h.of(id) {
		w.Wake()
	}
}

func (h *hub) of(id trust.AccountID) []*Watcher {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*Watcher, 0, len(h.watchers[id]))
	for w := range h.watchers[id] {
		out = append(out, w)
	}
	return out
}

// online reports whether a device of the account is connected to this process.
func (h *hub) online(id trust.AccountID, d trust.DeviceID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers[id] {
		if w.Device == d {
			return true
		}
	}
	return false
}

// count gives how many devices are connected.
func (h *hub) count() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, set := range h.watchers {
		for w := range set {
			if !w.Device.IsZero() {
				n++
			}
		}
	}
	return n
}
