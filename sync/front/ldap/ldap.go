// Package ldap is the front for programs that know people by an LDAP directory: mail
// and chat servers, web servers. It answers binds, and just enough searches that a
// program finds whom to bind as; it holds no directory, and compares nothing but by the
// Gate. The name of the service is part of the name that is bound:
//
//	uid=NAME,ou=SERVICE,dc=countersign
//
// Source: docs/protocol.md §11, docs/integrate/ldap.md; RFC 4511, 4513, 4514, 4515.
package ldap

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/countersign/countersign/sync/front"
)

// Front answers LDAP clients. Safe for concurrent use.
type Front struct {
	o       Options
	gate    front.Gate
	log     *slog.Logger
	readers map[string]reader // by service
	tls     *tls.Config       // nil: no StartTLS
	metrics metrics
	working chan struct{}

	ctx       context.Context
	stop      context.CancelFunc
	mu        sync.Mutex
	listeners []net.Listener
	conns     map[*conn]struct{}
	each      map[netip.Addr]int
	closed    bool
	work      sync.WaitGroup
}

// New makes a front, and reads certificate and secrets. Errors name the option that
// cannot be used, and the remedy.
func New(o Options, g front.Gate, log *slog.Logger) (*Front, error) {
	o = o.withDefaults()
	readers, err := o.readers(g)
	if err != nil {
		return nil, err
	}
	secure, err := o.secure()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Front{
		o: o, gate: g, log: log, readers: readers, tls: secure, metrics: newMetrics(), working: make(chan struct{}, o.UnderWay),
		ctx: ctx, stop: stop, conns: make(map[*conn]struct{}), each: make(map[netip.Addr]int),
	}, nil
}

// Serve answers on a listener until Close, which closes it; then it gives nil. It may
// run for several listeners at a time.
func (f *Front) Serve(l net.Listener) error { return f.serve(l, false) }

// ServeTLS is Serve for clients that speak TLS from the start.
func (f *Front) ServeTLS(l net.Listener) error {
	if f.tls == nil {
		return errors.New("serving LDAP over TLS: [ldap] needs cert and key")
	}
	return f.serve(l, true)
}

func (f *Front) serve(l net.Listener, secure bool) error {
	if !f.hold(l) {
		return l.Close()
	}
	defer f.work.Done()
	for pause := 5 * time.Millisecond; ; {
		c, err := l.Accept()
		switch {
		case f.ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of descriptors: later there will be some
			if !f.sleep(pause) {
				return nil
			}
			pause = min(2*pause, time.Second)
			continue
		}
		pause = 5 * time.Millisecond
		f.admit(c, secure)
	}
}

// sleep waits, and reports whether the front still serves.
func (f *Front) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-f.ctx.Done():
		return false
	}
}

// hold keeps the listener for Close; false if Close came first.
func (f *Front) hold(l net.Listener) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.listeners = append(f.listeners, l)
	f.work.Add(1)
	return true
}

// admit serves a connection. Where there are too many, of this address or in all, the
// one that was silent for longest makes room: a crowd of silent ones shuts nobody out.
func (f *Front) admit(raw net.Conn, secure bool) {
	c := newConn(f, raw, secure)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		raw.Close()
		return
	}
	if f.each[c.from] >= f.o.EachAddress || len(f.conns) >= f.o.Connections {
		f.metrics.count("crowded")
		f.evict(c.from, f.each[c.from] >= f.o.EachAddress)
	}
	f.conns[c] = struct{}{}
	f.each[c.from]++
	f.metrics.connections.Inc()
	f.work.Go(func() {
		defer f.forget(c)
		c.serve()
	})
}

// evict closes the connection that was silent for longest, of one address or of all.
func (f *Front) evict(from netip.Addr, only bool) {
	var oldest *conn
	for c := range f.conns {
		if !c.ousted.Load() && (!only || c.from == from) && (oldest == nil || c.heard.Load() < oldest.heard.Load()) {
			oldest = c
		}
	}
	if oldest != nil {
		oldest.ousted.Store(true)
		oldest.raw.Close()
	}
}

func (f *Front) forget(c *conn) {
	c.raw.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
	if f.each[c.from]--; f.each[c.from] == 0 {
		delete(f.each, c.from)
	}
	f.metrics.connections.Dec()
}

// Close ends serving: it closes listeners and connections and waits for requests under
// way, whose contexts end. It may be called more than once.
func (f *Front) Close() error {
	f.mu.Lock()
	f.closed = true
	f.stop()
	var errs []error
	for _, l := range f.listeners {
		errs = append(errs, l.Close())
	}
	f.listeners = nil
	for c := range f.conns {
		c.raw.Close()
	}
	f.mu.Unlock()
	f.work.Wait()
	return errors.Join(errs...)
}
