package main

import (
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/countersign/countersign/sync/front/recipe"
)

const someServices = `
[[service]]
id = "post"
also = ["smtp"]
kind = "mail"
address = "imaps://mx.example.net:993"
realm = "example.net"

[[service]]
id = "shell"
kind = "shell"
title = "SSH"
code = true
open = false

[ldap]
listen = "0.0.0.0:1389"
[[ldap.reader]]
service = "post"
secret_file = "/run/post.secret"

[radius]
listen = "127.0.0.1:2812"
[[radius.client]]
networks = ["127.0.0.1/32"]
secret_file = "/run/shell.secret"
`

func withServices(t *testing.T) (p person, file string) {
	t.Helper()
	p = newHome(t)
	file = filepath.Join(p.home, "services.toml")
	if err := os.WriteFile(file, []byte(someServices), 0o600); err != nil {
		t.Fatal(err)
	}
	return p, file
}

// An operator sees what is configured without starting anything, and without secrets.
func TestServicesAreListed(t *testing.T) {
	p, file := withServices(t)
	code, out, errs := p.run("services", "--config", file)
	for _, want := range []string{"post ", "Mail ", "opened by app passwords\n", "shell ", "SSH ", "opened by password and code\n"} {
		if code != exitOK || errs != "" || !strings.Contains(out, want) {
			t.Errorf("%d %s: no %q in\n%s", code, errs, want, out)
		}
	}
	code, out, _ = p.run("services", "--json", "--config", file)
	const want = `[{"id":"post","also":["smtp"],"kind":"mail","title":"Mail","address":"imaps://mx.example.net:993","realm":"example.net","code":false,"open":true},` +
		`{"id":"shell","kind":"shell","title":"SSH","code":true,"open":false}]` + "\n"
	if code != exitOK || out != want {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ := newHome(t).run("services"); code != exitOK || !strings.Contains(out, "no services yet") {
		t.Errorf("without any: %d %s", code, out)
	}
	if code, out, _ := newHome(t).run("services", "--json"); code != exitOK || out != "[]\n" {
		t.Errorf("without any: %d %s", code, out)
	}
	if left, err := os.ReadDir(p.home); err != nil || len(left) != 1 {
		t.Errorf("listing makes %v, %v", left, err)
	}
}

// What is printed has the operator's own addresses in it.
func TestConfigurationOfPrograms(t *testing.T) {
	p, file := withServices(t)
	for _, c := range []struct {
		args       []string
		want, none string
	}{
		{[]string{"dovecot", "--service", "post"}, "uris = ldap://127.0.0.1:1389\n", "[[service]]"},
		{[]string{"dovecot", "--service", "post"}, "base = ou=post,dc=countersign\n", "ou=imap"},
		{[]string{"dovecot", "--service", "post"}, "  args = /etc/dovecot/countersign.conf.ext\n", "radicale"},
		{[]string{"sshd", "--service", "shell"}, "127.0.0.1:2812 SECRET 10\n", "[[service]]"},
		{[]string{"nginx", "--service", "post", "--url", "http://10.0.0.1:7420/"}, "http://10.0.0.1:7420/v1/check/post;", "7420//"},
		{[]string{"nginx", "--service", "wiki"}, "id = \"wiki\"\n", "calendar\""},
		{[]string{"kamailio", "--service", "post"}, "realm=example.net&", "example.org"},
	} {
		code, out, errs := p.run(append([]string{"services", "config", "--config", file}, c.args...)...)
		if code != exitOK || errs != "" || !strings.Contains(out, c.want) || strings.Contains(out, c.none) {
			t.Errorf("%q: %d %s: it must have %q and not %q:\n%s", c.args, code, errs, c.want, c.none, out)
		}
	}
	for _, program := range recipe.Programs() {
		if code, out, errs := newHome(t).run("services", "config", program.Name, "--service", "some"); code != exitOK || !strings.HasPrefix(out, "==> countersignd.toml") {
			t.Errorf("%s: %d %s%s", program.Name, code, errs, out)
		}
		if !strings.Contains(help, program.Name) {
			t.Errorf("the help does not tell of %s", program.Name)
		}
	}
	for _, args := range [][]string{{"nginx"}, {"none", "--service", "post"}, {"--service", "post"}, {"nginx", "caddy", "--service", "post"}} {
		if code, out, errs := p.run(append([]string{"services", "config"}, args...)...); code != exitUsage || out != "" || errs == "" {
			t.Errorf("%q: %d %s%s", args, code, out, errs)
		}
	}
}

// bind is an LDAP bind of nobody, which is always answered: RFC 4511 section 4.2.
const bind = "300c020101600702010304008000"

// The flags of serve have services ask where they say, whatever the file has.
func TestServeAnswersServices(t *testing.T) {
	p, file := withServices(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	for secret, text := range map[string]string{"post": "/run/post.secret", "shell": "/run/shell.secret"} {
		mine := filepath.Join(p.home, secret)
		if err := os.WriteFile(mine, []byte(strings.Repeat("s", 32)), 0o600); err != nil {
			t.Fatal(err)
		}
		replaceIn(t, file, text, mine)
	}
	s := p.serve("--config", file, "--ldap", at, "--radius", "127.0.0.1:0")
	c, err := net.DialTimeout("tcp", at, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	raw, err := hex.DecodeString(bind)
	if err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	c.Write(raw)
	answer := make([]byte, 64)
	if n, err := c.Read(answer); err != nil || n < 10 || answer[0] != 0x30 {
		t.Errorf("an LDAP bind is answered with %x, %v", answer[:n], err)
	}
	s.end(syscall.SIGTERM)
	if log := s.log.String(); !strings.Contains(log, `"ldap":"`+at+`"`) || !strings.Contains(log, `"radius":"127.0.0.1:`) {
		t.Errorf("the log does not say where:\n%s", log)
	}
	code, _, errs := newHome(t).run("--listen", "127.0.0.1:0", "--radius", "127.0.0.1:0")
	if code != exitUsage || !strings.Contains(errs, "[[radius.client]]") {
		t.Errorf("RADIUS for nobody: %d %s", code, errs)
	}
}

func replaceIn(t *testing.T, file, old, with string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(strings.Replace(string(text), old, with, 1)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
