package backend

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/web"
)

// handler gives everything that is served to others: devices below /d/, pages
// elsewhere, and what watches over the process.
func (b *Backend) handler() (http.Handler, error) {
	b.devices = server.NewHandler(b.server, b.clientAddress)
	pages, err := web.New(b.server, b.clientAddress)
	if err != nil {
		return nil, err
	}
	b.pages = pages
	mux := http.NewServeMux()
	mux.Handle("/d/", b.devices)
	mux.HandleFunc("GET /healthz", b.health)
	mux.Handle("GET /metrics", b.onlyHere(promhttp.HandlerFor(b.registry, promhttp.HandlerOpts{})))
	mux.Handle("/", pages)
	if err := b.handleFronts(mux); err != nil {
		return nil, err
	}
	return b.onlyOurName(mux), nil
}

// onlyOurName keeps a backend on the loopback from answering under names of
// others: a page elsewhere could have its own name point here, and act as this
// computer.
func (b *Backend) onlyOurName(h http.Handler) http.Handler {
	if !onLoopback(b.server.Origin()) {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := (&url.URL{Host: r.Host}).Hostname(); !api.PlainAllowed(host) {
			http.Error(w, "this is not a name of this server", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// health answers 200 while the database answers.
func (b *Backend) health(w http.ResponseWriter, r *http.Request) {
	if _, err := b.used(r.Context()); err != nil {
		http.Error(w, "database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte("ok\n"))
}

// onlyHere keeps figures from others, unless the operator says otherwise.
func (b *Backend) onlyHere(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !b.o.Metrics && !fromHere(r) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// fromHere reports whether a program on this computer asks, for itself: with a
// proxy on this computer everybody comes from the loopback, and a page of another
// site may have had its name point here.
func fromHere(r *http.Request) bool {
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !remote.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "Via"} {
		if r.Header.Values(name) != nil {
			return false
		}
	}
	host := url.URL{Host: r.Host}
	return api.PlainAllowed(host.Hostname())
}

// clientAddress tells from where a request comes. What a proxy says is believed
// only from the proxies the operator named: the last address that is not one of
// them counts.
func (b *Backend) clientAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	address = address.Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && b.trusts(address); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		address = next.Unmap().WithZone("")
	}
	return address
}

func (b *Backend) trusts(a netip.Addr) bool {
	for _, p := range b.o.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
