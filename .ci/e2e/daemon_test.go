package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// clockVariable moves the clock of a backend whose data was made for tests.
const clockVariable = "COUNTERSIGND_TEST_CLOCK"

// daemon is a backend in a process of its own. It keeps its port and its data over
// restarts.
type daemon struct {
	*desk
	process *process
	port    string
	origin  string
	log     string // file of everything it said
}

// startDaemon starts a backend whose clock can be moved.
func (d *desk) startDaemon() *daemon {
	d.t.Helper()
	s := d.newDaemon()
	s.start("0s")
	return s
}

// startDaemonWith starts a backend with a configuration, whose clock is the real one.
func (d *desk) startDaemonWith(configuration string) *daemon {
	d.t.Helper()
	s := d.newDaemon()
	writeFile(d.t, filepath.Join(makeFolder(d.t, d.path("backend")), "countersignd.toml"), configuration, 0o600)
	s.start("")
	return s
}

func (d *desk) newDaemon() *daemon {
	s := &daemon{desk: d, port: freePort(d.t), log: d.path("daemon.log")}
	s.origin = "http://127.0.0.1:" + s.port
	return s
}

// start starts it so far in the future; "" leaves its clock alone.
func (s *daemon) start(ahead string) {
	s.t.Helper()
	cmd := s.command("serve", "--listen", "127.0.0.1:"+s.port)
	if ahead != "" {
		cmd.Env = append(cmd.Env, clockVariable+"="+ahead)
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	read, write, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer read.Close()
	cmd.Stdout, cmd.Stderr = write, log
	s.process = begin(s.t, cmd)
	write.Close()
	line, err := bufio.NewReader(read).ReadString('\n')
	if err != nil || strings.TrimSpace(line) != "listening on "+s.origin {
		s.fail("the backend's first line is %q, %v", line, err)
	}
}

func (s *daemon) command(name string, args ...string) *exec.Cmd {
	return s.desk.command(os.Getenv(daemonVariable), append([]string{name, "--data", s.path("backend")}, args...)...)
}

// moves starts it again, so far in the future.
func (s *daemon) moves(ahead string) {
	s.t.Helper()
	s.process.signal(syscall.SIGTERM)
	if code := s.process.exitCode(s.t); code != 0 {
		s.t.Errorf("the backend ended with %d", code)
	}
	s.start(ahead)
}

// invite gives the link with which an account is set up.
func (s *daemon) invite(name string) string {
	s.t.Helper()
	out, err := s.command("invite", name).Output()
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, s.origin+"/i#") {
			return line
		}
	}
	s.fail("an invitation holds no link: %v %s", err, out)
	return ""
}

// hides fails the test if the backend's log holds a secret.
func (s *daemon) hides(secrets ...string) {
	s.t.Helper()
	text, err := os.ReadFile(s.log)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, secret := range secrets {
		if secret == "" || strings.Contains(string(text), secret) {
			s.t.Errorf("a secret of %d characters is in the backend's log, or is none", len(secret))
		}
	}
}
