// Package check is the front that programs ask over HTTP: is this name and app
// password good for that service? Web servers ask it before they let somebody at a page
// behind them (auth_request, forward_auth), mail and chat servers from a few lines of
// Lua, and SIP servers fetch what they compare digests with.
//
// It knows no account: the Gate does. It is not for browsers, and answers only the
// callers that the operator named.
//
// Source: docs/protocol.md §11, docs/integrate/http.md; RFC 7617 (Basic).
package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/front"
)

// Options are the section [check] of a configuration. Zero fields take the default.
type Options struct {
	// Allow says from which networks programs may ask; default this computer. Whoever
	// may ask can try passwords and, for calls, read what is as good as one.
	Allow []netip.Prefix `toml:"allow"`
	// UnderWay is how many requests are worked on at once; more are told to come
	// again. Default 256.
	UnderWay int `toml:"under_way"`
	// Patience is how long one may take. Default 5 s.
	Patience time.Duration `toml:"patience"`
}

// Front answers. Safe for concurrent use.
type Front struct {
	o       Options
	gate    front.Gate
	log     *slog.Logger
	working chan struct{}
	asked   *prometheus.CounterVec
	seconds prometheus.Histogram
	busy    prometheus.Gauge
}

// New makes a front.
func New(o Options, g front.Gate, log *slog.Logger) (*Front, error) {
	if len(o.Allow) == 0 {
		o.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	for _, p := range o.Allow {
		if !p.IsValid() || p.Bits() == 0 {
			return nil, fmt.Errorf("[check] allow = %q lets everybody ask: name the networks of your servers", p)
		}
	}
	if o.UnderWay <= 0 {
		o.UnderWay = 256
	}
	if o.Patience <= 0 {
		o.Patience = 5 * time.Second
	}
	return &Front{
		o: o, gate: g, log: log, working: make(chan struct{}, o.UnderWay),
		asked:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "countersign_front_http_requests_total", Help: "Requests of programs by HTTP, by what became of them."}, []string{"outcome"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "countersign_front_http_seconds", Help: "Time to answer a program by HTTP.", Buckets: prometheus.ExponentialBuckets(0.00005, 4, 8)}),
		busy:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "countersign_front_http_under_way", Help: "Requests of programs by HTTP that are worked on now."}),
	}, nil
}

// Measure adds the front's figures to a registry.
func (f *Front) Measure(r prometheus.Registerer) error {
	return errors.Join(r.Register(f.asked), r.Register(f.seconds), r.Register(f.busy))
}

// Handler serves /v1/check/SERVICE and /v1/digests/SERVICE.
func (f *Front) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/check/{service}", f.guard(f.check))
	mux.HandleFunc("POST /v1/check/{service}", f.guard(f.check))
	mux.HandleFunc("GET /v1/digests/{service}", f.guard(f.digests))
	return mux
}

// guard lets the operator's programs in, so many at a time.
func (f *Front) guard(do func(http.ResponseWriter, *http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		w.Header().Set("Cache-Control", "no-store")
		outcome := f.guarded(w, r, do)
		f.asked.WithLabelValues(outcome).Inc()
		f.seconds.Observe(time.Since(begun).Seconds())
	}
}

func (f *Front) guarded(w http.ResponseWriter, r *http.Request, do func(http.ResponseWriter, *http.Request) string) string {
	caller, ok := addressIn(r.RemoteAddr)
	if !ok || !f.allows(caller) {
		return answer(w, http.StatusForbidden, "caller")
	}
	select {
	case f.working <- struct{}{}:
		defer func() { <-f.working }()
	default:
		w.Header().Set("Retry-After", "1")
		return answer(w, http.StatusServiceUnavailable, "busy")
	}
	f.busy.Inc()
	defer f.busy.Dec()
	ctx, cancel := context.WithTimeout(r.Context(), f.o.Patience)
	defer cancel()
	return do(w, r.WithContext(ctx))
}

// answer gives a status without a body and names the outcome for the figures.
func answer(w http.ResponseWriter, status int, outcome string) string {
	w.WriteHeader(status)
	return outcome
}

func (f *Front) allows(a netip.Addr) bool {
	for _, p := range f.o.Allow {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// check answers 200 with the person's name, 401, or 403 for what is not configured.
func (f *Front) check(w http.ResponseWriter, r *http.Request) string {
	name, password, given := r.BasicAuth()
	try := front.Try{Service: r.PathValue("service"), Name: name, Password: password, From: f.client(r), Protocol: "http"}
	opened, err := f.gate.Check(r.Context(), try)
	switch {
	case errors.Is(err, front.ErrService):
		return answer(w, http.StatusForbidden, "service")
	case errors.Is(err, front.ErrRefused):
		w.Header().Set("WWW-Authenticate", "Basic realm="+strconv.Quote(f.realm(try.Service))+`, charset="UTF-8"`)
		if !given {
			return answer(w, http.StatusUnauthorized, "nothing given")
		}
		return answer(w, http.StatusUnauthorized, "refused")
	case err != nil:
		return f.failed(w, r, err)
	}
	w.Header().Set("Remote-User", url.PathEscape(opened.User))
	w.Header().Set("X-Account", url.PathEscape(opened.Account))
	return answer(w, http.StatusOK, "opened")
}

// realm is what a browser names when it asks for the password: plain letters.
func (f *Front) realm(service string) string {
	for _, s := range f.gate.Services() {
		if s.ID == service {
			return strings.Map(func(r rune) rune {
				if r < ' ' || r > '~' || r == '"' || r == '\\' {
					return '-'
				}
				return r
			}, s.Title)
		}
	}
	return service
}

func (f *Front) failed(w http.ResponseWriter, r *http.Request, err error) string {
	if errors.Is(err, front.ErrBusy) {
		w.Header().Set("Retry-After", "1")
		return answer(w, http.StatusServiceUnavailable, "busy")
	}
	f.log.ErrorContext(r.Context(), "answering a program by HTTP", "service", r.PathValue("service"), "err", err)
	return answer(w, http.StatusServiceUnavailable, "failed")
}

// digests answers with what a SIP server compares with: HA1s with semicolons between,
// or JSON for who asks for that. Nobody's are none. They are as good as passwords: SIP
// servers ask by themselves, and what a web server passes on is somebody else's.
func (f *Front) digests(w http.ResponseWriter, r *http.Request) string {
	if passedOn(r) {
		return answer(w, http.StatusForbidden, "caller")
	}
	ask := r.URL.Query()
	list, err := f.gate.Digests(r.Context(), r.PathValue("service"), ask.Get("user"), ask.Get("realm"))
	switch {
	case errors.Is(err, front.ErrService):
		return answer(w, http.StatusForbidden, "service")
	case err != nil:
		return f.failed(w, r, err)
	}
	out, known := pick(list, ask.Get("algorithm"))
	if !known {
		return answer(w, http.StatusBadRequest, "algorithm")
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string][]string{"digests": out})
		return "digests"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, strings.Join(out, ";"))
	return "digests"
}

// passedOn reports whether a web server asks for another.
func passedOn(r *http.Request) bool {
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Values(name) != nil {
			return true
		}
	}
	return false
}

func pick(list []front.Digest, algorithm string) (out []string, known bool) {
	out = []string{}
	for _, d := range list {
		switch algorithm {
		case "", "MD5":
			out = append(out, d.MD5)
		case "SHA-256":
			out = append(out, d.SHA256)
		}
	}
	return out, algorithm == "" || algorithm == "MD5" || algorithm == "SHA-256"
}

// client is from where the person's program comes, as the caller says; the last address
// that is not a caller's itself counts. Unknown where the caller says nothing.
func (f *Front) client(r *http.Request) netip.Addr {
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		if a = a.Unmap().WithZone(""); i == 0 || !f.allows(a) {
			return a
		}
	}
	if a, err := netip.ParseAddr(strings.TrimSpace(r.Header.Get("X-Real-Ip"))); err == nil {
		return a.Unmap().WithZone("")
	}
	return netip.Addr{}
}

func addressIn(remote string) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Addr{}, false
	}
	a, err := netip.ParseAddr(host)
	return a.Unmap().WithZone(""), err == nil
}
