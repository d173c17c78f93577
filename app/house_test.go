package app_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/countersign/countersign/app"
	"github.com/countersign/countersign/app/vault"
	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/front"
	"github.com/countersign/countersign/sync/server"
	"github.com/countersign/countersign/sync/store/sqlite"
	"github.com/countersign/countersign/trust"
	"github.com/countersign/countersign/trust/verify"
)

// house is the real backend, its store on the disk, and a device, in time that
// passes as the test says.
type house struct {
	t    *testing.T
	ctx  context.Context
	s    *server.Server
	keys server.KeyFile
	dir  string
	stop func()
	life context.Context // of the server that runs now
	o    app.Options
	d    *app.Device

	password string // the account's
	key      trust.RecoveryKey
	media    []api.Medium    // by which the server sends messages, from its next start on
	text     bool            // people may sign in by text message, likewise
	services []front.Service // what app passwords open, likewise
}

func inHouse(t *testing.T, test func(*house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, password: password, ctx: t.Context(), dir: t.TempDir(), keys: must(server.NewKeyFile("https://id.example.org", rand.Reader))}
		h.start()
		defer func() { h.stop() }()
		h.o = app.Options{
			Dir: filepath.Join(t.TempDir(), "countersign"), Vault: vault.NewMemory(), VaultKind: app.VaultMemory,
			Dial: func(string) (api.Account, error) { return door{h}, nil },
		}
		h.o.SealQuickly()
		h.setUp()
		defer func() { h.d.Close() }()
		test(h)
	})
}

// door leads to whatever server runs now.
type door struct{ h *house }

// start opens the store and serves it.
func (h *house) start() {
	h.t.Helper()
	db, err := sqlite.Open(h.ctx, h.dir, sqlite.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	h.s = must(server.New(server.Options{Store: db, Keys: h.keys, Name: "Example", Media: h.media, Text: h.text, Services: h.services}))
	ctx, cancel := context.WithCancel(h.ctx)
	h.life = ctx
	gone := make(chan struct{})
	go func() { defer close(gone); h.s.Run(ctx) }()
	h.stop = func() {
		cancel()
		<-gone
		if err := db.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

func (h *house) restart() {
	h.stop()
	h.start()
}

func (h *house) setUp() {
	h.t.Helper()
	h.d = must(app.Open(h.ctx, h.o))
	link := must(h.s.Invite(h.ctx, "anna"))
	s := must(h.d.BeginSetup(h.ctx, app.SetupInput{Link: link, Password: password, DeviceName: "Laptop", Kind: trust.Laptop}))
	h.key = s.Key()
	if err := s.Finish(h.ctx, s.Key().Text()); err != nil {
		h.t.Fatal(err)
	}
	h.pass(time.Second)
	h.signIn() // the trial
	if v := h.d.View(); v.Stage != app.StageOn {
		h.t.Fatalf("after the trial sign-in the view is %+v", v)
	}
}

func (h *house) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// ask begins a sign-in in a new browser.
func (h *house) ask() (api.Secret, error) {
	secret, err := h.s.Begin(h.ctx, server.Asking{Name: "anna", Password: h.password, Address: netip.MustParseAddr("192.0.2.7"), Agent: "Firefox on Linux"})
	h.pass(time.Second)
	return secret, err
}

func (h *house) signIn() {
	h.t.Helper()
	browser, err := h.ask()
	if err != nil {
		h.t.Fatalf("asking: %v", err)
	}
	v := h.d.View()
	if len(v.Requests) != 1 {
		h.t.Fatalf("view is %+v", v)
	}
	shown, err := h.d.Allow(h.ctx, v.Requests[0].ID)
	if err != nil {
		h.t.Fatal(err)
	}
	typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
	if err != nil || typed.Outcome != verify.Right {
		h.t.Errorf("the code is %s, %v", typed.Outcome, err)
	}
	h.pass(time.Second)
}

func (h *house) kinds() (kinds []string) {
	for _, a := range h.d.View().Activity {
		kinds = append(kinds, a.Kind)
	}
	return kinds
}

func TestNobodyAnswersInTime(t *testing.T) {
	inHouse(t, func(h *house) {
		browser, err := h.ask()
		if err != nil {
			t.Fatal(err)
		}
		h.pass(2*time.Minute + 30*time.Second)
		if v := h.d.View(); len(v.Requests) != 0 || h.kinds()[0] != "expired" {
			t.Errorf("%d requests, activity is %s", len(v.Requests), h.kinds())
		}
		if p := must(h.s.Progress(h.ctx, browser)); p.State != verify.Expired {
			t.Errorf("the page is %s", p.State)
		}
		h.signIn()
	})
}

// Three ignored requests end the ringing, until a person looks (limit L6).
func TestIgnoredRequestsGoQuiet(t *testing.T) {
	inHouse(t, func(h *house) {
		for range 3 {
			if _, err := h.ask(); err != nil {
				t.Fatal(err)
			}
			h.pass(20 * time.Minute)
		}
		if !h.d.View().Quiet {
			t.Errorf("the device is not told; activity is %s", h.kinds())
		}
		if _, err := h.ask(); err != nil {
			t.Fatal(err)
		}
		if n := len(h.d.View().Requests); n != 0 {
			t.Errorf("%d requests ring", n)
		}
		if err := h.d.CheckNow(h.ctx); err != nil {
			t.Fatal(err)
		}
		if n := len(h.d.View().Requests); n != 1 {
			t.Errorf("who looks sees %d requests", n)
		}
		h.pass(20 * time.Minute)
		h.signIn()
	})
}

func TestARestartOfTheBackendInTheMiddle(t *testing.T) {
	inHouse(t, func(h *house) {
		browser := must(h.ask())
		h.restart()
		h.pass(2 * time.Second)
		shown := must(h.d.Allow(h.ctx, h.d.View().Requests[0].ID))
		h.restart()
		h.pass(2 * time.Second)
		typed, err := h.s.Type(h.ctx, browser, string(shown.Code), false, "Firefox on Linux")
		if err != nil || typed.Outcome != verify.Right {
			t.Errorf("the code is %s, %v", typed.Outcome, err)
		}
		h.pass(time.Minute)
		if v := h.d.View(); v.Activity[0].Kind != "done" || v.Activity[0].Doubt || v.Link.State != app.Online {
			t.Errorf("view is %+v", v)
		}
	})
}

func TestNotMeKeepsNewBrowsersOut(t *testing.T) {
	inHouse(t, func(h *house) {
		if _, err := h.ask(); err != nil {
			t.Fatal(err)
		}
		if err := h.d.NotMe(h.ctx, h.d.View().Requests[0].ID); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		v := h.d.View()
		if left := time.Until(v.Paused); left < 50*time.Minute || left > time.Hour {
			t.Errorf("paused for %s", left)
		}
		var refused server.Refused
		if _, err := h.ask(); !errors.As(err, &refused) {
			t.Errorf("the next browser: %v", err)
		}
		if _, err := h.d.OpenDoor(h.ctx, password); err != nil {
			t.Fatal(err)
		}
		h.pass(time.Second)
		if h.d.View().Door == nil {
			t.Error("the open door is not shown")
		}
		h.signIn()
		if d := h.d.View().Door; d != nil {
			t.Errorf("a door that was used is still shown: %+v", d)
		}
		if err := h.d.Resume(h.ctx, password); err != nil {
			t.Fatal(err)
		}
		if v := h.d.View(); !v.Paused.IsZero() {
			t.Errorf("still paused until %s", v.Paused)
		}
		if !slices.Contains(h.kinds(), "paused") || !slices.Contains(h.kinds(), "door") {
			t.Errorf("activity is %s", h.kinds())
		}
	})
}

func TestADayOnline(t *testing.T) {
	inHouse(t, func(h *house) {
		offline := 0
		stop := h.d.Watch(func(v app.View) {
			if v.Link.State != app.Online {
				offline++
			}
		})
		defer stop()
		for range 6 {
			h.pass(4 * time.Hour)
			h.signIn()
		}
		if offline > 0 {
			t.Errorf("the device was seen offline %d times", offline)
		}
	})
}
