package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/client"
)

// stream serves text as one stream of server-sent events and then waits for the
// client to go, or ends if ends is set.
func stream(text string, ends bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, text)
		w.(http.Flusher).Flush()
		if !ends {
			<-r.Context().Done()
		}
	}
}

func event(seq uint64) string {
	return fmt.Sprintf("id: %d\ndata: {\"seq\":%d,\"kind\":\"done\",\"at\":\"2026-01-02T03:04:05Z\",\"data\":{}}\n\n", seq, seq)
}

func TestWatchHandsEventsOverInOrder(t *testing.T) {
	var from string
	text := ": hello\n\n" + event(5) + "event: x\r\nid:6\r\ndata:{\"seq\":6,\r\ndata: \"kind\":\"done\"}\r\n\r\n: beat\n\nid: 9\n\n" + event(7)
	c := backend(t, func(w http.ResponseWriter, r *http.Request) {
		from = r.Header.Get("Last-Event-ID")
		stream(text, true)(w, r)
	})
	var seen []uint64
	heard := 0
	err := c.Watch(context.Background(), api.Secret("token"), 4, func() { heard++ }, func(e api.Event) error {
		seen = append(seen, e.Seq)
		return nil
	})
	if err == nil || from != "4" || !slices.Equal(seen, []uint64{5, 6, 7}) || heard < 10 {
		t.Errorf("from %q, seen %d, heard %d times, %v", from, seen, heard, err)
	}
}

func TestWatchEndsWhenTheCallerSaysSo(t *testing.T) {
	c := backend(t, stream(event(1)+event(2), false))
	enough := errors.New("enough")
	err := c.Watch(context.Background(), api.Secret("token"), 0, nil, func(api.Event) error { return enough })
	if !errors.Is(err, enough) {
		t.Errorf("each's error became %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	err = c.Watch(ctx, api.Secret("token"), 0, nil, func(api.Event) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelling gives %v", err)
	}
}

func TestWatchRefusesWhatIsNoStream(t *testing.T) {
	tooLong := "data: " + strings.Repeat("x", 200<<10) + "\n\n"
	tooMany := strings.Repeat("data: "+strings.Repeat(" ", 64<<10)+"\n", 3) + "\n"
	for name, h := range map[string]http.HandlerFunc{
		"page":         answer(200, "text/html", event(1)),
		"not JSON":     stream("data: {\n\n", false),
		"long line":    stream(tooLong, false),
		"many lines":   stream(tooMany, false),
		"id of others": stream("id: 2\ndata: {\"seq\":1,\"kind\":\"done\"}\n\n", false),
		"error page":   answer(502, "text/html", "bad gateway"),
	} {
		t.Run(name, func(t *testing.T) {
			err := backend(t, h).Watch(context.Background(), api.Secret("token"), 0, nil, func(e api.Event) error {
				t.Errorf("event %+v came through", e)
				return nil
			})
			if err == nil {
				t.Error("the stream is taken for a backend's")
			}
		})
	}
}

func TestWatchReportsRefusals(t *testing.T) {
	c := backend(t, answer(401, "application/json", `{"code":8,"message":"the session has ended"}`))
	err := c.Watch(context.Background(), api.Secret("token"), 0, nil, nil)
	if !errors.Is(err, &api.Error{Code: api.CodeSession}) {
		t.Errorf("error is %v, want the refusal", err)
	}
}

// A dead peer keeps its connection open for hours; only silence tells.
func TestWatchGivesUpOnSilence(t *testing.T) {
	c := dialStream(t, 50*time.Millisecond, stream(": hello\n\n", false))
	began := time.Now()
	err := c.Watch(context.Background(), api.Secret("token"), 0, nil, func(api.Event) error { return nil })
	if err == nil || time.Since(began) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
}

func TestHeartbeatsKeepAStreamOpen(t *testing.T) {
	beats := make(chan struct{})
	c := dialStream(t, 300*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for n := 0; n < 40; n++ { // more than twice the silence allowed
			io.WriteString(w, ":\n\n")
			w.(http.Flusher).Flush()
			<-tick.C
		}
		close(beats)
		io.WriteString(w, event(1))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	done := errors.New("done")
	if err := c.Watch(context.Background(), api.Secret("token"), 0, nil, func(api.Event) error { return done }); !errors.Is(err, done) {
		t.Errorf("the stream ended with %v", err)
	}
}

func dialStream(t *testing.T, silence time.Duration, h http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return dial(t, s.URL, client.Options{Silence: silence})
}
