package apitest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

func testEvents(t *testing.T, h *House) {
	a := h.settle(t)
	for range 3 {
		_, r := a.ask()
		if err := a.Account.Answer(t.Context(), a.token, must(a.device.Decline(r, trust.NotNow, a.Now()))); err != nil {
			t.Fatal(err)
		}
		a.pass(16 * time.Minute)
	}
	all := a.events(0)
	if len(all) != int(a.status().Events) || len(all) < 10 {
		t.Fatalf("%d events, the status says %d", len(all), a.status().Events)
	}
	for i, e := range all {
		if e.Seq != uint64(i+1) || e.At.After(a.Now()) || e.At.IsZero() {
			t.Errorf("event %d is number %d at %s", i+1, e.Seq, e.At)
		}
	}
	var read []api.Event
	for after := uint64(0); ; {
		page := must(a.Account.Events(t.Context(), a.token, after, 3))
		if len(page) > 3 {
			t.Fatalf("%d events where 3 were asked for", len(page))
		}
		if len(page) == 0 {
			break
		}
		read = append(read, page...)
		after = page[len(page)-1].Seq
	}
	if len(read) != len(all) {
		t.Errorf("read in pages there are %d events, at once %d", len(read), len(all))
	}
	for _, limit := range []int{-1, 0, 501, 1 << 30} {
		if got := must(a.Account.Events(t.Context(), a.token, 0, limit)); len(got) == 0 || len(got) > 500 {
			t.Errorf("a limit of %d gives %d events", limit, len(got))
		}
	}
}

// patience is how long the suite waits for what must happen.
const patience = 30 * time.Second

func testWatch(t *testing.T, h *House) {
	a := h.settle(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	enough := errors.New("enough")
	got := make(chan api.Event, 16)
	alive := make(chan struct{}, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- a.Account.Watch(ctx, a.token, 0, func() { offer(alive) }, func(e api.Event) error {
			got <- e
			if e.Kind == api.EventAnswered {
				return enough
			}
			return nil
		})
	}()
	next := func() api.Event {
		t.Helper()
		select {
		case e := <-got:
			return e
		case err := <-ended:
			t.Fatalf("watching ended: %v", err)
		case <-ctx.Done():
			t.Fatal("no event came")
		}
		return api.Event{}
	}
	if e := next(); e.Kind != api.EventCreated || e.Seq != 1 { // what happened before
		t.Errorf("first comes %+v", e)
	}
	<-alive
	_, r := a.ask()
	if e := next(); e.Kind != api.EventRequest || e.Seq != 2 || e.Data.Request == nil { // what happens now
		t.Errorf("then comes %+v", e)
	}
	if s := a.status(); !s.Devices[0].Online {
		t.Error("the device that watches does not count as connected")
	}
	a.allow(r)
	if err := <-ended; !errors.Is(err, enough) {
		t.Errorf("watching ended with %v", err)
	}
}

func offer(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func testWatchEnds(t *testing.T, h *House) {
	a := h.settle(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- a.Account.Watch(ctx, a.token, 0, nil, func(api.Event) error { close(began); return nil })
	}()
	<-began
	a.Advance(16 * time.Minute)
	other := *a
	other.again()
	must(other.Begin(ctx, "anna", password)) // something to tell
	if err := <-ended; err == nil || ctx.Err() != nil {
		t.Errorf("with the token past its time watching ended with %v", err)
	}
}

// Whoever has seen events that are not here is told at once: the backend was set back.
func testWatchBeyond(t *testing.T, h *House) {
	a := h.settle(t)
	beyond := a.status().Events + 1
	err := a.Account.Watch(t.Context(), a.token, beyond, nil, func(api.Event) error { return nil })
	wants(t, err, api.CodeStale, "a cursor beyond the newest event")
}
