package server

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/countersign/countersign/sync/api"
)

const (
	// beatEvery is how often a silent stream says something, so that both sides
	// and what is between them see that it lives. Clients give up after 60 s.
	beatEvery = 25 * time.Second
	// writeFor is how long a device may take to accept a write.
	writeFor = 10 * time.Second
)

// watch serves one stream of server-sent events. On HTTP/1 the connection is
// taken over, which keeps an idle device at a few kilobytes.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request) {
	token, _ := api.ParseBearer(r.Header.Get("Authorization"))
	var after uint64
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		n, err := strconv.ParseUint(last, 10, 64)
		if err != nil {
			no(w, refuse(api.CodeMalformed, "the message cannot be read", ""))
			return
		}
		after = n
	}
	f, err := h.server.Follow(r.Context(), token, after)
	if err != nil {
		no(w, err)
		return
	}
	if hijacker, ok := w.(http.Hijacker); ok && r.ProtoMajor == 1 {
		h.takeOver(hijacker, f)
		return
	}
	h.flush(w, r, f)
}

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n: hello\n\n"

func (h *Handler) takeOver(hijacker http.Hijacker, f *Follower) {
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	conn.SetDeadline(time.Time{})
	st := &stream{conn: conn, follower: f, home: h.streams}
	if st.write([]byte(streamHead)) != nil || !h.streams.add(st) {
		st.end()
		return
	}
	f.Listen(st.wake)
	st.wake()
	go st.untilClosed()
}

// untilClosed waits for the other side to end; a device sends nothing here.
func (st *stream) untilClosed() {
	defer st.home.running.Done()
	var b [1]byte
	st.conn.Read(b[:])
	st.home.remove(st)
	st.follower.Close()
	st.end()
}

// end closes the connection without a farewell, for which a device that does not
// read could keep us waiting.
func (st *stream) end() {
	if secure, ok := st.conn.(*tls.Conn); ok {
		secure.NetConn().Close()
		return
	}
	st.conn.Close()
}

// stream is one connection that was taken over. Idle, it is one goroutine that
// waits for its end; what there is to write is written by a goroutine that lives
// only as long, so that a device that does not read holds up nobody else.
type stream struct {
	conn     net.Conn
	follower *Follower
	home     *streams
	state    atomic.Int32 // 0 idle, 1 pumping, 2 pumping and woken again
	beat     atomic.Bool  // a heartbeat is to be written
	slot     int          // the second within beatEvery in which it is
}

// wake lets the stream look for events.
func (st *stream) wake() {
	for {
		switch n := st.state.Load(); n {
		case 0:
			if st.state.CompareAndSwap(0, 1) {
				if st.home.enter() {
					go st.pump()
				}
				return
			}
		default:
			if st.state.CompareAndSwap(n, 2) {
				return
			}
		}
	}
}

func (st *stream) pump() {
	defer st.home.running.Done()
	for {
		st.state.Store(1)
		if err := st.forward(); err != nil {
			st.end() // untilClosed does the rest; nothing wakes it any more
			return
		}
		if st.state.CompareAndSwap(1, 0) {
			return
		}
	}
}

// forward writes what there is.
func (st *stream) forward() error {
	if st.beat.Swap(false) {
		if err := st.write([]byte(": here\n\n")); err != nil {
			return err
		}
	}
	for {
		ctx, cancel := context.WithTimeout(context.Background(), writeFor)
		events, err := st.follower.Next(ctx)
		cancel()
		if err != nil {
			return err
		}
		for _, e := range events {
			raw, err := frame(e)
			if err != nil {
				return err
			}
			if err := st.write(raw); err != nil {
				return err
			}
		}
		if len(events) == 0 {
			return nil
		}
	}
}

func (st *stream) write(b []byte) error {
	st.conn.SetWriteDeadline(time.Now().Add(writeFor))
	_, err := st.conn.Write(b)
	return err
}

// frame gives an event as a server-sent event.
func frame(e api.Event) ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	out := append([]byte("id: "), strconv.FormatUint(e.Seq, 10)...)
	out = append(out, "\ndata: "...)
	out = append(out, data...)
	return append(out, "\n\n"...), nil
}

// flush serves a stream where the connection cannot be taken over (HTTP/2).
func (h *Handler) flush(w http.ResponseWriter, r *http.Request, f *Follower) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	stop := h.streams.onClose(cancel)
	defer stop()
	news := make(chan struct{}, 1)
	f.Listen(func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer f.Close()
	w.Header().Set("Content-Type", "text/event-stream")
	out := &flushed{w: w, c: http.NewResponseController(w)}
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for out.write([]byte(": here\n\n")) == nil && h.flushEvents(ctx, out, f) == nil {
		select {
		case <-news:
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}

func (h *Handler) flushEvents(ctx context.Context, out *flushed, f *Follower) error {
	for {
		events, err := f.Next(ctx)
		if err != nil || len(events) == 0 {
			return err
		}
		for _, e := range events {
			raw, err := frame(e)
			if err != nil {
				return err
			}
			if err := out.write(raw); err != nil {
				return err
			}
		}
	}
}

type flushed struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (f *flushed) write(b []byte) error {
	f.c.SetWriteDeadline(time.Now().Add(writeFor))
	if _, err := f.w.Write(b); err != nil {
		return err
	}
	return f.c.Flush()
}

// streams are all that are open, so that they can be kept alive and ended.
type streams struct {
	mu     sync.Mutex
	slots  [beatSlots]map[*stream]struct{} // open ones, by when their heartbeat is due
	next   int                             // slot of the next one
	ends   map[*context.CancelFunc]struct{}
	closed bool
	done   chan struct{}

	running sync.WaitGroup // goroutines of streams
}

// beatSlots is how many groups the heartbeats are spread over, one a second, so
// that 10,000 devices are not all written to at once.
const beatSlots = int(beatEvery / time.Second)

func newStreams() *streams {
	s := &streams{ends: map[*context.CancelFunc]struct{}{}, done: make(chan struct{})}
	for i := range s.slots {
		s.slots[i] = make(map[*stream]struct{})
	}
	go s.beats()
	return s
}

// beats lets every stream say that it lives, and look for events that no hint told
// of.
func (s *streams) beats() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for slot := 0; ; slot = (slot + 1) % beatSlots {
		select {
		case <-tick.C:
			for _, st := range s.in(slot) {
				st.beat.Store(true)
				st.wake()
			}
		case <-s.done:
			return
		}
	}
}

func (s *streams) in(slot int) []*stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.slots[slot]))
}

// add takes a stream in and counts its goroutine; false if no more are taken.
func (s *streams) add(st *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	st.slot, s.next = s.next, (s.next+1)%beatSlots
	s.slots[st.slot][st] = struct{}{}
	s.running.Add(1)
	return true
}

// enter counts a goroutine of a stream; false if none may begin any more.
func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.running.Add(1)
	}
	return !s.closed
}

func (s *streams) remove(st *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.slots[st.slot], st)
}

func (s *streams) onClose(cancel context.CancelFunc) (stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		cancel()
	}
	s.ends[&cancel] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ends, &cancel)
	}
}

// close ends all streams and returns when none of them reads or writes any more.
func (s *streams) close() {
	s.endAll()
	s.running.Wait()
}

func (s *streams) endAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	close(s.done)
	for cancel := range s.ends {
		(*cancel)()
	}
	for _, slot := range s.slots {
		for st := range slot {
			st.end()
		}
	}
}
