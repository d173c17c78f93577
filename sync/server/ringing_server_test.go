//go:build linux

package server_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
)

// ringingFolder names the data folder to a copy of this program that is to be the
// server of BenchmarkRinging: in a process of its own, so that its memory and its
// descriptors are its own.
const ringingFolder = "COUNTERSIGN_TEST_RINGING"

func TestMain(m *testing.M) {
	dir := os.Getenv(ringingFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := serveRinging(dir, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// order is what the benchmark asks of the server, a line each; an answer is a line
// as well.
type order struct {
	Do   string // settle, session, ring, measure
	From int    // first account
	To   int    // behind the last
}

type outcome struct {
	Address  string        `json:",omitempty"` // at the start
	Sessions []ringSession `json:",omitempty"`
	Accepted int64         `json:",omitempty"` // ns on the system's clock
	Resident int64         `json:",omitempty"` // bytes
	Busy     time.Duration `json:",omitempty"` // processor time since the start
	Err      string        `json:",omitempty"`
}

// ringSession is what a device needs to connect.
type ringSession struct {
	Token api.Secret
	After uint64
}

// ringing is the server of the benchmark.
type ringing struct {
	s        *server.Server
	accounts []*apitest.Device
	accepted atomic.Int64
	waiting  api.Secret // the sign-in of the last ring
}

func serveRinging(dir string, in io.Reader, out io.Writer) (err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	keys, err := server.NewKeyFile("http://"+listener.Addr().String(), rand.Reader)
	if err != nil {
		return err
	}
	db, err := sqlite.Open(context.Background(), dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r := &ringing{}
	if r.s, err = server.New(server.Options{Store: db, Keys: keys, Name: "Example"}); err != nil {
		return err
	}
	r.s.TestOnlyHashed(func() { r.accepted.Store(monotonic()) })
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { r.s.Run(ctx) })
	handler := server.NewHandler(r.s, func(*http.Request) netip.Addr { return somewhere })
	web := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second}
	work.Go(func() { web.Serve(listener) })
	err = r.obey(in, out, listener.Addr().String())
	handler.Close()
	err = errors.Join(err, web.Close())
	cancel()
	work.Wait()
	return err
}

// monotonic is the time that all processes share.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic(err)
	}
	return t.Nano()
}

// obey does what it is told until there is nothing more.
func (r *ringing) obey(in io.Reader, out io.Writer, address string) error {
	answers := json.NewEncoder(out)
	if err := answers.Encode(outcome{Address: address}); err != nil {
		return err
	}
	orders := json.NewDecoder(bufio.NewReader(in))
	for {
		var o order
		if err := orders.Decode(&o); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var said outcome
		if err := r.do(o, &said); err != nil {
			said.Err = err.Error()
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
	}
}

func (r *ringing) do(o order, said *outcome) (err error) {
	switch o.Do {
	case "settle":
		return r.settle(o.To)
	case "session":
		said.Sessions, err = r.sessions(o.From, o.To)
	case "ring":
		said.Accepted, err = r.ring(o.From)
	case "measure":
		said.Resident, said.Busy, err = ownFigures()
	}
	return err
}

func ringName(i int) string { return fmt.Sprintf("person %d", i) }

// settle registers accounts, several at once as commits are shared.
func (r *ringing) settle(n int) error {
	r.accounts = make([]*apitest.Device, n)
	return sideBySide(0, n, func(i int) error {
		ctx := context.Background()
		link, err := r.s.Invite(ctx, ringName(i))
		if err != nil {
			return err
		}
		r.accounts[i], err = apitest.Join(ctx, r.s, link, ringName(i), password, time.Now())
		return err
	})
}

func (r *ringing) sessions(from, to int) ([]ringSession, error) {
	out := make([]ringSession, to-from)
	return out, sideBySide(from, to, func(i int) error {
		ctx := context.Background()
		token, err := r.accounts[i].Session(ctx, r.s)
		if err != nil {
			return err
		}
		status, err := r.s.Status(ctx, token)
		out[i-from] = ringSession{Token: token, After: status.Events}
		return err
	})
}

func sideBySide(from, to int, do func(i int) error) error {
	var next atomic.Int64
	next.Store(int64(from))
	errs := make([]error, 16)
	var work sync.WaitGroup
	for w := range errs {
		work.Go(func() {
			for i := next.Add(1) - 1; int(i) < to && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = do(int(i))
			}
		})
	}
	work.Wait()
	return errors.Join(errs...)
}

// ring gives the right password for an account and tells when it was accepted. The
// sign-in before is stopped first, so that none runs out in between.
func (r *ringing) ring(i int) (accepted int64, err error) {
	ctx := context.Background()
	if r.waiting != nil {
		if err := r.s.Stop(ctx, r.waiting); err != nil {
			return 0, err
		}
	}
	r.waiting, err = r.s.Begin(ctx, server.Asking{Name: ringName(i), Password: password, Address: somewhere, Agent: "Firefox on Linux"})
	return r.accepted.Load(), err
}

// ownFigures gives this process's resident memory, after what is not needed was
// given back, and the processor time it used.
func ownFigures() (resident int64, busy time.Duration, err error) {
	runtime.GC()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &resident); err == nil {
			break
		}
	}
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return 0, 0, err
	}
	return resident << 10, time.Duration(used.Utime.Nano() + used.Stime.Nano()), nil
}
