// Package integrate_test plays the services of docs/integrate against real programs on
// this computer: what opens them, what does not, and how soon an app password ends.
// Each program runs with the very configuration that its page shows.
package integrate_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/trust/apppass"
)

// password is the account's own.
const password = "correct horse battery"

// house is a running backend with an account on it, and its trusted device.
type house struct {
	t      testing.TB
	b      *backend.Backend
	to     *client.Client
	name   string
	data   string // folder of the backend
	device *apitest.Device
}

// newHouse starts a backend with a configuration and makes the account.
func newHouse(t testing.TB, name, config string) *house {
	t.Helper()
	data := t.TempDir()
	h := &house{t: t, name: name, data: data}
	h.ok(os.WriteFile(filepath.Join(data, backend.ConfigName), []byte(config), 0o600))
	c, err := backend.ReadConfig(data, "")
	h.ok(err)
	h.b, err = backend.Start(t.Context(), backend.Options{Data: data, Listen: "127.0.0.1:0", Name: "Example", Config: c})
	h.ok(err)
	t.Cleanup(func() {
		if err := h.b.Close(); err != nil {
			t.Error(err)
		}
	})
	h.to, err = client.New(h.b.URL(), client.Options{})
	h.ok(err)
	h.join()
	return h
}

// join makes the account of the house's name.
func (h *house) join() {
	h.t.Helper()
	link, err := h.b.Invite(h.t.Context(), h.name)
	h.ok(err)
	h.device, err = apitest.Join(h.t.Context(), h.to, link, h.name, password, time.Now())
	h.ok(err)
}

// guest is another account in the same house.
func (h *house) guest(name string) *house {
	h.t.Helper()
	g := *h
	g.name = name
	g.join()
	return &g
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) token() api.Secret {
	h.t.Helper()
	token, err := h.device.Session(context.Background(), h.to)
	h.ok(err)
	return token
}

// made is an app password that the account's devices know of.
type made struct {
	id   [16]byte
	text string // as it is shown; canonical where programs hash it
}

// make makes an app password on the device.
func (h *house) make(service string, change ...func(*apppass.Spec)) made {
	h.t.Helper()
	spec := apppass.Spec{Account: h.device.Chain.Account(), Service: service, Label: "A program"}
	rand.Read(spec.ID[:])
	for _, c := range change {
		c(&spec)
	}
	p, err := apppass.New(rand.Reader)
	h.ok(err)
	c, err := apppass.Make(spec, p, h.device.Chain.Verifiers()[0])
	h.ok(err)
	entry, err := h.device.Chain.AddCredential(h.device.Author(), c, time.Now())
	h.ok(err)
	h.ok(h.device.Change(context.Background(), h.to, h.token(), password, entry))
	if spec.Digest != nil {
		return made{id: spec.ID, text: p.Canonical()}
	}
	return made{id: spec.ID, text: p.Text()}
}

// lasting has an app password end after some time.
func lasting(d time.Duration) func(*apppass.Spec) {
	return func(s *apppass.Spec) { s.Expires = time.Now().Add(d) }
}

// remove ends an app password on the device.
func (h *house) remove(p made) {
	h.t.Helper()
	entry, err := h.device.Chain.RevokeCredential(h.device.Author(), p.id, time.Now())
	h.ok(err)
	h.ok(h.device.Change(context.Background(), h.to, h.token(), password, entry))
}

// allow waits until somebody asks, allows it on the device, and gives the code.
func (h *house) allow() string {
	h.t.Helper()
	var r api.Request
	await(h.t, "a request on the device", func() error {
		all, err := h.to.Requests(context.Background(), h.token(), true)
		if err == nil && len(all) == 0 {
			err = errors.New("nobody asks")
		}
		if err == nil {
			r = all[len(all)-1]
		}
		return err
	})
	approval, code, err := h.device.Allow(r, time.Now())
	h.ok(err)
	h.ok(h.to.Answer(context.Background(), h.token(), approval))
	return string(code)
}

// await asks until there is no error, for 20 seconds.
func await(t testing.TB, what string, try func() error) (took time.Duration) {
	t.Helper()
	begun := time.Now()
	for pause := 5 * time.Millisecond; ; pause = min(pause*2, 200*time.Millisecond) {
		err := try()
		if err == nil {
			return time.Since(begun)
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("waiting for %s: %v", what, err)
		}
		wait(pause)
	}
}

func wait(d time.Duration) { <-time.After(d) }

// attempt is one try at a service.
type attempt struct {
	what, name, password string
	want                 bool
}

// attempts are what every service is tried with: its own app password opens it, and
// nothing else does.
func (h *house) attempts(service, another string) (list []attempt, right made) {
	h.t.Helper()
	right, gone, foreign, over := h.make(service), h.make(service), h.make(another), h.make(service, lasting(-time.Minute))
	h.remove(gone)
	return []attempt{
		{"its own app password", h.name, right.text, true},
		{"another service's app password", h.name, foreign.text, false},
		{"a removed app password", h.name, gone.text, false},
		{"an expired app password", h.name, over.text, false},
		{"the account's password", h.name, password, false},
		{"no password", h.name, "", false},
		{"an unknown name", "nobody", right.text, false},
	}, right
}

// free gives a port that nothing listens on now.
func free(t testing.TB, network string) int {
	t.Helper()
	if network == "udp" {
		l, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.LocalAddr().(*net.UDPAddr).Port
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// answers waits until something listens at a port of this computer.
func answers(t testing.TB, port int) {
	t.Helper()
	await(t, fmt.Sprintf("port %d", port), func() error {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			c.Close()
		}
		return err
	})
}

// file writes a file into a folder.
func file(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.TrimLeft(text, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
