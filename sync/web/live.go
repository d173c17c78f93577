package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/countersign/countersign/sync/server"
)

// liveBeat is how often a page that waits hears something.
const liveBeat = 20 * time.Second

// live tells a page that its sign-in has changed: server-sent events that carry
// nothing but a word for what the page would show now.
func (p *Pages) live(w http.ResponseWriter, r *http.Request) {
	secret := p.secret(r, cookieSignIn)
	p.stream(w, r, func(wake func()) (func(), error) {
		return p.server.Listen(r.Context(), secret, wake)
	}, func() (moving, error) {
		s, err := p.server.Progress(r.Context(), secret)
		return moving{shape: shape(s), left: s.Left, more: s.State == "pending" || s.State == "approved"}, err
	})
}

// moving is what a page that waits would show now.
type moving struct {
	shape string
	left  time.Duration
	more  bool // something more will happen
}

// stream tells a page what look gives, whenever listen wakes it.
func (p *Pages) stream(w http.ResponseWriter, r *http.Request, listen func(wake func()) (func(), error), look func() (moving, error)) {
	news := make(chan struct{}, 1)
	stop, err := listen(func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	if errors.Is(err, server.ErrNoSignIn) || errors.Is(err, server.ErrSignedOut) {
		w.WriteHeader(http.StatusNoContent) // which ends the page's questions
		return
	}
	if err != nil {
		http.Error(w, "not now", http.StatusInternalServerError)
		return
	}
	defer stop()
	ended, leave := p.enterLive()
	defer leave()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	p.tellChanges(w, r, look, news, ended)
}

// tellChanges writes until the page goes, the backend stops, or the sign-in is over.
func (p *Pages) tellChanges(w http.ResponseWriter, r *http.Request, look func() (moving, error), news, ended <-chan struct{}) {
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	out := http.NewResponseController(w)
	for {
		m, err := look()
		if err != nil {
			return
		}
		out.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := fmt.Fprintf(w, "data: %s\n\n", m.shape); err != nil || out.Flush() != nil {
			return
		}
		if !m.more {
			return
		}
		due := time.NewTimer(max(m.left, 0) + 100*time.Millisecond)
		select {
		case <-news:
		case <-beat.C:
		case <-due.C:
		case <-ended:
			due.Stop()
			return
		case <-r.Context().Done():
			due.Stop()
			return
		}
		due.Stop()
	}
}

// shape is equal for two moments that a page shows alike, the clock apart.
func shape(s server.Progress) string {
	out := string(s.State)
	if s.State != "pending" {
		return out
	}
	for _, d := range s.Devices {
		out += fmt.Sprintf(" %v%v", d.Online, d.Away)
	}
	return out + " " + s.Target.String()
}

// enterLive counts a page in; the channel closes when the backend stops.
func (p *Pages) enterLive() (ended chan struct{}, leave func()) {
	ended = make(chan struct{})
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		close(ended)
		return ended, func() {}
	}
	p.lives[ended] = struct{}{}
	return ended, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.lives, ended)
	}
}
