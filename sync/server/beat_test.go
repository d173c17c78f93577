package server

import (
	"bufio"
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/trust"
)

// pipe is a ResponseWriter whose connection can be taken over.
type pipe struct {
	*httptest.ResponseRecorder
	conn net.Conn
}

func (p pipe) Hijack() (net.Conn, *bufio.ReadWriter, error) { return p.conn, nil, nil }

// Time is the bubble's, so half an hour takes no time.
func inBubble(t *testing.T, test func(t *testing.T, h *Handler, d *apitest.Device)) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		db := must(sqlite.Open(ctx, t.TempDir(), sqlite.Options{}))
		defer db.Close()
		s := must(New(Options{Store: db, Keys: must(NewKeyFile("https://id.example.org", rand.Reader))}))
		d := must(apitest.Join(ctx, s, must(s.Invite(ctx, "anna")), "anna", "correct horse battery", time.Now()))
		h := NewHandler(s, func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") })
		defer h.Close()
		test(t, h, d)
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// dial opens a stream and gives the device's end of it.
func (h *Handler) dial(d *apitest.Device) net.Conn {
	device, backend := net.Pipe()
	r := httptest.NewRequest("GET", api.PathWatch, nil)
	r.Header.Set("Authorization", api.Bearer(must(d.Session(context.Background(), h.server))))
	go h.ServeHTTP(pipe{httptest.NewRecorder(), backend}, r)
	return device
}

// lines reads a stream and tells when each line came.
func lines(conn net.Conn) <-chan string {
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		for s := bufio.NewScanner(conn); s.Scan(); {
			out <- s.Text()
		}
	}()
	return out
}

// A device that reads nothing must hold up nobody else: neither heartbeats, after
// which the others would give the connection up, nor events.
func TestADeviceThatDoesNotReadHoldsUpNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, h *Handler, d *apitest.Device) {
		var deaf []net.Conn
		for range 20 {
			c := h.dial(d)
			for r := bufio.NewReader(c); ; { // it reads what has happened, and then no more
				if line := must(r.ReadString('\n')); strings.HasPrefix(line, "data: ") {
					must(r.ReadString('\n'))
					break
				}
			}
			deaf = append(deaf, c)
		}
		good := h.dial(d)
		heard := lines(good)
		last := time.Now()
		for end := last.Add(10 * time.Minute); time.Now().Before(end); {
			if _, ok := <-heard; !ok {
				t.Fatal("the stream ended")
			}
			if gap := time.Since(last); gap > beatEvery+2*time.Second {
				t.Errorf("nothing was heard for %s", gap)
			}
			last = time.Now()
		}
		for i, c := range deaf {
			c.SetReadDeadline(time.Now())
			if n, err := c.Read(make([]byte, 1)); err == nil {
				t.Errorf("deaf device %d still gets %d bytes after ten minutes", i, n)
			}
			c.Close()
		}
		good.Close()
	})
}

// The token is good for a quarter of an hour; the stream does not outlive it long.
func TestAStreamEndsWithItsToken(t *testing.T) {
	inBubble(t, func(t *testing.T, h *Handler, d *apitest.Device) {
		began := time.Now()
		c := h.dial(d)
		for range lines(c) {
		}
		if lived := time.Since(began); lived < tokenFor-beatEvery || lived > tokenFor+2*beatEvery {
			t.Errorf("it lived for %s", lived)
		}
		c.Close()
	})
}

// An event that no hint told of, as when another process wrote it, comes with the
// next heartbeat.
func TestALostHintIsHealed(t *testing.T) {
	inBubble(t, func(t *testing.T, h *Handler, d *apitest.Device) {
		c := h.dial(d)
		heard := lines(c)
		synctest.Wait()
		h.server.hub = newHub(func(trust.AccountID) {}) // nobody hears of it
		ask := Asking{Name: "anna", Password: "correct horse battery", Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Linux"}
		must(h.server.Begin(context.Background(), ask))
		asked := time.Now()
		for line := range heard {
			if strings.Contains(line, `"kind":"request"`) {
				break
			}
		}
		if late := time.Since(asked); late > beatEvery+2*time.Second {
			t.Errorf("it came after %s", late)
		}
		c.Close()
	})
}
