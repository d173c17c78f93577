// Package radius is the front that RADIUS clients ask (RFC 2865): Wi-Fi and VPN
// boxes, sshd and sudo by pam_radius. It understands passwords in clear (PAP) only,
// and is the one front by which programs ask a person for the code.
//
// It terminates no EAP, FreeRADIUS does that before it; it keeps no accounts of use
// (accounting) and compares no password itself, the Gate does.
//
// Source: docs/protocol.md §11, docs/integrate/radius.md.
package radius

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"layeh.com/radius"

	"github.com/countersign/countersign/sync/front"
)

// Front answers RADIUS requests. Safe for concurrent use.
type Front struct {
	o       Options
	gate    front.Gate
	log     *slog.Logger
	clients []*client
	seen    *seen
	metrics metrics

	ctx     context.Context
	stop    context.CancelFunc
	mu      sync.Mutex
	sockets []net.PacketConn
	closed  bool
	work    sync.WaitGroup
}

// New makes a front and reads the secrets of its clients. Errors name the option
// that cannot be used, and the remedy.
func New(o Options, g front.Gate, log *slog.Logger) (*Front, error) {
	o = o.withDefaults()
	if o.Listen == "" {
		return nil, errors.New(`listen is missing in [radius]: name one address and its port, as "127.0.0.1:1812"`)
	}
	clients, err := o.clients()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Front{o: o, gate: g, log: log, clients: clients, seen: newSeen(o), metrics: newMetrics(), ctx: ctx, stop: stop}, nil
}

// socket is what Serve needs of a net.PacketConn: addresses without an allocation
// for each packet. *net.UDPConn has it.
type socket interface {
	net.PacketConn
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
}

// Serve answers on a UDP socket until Close, which closes it; then it gives nil. It
// may run for several sockets at a time.
func (f *Front) Serve(l net.PacketConn) error {
	s, ok := l.(socket)
	if !ok {
		return fmt.Errorf("serving RADIUS: %T is not a UDP socket", l)
	}
	if !f.hold(l) {
		return l.Close()
	}
	defer f.work.Done()
	ended := make(chan error, f.o.UnderWay)
	for range f.o.UnderWay {
		f.work.Go(func() { ended <- f.read(s) })
	}
	return <-ended
}

// hold keeps the socket for Close; false if Close came first.
func (f *Front) hold(l net.PacketConn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.sockets = append(f.sockets, l)
	f.work.Add(1)
	return true
}

// read takes packets in turn with its fellows and answers each before the next: so
// many are under way as there are readers. To start and end them by need was measured,
// and was slower.
func (f *Front) read(s socket) error {
	buffer := make([]byte, radius.MaxPacketLength)
	for {
		n, from, err := s.ReadFromUDPAddrPort(buffer)
		switch {
		case f.ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("serving RADIUS: %w", err)
		case err == nil: // an error is of one datagram, as that its sender is gone
			f.serve(s, buffer[:n], from)
		}
	}
}

// serve answers one datagram.
func (f *Front) serve(s socket, datagram []byte, from netip.AddrPort) {
	begun := time.Now()
	f.metrics.underWay.Inc()
	defer f.metrics.underWay.Dec()
	answer, o := f.handle(datagram, netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	f.metrics.count(o)
	if answer == nil {
		return
	}
	if _, err := s.WriteToUDPAddrPort(answer, from); err != nil {
		f.log.Debug("answering a RADIUS request", "to", from, "err", err)
	}
	f.metrics.seconds.Observe(time.Since(begun).Seconds())
}

// Close ends serving: it closes the sockets and waits for requests under way, whose
// contexts end. It may be called more than once.
func (f *Front) Close() error {
	f.mu.Lock()
	f.closed = true
	f.stop()
	var errs []error
	for _, l := range f.sockets {
		errs = append(errs, l.Close())
	}
	f.sockets = nil
	f.mu.Unlock()
	f.work.Wait()
	return errors.Join(errs...)
}
