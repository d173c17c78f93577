package app_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/trust"
)

const password = "correct horse battery"

// world is a backend and a device that belongs to an account there, in a bubble
// of its own time.
type world struct {
	t     *testing.T
	ctx   context.Context
	b     *backend
	o     app.Options
	d     *app.Device
	key   trust.RecoveryKey
	wall  time.Duration // this computer's date beside the true one
	hears []app.Happening
}

// inWorld runs a test in a bubble, with a device that was just set up and is
// connected.
func inWorld(t *testing.T, test func(*world), with ...func(*app.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for _, o := range with {
			o(&w.o)
		}
		w.setUp()
		defer func() { w.d.Close() }()
		test(w)
	})
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, ctx: t.Context(), b: newBackend(t)}
	w.o = app.Options{
		Dir: filepath.Join(t.TempDir(), "countersign"), Vault: vault.NewMemory(), VaultKind: app.VaultMemory,
		Dial:     func(string) (api.Account, error) { return w.b, nil },
		Now:      func() time.Time { return time.Now().Add(w.wall) },
		Happened: func(h app.Happening) { w.hears = append(w.hears, h) },
	}
	w.o.SealQuickly()
	return w
}

// open starts the device.
func (w *world) open() {
	w.t.Helper()
	d, err := app.Open(w.ctx, w.o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.d = d
	w.settle()
}

// restart ends the device and starts it again, as after a reboot.
func (w *world) restart() {
	w.t.Helper()
	w.d.Close()
	w.open()
}

func (w *world) input() app.SetupInput {
	return app.SetupInput{Link: w.b.invite("anna"), Password: password, DeviceName: "Laptop", Kind: trust.Laptop}
}

func (w *world) setUp() {
	w.t.Helper()
	w.open()
	s, err := w.d.BeginSetup(w.ctx, w.input())
	if err != nil {
		w.t.Fatal(err)
	}
	w.key = s.Key()
	if err := s.Finish(w.ctx, s.Key().Text()); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// settle waits until nothing more happens by itself: a moment, for programs that
// wait for each other's hold on the state.
func (w *world) settle() { w.pass(50 * time.Millisecond) }

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// ask lets somebody sign in and gives the request as the device shows it.
func (w *world) ask() app.Request {
	w.t.Helper()
	id := w.b.ask()
	w.settle()
	for _, r := range w.d.View().Requests {
		if r.ID == id {
			return r
		}
	}
	w.t.Fatalf("the request is not shown; view is %+v", w.d.View())
	return app.Request{}
}

func (w *world) allow(r app.Request) app.Shown {
	w.t.Helper()
	shown, err := w.d.Allow(w.ctx, r.ID)
	if err != nil {
		w.t.Fatalf("allowing: %v", err)
	}
	w.settle()
	return shown
}

// kinds gives what happened, newest first.
func (w *world) kinds() (kinds []string) {
	for _, a := range w.d.View().Activity {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

func timeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

func contains(text, part string) bool { return strings.Contains(text, part) }
