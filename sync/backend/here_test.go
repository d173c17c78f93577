package backend

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// Who asks from another computer gets no figures, whatever the request says of
// itself. That computer is a made-up one here: tests stay on the loopback.
func TestFromHere(t *testing.T) {
	for remote, want := range map[string]bool{
		"127.0.0.1:1": true, "127.9.9.9:1": true, "[::1]:1": true, "[::ffff:127.0.0.1]:1": true,
		"192.0.2.1:1": false, "10.0.0.1:1": false, "[2001:db8::1]:1": false, "[fe80::1%eth0]:1": false,
		"[::ffff:192.0.2.1]:1": false, "@": false, "": false,
	} {
		for _, host := range []string{"localhost:7420", "127.0.0.1:7420", "[::1]:7420"} {
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.RemoteAddr, r.Host = remote, host
			if got := fromHere(r); got != want {
				t.Errorf("%q asking %q: %v", remote, host, got)
			}
		}
	}
}

// A database that does not answer is no health.
func TestHealthWithoutDatabase(t *testing.T) {
	b, err := Start(t.Context(), Options{Data: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(b.Address() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("health is %d", resp.StatusCode)
	}
}
