package check

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/front"
)

const word = "abcd-efgh-jkmn-pqrs-tvwx-yz01"

// door is a gate of one account, Anna: one app password opens web and calls.
type door struct {
	last  front.Try
	calls atomic.Int64
	err   error
	wait  chan struct{}
}

func (d *door) Check(ctx context.Context, t front.Try) (front.Opened, error) {
	d.calls.Add(1)
	if d.wait != nil {
		select {
		case <-d.wait:
		case <-ctx.Done():
			return front.Opened{}, ctx.Err()
		}
	} else {
		d.last = t
	}
	switch {
	case d.err != nil:
		return front.Opened{}, d.err
	case t.Service != "web" && t.Service != "calls":
		return front.Opened{}, front.ErrService
	case !strings.EqualFold(t.Name, "Anna Ä") || t.Password != word:
		return front.Opened{}, front.ErrRefused
	}
	return front.Opened{Account: "Anna Ä", User: "anna ä"}, nil
}

func (d *door) Ask(context.Context, front.Try) (front.Asked, error) {
	return front.Asked{}, front.ErrService
}

func (d *door) Code(context.Context, []byte, front.Try) (front.Opened, error) {
	return front.Opened{}, front.ErrService
}

func (d *door) Both(context.Context, front.Try) (front.Opened, error) {
	return front.Opened{}, front.ErrService
}

func (d *door) Digests(_ context.Context, service, name, realm string) ([]front.Digest, error) {
	if service != "calls" {
		return nil, front.ErrService
	}
	if name != "anna" || realm != "example.org" {
		return nil, d.err
	}
	return []front.Digest{{MD5: "0a", SHA256: "0b"}, {MD5: "1a", SHA256: "1b"}}, d.err
}

func (d *door) Services() []front.Service {
	return []front.Service{{ID: "web", Title: "Wéb \"page\"\r\n"}, {ID: "calls", Kind: front.Calls}}
}

func newFront(t testing.TB, o Options, d *door) *Front {
	t.Helper()
	f, err := New(o, d, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Measure(prometheus.NewRegistry()); err != nil {
		t.Fatal(err)
	}
	return f
}

// counted gives how many requests had an outcome.
func counted(t *testing.T, f *Front, outcome string) (n float64) {
	t.Helper()
	r := prometheus.NewRegistry()
	if err := f.Measure(r); err != nil {
		t.Fatal(err)
	}
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range all {
		for _, m := range family.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetValue() == outcome {
					n += m.GetCounter().GetValue()
				}
			}
		}
	}
	return n
}

// call asks a front as a program on this computer would.
func call(f *Front, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.RemoteAddr = "127.0.0.1:5000"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return w
}

func as(name, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(name, password) }
}

func from(remote string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = remote }
}

func with(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = values }
}

func TestWhatACheckAnswers(t *testing.T) {
	for what, c := range map[string]struct {
		path   string
		change []func(*http.Request)
		want   int
	}{
		"right":                     {"/v1/check/web", []func(*http.Request){as("Anna Ä", word)}, 200},
		"in another case":           {"/v1/check/web", []func(*http.Request){as("ANNA Ä", word)}, 200},
		"wrong":                     {"/v1/check/web", []func(*http.Request){as("Anna Ä", word+"1")}, 401},
		"an unknown name":           {"/v1/check/web", []func(*http.Request){as("berta", word)}, 401},
		"nothing":                   {"/v1/check/web", nil, 401},
		"half of it":                {"/v1/check/web", []func(*http.Request){with("Authorization", "Basic Z")}, 401},
		"a token":                   {"/v1/check/web", []func(*http.Request){with("Authorization", "Bearer "+word)}, 401},
		"a service that is not":     {"/v1/check/mail", []func(*http.Request){as("Anna Ä", word)}, 403},
		"another's":                 {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("192.0.2.1:1")}, 403},
		"another's by 6":            {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("[2001:db8::1]:1")}, 403},
		"an address that is none":   {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("nowhere")}, 403},
		"one who says to be local":  {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("192.0.2.1:1"), with("X-Forwarded-For", "127.0.0.1")}, 403},
		"this computer by 6":        {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("[::1]:1")}, 200},
		"this computer as 4 in 6":   {"/v1/check/web", []func(*http.Request){as("Anna Ä", word), from("[::ffff:127.0.0.1]:1")}, 200},
		"a service with a way out":  {"/v1/check/..%2fdigests", nil, 403},
		"another path":              {"/v1/other", nil, 404},
		"digests of a web page":     {"/v1/digests/web?user=anna&realm=example.org", nil, 403},
		"digests by an odd way":     {"/v1/digests/calls?user=anna&realm=example.org&algorithm=none", nil, 400},
		"digests by a web server":   {"/v1/digests/calls?user=anna&realm=example.org", []func(*http.Request){with("X-Forwarded-For", "192.0.2.1")}, 403},
		"digests by another's hand": {"/v1/digests/calls?user=anna&realm=example.org", []func(*http.Request){with("Via", "1.1 x")}, 403},
		"digests from elsewhere":    {"/v1/digests/calls?user=anna&realm=example.org", []func(*http.Request){from("192.0.2.1:1")}, 403},
	} {
		w := call(newFront(t, Options{}, &door{}), c.path, c.change...)
		if w.Code != c.want {
			t.Errorf("%s: %d, want %d", what, w.Code, c.want)
		}
		if c.want != 200 && (w.Header().Get("Remote-User") != "" || strings.Contains(w.Body.String(), "0a")) {
			t.Errorf("%s: it is refused with %v %s", what, w.Header(), w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" && c.want != 404 {
			t.Errorf("%s may be kept", what)
		}
	}
}

// Names go to programs as headers: nothing in them may begin a header of its own.
func TestNamesAreEncoded(t *testing.T) {
	w := call(newFront(t, Options{}, &door{}), "/v1/check/web", as("Anna Ä", word))
	if got := w.Header().Get("Remote-User") + " " + w.Header().Get("X-Account"); got != "anna%20%C3%A4 Anna%20%C3%84" {
		t.Errorf("the names are %s", got)
	}
	w = call(newFront(t, Options{}, &door{}), "/v1/check/web")
	if got := w.Header().Get("WWW-Authenticate"); got != `Basic realm="W-b -page---", charset="UTF-8"` {
		t.Errorf("a browser is asked by %s", got)
	}
}

func TestDigestsForPrograms(t *testing.T) {
	const path = "/v1/digests/calls?realm=example.org&user="
	for what, c := range map[string]struct {
		path   string
		change func(*http.Request)
		want   string
	}{
		"a list":  {path + "anna", nil, "0a;1a"},
		"SHA-256": {path + "anna&algorithm=SHA-256", nil, "0b;1b"},
		"JSON":    {path + "anna&algorithm=MD5", with("Accept", "application/json"), `{"digests":["0a","1a"]}` + "\n"},
		"nobody":  {path + "nobody", nil, ""},
		"no JSON": {path + "nobody", with("Accept", "application/json"), `{"digests":[]}` + "\n"},
	} {
		change := c.change
		if change == nil {
			change = func(*http.Request) {}
		}
		if w := call(newFront(t, Options{}, &door{}), c.path, change); w.Code != 200 || w.Body.String() != c.want {
			t.Errorf("%s: %d %q", what, w.Code, w.Body)
		}
	}
}

// A caller tells for whom it asks. What stood there before it is a stranger's word.
func TestWhoseProgramAsks(t *testing.T) {
	for what, c := range map[string]struct {
		change func(*http.Request)
		want   string
	}{
		"nothing said":       {as("", ""), "invalid IP"},
		"one":                {with("X-Forwarded-For", "192.0.2.1"), "192.0.2.1"},
		"a lie before it":    {with("X-Forwarded-For", "198.51.100.1, 192.0.2.1"), "192.0.2.1"},
		"the caller behind":  {with("X-Forwarded-For", "192.0.2.1, 127.0.0.1"), "192.0.2.1"},
		"in another header":  {with("X-Real-Ip", "2001:db8::1"), "2001:db8::1"},
		"garbage":            {with("X-Forwarded-For", "garbage"), "invalid IP"},
		"garbage and a real": {func(r *http.Request) { with("X-Forwarded-For", "x")(r); with("X-Real-Ip", "192.0.2.1")(r) }, "192.0.2.1"},
		"4 in 6":             {with("X-Real-Ip", "::ffff:192.0.2.1"), "192.0.2.1"},
	} {
		d := &door{}
		call(newFront(t, Options{}, d), "/v1/check/web", as("anna", word), c.change)
		if got := d.last.From.String(); got != c.want || d.last.Protocol != "http" {
			t.Errorf("%s: %s by %s", what, got, d.last.Protocol)
		}
	}
}

// Who asks for more than the limit is told to come again, at once.
func TestNoMoreThanTheLimit(t *testing.T) {
	d := &door{wait: make(chan struct{})}
	f := newFront(t, Options{UnderWay: 2}, d)
	done := make(chan int, 2)
	for range 2 {
		go func() { done <- call(f, "/v1/check/web", as("Anna Ä", word)).Code }()
	}
	for d.calls.Load() < 2 {
	}
	w := call(f, "/v1/check/web", as("Anna Ä", word))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a third gets %d", w.Code)
	}
	close(d.wait)
	if a, b := <-done, <-done; a != 200 || b != 200 {
		t.Errorf("the two get %d and %d", a, b)
	}
	if n := counted(t, f, "busy"); n != 1 {
		t.Errorf("%v were counted as too many", n)
	}
}

// Nothing that went wrong opens anything, or says what it was.
func TestTroubleOpensNothing(t *testing.T) {
	for _, err := range []error{front.ErrBusy, errors.New("disk secret"), context.DeadlineExceeded} {
		for _, path := range []string{"/v1/check/web", "/v1/digests/calls?user=anna&realm=example.org"} {
			w := call(newFront(t, Options{}, &door{err: err}), path, as("Anna Ä", word))
			if w.Code != http.StatusServiceUnavailable || w.Body.Len() > 0 {
				t.Errorf("%s with %v: %d %s", path, err, w.Code, w.Body)
			}
		}
	}
}

func TestNobodyLetsEverybodyAsk(t *testing.T) {
	for _, all := range []string{"0.0.0.0/0", "::/0"} {
		_, err := New(Options{Allow: []netip.Prefix{netip.MustParsePrefix(all)}}, &door{}, nil)
		if err == nil || !strings.Contains(err.Error(), "[check] allow") {
			t.Errorf("%s gives %v", all, err)
		}
	}
}
