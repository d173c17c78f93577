package backend_test

import (
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/trust/verify"
)

func TestPublicURL(t *testing.T) {
	for _, c := range []struct{ given, listen, want string }{ // want "" = refused
		{"https://id.example.org", "127.0.0.1:0", "https://id.example.org"},
		{"https://ID.Example.org:443/", "127.0.0.1:0", "https://id.example.org"},
		{"https://id.example.org", "0.0.0.0:0", "https://id.example.org"},
		{"http://localhost:7420", "127.0.0.1:0", "http://localhost:7420"},
		{"http://[::1]:7420", "127.0.0.1:0", "http://[::1]:7420"},
		{"http://id.example.org", "127.0.0.1:0", ""},
		{"http://192.0.2.1:7420", "127.0.0.1:0", ""},
		{"http://127.0.0.1.example.org", "127.0.0.1:0", ""},
		{"http://localhost.example.org", "127.0.0.1:0", ""},
		{"https://id.example.org/path", "127.0.0.1:0", ""},
		{"https://anna@id.example.org", "127.0.0.1:0", ""},
		{"https://id.example.org?x", "127.0.0.1:0", ""},
		{"ftp://id.example.org", "127.0.0.1:0", ""},
		{"", "0.0.0.0:0", ""}, // others reach it, and nobody said how they call it
		{"", "[::]:0", ""},
		{"", ":0", ""},
	} {
		o := here(t.TempDir())
		o.PublicURL, o.Listen = c.given, c.listen
		b, err := backend.Start(t.Context(), o)
		switch {
		case err == nil && c.want == "":
			t.Errorf("%q at %s is taken, as %s", c.given, c.listen, b.URL())
		case err != nil && (c.want != "" || !errors.Is(err, backend.ErrPublicURL) || !strings.Contains(err.Error(), "https://")):
			t.Errorf("%q at %s gives %v", c.given, c.listen, err)
		case err == nil && b.URL() != c.want:
			t.Errorf("%q at %s becomes %s", c.given, c.listen, b.URL())
		}
		if err == nil {
			stop(t, b)
		}
	}
}

// Nobody said how the server is called: it is this computer's own, by the name
// that stands before the port.
func TestPublicURLGuessed(t *testing.T) {
	for listen, host := range map[string]string{"127.0.0.1:0": "127.0.0.1", "localhost:0": "localhost"} {
		o := here(t.TempDir())
		o.Listen = listen
		b := start(t, o)
		if want := "http://" + host + ":" + port(b); b.URL() != want {
			t.Errorf("at %s it is %s, want %s", listen, b.URL(), want)
		}
	}
}

// An address of this computer alone, kept from an earlier start, is none for others.
func TestPublicURLOfThisComputerIsNotKeptForOthers(t *testing.T) {
	o := here(t.TempDir())
	stop(t, start(t, o))
	o.Listen = "0.0.0.0:0"
	if b, err := backend.Start(t.Context(), o); !errors.Is(err, backend.ErrPublicURL) {
		t.Errorf("listening for others gives %v", err)
		if err == nil {
			b.Close()
		}
	}
	o.PublicURL = "http://localhost:7420" // somebody who says so means it
	stop(t, start(t, o))
}

// As long as there is no account the address may change. From then on devices have
// it in their chains.
func TestPublicURLLater(t *testing.T) {
	const first, second = "https://id.example.org", "https://other.example.org"
	o := here(t.TempDir())
	run := func(public, listen, want string) {
		t.Helper()
		o.PublicURL, o.Listen = public, listen
		b, err := backend.Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer stop(t, b)
		if want == "" {
			want = "http://127.0.0.1:" + port(b)
		}
		if b.URL() != want {
			t.Errorf("with %q it is %s, want %s", public, b.URL(), want)
		}
	}
	run("", "127.0.0.1:0", "") // guessed, with the port of the day
	run("", "127.0.0.1:0", "")
	run(first, "127.0.0.1:0", first)
	run("", "127.0.0.1:0", first) // what was chosen stays
	run("", "0.0.0.0:0", first)
	run(second, "127.0.0.1:0", second)

	b := start(t, o)
	if d, _ := settle(t, b, "anna"); d.Origin != second {
		t.Fatalf("the device knows %q", d.Origin)
	}
	stop(t, b)
	o.PublicURL = first
	if b, err := backend.Start(t.Context(), o); !errors.Is(err, backend.ErrPublicURL) || !strings.Contains(err.Error(), second) {
		t.Errorf("with an account, another address gives %v", err)
		if err == nil {
			b.Close()
		}
	}
	run("", "127.0.0.1:0", second)
	run(second, "127.0.0.1:0", second)
}

// What a request says of where it comes from is believed from the operator's own
// proxies, and from them only as far as they themselves saw it.
func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		proxies   []netip.Prefix
		forwarded []string
		want      string
	}{
		"no proxy, nothing said":             {nil, nil, "127.0.0.1"},
		"no proxy, a lie":                    {nil, []string{"192.0.2.1"}, "127.0.0.1"},
		"another proxy, a lie":               {proxies[1:2], []string{"192.0.2.1"}, "127.0.0.1"},
		"proxy, nothing said":                {proxies, nil, "127.0.0.1"},
		"proxy, one":                         {proxies, []string{"192.0.2.1"}, "192.0.2.1"},
		"proxy, a lie before the truth":      {proxies, []string{"198.51.100.1, 192.0.2.1"}, "192.0.2.1"},
		"proxy, a lie in a field of its own": {proxies, []string{"198.51.100.1", "192.0.2.1"}, "192.0.2.1"},
		"two proxies":                        {proxies, []string{"198.51.100.1, 192.0.2.1, 10.1.2.3"}, "192.0.2.1"},
		"an inner address as a lie":          {proxies, []string{"10.9.9.9, 192.0.2.1"}, "192.0.2.1"},
		"loopback as a lie":                  {proxies, []string{"127.0.0.1, 192.0.2.1"}, "192.0.2.1"},
		"nothing but proxies":                {proxies, []string{"10.1.2.3"}, "10.1.2.3"},
		"garbage":                            {proxies, []string{"garbage"}, "127.0.0.1"},
		"garbage behind the truth":           {proxies, []string{"garbage, 192.0.2.1"}, "192.0.2.1"},
		"garbage before a proxy":             {proxies, []string{"192.0.2.1, garbage, 10.1.2.3"}, "10.1.2.3"},
		"empty":                              {proxies, []string{""}, "127.0.0.1"},
		"version 6":                          {proxies, []string{"2001:db8::1, fd00::1"}, "2001:db8::1"},
		"4 in 6":                             {proxies, []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"4 in 6 of a proxy":                  {proxies, []string{"192.0.2.1, ::ffff:10.1.2.3"}, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			o := here(t.TempDir())
			o.Proxies = c.proxies
			b := start(t, o)
			d, line := settle(t, b, "anna")
			if status := signIn(t, b, "anna", c.forwarded...); status != http.StatusSeeOther {
				t.Fatalf("signing in gives %d", status)
			}
			waiting := must(line.Requests(t.Context(), must(d.Session(t.Context(), line)), false))
			if len(waiting) != 1 {
				t.Fatalf("%d requests", len(waiting))
			}
			if got := must(verify.Read(waiting[0].Challenge, d.Chain)).Address; got != c.want {
				t.Errorf("the device is told of %q, want %q", got, c.want)
			}
		})
	}
}

// Figures are for programs on this computer, unless the operator says otherwise. A
// proxy on this computer speaks for everybody.
func TestMetricsAreForThisComputer(t *testing.T) {
	o := here(t.TempDir())
	o.PublicURL, o.Proxies = "https://id.example.org", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	careful := start(t, o)
	o.Data, o.Metrics = t.TempDir(), true
	open := start(t, o)
	for name, c := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"itself":                     {func(*http.Request) {}, http.StatusOK},
		"itself by name":             {func(r *http.Request) { r.Host = "localhost:" + port(careful) }, http.StatusOK},
		"through a proxy":            {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "192.0.2.1") }, http.StatusNotFound},
		"through a proxy, a lie":     {func(r *http.Request) { r.Header.Set("X-Forwarded-For", "127.0.0.1") }, http.StatusNotFound},
		"a proxy that says little":   {func(r *http.Request) { r.Host = "id.example.org" }, http.StatusNotFound},
		"a proxy of another dialect": {func(r *http.Request) { r.Header.Set("Forwarded", "for=127.0.0.1") }, http.StatusNotFound},
		"a page whose name moved":    {func(r *http.Request) { r.Host = "evil.example:" + port(careful) }, http.StatusNotFound},
	} {
		req := ask(t, careful.Address()+"/metrics")
		c.change(req)
		status, text := get(t, req)
		if status != c.want || (status == http.StatusOK) != strings.Contains(text, "countersign_devices_connected") {
			t.Errorf("%s: %d", name, status)
		}
		req = ask(t, open.Address()+"/metrics")
		c.change(req)
		if status, _ := get(t, req); status != http.StatusOK {
			t.Errorf("%s, with leave: %d", name, status)
		}
	}
}

// Figures and health name nobody.
func TestMetricsNameNobody(t *testing.T) {
	b := start(t, here(t.TempDir()))
	settle(t, b, "roberta")
	signIn(t, b, "roberta")
	signIn(t, b, "nobody-here")
	_, text := get(t, ask(t, b.Address()+"/metrics"))
	for _, want := range []string{
		`countersign_passwords_total{right="yes"} 1`, `countersign_passwords_total{right="no"} 1`,
		"countersign_sign_ins_total 1", "countersign_refused_total 0", "countersign_devices_connected 0",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	for _, secret := range []string{"roberta", "nobody-here", password, "127.0.0.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("figures say %q", secret)
		}
	}
}
