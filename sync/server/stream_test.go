package server_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// wire is the server behind a real socket.
type wire struct {
	*home
	handler *server.Handler
	web     *httptest.Server
}

// wired serves an account over HTTP/1, or over HTTP/2 with TLS.
func wired(t *testing.T, two bool) *wire {
	t.Helper()
	a := newHouse(t, origin).settle("anna")
	h := server.NewHandler(a.s, func(r *http.Request) netip.Addr { return must(netip.ParseAddrPort(r.RemoteAddr)).Addr() })
	w := &wire{home: a, handler: h, web: httptest.NewUnstartedServer(h)}
	w.web.EnableHTTP2 = two
	if two {
		w.web.StartTLS()
	} else {
		w.web.Start()
	}
	t.Cleanup(func() { h.Close(); w.web.Close() })
	return w
}

// open opens a stream after a cursor.
func (w *wire) open(last string) (lines *bufio.Reader, end func()) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	req := must(http.NewRequestWithContext(ctx, "GET", w.web.URL+api.PathWatch, nil))
	req.Header.Set("Authorization", api.Bearer(w.token()))
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp := must(w.web.Client().Do(req))
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("status %d, %v", resp.StatusCode, resp.Header)
	}
	return bufio.NewReader(resp.Body), func() { resp.Body.Close(); cancel() }
}

// next gives the id of the next event.
func next(t *testing.T, lines *bufio.Reader) string {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended: %v", err)
		}
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: "); ok {
			return id
		}
	}
}

func bothWays(t *testing.T, test func(t *testing.T, w *wire)) {
	t.Run("HTTP/1", func(t *testing.T) { test(t, wired(t, false)) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, wired(t, true)) })
}

func TestAStreamCatchesUpAndGoesOn(t *testing.T) {
	bothWays(t, func(t *testing.T, w *wire) {
		w.ask(stranger)
		all, end := w.open("")
		defer end()
		rest, endRest := w.open("1")
		defer endRest()
		if a, b, c := next(t, all), next(t, all), next(t, rest); a != "1" || b != "2" || c != "2" {
			t.Errorf("what happened before comes as %s, %s; after the first as %s", a, b, c)
		}
		_, r := w.ask(stranger)
		w.allow(r)
		for _, want := range []string{"3", "4"} {
			if a, b := next(t, all), next(t, rest); a != want || b != want {
				t.Errorf("what happens now comes as %s and %s, want %s", a, b, want)
			}
		}
	})
}

// Closing ends every stream, so that the process can stop.
func TestCloseEndsStreams(t *testing.T) {
	bothWays(t, func(t *testing.T, w *wire) {
		lines, end := w.open("")
		defer end()
		next(t, lines)
		w.handler.Close()
		if _, err := io.Copy(io.Discard, lines); err != nil && strings.Contains(err.Error(), "deadline") {
			t.Errorf("the stream goes on: %v", err)
		}
		w.handler.Close() // twice is no harm
	})
}

// Devices that go leave nothing behind.
func TestStreamsLeaveNothingBehind(t *testing.T) {
	bothWays(t, func(t *testing.T, w *wire) {
		lines, end := w.open("") // so that what is made once is there
		next(t, lines)
		end()
		w.web.CloseClientConnections()
		before := settled(t, 0)
		for range 20 {
			lines, end := w.open("")
			next(t, lines)
			defer end()
			end()
		}
		w.web.CloseClientConnections()
		if after := settled(t, before+2); after > before+2 {
			buf := make([]byte, 1<<20)
			t.Errorf("%d goroutines before, %d after:\n%s", before, after, buf[:runtime.Stack(buf, true)])
		}
		if s := must(w.s.Status(context.Background(), w.token())); s.Devices[0].Online {
			t.Error("the device still counts as connected")
		}
	})
}

// settled gives the number of goroutines once it is at most enough, or once it has
// not changed for a second.
func settled(t *testing.T, enough int) int {
	t.Helper()
	last, since := runtime.NumGoroutine(), time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		n := runtime.NumGoroutine()
		if n <= enough || time.Since(since) > time.Second {
			return n
		}
		if n != last {
			last, since = n, time.Now()
		}
	}
	return last
}

// A removed device's stream ends at once, without telling of its removal; the
// others hear of it.
func TestAStreamEndsWithTheDevice(t *testing.T) {
	bothWays(t, func(t *testing.T, w *wire) {
		second := w.pair()
		first := w.device
		mine, endMine := w.open("2")
		defer endMine()
		w.device = second // whose stream it is
		lines, end := w.open("1")
		defer end()
		next(t, lines)
		w.device = first
		w.change(must(first.Chain.RemoveDevice(first.Author(), second.ID, w.clock.Now())))
		if rest, err := io.ReadAll(lines); strings.Contains(string(rest), "id:") || err != nil && strings.Contains(err.Error(), "deadline") {
			t.Errorf("it hears %q, %v", rest, err)
		}
		if got := next(t, mine); got != "3" {
			t.Errorf("the other device hears event %s", got)
		}
	})
}
