package web_test

import (
	"bytes"
	"crypto/rand"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/sync/web"
	"github.com/countersign/countersign/trust"
)

const password = "correct horse battery"

// house is the real backend, its store on the disk, behind a real listener.
type house struct {
	t      *testing.T
	origin string
	s      *server.Server
	db     *sqlite.DB
	front  *httptest.Server
	ahead  atomic.Int64 // how far the backend's clock is ahead, in nanoseconds
	log    *syncBuffer
}

// opened are the services that app passwords open.
var opened = []front.Service{
	{ID: "imap", Kind: front.Mail, Title: "Mail", Open: true},
	{ID: "caldav", Kind: front.Calendars, Title: "Calendars", Open: true},
	{ID: "pam:web1", Kind: front.Shell, Title: "SSH on web1", Code: true},
}

// syncBuffer is a log that is read while others write it.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
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

// newHouse serves pages and devices at http://localhost, or with TLS.
func newHouse(t *testing.T, name string, tls bool) *house {
	t.Helper()
	h := &house{t: t, front: httptest.NewUnstartedServer(nil), log: new(syncBuffer)}
	_, port, err := net.SplitHostPort(h.front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h.origin = "http://localhost:" + port
	if tls {
		h.origin = "https://127.0.0.1:" + port // which the test's certificate is for
	}
	h.db = must(sqlite.Open(t.Context(), t.TempDir(), sqlite.Options{}))
	h.s = must(server.New(server.Options{
		Store: h.db, Keys: must(server.NewKeyFile(h.origin, rand.Reader)), Name: name, Now: h.now, Media: []api.Medium{api.MediumMail, api.MediumText}, Text: true, Services: opened,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}))
	h.front.Config.ErrorLog = log.New(h.log, "", 0)
	h.serve(tls)
	return h
}

func (h *house) serve(tls bool) {
	address := func(r *http.Request) netip.Addr { return must(netip.ParseAddrPort(r.RemoteAddr)).Addr().Unmap() }
	devices, pages := server.NewHandler(h.s, address), must(web.New(h.s, address))
	mux := http.NewServeMux()
	mux.Handle("/d/", devices)
	mux.Handle("/", pages)
	h.front.Config.Handler = mux
	if tls {
		h.front.StartTLS()
	} else {
		h.front.Start()
	}
	h.t.Cleanup(func() {
		devices.Close()
		pages.Close()
		h.front.Close()
		if err := h.db.Close(); err != nil {
			h.t.Error(err)
		}
	})
}

func (h *house) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// pass lets the backend's time go by and ends what is due.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.ahead.Add(int64(d))
	if err := h.s.Sweep(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// begin asks as a new browser would and gives the secret of its cookie.
func (h *house) begin(name string) api.Secret {
	h.t.Helper()
	return must(h.s.Begin(h.t.Context(), server.Asking{Name: name, Password: password, Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Windows"}))
}

// wrongly tries n wrong passwords from many networks.
func (h *house) wrongly(name string, n int) {
	h.t.Helper()
	for i := range n {
		ask := server.Asking{Name: name, Password: "not the password", Address: netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}), Agent: "curl"}
		if _, err := h.s.Begin(h.t.Context(), ask); err == nil {
			h.t.Fatal("a wrong password was let through")
		}
	}
}

// signedIn gives the session of somebody who went the whole way.
func (h *house) signedIn(d *device, name, agent string, remember bool) server.Typed {
	h.t.Helper()
	secret := h.begin(name)
	typed := must(h.s.Type(h.t.Context(), secret, string(d.allow()), remember, agent))
	if typed.Session == nil {
		h.t.Fatalf("the right code gives %q", typed.Outcome)
	}
	return typed
}

// append writes an entry to an account's chain as a later issue's call would.
func (h *house) append(id trust.AccountID, seq uint64, raw []byte) {
	h.t.Helper()
	if err := h.db.Update(h.t.Context(), func(tx store.Tx) error { return tx.AppendEntry(id, seq, raw) }); err != nil {
		h.t.Fatal(err)
	}
}

// wide is the longest name there can be, of the widest letter.
var wide = strings.Repeat("W", 64)
