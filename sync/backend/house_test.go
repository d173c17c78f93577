package backend_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
)

const password = "correct horse battery"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// here is a backend that only this computer reaches.
func here(dir string) backend.Options {
	return backend.Options{Data: dir, Listen: "127.0.0.1:0", Version: "test"}
}

// start runs a backend until the test ends.
func start(t *testing.T, o backend.Options) *backend.Backend {
	t.Helper()
	b, err := backend.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func stop(t *testing.T, b *backend.Backend) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// settle registers an account over the network.
func settle(t *testing.T, b *backend.Backend, name string) (*apitest.Device, *client.Client) {
	t.Helper()
	c := must(client.New(b.Address(), client.Options{}))
	d, err := apitest.Join(t.Context(), c, must(b.Invite(t.Context(), name)), name, password, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return d, c
}

// signIn gives name and password at the page, and the answer's status.
func signIn(t *testing.T, b *backend.Backend, name string, forwarded ...string) int {
	t.Helper()
	form := url.Values{"name": {name}, "password": {password}}
	req := must(http.NewRequestWithContext(t.Context(), http.MethodPost, b.Address()+"/", strings.NewReader(form.Encode())))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, f := range forwarded {
		req.Header.Add("X-Forwarded-For", f)
	}
	status, _ := get(t, req)
	return status
}

// get asks for a page and gives its status and text.
func get(t *testing.T, req *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode, string(must(io.ReadAll(resp.Body)))
}

func ask(t *testing.T, url string) *http.Request {
	t.Helper()
	return must(http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil))
}

// lines collects a log.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// port gives the port of a running backend.
func port(b *backend.Backend) string {
	_, p, err := net.SplitHostPort(strings.TrimPrefix(strings.TrimPrefix(b.Address(), "http://"), "https://"))
	if err != nil {
		panic(err)
	}
	return p
}

// watch holds a device's stream open and says when it is.
func watch(ctx context.Context, c api.Account, token api.Secret) (open chan struct{}, ended chan error) {
	open, ended = make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- c.Watch(ctx, token, 0, sync.OnceFunc(func() { close(open) }), func(api.Event) error { return nil })
	}()
	return open, ended
}
