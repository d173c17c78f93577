package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// person runs countersignd as a person does, in a home of its own.
type person struct {
	t    *testing.T
	home string
}

func newHome(t *testing.T) person { return person{t: t, home: t.TempDir()} }

func (p person) command(args ...string) *exec.Cmd {
	cmd := exec.Command("countersignd", args...)
	cmd.Dir = p.home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.home, "TMPDIR=" + p.home}
	return cmd
}

// run waits for the program's end; one that serves where it must not is ended.
func (p person) run(args ...string) (code int, out, errs string) {
	p.t.Helper()
	var o, e bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	late := time.AfterFunc(storyPatience, func() { cmd.Process.Kill() })
	defer late.Stop()
	return exitStatus(cmd.Wait()), o.String(), e.String()
}

// served is a countersignd that serves.
type served struct {
	t    *testing.T
	cmd  *exec.Cmd
	out  *bufio.Reader
	log  bytes.Buffer // to be read after end
	url  string
	over bool
}

// serve starts the program and waits for the line that says it is ready.
func (p person) serve(args ...string) *served {
	p.t.Helper()
	s := &served{t: p.t, cmd: p.command(append([]string{"--listen", "127.0.0.1:0"}, args...)...)}
	s.cmd.Stderr = &s.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if !s.over {
			s.cmd.Process.Kill()
			s.cmd.Wait()
		}
	})
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	if s.url = strings.TrimSuffix(strings.TrimPrefix(line, "listening on "), "\n"); err != nil || !strings.HasPrefix(s.url, "http://127.0.0.1:") {
		s.cmd.Process.Kill()
		p.t.Fatalf("the first line is %q, %v\n%s", line, err, s.log.String())
	}
	return s
}

// end asks the program to stop and gives its exit code, and what else it said on
// standard output.
func (s *served) end(signal os.Signal) (code int, rest string) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	said, _ := io.ReadAll(s.out)
	s.over = true
	return exitStatus(s.cmd.Wait()), string(said)
}

func TestHelp(t *testing.T) {
	p := newHome(t)
	for _, args := range [][]string{{"--help"}, {"-h"}, {"help"}, {"serve", "--help"}, {"invite", "-h"}, {"accounts", "--help"}, {"renew", "--help"}, {"version", "--help"}} {
		code, out, errs := p.run(args...)
		if code != exitOK || out != help || errs != "" {
			t.Errorf("%q: code %d, %q on standard error", args, code, errs)
		}
	}
	for _, want := range []string{"--data", "--listen", "--public-url", "--name", "--config", "--trusted-proxy", "--tls-cert", "--tls-key", "--metrics", "--log-level", "--json", "--qr", "Exit codes:", "Examples:"} {
		if !strings.Contains(help, want) {
			t.Errorf("the help does not tell of %s", want)
		}
	}
	for line := range strings.Lines(help) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("too wide: %s", line)
		}
	}
	if left, err := os.ReadDir(p.home); err != nil || len(left) != 0 {
		t.Errorf("asking for help makes %v, %v", left, err)
	}
}

// What is used wrongly ends with code 2, one line that says so, and makes nothing.
func TestWrongUsage(t *testing.T) {
	p := newHome(t)
	for name, args := range map[string][]string{
		"an unknown command":   {"sing"},
		"an unknown flag":      {"serve", "--sing"},
		"a word too many":      {"serve", "more"},
		"an empty word":        {""},
		"no name":              {"invite"},
		"two names":            {"invite", "anna", "berta"},
		"a name to accounts":   {"accounts", "anna"},
		"a word to version":    {"version", "1"},
		"a flag of another":    {"accounts", "--listen", "127.0.0.1:0"},
		"no value":             {"serve", "--data"},
		"an empty folder":      {"serve", "--data", ""},
		"an empty address":     {"serve", "--listen", ""},
		"half a certificate":   {"serve", "--tls-cert", "cert.pem"},
		"the other half":       {"serve", "--tls-key", "key.pem"},
		"a proxy that is none": {"serve", "--trusted-proxy", "everyone"},
		"a proxy of 33 bits":   {"serve", "--trusted-proxy", "10.0.0.0/33"},
		"an unknown level":     {"serve", "--log-level", "loud"},
		"no folder, inviting":  {"invite", "anna", "--data", ""},
	} {
		code, out, errs := p.run(args...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errs, "countersignd") || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: code %d, %q, %q", name, code, out, errs)
		}
	}
	if left, err := os.ReadDir(p.home); err != nil || len(left) != 0 {
		t.Errorf("wrong usage makes %v, %v", left, err)
	}
}

func TestServeRefuses(t *testing.T) {
	p := newHome(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	running := p.serve("--data", "running")
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"a port in use":                {[]string{"--listen", taken.Addr().String()}, "address already in use"},
		"a folder of a second process": {[]string{"--listen", "127.0.0.1:0", "--data", "running"}, "stop that server"},
		"http to others":               {[]string{"--listen", "127.0.0.1:0", "--public-url", "http://id.example.org"}, "https://"},
		"others, and no address":       {[]string{"--listen", "0.0.0.0:0"}, "--public-url"},
		"no certificate":               {[]string{"--listen", "127.0.0.1:0", "--tls-cert", "none.pem", "--tls-key", "none.pem"}, "certificate"},
		"a name devices cannot show":   {[]string{"--listen", "127.0.0.1:0", "--name", strings.Repeat("W", 65)}, "name"},
	} {
		code, out, errs := p.run(append([]string{"serve"}, c.args...)...)
		if code == exitOK || out != "" || !strings.Contains(errs, c.says) || strings.Contains(errs, "\n\n") {
			t.Errorf("%s: code %d, %q, %q", name, code, out, errs)
		}
	}
	if code, rest := running.end(syscall.SIGTERM); code != exitOK || rest != "" {
		t.Errorf("the running one ended with %d, %q", code, rest)
	}
}

// One line on standard output; the log is JSON on standard error; either signal
// ends it with 0, and it can begin again.
func TestServeSaysAndStops(t *testing.T) {
	p := newHome(t)
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		s := p.serve("--name", "Example", "--log-level", "debug", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "127.0.0.1")
		if _, out, _ := p.run("accounts"); !strings.Contains(out, "no accounts yet") {
			t.Errorf("the accounts are %q", out)
		}
		began := time.Now()
		code, rest := s.end(signal)
		if code != exitOK || rest != "" || time.Since(began) > 5*time.Second {
			t.Errorf("%v ends it with code %d after %v, with %q", signal, code, time.Since(began), rest)
		}
		messages := readLog(t, s.log.Bytes())
		if len(messages) < 2 || messages[0] != "serving" || messages[len(messages)-1] != "stopping" {
			t.Errorf("the log says %q", messages)
		}
	}
	if _, err := os.Stat(filepath.Join(p.home, ".local", "share", "countersignd", "verifier.key")); err != nil {
		t.Errorf("the default folder: %v", err)
	}
}

// readLog gives the messages of a log whose every line is a JSON object.
func readLog(t *testing.T, log []byte) (messages []string) {
	t.Helper()
	for line := range bytes.Lines(log) {
		var l struct {
			Time       time.Time
			Level, Msg string
		}
		if err := json.Unmarshal(line, &l); err != nil || l.Time.IsZero() || l.Level == "" || l.Msg == "" {
			t.Errorf("a line of the log is %q", line)
		}
		messages = append(messages, l.Msg)
	}
	return messages
}

func TestInvitePrintsItsLink(t *testing.T) {
	p := newHome(t)
	s := p.serve("--data", "data")
	check := func(state string) {
		t.Helper()
		code, out, errs := p.run("invite", "anna", "--data", "data")
		if !isLink(s.url, strings.TrimSuffix(out, "\n")) || code != exitOK || errs != "" {
			t.Errorf("%s: code %d, %q, %q", state, code, out, errs)
		}
		_, out, _ = p.run("invite", "--data", "data", "anna", "--qr")
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) < 15 || !isLink(s.url, lines[len(lines)-1]) {
			t.Errorf("%s, with the picture: %d lines, at last %q", state, len(lines), lines[len(lines)-1])
		}
		_, out, _ = p.run("invite", "anna", "--data", "data", "--json")
		var said struct{ Name, Link string }
		if err := json.Unmarshal([]byte(out), &said); err != nil || said.Name != "anna" || !isLink(s.url, said.Link) {
			t.Errorf("%s, as JSON: %q", state, out)
		}
		code, out, errs = p.run("invite", " ", "--data", "data")
		if code != exitFailed || out != "" || !strings.Contains(errs, "cannot be a name") || !strings.Contains(errs, "1 to 64 bytes") {
			t.Errorf("%s, a blank name: code %d, %q, %q", state, code, out, errs)
		}
	}
	check("running")
	s.end(syscall.SIGTERM)
	check("stopped")
	if strings.Contains(s.log.String(), "#") {
		t.Error("a link is in the log")
	}
	if code, _, errs := p.run("invite", "anna", "--data", "other"); code != exitFailed || !strings.Contains(errs, "--public-url") {
		t.Errorf("in a folder never started: code %d, %q", code, errs)
	}
	code, out, _ := p.run("invite", "anna", "--data", "other", "--public-url", "https://id.example.org")
	if code != exitOK || !isLink("https://id.example.org", strings.TrimSuffix(out, "\n")) {
		t.Errorf("with an address: code %d, %q", code, out)
	}
}

func isLink(origin, line string) bool {
	secret, ok := strings.CutPrefix(line, origin+"/i#")
	return ok && len(secret) == 26 && strings.Trim(secret, "0123456789abcdefghjkmnpqrstvwxyz") == ""
}

func TestAccountsAndVersion(t *testing.T) {
	p := newHome(t)
	s := p.serve()
	if code, out, _ := p.run("accounts", "--json"); code != exitOK || strings.TrimSpace(out) != "[]" {
		t.Errorf("accounts: code %d, %q", code, out)
	}
	s.end(syscall.SIGTERM)
	code, out, _ := p.run("version")
	if code != exitOK || !strings.HasPrefix(out, "countersignd ") || !strings.HasSuffix(out, " (td/1)\n") {
		t.Errorf("version: code %d, %q", code, out)
	}
	var said struct{ Version, Protocol string }
	code, out, _ = p.run("version", "--json")
	if err := json.Unmarshal([]byte(out), &said); err != nil || code != exitOK || said.Version == "" || said.Protocol != "td/1" {
		t.Errorf("version as JSON: code %d, %q", code, out)
	}
}

func TestNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/8", "10.1.2.3/8": "10.0.0.0/8", "127.0.0.1": "127.0.0.1/32", "::1": "::1/128",
		"fd00::/8": "fd00::/8", "::ffff:10.0.0.1": "10.0.0.1/32", "": "", "fe80::1%eth0": "", "10.0.0/8": "",
	} {
		got, err := network(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}
