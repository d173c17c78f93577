package backend_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/api/apitest"
	"github.com/countersign/countersign/sync/backend"
	"github.com/countersign/countersign/sync/client"
	"github.com/countersign/countersign/trust/apppass"
)

// configured reads a configuration as an operator writes it.
func configured(t *testing.T, o backend.Options, text string) backend.Options {
	t.Helper()
	if err := os.WriteFile(filepath.Join(o.Data, backend.ConfigName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var err error
	if o.Config, err = backend.ReadConfig(o.Data, ""); err != nil {
		t.Fatal(err)
	}
	return o
}

// appPassword makes one on a device, and gives what removes it.
func appPassword(t *testing.T, d *apitest.Device, c *client.Client, service string) (text string, remove func()) {
	t.Helper()
	spec := apppass.Spec{Account: d.Chain.Account(), Service: service, Label: "Phone"}
	rand.Read(spec.ID[:])
	p := must(apppass.New(rand.Reader))
	change := func(entry []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Change(t.Context(), c, must(d.Session(t.Context(), c)), password, entry); err != nil {
			t.Fatal(err)
		}
	}
	change(d.Chain.AddCredential(d.Author(), must(apppass.Make(spec, p, d.Chain.Verifiers()[0])), time.Now()))
	return p.Text(), func() { change(d.Chain.RevokeCredential(d.Author(), spec.ID, time.Now())) }
}

// checked asks whether an app password opens a service, as a web server does.
func checked(t *testing.T, b *backend.Backend, service, name, word string, change ...func(*http.Request)) int {
	t.Helper()
	req := ask(t, b.Address()+"/v1/check/"+service)
	req.SetBasicAuth(name, word)
	for _, c := range change {
		c(req)
	}
	status, _ := get(t, req)
	return status
}

const twoServices = `
[[service]]
id = "imap"
also = ["smtp"]
kind = "mail"
cut = ["%s", "{user}"]

[[service]]
id = "chat"
kind = "chat"

[check]
`

// From the operator's file to the program that ends sessions.
func TestServicesOpenAndAreCut(t *testing.T) {
	dir := t.TempDir()
	program, out := filepath.Join(dir, "kick"), filepath.Join(dir, "out")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$1\" >> "+out+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	b := start(t, configured(t, here(t.TempDir()), strings.Replace(twoServices, "%s", program, 1)))
	d, c := settle(t, b, "Anna")
	word, remove := appPassword(t, d, c, "imap")
	for _, try := range []struct {
		service, name, word string
		want                int
	}{
		{"imap", "anna", word, 200}, {"smtp", "ANNA", word, 200}, {"chat", "anna", word, 401}, {"imap", "anna", password, 401},
		{"imap", "berta", word, 401}, {"calls", "anna", word, 403},
	} {
		if got := checked(t, b, try.service, try.name, try.word); got != try.want {
			t.Errorf("%s at %s: %d, want %d", try.name, try.service, got, try.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("sessions were ended before anything was removed")
	}
	remove()
	if got := checked(t, b, "imap", "anna", word); got != 401 {
		t.Errorf("removed, it gets %d", got)
	}
	stop(t, b) // which lets the program end
	if got := string(must(os.ReadFile(out))); got != "anna\n" {
		t.Errorf("the program was run for %q", got)
	}
}

// Who calls the public name comes through a web server on this computer, which may ask.
func TestTheCheckIsNotForThePublic(t *testing.T) {
	o := here(t.TempDir())
	o.PublicURL = "https://id.example.org"
	b := start(t, configured(t, o, strings.Replace(twoServices, "%s", "true", 1)))
	for host, want := range map[string]int{"": 401, "localhost:7420": 401, "id.example.org": 404, "ID.Example.org:443": 404} {
		named := func(r *http.Request) { r.Host = host }
		if got := checked(t, b, "imap", "anna", "word", named); got != want {
			t.Errorf("by the name %q it answers %d, want %d", host, got, want)
		}
	}
	silent := start(t, configured(t, here(t.TempDir()), "[[service]]\nid=\"imap\"\nkind=\"mail\"\n"))
	if got := checked(t, silent, "imap", "anna", "word"); got != 404 {
		t.Errorf("without [check] it answers %d", got)
	}
}

func TestServicesThatAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"[[service]]\nid=\"imap\"\nkind=\"post\"\n":                                                  "its kind is one of",
		"[[service]]\nid=\"IMAP!\"\nkind=\"mail\"\n":                                                 "lower-case",
		"[[service]]\nid=\"a\"\nkind=\"mail\"\n[[service]]\nid=\"b\"\nalso=[\"a\"]\nkind=\"mail\"\n": "two of them",
		"[[service]]\nid=\"calls\"\nkind=\"calls\"\n":                                                "realm",
		"[[service]]\nid=\"imap\"\nkind=\"mail\"\ncut=[\"\"]\n":                                      "cut",
		"[[service]]\nid=\"imap\"\nkind=\"mail\"\ncut=[\"{user}\"]\n":                                "cut",
		"[[service]]\nid=\"imap\"\nkind=\"mail\"\ncut=[\"no-such-program-here\"]\n":                  "cut",
		"[[service]]\nid=\"imap\"\nkind=\"mail\"\ncuts=[\"true\"]\n":                                 "cuts",
		"[check]\nallow=[\"0.0.0.0/0\"]\n":                                                           "everybody",
		"[check]\nallow=[\"somewhere\"]\n":                                                           "allow",
		"[radius]\nlisten=\"127.0.0.1:0\"\n":                                                         "[[radius.client]]",
		"[ldap]\nlisten=\"127.0.0.1:0\"\n[[ldap.reader]]\nservice=\"none\"\nsecret_file=\"none\"\n":  "[[service]]",
	} {
		o := here(t.TempDir())
		if err := os.WriteFile(filepath.Join(o.Data, backend.ConfigName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := backend.ReadConfig(o.Data, "")
		if err == nil {
			o.Config = config
			var b *backend.Backend
			if b, err = backend.Start(context.Background(), o); err == nil {
				b.Close()
			}
		}
		if !errors.Is(err, backend.ErrOptions) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

// A front that cannot listen keeps the server from starting: services that nobody
// answers would look like wrong passwords. The folder is free again at once.
func TestAnAddressThatIsTaken(t *testing.T) {
	taken := must(net.Listen("tcp", "127.0.0.1:0"))
	defer taken.Close()
	packets := must(net.ListenPacket("udp", "127.0.0.1:0"))
	defer packets.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(strings.Repeat("s", 32)), 0o600); err != nil {
		t.Fatal(err)
	}
	o := here(t.TempDir())
	for what, text := range map[string]string{
		"LDAP":   "[ldap]\nlisten=\"" + taken.Addr().String() + "\"\n",
		"RADIUS": "[radius]\nlisten=\"" + packets.LocalAddr().String() + "\"\n[[radius.client]]\nnetworks=[\"127.0.0.1/32\"]\nsecret_file=\"" + secret + "\"\n",
	} {
		b, err := backend.Start(t.Context(), configured(t, o, text))
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "listening for "+what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	start(t, configured(t, o, ""))
}
