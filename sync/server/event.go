package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/store"
)

// MaxEvents is how many events one call gives at most.
const MaxEvents = 500

// addressNone is who asks from no device.
var addressNone netip.Addr

func encodeEvent(d api.EventData) ([]byte, error) { return json.Marshal(d) }

// decodeEvent gives an event as the device of an address is to see it: whether the
// browser's network is the device's own depends on who asks.
func decodeEvent(e store.Event, device netip.Addr) (api.Event, error) {
	out := api.Event{Seq: e.Seq, Kind: api.EventKind(e.Kind), At: e.At}
	if err := json.Unmarshal(e.Data, &out.Data); err != nil {
		return api.Event{}, err
	}
	if r := out.Data.Request; r != nil {
		r.Network = network(out.Data.Address, device)
	}
	return out, nil
}

// network says whether a browser is in the network of a device, as far as their
// addresses tell: equal for IPv4, the first 64 bits for IPv6.
func network(browser string, device netip.Addr) string {
	b, err := netip.ParseAddr(browser)
	if err != nil || !device.IsValid() {
		return "unknown"
	}
	b = b.Unmap()
	if b.IsLoopback() && device.IsLoopback() || b == device {
		return "own"
	}
	if b.Is6() && device.Is6() && netip.PrefixFrom(b, 64).Masked() == netip.PrefixFrom(device, 64).Masked() {
		return "own"
	}
	return "another"
}

// Events gives events after a cursor.
func (s *Server) Events(ctx context.Context, token api.Secret, after uint64, limit int) ([]api.Event, error) {
	var out []api.Event
	err := s.store.View(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		if err != nil {
			return err
		}
		out, err = s.events(tx, c, after, limit)
		return err
	})
	return out, s.orInternal(ctx, "events", err)
}

func (s *Server) events(tx store.Tx, c caller, after uint64, limit int) ([]api.Event, error) {
	rows, err := tx.Events(c.ID, after, max(1, min(limit, MaxEvents)))
	if err != nil {
		return nil, err
	}
	out := make([]api.Event, 0, len(rows))
	for _, row := range rows {
		e, err := decodeEvent(row, c.address)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Watch calls each for every event after a cursor, as they happen.
func (s *Server) Watch(ctx context.Context, token api.Secret, after uint64, alive func(), each func(api.Event) error) error {
	w, err := s.Follow(ctx, token, after)
	if err != nil {
		return err
	}
	news := make(chan struct{}, 1)
	w.Listen(func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})
	defer w.Close()
	for {
		events, err := w.Next(ctx)
		if err != nil {
			return err
		}
		if alive != nil {
			alive()
		}
		for _, e := range events {
			if err := each(e); err != nil {
				return err
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Follower reads an account's events from a cursor, for one device. It is for one
// goroutine at a time; only the wake function is called from others.
type Follower struct {
	server  *Server
	token   api.Secret
	expires time.Time
	cursor  uint64
	watch   Watcher
}

// Follow begins at a cursor. CodeSession, CodeDevice; CodeStale for one beyond the
// newest event: whoever has that has seen another past.
func (s *Server) Follow(ctx context.Context, token api.Secret, after uint64) (*Follower, error) {
	f := &Follower{server: s, token: token, cursor: after}
	err := s.store.View(ctx, func(tx store.Tx) error {
		c, err := s.caller(tx, token)
		f.watch.Account, f.watch.Device, f.expires = c.ID, c.device, c.expires
		if err == nil && after > c.Events {
			err = refuse(api.CodeStale, "these events are not here", "fetch the status")
		}
		return err
	})
	if err != nil {
		return nil, s.orInternal(ctx, "watch", err)
	}
	return f, nil
}

// Listen calls wake, from any goroutine, whenever Next may have something. It
// must return at once.
func (f *Follower) Listen(wake func()) {
	f.watch.Wake = wake
	f.server.hub.add(&f.watch)
}

// Next gives what happened since, at most 500 events; none is no error. It also
// tells when the session has ended meanwhile.
func (f *Follower) Next(ctx context.Context) ([]api.Event, error) {
	if quiet, err := f.quiet(ctx); quiet || err != nil {
		return nil, err
	}
	events, err := f.server.Events(ctx, f.token, f.cursor, MaxEvents)
	if errors.Is(err, &api.Error{Code: api.CodeSession}) && f.removed(ctx) {
		err = errRemoved()
	}
	if err == nil && len(events) > 0 {
		f.cursor = events[len(events)-1].Seq
	}
	return events, err
}

// quiet reports that nothing happened and the session lives. It reads one row:
// every heartbeat of every device asks. A device that is removed is told by an
// event, so its place in the chain need not be looked at until there is one.
func (f *Follower) quiet(ctx context.Context) (quiet bool, err error) {
	if !f.server.now().Before(f.expires) {
		return false, nil
	}
	err = f.server.store.View(ctx, func(tx store.Tx) error {
		a, err := tx.Account(f.watch.Account)
		quiet = a.Events == f.cursor
		return err
	})
	return quiet, f.server.orInternal(ctx, "watch", err)
}

// removed reports whether the device was taken out of the account, which ended its
// session too.
func (f *Follower) removed(ctx context.Context) (gone bool) {
	err := f.server.store.View(ctx, func(tx store.Tx) error {
		st, err := f.server.chains.state(tx, f.watch.Account)
		_, member := st.Device(f.watch.Device)
		gone = !member
		return err
	})
	return err == nil && gone
}

// Close stops the calls of Listen.
func (f *Follower) Close() { f.server.hub.remove(&f.watch) }
