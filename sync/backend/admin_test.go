package backend_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/countersign/countersign/sync/api"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/sync/store"
)

// Invitations are made through the backend that runs on the folder, or directly
// when none does; either way they are good there.
func TestInviteRunningAndStopped(t *testing.T) {
	o := here(t.TempDir())
	if _, err := backend.Invite(t.Context(), o, "anna"); !errors.Is(err, backend.ErrPublicURL) || !strings.Contains(err.Error(), "--public-url") {
		t.Errorf("in a folder that was never started: %v", err)
	}
	o.PublicURL = "https://id.example.org"
	first := must(backend.Invite(t.Context(), o, "anna"))
	b := start(t, o)
	second := must(backend.Invite(t.Context(), backend.Options{Data: o.Data}, "berta"))
	for link, name := range map[string]string{first: "anna", second: "berta"} {
		origin, secret, err := api.ParseLink(link)
		if err != nil || origin != o.PublicURL {
			t.Fatalf("the link is %q", link)
		}
		c := must(client.New(b.Address(), client.Options{}))
		if got, err := c.Invitation(t.Context(), secret); err != nil || got.Name != name {
			t.Errorf("the invitation for %s is %+v, %v", name, got, err)
		}
	}
	stop(t, b)
	third := must(backend.Invite(t.Context(), backend.Options{Data: o.Data}, "carla"))
	if !strings.HasPrefix(third, o.PublicURL+"/i#") {
		t.Errorf("stopped, the link is %q", third)
	}
}

func TestInviteRefuses(t *testing.T) {
	o := here(t.TempDir())
	b := start(t, o)
	settle(t, b, "anna")
	check := func(state string) {
		for name, why := range map[string]string{"anna": "taken", "ANNA": "taken", "": "empty", " a": "a space", strings.Repeat("a", 65): "long", "a\nb": "two lines"} {
			_, err := backend.Invite(t.Context(), o, name)
			if !errors.Is(err, &api.Error{Code: api.CodeName}) {
				t.Errorf("%s, a name that is %s gives %v", state, why, err)
			}
		}
	}
	check("running")
	stop(t, b)
	check("stopped")
}

func TestAccounts(t *testing.T) {
	o := here(t.TempDir())
	b := start(t, o)
	for _, name := range []string{"berta", "anna"} {
		settle(t, b, name)
	}
	check := func(state string) {
		list, err := backend.Accounts(t.Context(), o)
		if err != nil || len(list) != 2 || list[0].Name != "anna" || list[1].Name != "berta" || list[1].Devices != 1 {
			t.Errorf("%s, the accounts are %+v, %v", state, list, err)
		}
	}
	check("running")
	stop(t, b)
	check("stopped")
}

// What a killed backend left in its folder hinders nobody.
func TestSocketOfTheDead(t *testing.T) {
	o := here(t.TempDir())
	stop(t, start(t, o))
	left := must(net.Listen("unix", filepath.Join(o.Data, "admin.sock"))).(*net.UnixListener)
	left.SetUnlinkOnClose(false)
	left.Close()
	if _, err := backend.Invite(t.Context(), o, "anna"); err != nil {
		t.Errorf("inviting: %v", err)
	}
	start(t, o)
	if _, err := backend.Invite(t.Context(), o, "berta"); err != nil {
		t.Errorf("inviting, started again: %v", err)
	}
}

// A socket's path may be a hundred bytes long; a folder's much longer.
func TestSocketOfALongPath(t *testing.T) {
	temp := filepath.Join(t.TempDir(), "t")
	if err := os.Mkdir(temp, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	o := here(filepath.Join(t.TempDir(), strings.Repeat("long", 30)))
	b := start(t, o)
	sockets := must(filepath.Glob(filepath.Join(temp, "countersign-*", "admin.sock")))
	if len(sockets) != 1 {
		t.Fatalf("the sockets are %q", sockets)
	}
	own := filepath.Dir(sockets[0])
	if a, z := must(os.Stat(own)).Mode().Perm(), must(os.Stat(sockets[0])).Mode().Perm(); a != 0o700 || z != 0o600 {
		t.Errorf("the modes are %v and %v", a, z)
	}
	if _, err := backend.Invite(t.Context(), o, "anna"); err != nil {
		t.Errorf("inviting: %v", err)
	}
	stop(t, b)
	if _, err := backend.Invite(t.Context(), o, "berta"); err != nil {
		t.Errorf("inviting, stopped: %v", err)
	}

	// Somebody else was there first, and would answer in our place.
	stranger := must(net.Listen("unix", sockets[0]))
	defer stranger.Close()
	if err := os.Chmod(own, 0o777); err != nil {
		t.Fatal(err)
	}
	if b, err := backend.Start(t.Context(), o); err == nil || !strings.Contains(err.Error(), "not a folder of this user alone") {
		t.Errorf("starting gives %v", err)
		if err == nil {
			b.Close()
		}
	}
	if _, err := backend.Invite(t.Context(), o, "carla"); err == nil || !strings.Contains(err.Error(), "not a folder of this user alone") {
		t.Errorf("inviting gives %v", err)
	}
}

// What comes through the socket may be anything.
func TestSocketBadInput(t *testing.T) {
	o := here(t.TempDir())
	start(t, o)
	line := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(o.Data, "admin.sock"))
	}}}
	for name, body := range map[string]string{
		"nothing": "", "no JSON": "anna", "null": "null", "a list": "[]", "another type": `{"name":7}`,
		"too long": `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, "cut off": `{"name":"ann`,
	} {
		resp, err := line.Post("http://admin/invite", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
	}
	for _, path := range []string{"/", "/d/server", "/metrics"} {
		resp, err := line.Get("http://admin" + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
	}
}

// A folder that something else holds, without a socket, is in use.
func TestInviteInUse(t *testing.T) {
	o := here(t.TempDir())
	start(t, o)
	if err := os.Remove(filepath.Join(o.Data, "admin.sock")); err != nil {
		t.Fatal(err)
	}
	if _, err := backend.Invite(t.Context(), o, "anna"); !errors.Is(err, store.ErrInUse) {
		t.Errorf("inviting gives %v", err)
	}
}
