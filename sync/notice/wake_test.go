package notice

import (
	"errors"
	"mime"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
)

// wakeUp goes to a topic, after something an onlooker must not learn.
func wakeUp(address string) Message {
	m := told(api.EventWait, api.EventData{Wait: waiting(api.WaitDevice), Address: "192.0.2.7"})
	m.Medium, m.Address, m.Server, m.Stop, m.Device = api.MediumWake, address, "Schlüsseldienst", "https://id.example.org/stop#secret", "Phone"
	return m
}

func wakeTo(t *testing.T, o WakeOptions, address string) error {
	t.Helper()
	o.On = true
	return sender(t, api.MediumWake, Options{Wake: o}).Send(t.Context(), wakeUp(address))
}

func TestWakeUpTellsNothing(t *testing.T) {
	r := newReceiver(t, true)
	if err := wakeTo(t, WakeOptions{Allow: []string{"127.0.0.1"}, CAFile: r.ca(t)}, r.URL+"/topic"); err != nil {
		t.Fatal(err)
	}
	header, bodies := r.took()
	if len(bodies) != 1 || bodies[0] != "Look at your trusted device." || r.path != "/topic" {
		t.Errorf("%q was posted %q", r.path, bodies)
	}
	title, err := new(mime.WordDecoder).DecodeHeader(header.Get("Title"))
	if err != nil || title != "Schlüsseldienst" || header.Get("Click") != "https://id.example.org" {
		t.Errorf("the title is %q, the click leads to %q, %v", title, header.Get("Click"), err)
	}
	for name, values := range header {
		if all := strings.Join(values, " "); strings.Contains(all, "anna") || strings.Contains(all, "Phone") || strings.Contains(all, "secret") || strings.Contains(all, "192.0.2.7") {
			t.Errorf("%s tells %q", name, all)
		}
	}
}

// An address comes from a person, who must not reach through it what only the
// server's neighbours do.
func TestWakeUpsStayOutside(t *testing.T) {
	r := newReceiver(t, true)
	_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "https://"), ":")
	for _, host := range []string{"127.0.0.1", "localhost", "LOCALHOST", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1.2.3"} {
		if err := wakeTo(t, WakeOptions{CAFile: r.ca(t)}, "https://"+host+":"+port+"/topic"); !errors.Is(err, ErrRefused) {
			t.Errorf("%s gives %v", host, err)
		}
	}
	if err := wakeTo(t, WakeOptions{Allow: []string{"ntfy.example.org"}, CAFile: r.ca(t)}, r.URL+"/topic"); !errors.Is(err, ErrRefused) {
		t.Errorf("with another host allowed: %v", err)
	}
	if _, bodies := r.took(); len(bodies) > 0 {
		t.Errorf("it was posted to a neighbour %d times", len(bodies))
	}
}

func TestWakeUpsGoToTopicsOnly(t *testing.T) {
	plain, r := newReceiver(t, false), newReceiver(t, true)
	o := WakeOptions{Allow: []string{"127.0.0.1"}, CAFile: r.ca(t)}
	for _, address := range []string{
		"", "topic", plain.URL + "/topic", "ftp://127.0.0.1/topic", r.URL, r.URL + "/", r.URL + "/topic?auth=1", r.URL + "/topic#a", "https:///topic", "file:///etc/passwd",
		strings.Replace(r.URL, "https://", "https://user:word@", 1) + "/topic", r.URL + "/topic\r\nX: y",
	} {
		if err := wakeTo(t, o, address); !errors.Is(err, ErrRefused) {
			t.Errorf("%q gives %v", address, err)
		}
	}
	if _, bodies := r.took(); len(bodies) > 0 {
		t.Errorf("it was posted %d times", len(bodies))
	}
}

func TestWakeUpAnswers(t *testing.T) {
	r := newReceiver(t, true)
	o := WakeOptions{Allow: []string{"127.0.0.1"}, CAFile: r.ca(t)}
	for status, refused := range map[int]bool{301: true, 307: true, 400: true, 403: true, 404: true, 429: false, 500: false, 507: false} {
		r.answer(status)
		err := wakeTo(t, o, r.URL+"/secret-topic")
		if err == nil || errors.Is(err, ErrRefused) != refused {
			t.Errorf("%d gives %v", status, err)
		}
		discreet(t, err)
	}
	if _, bodies := r.took(); len(bodies) != 8 || r.path != "/secret-topic" {
		t.Errorf("it was posted %d times, last to %q: a redirect was followed", len(bodies), r.path)
	}
	r.answer(http.StatusOK)
	for what, o := range map[string]WakeOptions{"a certificate nobody vouches for": {Allow: o.Allow}, "nobody there": o} {
		if what == "nobody there" {
			r.Close()
		}
		err := wakeTo(t, o, r.URL+"/secret-topic")
		if err == nil || errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("%s: %v", what, err)
		}
		discreet(t, err)
	}
}

func TestPublicAddresses(t *testing.T) {
	for address, want := range map[string]bool{
		"1.1.1.1": true, "159.203.148.75": true, "2606:4700:4700::1111": true, "2001:4860:4860::8888": true, "::ffff:1.1.1.1": true, "172.32.0.1": true, "100.128.0.1": true,
		"127.0.0.1": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "100.127.255.255": false,
		"0.0.0.0": false, "0.1.2.3": false, "255.255.255.255": false, "240.0.0.1": false, "224.0.0.1": false, "192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false,
		"::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "64:ff9b::7f00:1": false, "64:ff9b::a00:1": false, "2002:7f00:1::": false, "2001::1": false,
		"2001:db8::1": false, "::ffff:10.0.0.1": false, "::127.0.0.1": false, "fec0::1": false, "100::1": false, "5f00::1": false, "3fff::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
}
