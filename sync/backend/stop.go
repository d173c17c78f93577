package backend

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"sync"
)

// Close stops: no new calls, running ones are finished for up to 4 s and then cut,
// streams are ended, programs that end sessions have that time too, the data is closed. It may be called more than once, and from
// several goroutines; all get the same error.
func (b *Backend) Close() error {
	b.once.Do(func() { b.closed = b.close() })
	return b.closed
}

func (b *Backend) close() error {
	if b.devices != nil {
		b.devices.Close()
	}
	if b.pages != nil {
		b.pages.Close()
	}
	defer b.cutter.limit(finishFor)()
	b.silent.end()
	errs := b.finish()
	for _, f := range b.fronts {
		errs = append(errs, f.Close())
	}
	b.cutter.close()
	if b.stop != nil {
		b.stop()
	}
	for _, l := range append(slices.Clone(b.listeners), b.admin) {
		if l != nil {
			l.Close()
		}
	}
	b.work.Wait()
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	return errors.Join(errs...)
}

// finish lets running calls end. One that does not is cut: who is slow must not
// make a clean stop look like a failure.
func (b *Backend) finish() (errs []error) {
	ctx, cancel := context.WithTimeout(context.Background(), finishFor)
	defer cancel()
	for _, s := range []*http.Server{b.http, b.adminsrv} {
		if s == nil {
			continue
		}
		err := s.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			b.o.Log.Warn("cutting calls that do not end")
			err = s.Close()
		}
		errs = append(errs, err)
	}
	return errs
}

// silent are the connections that have not asked for anything yet. Browsers open
// some ahead of need; a server that stops would wait 5 s for each to speak.
type silent struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{} // nil once ended
}

func newSilent() *silent { return &silent{conns: make(map[net.Conn]struct{})} }

// note follows a connection; it is an http.Server's ConnState.
func (s *silent) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(s.conns, c)
	case s.conns == nil:
		c.Close()
	default:
		s.conns[c] = struct{}{}
	}
}

// end closes them, and every new one.
func (s *silent) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.Close()
	}
	s.conns = nil
}
