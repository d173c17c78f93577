package server_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"net/http"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
)

const password = "correct horse battery"

// house is the real server on a real store, with a clock of its own.
type house struct {
	t     *testing.T
	dir   string
	keys  server.KeyFile
	clock *clock
	log   *safeBuffer
	media []api.Medium
	text  bool // people may sign in by text message

	mu       sync.Mutex // db and s are replaced by reopen
	db       *sqlite.DB
	s        *server.Server
	services []front.Service // what app passwords open
	cut      func(context.Context, front.Service, string)
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newHouse(t *testing.T, origin string) *house {
	t.Helper()
	h := &house{
		t: t, dir: t.TempDir(), keys: must(server.NewKeyFile(origin, rand.Reader)), log: &safeBuffer{},
		clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, media: []api.Medium{api.MediumMail, api.MediumText},
	}
	h.open()
	t.Cleanup(func() {
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func (h *house) open() {
	h.t.Helper()
	db, err := sqlite.Open(context.Background(), h.dir, sqlite.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.db, h.s = db, must(server.New(server.Options{Store: db, Keys: h.keys, Name: "Example", Version: "test", Now: h.clock.Now, Log: log, Media: h.media, Text: h.text, Services: h.services, Cut: h.cut}))
}

// reopen is a restart of the backend.
func (h *house) reopen() {
	h.t.Helper()
	if err := h.db.Close(); err != nil {
		h.t.Fatal(err)
	}
	h.open()
}

// pass moves the clock and lets the server end what is due.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.clock.move(d)
	if err := h.s.Sweep(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

var somewhere = netip.MustParseAddr("192.0.2.7")

func (h *house) begin(ctx context.Context, name, password string) (api.Secret, error) {
	return h.s.Begin(ctx, server.Asking{Name: name, Password: password, Address: somewhere, Agent: "Firefox on Linux"})
}

func (h *house) kept(a api.Account) *apitest.House {
	return &apitest.House{
		Account: a, Now: h.clock.Now, Advance: h.pass, Invite: h.s.Invite, Begin: h.begin,
		Type: func(ctx context.Context, signIn api.Secret, code string) (string, error) {
			typed, err := h.s.Type(ctx, signIn, code, false, "Firefox on Linux")
			return string(typed.Outcome), err
		},
	}
}

// serve puts the server behind HTTP and gives a client for it.
func serve(t *testing.T) (*house, *client.Client) {
	t.Helper()
	listener := httptest.NewUnstartedServer(nil)
	h := newHouse(t, "http://"+listener.Listener.Addr().String())
	handler := server.NewHandler(h.s, func(r *http.Request) netip.Addr { return must(netip.ParseAddrPort(r.RemoteAddr)).Addr() })
	listener.Config.Handler = handler
	listener.Start()
	t.Cleanup(func() { handler.Close(); listener.Close() })
	return h, must(client.New(h.s.Origin(), client.Options{}))
}

func TestContractInProcess(t *testing.T) {
	apitest.Run(t, func(t *testing.T) *apitest.House {
		h := newHouse(t, "https://id.example.org")
		return h.kept(h.s)
	})
}

func TestContractOverHTTP(t *testing.T) {
	apitest.Run(t, func(t *testing.T) *apitest.House {
		h, c := serve(t)
		return h.kept(c)
	})
}
