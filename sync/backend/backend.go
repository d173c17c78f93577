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
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/countersign/countersign/sync/notice"
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
	TestClock string           // see TestClockVariable
	Config    Config           // gateways for messages
}

// Backend is a running backend. Safe for concurrent use.
type Backend struct {
	o         Options
	db        *sqlite.DB
	server    *server.Server
	postman   *notice.Postman
	devices   *server.Handler
	pages     *web.Pages
	listener  net.Listener // the first of listeners
	listeners []net.Listener
	admin     net.Listener
	http      *http.Server
	adminsrv  *http.Server
	silent    *silent
	registry  *prometheus.Registry
	cutter    *cutter
	fronts    []running
	at        map[string]string // where fronts listen
	stop      context.CancelFunc
	work      sync.WaitGroup
	failed    chan error // holds more than can end by themselves
	once      sync.Once
	closed    error
}

var (
	// ErrPublicURL says that the public address cannot be used, or not any more.
	ErrPublicURL = errors.New("public address cannot be used")
	// ErrOptions says that an option is missing or cannot be used.
	ErrOptions = errors.New("wrong option")
)

// finishFor is how long Close waits for calls that are running.
const finishFor = 4 * time.Second

// Start opens the data and serves until Close. When it returns, the backend
// answers. On an error nothing is left open.
func Start(ctx context.Context, o Options) (*Backend, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	b := &Backend{o: o, failed: make(chan error, 8), at: make(map[string]string), registry: prometheus.NewRegistry(), silent: newSilent()}
	if err := b.start(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Backend) start(ctx context.Context) (err error) {
	if b.o.Data == "" || b.o.Listen == "" {
		return fmt.Errorf("%w: a data folder and an address to listen on are needed", ErrOptions)
	}
	if err := b.moveClock(); err != nil {
		return err
	}
	secure, err := b.certificate()
	if err != nil {
		return err
	}
	if b.listeners, err = listen(b.o.Listen); err != nil {
		return err
	}
	b.listener = b.listeners[0]
	if b.db, err = sqlite.Open(ctx, b.o.Data, sqlite.Options{}); err != nil {
		return err
	}
	keys, err := b.keys(ctx)
	if err != nil {
		return err
	}
	senders, media, err := gateways(b.o.Config)
	if err != nil {
		return err
	}
	services, cuts, err := b.o.Config.offered()
	if err != nil {
		return err
	}
	b.cutter = newCutter(cuts, b.o.Log)
	b.server, err = server.New(server.Options{
		Store: b.db, Keys: keys, Name: b.o.Name, Version: b.o.Version, Log: b.o.Log, Now: b.o.Now,
		Media: media, Text: b.o.Config.Text.SignIn, Services: services, Cut: b.cutter.cut,
	})
	if errors.Is(err, server.ErrServices) {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if err != nil {
		return err
	}
	b.postman = &notice.Postman{Source: b.server, Senders: senders, Log: b.o.Log, Now: b.o.Now}
	if err := b.server.Measure(b.registry); err != nil {
		return err
	}
	if err := b.serve(secure); err != nil {
		return err
	}
	if err := b.serveFronts(); err != nil {
		return err
	}
	return b.serveAdmin()
}

// certificate reads what TLS is served with; nil without TLS.
func (b *Backend) certificate() (*tls.Config, error) {
	if b.o.CertFile == "" && b.o.KeyFile == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(b.o.CertFile, b.o.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

func (b *Backend) serve(secure *tls.Config) error {
	handler, err := b.handler()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.stop = cancel
	b.work.Go(func() { b.server.Run(ctx) })
	b.work.Go(func() { b.postman.Run(ctx) })
	b.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second, // streams set their own, write by write
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10, TLSConfig: secure, ConnState: b.silent.note,
		ErrorLog: slog.NewLogLogger(b.o.Log.Handler(), slog.LevelDebug),
	}
	b.work.Go(func() { b.failed <- b.run() })
	return nil
}

// run serves on every listener; what ends one of them ends it.
func (b *Backend) run() error {
	ended := make(chan error, len(b.listeners))
	for _, l := range b.listeners {
		b.work.Go(func() { ended <- b.runOn(l) })
	}
	err := <-ended
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (b *Backend) runOn(l net.Listener) error {
	if b.o.CertFile != "" { // not TLSConfig: the first Serve sets one
		return b.http.ServeTLS(l, "", "")
	}
	return b.http.Serve(l)
}

// Address gives "http://host:port" (or https) of the listener.
func (b *Backend) Address() string { return b.scheme() + "://" + b.listener.Addr().String() }

func (b *Backend) scheme() string {
	if b.o.CertFile != "" {
		return "https"
	}
	return "http"
}

// URL gives the public origin.
func (b *Backend) URL() string { return b.server.Origin() }

// Invite makes an invitation for a name and gives its link.
func (b *Backend) Invite(ctx context.Context, name string) (link string, err error) {
	return b.server.Invite(ctx, name)
}

// Failed gives the error that ended the serving, nil after Close.
func (b *Backend) Failed() <-chan error { return b.failed }
