package server

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
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
	st := &stream{conn: conn, follower: f}
	if !h.streams.add(st) || st.write([]byte(streamHead)) != nil {
		h.streams.drop(st)
		return
	}
	f.Listen(st.wake)
	st.wake()
	go h.watchClose(st)
}

// watchClose waits for the other side to end; a device sends nothing here.
func (h *Handler) watchClose(st *stream) {
	var b [1]byte
	st.conn.Read(b[:])
	h.streams.drop(st)
}

// stream is one connection that was taken over. Idle, it is one goroutine that
// waits for its end; events are written by a goroutine that lives as long as there
// are any.
type stream struct {
	conn     net.Conn
	follower *Follower
	state    atomic.Int32 // 0 idle, 1 pumping, 2 pumping and woken again
	writing  sync.Mutex
}

// wake lets the stream look for events.
func (st *stream) wake() {
	for {
		switch n := st.state.Load(); n {
		case 0:
			if st.state.CompareAndSwap(0, 1) {
				go st.pump()
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
	for {
		st.state.Store(1)
		if err := st.forward(); err != nil {
			st.conn.Close() // watchClose does the rest
			st.state.Store(0)
			return
		}
		if st.state.CompareAndSwap(1, 0) {
			return
		}
	}
}

// forward writes what there is.
func (st *stream) forward() error {
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
	st.writing.Lock()
	defer st.writing.Unlock()
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
	open   map[*stream]struct{}
	ends   map[*context.CancelFunc]struct{}
	closed bool
	beat   *time.Ticker
	done   chan struct{}
}

func newStreams() *streams {
	s := &streams{open: map[*stream]struct{}{}, ends: map[*context.CancelFunc]struct{}{}, beat: time.NewTicker(beatEvery), done: make(chan struct{})}
	go s.beats()
	return s
}

// beats writes a comment to every stream and lets it look for events that no
// hint told of.
func (s *streams) beats() {
	for {
		select {
		case <-s.beat.C:
			for _, st := range s.all() {
				if st.write([]byte(": here\n\n")) != nil {
					st.conn.Close()
				}
				st.wake()
			}
		case <-s.done:
			return
		}
	}
}

func (s *streams) all() []*stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*stream, 0, len(s.open))
	for st := range s.open {
		out = append(out, st)
	}
	return out
}

// add takes a stream in; false if no more are taken.
func (s *streams) add(st *stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.open[st] = struct{}{}
	}
	return !s.closed
}

func (s *streams) drop(st *stream) {
	s.mu.Lock()
	delete(s.open, st)
	s.mu.Unlock()
	st.follower.Close()
	st.conn.Close()
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

func (s *streams) close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	close(s.done)
	s.beat.Stop()
	for cancel := range s.ends {
		(*cancel)()
	}
	s.mu.Unlock()
	for _, st := range s.all() {
		st.conn.Close()
	}
}
