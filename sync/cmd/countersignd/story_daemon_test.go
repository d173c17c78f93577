package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/countersign/countersign/sync/backend"
)

// storyPatience is how long a story waits for what must happen; long, because
// the machine may be busy.
const storyPatience = 60 * time.Second

// daemon is the story's backend. It keeps its port and its data over restarts.
type daemon struct {
	port string
	data string
	log  *log
	// clock is how far the backend lives in the future, see backend.TestClockVariable.
	clock string
	cmd   *exec.Cmd
	gone  chan struct{} // closed when the process has ended
	err   error         // of the process, once gone
}

// log collects what programs say.
type log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func backendCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	if len(args) == 0 || s.daemon == nil && args[0] != "start" {
		ts.Fatalf("backend start [CLOCK]|moves CLOCK|stop|kill|copy|restore")
	}
	switch args[0] {
	case "start":
		if s.daemon == nil {
			s.daemon = &daemon{port: "0", data: filepath.Join(ts.Getenv("WORK"), "backend"), log: &log{}}
		}
		if len(args) > 1 {
			s.daemon.clock = args[1]
		}
		s.daemon.start(ts)
	case "moves":
		s.daemon.stop(ts)
		s.daemon.clock = args[1]
		s.daemon.start(ts)
	case "stop":
		s.daemon.stop(ts)
	case "kill":
		s.daemon.kill()
	case "copy":
		ts.Check(os.CopyFS(s.daemon.data+".copy", os.DirFS(s.daemon.data)))
	case "restore":
		ts.Check(os.RemoveAll(s.daemon.data))
		ts.Check(os.Rename(s.daemon.data+".copy", s.daemon.data))
	}
}

// start runs the daemon until it says where it listens: one line, in one form.
func (d *daemon) start(ts *testscript.TestScript) {
	d.cmd = exec.Command(program(ts, "countersignd"), "serve", "--data", d.data, "--listen", "127.0.0.1:"+d.port)
	d.cmd.Env, d.cmd.Stderr = environment(ts), d.log
	if d.clock != "" {
		d.cmd.Env = append(d.cmd.Env, backend.TestClockVariable+"="+d.clock)
	}
	out, err := d.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(d.cmd.Start())
	d.gone = make(chan struct{})
	lines := make(chan string)
	go d.read(out, lines)
	select {
	case line := <-lines:
		url, ok := strings.CutPrefix(line, "listening on ")
		if !ok {
			ts.Fatalf("the backend's first line is %q\n%s", line, d.log)
		}
		ts.Setenv("URL", url)
		d.port = url[strings.LastIndex(url, ":")+1:]
	case <-d.gone:
		ts.Fatalf("the backend ended: %v\n%s", d.err, d.log)
	case <-time.After(storyPatience):
		ts.Fatalf("the backend does not say that it listens\n%s", d.log)
	}
}

// read hands the first line over and logs the rest, until the process is gone.
func (d *daemon) read(out io.Reader, lines chan<- string) {
	scanner := bufio.NewScanner(out)
	for first := true; scanner.Scan(); first = false {
		if first {
			lines <- scanner.Text()
			continue
		}
		fmt.Fprintln(d.log, scanner.Text())
	}
	d.err = d.cmd.Wait()
	close(d.gone)
}

// kill ends the daemon as a power cut does.
func (d *daemon) kill() {
	if d.cmd != nil {
		d.cmd.Process.Kill()
		<-d.gone
	}
}

// stop asks the daemon to end, and expects that it does so cleanly.
func (d *daemon) stop(ts *testscript.TestScript) {
	ts.Check(d.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-d.gone:
	case <-time.After(storyPatience):
		ts.Fatalf("the backend does not stop\n%s", d.log)
	}
	if d.err != nil {
		ts.Fatalf("the backend stopped with %v\n%s", d.err, d.log)
	}
}

// inviteCommand makes an invitation while the backend runs.
func inviteCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	cmd := exec.Command(program(ts, "countersignd"), append([]string{"invite", "--data", s.daemon.data}, args...)...)
	cmd.Env, cmd.Stderr = environment(ts), s.daemon.log
	out, err := cmd.Output()
	if err != nil {
		ts.Fatalf("inviting: %v\n%s%s", err, out, s.daemon.log)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ts.Getenv("URL")+"/i#") {
			ts.Setenv("LINK", line)
			ts.Setenv("SECRET", line[strings.Index(line, "#")+1:])
			return
		}
	}
	ts.Fatalf("no line of its own with a link:\n%s", out)
}

// hiddenCommand looks for a planted secret where it must not be: in what the
// programs said, and in the arguments and environment of all that run.
func hiddenCommand(ts *testscript.TestScript, neg bool, args []string) {
	s, secret := storyOf(ts), ts.MkAbs(args[0])
	if data, err := os.ReadFile(secret); err == nil {
		secret = strings.TrimSpace(string(data))
	} else {
		secret = args[0]
	}
	if len(secret) < 4 {
		ts.Fatalf("%q is too short to be looked for", secret)
	}
	if strings.Contains(s.daemon.log.String(), secret) {
		ts.Fatalf("%q is in the backend's log", secret)
	}
	for name, w := range s.watchers {
		if strings.Contains(w.errors.String(), secret) {
			ts.Fatalf("%q is in what %s's device logs", secret, name)
		}
	}
	for _, pid := range s.processes() {
		for _, file := range []string{"cmdline", "environ"} {
			data, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
			if err == nil && bytes.Contains(data, []byte(secret)) {
				ts.Fatalf("%q is in /proc/%d/%s", secret, pid, file)
			}
		}
	}
}

func (s *story) processes() (pids []int) {
	if s.daemon.cmd != nil {
		pids = append(pids, s.daemon.cmd.Process.Pid)
	}
	for _, w := range s.watchers {
		pids = append(pids, w.cmd.Process.Pid)
	}
	return pids
}
