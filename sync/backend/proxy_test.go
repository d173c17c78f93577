package backend_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/trust/verify"
)

// Behind a web server that holds the certificate: a device's stream passes it at
// once, HTTP/2 in front, and the browser's own address arrives.
func TestBehindAWebServer(t *testing.T) {
	front := httptest.NewUnstartedServer(nil)
	front.EnableHTTP2 = true
	front.StartTLS()
	defer front.Close()
	o := here(t.TempDir())
	o.PublicURL, o.Proxies = front.URL, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	b := start(t, o)
	target := must(url.Parse(b.Address()))
	front.Config.Handler = &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}}
	d, _ := settle(t, b, "anna")
	line := must(client.New(b.URL(), client.Options{Transport: front.Client().Transport}))
	token := must(d.Session(t.Context(), line))
	open, events := make(chan struct{}, 1), make(chan api.Event, 16)
	watching, leave := context.WithCancel(t.Context())
	defer leave() // before the front closes, which waits for its streams
	go line.Watch(watching, token, 0, func() {
		select {
		case open <- struct{}{}:
		default:
		}
	}, func(e api.Event) error { events <- e; return nil })
	within(t, open, "the stream is not open")
	resp := must(front.Client().PostForm(front.URL+"/", url.Values{"name": {"anna"}, "password": {password}}))
	resp.Body.Close()
	if resp.ProtoMajor != 2 {
		t.Errorf("the front speaks %s", resp.Proto)
	}
	for {
		e := within(t, events, "no request arrives")
		if e.Kind != api.EventRequest {
			continue
		}
		if asked := must(verify.Read(e.Data.Request.Challenge, d.Chain)); asked.Address != "127.0.0.1" {
			t.Errorf("the request is from %q", asked.Address)
		}
		break
	}
	if resp := must(front.Client().Get(front.URL + "/metrics")); resp.StatusCode != http.StatusNotFound {
		t.Errorf("figures through the front: %d", resp.StatusCode)
	}
}

func within[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal(what)
		panic("not reached")
	}
}

// A copy of the folder, made while nothing runs, is the whole backend.
func TestBackup(t *testing.T) {
	o := here(filepath.Join(t.TempDir(), "data"))
	b := start(t, o)
	d, _ := settle(t, b, "anna")
	origin := b.URL()
	stop(t, b)
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(copied, os.DirFS(o.Data)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(copied, "verifier.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	b = start(t, o)
	settle(t, b, "berta") // whom the copy does not know
	stop(t, b)
	if err := errors.Join(os.RemoveAll(o.Data), os.Rename(copied, o.Data)); err != nil {
		t.Fatal(err)
	}
	b = start(t, o)
	if list := must(backend.Accounts(t.Context(), o)); b.URL() != origin || len(list) != 1 || list[0].Name != "anna" {
		t.Errorf("at %s there are %+v", b.URL(), list)
	}
	line := must(client.New(b.Address(), client.Options{}))
	if _, err := d.Session(t.Context(), line); err != nil {
		t.Errorf("the device is not known: %v", err)
	}
	if status := signIn(t, b, "anna"); status != http.StatusSeeOther {
		t.Errorf("signing in gives %d", status)
	}
	for _, name := range []string{"verifier.key", "countersign.db"} { // the copy was for everybody
		if mode := must(os.Stat(filepath.Join(o.Data, name))).Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %v", name, mode)
		}
	}
}
