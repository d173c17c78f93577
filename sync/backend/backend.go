// Package backend is the whole sync backend as one value: it opens a data folder,
// listens, serves devices and pages, and stops. countersignd runs it as a
// process, the app runs it within itself to be tried on one computer.
//
// It only wires: rules are in trust, the contract in sync/server, pages in
// sync/web, storage in sync/store.
//
// Source: docs/operate.md.
package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/sync/web"
)

// Options say where a backend keeps its data and where it listens. Data and
// Listen are required.
type Options struct {
	Data      string           // folder; made if there is none
	Listen    string           // "127.0.0.1:7420"; port 0 lets the system choose
	PublicURL string           // exact origin people use; default: kept, or made from Listen at the first start
	Name      string           // what people call this server; default its host
	Version   string           // program version
	Proxies   []netip.Prefix   // from where X-Forwarded-For is believed
	CertFile  string           // with KeyFile: serve TLS
	KeyFile   string           // with CertFile
	Metrics   bool             // serve /metrics to others than this computer too
	Log       *slog.Logger     // default discards
	Now       func() time.Time // default time.Now
}

// Backend is a running backend. Safe for concurrent use.
type Backend struct {
	o        Options
	db       *sqlite.DB
	server   *server.Server
	devices  *server.Handler
	pages    *web.Pages
	listener net.Listener
	admin    net.Listener
	http     *http.Server
	adminsrv *http.Server
	registry *prometheus.Registry
	stop     context.CancelFunc
	work     sync.WaitGroup
	failed   chan error
	once     sync.Once
	closed   error
}

// ErrPublicURL says that the public address cannot be used, or not any more.
var ErrPublicURL = errors.New("public address cannot be used")

// Start opens the data and serves until Close. When it returns, the backend
// answers. On an error nothing is left open.
func Start(ctx context.Context, o Options) (*Backend, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b := &Backend{o: o, failed: make(chan error, 2), registry: prometheus.NewRegistry()}
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Backend) start(ctx context.Context) (err error) {
	if b.listener, err = net.Listen("tcp", b.o.Listen); err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	if b.db, err = sqlite.Open(ctx, b.o.Data, sqlite.Options{}); err != nil {
		return err
	}
	keys, err := b.keys(ctx)
	if err != nil {
		return err
	}
	b.server, err = server.New(server.Options{
		Store: b.db, Keys: keys, Name: b.o.Name, Version: b.o.Version, Log: b.o.Log, Now: b.o.Now,
	})
	if err != nil {
		return err
	}
	if err := b.server.Measure(b.registry); err != nil {
		return err
	}
	if err := b.serve(); err != nil {
		return err
	}
	return b.serveAdmin()
}

func (b *Backend) serve() error {
	handler, err := b.handler()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	b.work.Go(func() { b.server.Run(ctx) })
	b.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(b.o.Log.Handler(), slog.LevelDebug),
	}
	b.work.Go(func() { b.failed <- b.run() })
	return nil
}

func (b *Backend) run() error {
	var err error
	if b.o.CertFile != "" {
		err = b.http.ServeTLS(b.listener, b.o.CertFile, b.o.KeyFile)
	} else {
		err = b.http.Serve(b.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Address gives "http://host:port" (or https) of the listener.
func (b *Backend) Address() string {
	scheme := "http"
	if b.o.CertFile != "" {
		scheme = "https"
	}
	return scheme + "://" + b.listener.Addr().String()
}

// URL gives the public origin.
func (b *Backend) URL() string { return b.server.Origin() }

// Invite makes an invitation for a name and gives its link.
func (b *Backend) Invite(ctx context.Context, name string) (link string, err error) {
	return b.server.Invite(ctx, name)
}

// Failed gives the error that ended the serving, nil after Close.
func (b *Backend) Failed() <-chan error { return b.failed }

// Close stops: no new calls, running ones are finished for up to 5 s, streams are
// ended, the data is closed. It may be called more than once.
func (b *Backend) Close() error {
	b.once.Do(func() { b.closed = b.close() })
	return b.closed
}

func (b *Backend) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var errs []error
	if b.devices != nil {
		b.devices.Close()
	}
	if b.pages != nil {
		b.pages.Close()
	}
	for _, s := range []*http.Server{b.http, b.adminsrv} {
		if s != nil {
			errs = append(errs, s.Shutdown(ctx))
		}
	}
	if b.stop != nil {
		b.stop()
	}
	for _, l := range []net.Listener{b.listener, b.admin} {
		if l != nil {
			l.Close()
		}
	}
	b.work.Wait()
	if b.db != nil {
		errs = append(errs, b.db.Close())
	}
	return errors.Join(errs...)
}
