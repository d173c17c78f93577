package backend

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/countersign/countersign/sync/front/autoconfig"
	"github.com/countersign/countersign/sync/front/check"
	"github.com/countersign/countersign/sync/front/ldap"
	"github.com/countersign/countersign/sync/front/radius"
)

// running is a front that serves on sockets of its own.
type running interface{ Close() error }

// serveFronts starts the fronts that are configured and listen by themselves.
func (b *Backend) serveFronts() error {
	if o := b.o.Config.LDAP; o != nil {
		if err := b.serveLDAP(*o); err != nil {
			return err
		}
	}
	if o := b.o.Config.RADIUS; o != nil {
		if err := b.serveRADIUS(*o); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) serveLDAP(o ldap.Options) error {
	f, err := ldap.New(o, b.server, b.o.Log)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if err := f.Measure(b.registry); err != nil {
		return err
	}
	b.fronts = append(b.fronts, f)
	for _, one := range []struct {
		name, at string
		serve    func(net.Listener) error
	}{{"ldap", o.Listen, f.Serve}, {"ldaps", o.ListenTLS, f.ServeTLS}} {
		if one.at == "" {
			continue
		}
		l, err := net.Listen("tcp", one.at)
		if err != nil {
			return fmt.Errorf("listening for LDAP: %w", err)
		}
		b.at[one.name] = l.Addr().String()
		b.work.Go(func() { b.ended(one.serve(l)) })
	}
	return nil
}

func (b *Backend) serveRADIUS(o radius.Options) error {
	f, err := radius.New(o, b.server, b.o.Log)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if err := f.Measure(b.registry); err != nil {
		return err
	}
	l, err := net.ListenPacket("udp", o.Listen)
	if err != nil {
		return fmt.Errorf("listening for RADIUS: %w", err)
	}
	b.fronts = append(b.fronts, f)
	b.at["radius"] = l.LocalAddr().String()
	b.work.Go(func() { b.ended(f.Serve(l)) })
	return nil
}

// ended tells that a front ended by itself.
func (b *Backend) ended(err error) {
	if err == nil {
		return
	}
	select {
	case b.failed <- err:
	default:
	}
}

// FrontAddress gives where a front listens ("radius", "ldap", "ldaps"), "" for one that does not.
func (b *Backend) FrontAddress(name string) string { return b.at[name] }

// handleFronts adds the fronts that are asked over HTTP.
func (b *Backend) handleFronts(mux *http.ServeMux) error {
	mail := autoconfig.Handler(b.server.Services())
	for _, path := range autoconfig.Paths {
		mux.Handle("GET "+path, mail)
	}
	if b.o.Config.Check == nil {
		return nil
	}
	f, err := check.New(*b.o.Config.Check, b.server, b.o.Log)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	mux.Handle("/v1/", b.onlyPrograms(f.Handler()))
	return f.Measure(b.registry)
}

// onlyPrograms keeps the check from the public: a web server that stands in front of
// this one asks from an address that may, for everybody who calls the public name.
func (b *Backend) onlyPrograms(h http.Handler) http.Handler {
	public, err := url.Parse(b.server.Origin())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remote, _ := netip.ParseAddrPort(r.RemoteAddr)
		near := remote.Addr().Unmap()
		named := strings.TrimSuffix((&url.URL{Host: r.Host}).Hostname(), ".") // with the dot it is the same name
		ours := named == "" || strings.EqualFold(named, public.Hostname())
		if err != nil || ours && !onLoopback(b.server.Origin()) && (near.IsLoopback() || b.trusts(near)) {
			http.NotFound(w, r)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Listen has fronts listen elsewhere than their sections say; "" leaves it to those.
// RADIUS without a section has no clients it could answer. ErrOptions.
func (f *Fronts) Listen(ldapAt, radiusAt string) error {
	if ldapAt != "" {
		if f.LDAP == nil {
			f.LDAP = &ldap.Options{}
		}
		f.LDAP.Listen = ldapAt
	}
	if radiusAt == "" {
		return nil
	}
	if f.RADIUS == nil {
		return fmt.Errorf("%w: --radius %s: the configuration file has no [[radius.client]] that says who may ask", ErrOptions, radiusAt)
	}
	f.RADIUS.Listen = radiusAt
	return nil
}
