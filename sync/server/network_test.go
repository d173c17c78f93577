package server

import (
	"net/netip"
	"testing"
)

func TestNetworks(t *testing.T) {
	for _, c := range []struct{ browser, device, want string }{
		{"192.0.2.7", "192.0.2.7", "own"},
		{"192.0.2.7", "192.0.2.8", "another"},
		{"::ffff:192.0.2.7", "192.0.2.7", "own"},
		{"2001:db8:1:2::1", "2001:db8:1:2:3:4:5:6", "own"},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", "another"},
		{"192.0.2.7", "2001:db8:1:2::1", "another"},
		{"127.0.0.1", "::1", "own"},
		{"127.0.0.1", "127.0.0.53", "own"},
		{"127.0.0.1", "192.0.2.7", "another"},
		{"192.0.2.7", "", "unknown"},
		{"", "192.0.2.7", "unknown"},
		{"invalid IP", "192.0.2.7", "unknown"},
	} {
		device, _ := netip.ParseAddr(c.device)
		if got := network(c.browser, device); got != c.want {
			t.Errorf("browser %q beside device %q is %q, want %q", c.browser, c.device, got, c.want)
		}
	}
}

func TestHosts(t *testing.T) {
	for origin, want := range map[string]string{
		"https://id.example.org": "id.example.org", "http://localhost:7420": "localhost:7420", "http://[::1]:7420": "[::1]:7420",
		"https://a-label-that-is-rather-long-but-allowed.another-one-of-them.example.org": "another-one-of-them.example.org",
	} {
		if got := hostOf(origin); got != want {
			t.Errorf("%s is %q", origin, got)
		}
	}
}
