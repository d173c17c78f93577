package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// countersignctl prepares a command with a person's vault. The passphrase is in
// the file "passphrase".
func countersignctl(ts *testscript.TestScript, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(program(ts, "countersignctl"), append([]string{"--vault", "file:" + name + ".vault", "--passphrase-file", "passphrase"}, args...)...)
	cmd.Env, cmd.Dir = environment(ts), ts.MkAbs(".")
	return cmd
}

func deviceCommand(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("device NAME COMMAND [ARG ...]")
	}
	err := runDevice(ts, args[0], args[1:], nil)
	if (err != nil) != neg {
		ts.Fatalf("%s's device: %v", args[0], err)
	}
}

// runDevice runs one command of a device; its output is the script's, and is
// copied into also.
func runDevice(ts *testscript.TestScript, name string, args []string, also io.Writer) error {
	cmd := countersignctl(ts, name, args...)
	cmd.Stdout, cmd.Stderr = ts.Stdout(), ts.Stderr()
	if also != nil {
		cmd.Stdout = io.MultiWriter(cmd.Stdout, also)
	}
	err := cmd.Run()
	storyOf(ts).exit = exitStatus(err)
	return err
}

func codeCommand(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := storyOf(ts).exit; (got == want) == neg {
		ts.Fatalf("the device's command ended with code %d", got)
	}
}

// allowCommand lets a device show a code and keeps what it says.
func allowCommand(ts *testscript.TestScript, neg bool, args []string) {
	var out bytes.Buffer
	err := runDevice(ts, args[0], append([]string{"allow", "--json"}, args[1:]...), &out)
	if (err != nil) != neg {
		ts.Fatalf("%s allows: %v", args[0], err)
	}
	if neg {
		return
	}
	keepCode(ts, out.Bytes())
}

// keepCode reads what allow said.
func keepCode(ts *testscript.TestScript, out []byte) {
	var said struct{ Request, Code, Letters string }
	ts.Check(json.Unmarshal(out, &said))
	if len(said.Code) != 4 || len(said.Letters) != 3 || said.Request == "" {
		ts.Fatalf("allow says %s", out)
	}
	ts.Setenv("CODE", said.Code)
	ts.Setenv("WRONG", wrongCode(said.Code))
	ts.Setenv("LETTERS", said.Letters)
	ts.Setenv("REQUEST", said.Request)
}

func wrongCode(right string) string {
	if right == "0000" {
		return "1111"
	}
	return "0000"
}

// watcher is a device that watches in the background.
type watcher struct {
	cmd    *exec.Cmd
	errors *log

	mu    sync.Mutex
	lines []heard
	read  map[string]int // by kind: how many were waited for
	news  chan struct{}
	gone  chan struct{}
}

// heard is one line of watch.
type heard struct {
	Kind, Request string
	Waiting       *struct{ Letters string }
}

func watchesCommand(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	cmd := countersignctl(ts, args[0], "watch", "--json")
	w := &watcher{cmd: cmd, errors: &log{}, read: make(map[string]int), news: make(chan struct{}, 1), gone: make(chan struct{})}
	cmd.Stderr = w.errors
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	s.watchers[args[0]] = w
	go w.listen(out)
}

func (w *watcher) listen(out io.Reader) {
	defer close(w.gone)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var line heard
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			line.Kind = "not JSON: " + lines.Text()
		}
		w.mu.Lock()
		w.lines = append(w.lines, line)
		w.mu.Unlock()
		select {
		case w.news <- struct{}{}:
		default:
		}
	}
	w.cmd.Wait()
}

func (w *watcher) stop() {
	w.cmd.Process.Signal(os.Interrupt)
	select {
	case <-w.gone:
	case <-time.After(storyPatience):
		w.cmd.Process.Kill()
		<-w.gone
	}
}

// hearsCommand waits for the next line of a kind.
func hearsCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := storyOf(ts).watchers[args[0]]
	if w == nil || len(args) != 2 {
		ts.Fatalf("hears NAME KIND, after watches NAME")
	}
	deadline := time.After(storyPatience)
	for {
		if line, ok := w.next(args[1]); ok {
			ts.Setenv("REQUEST", line.Request)
			if line.Waiting != nil {
				ts.Setenv("LETTERS", line.Waiting.Letters)
			}
			return
		}
		select {
		case <-w.news:
		case <-w.gone:
			ts.Fatalf("%s's device stopped watching\n%s", args[0], w.errors)
		case <-deadline:
			ts.Fatalf("%s does not hear %q, but %+v\n%s", args[0], args[1], w.lines, w.errors)
		}
	}
}

func (w *watcher) next(kind string) (heard, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, line := range w.lines {
		if line.Kind == kind {
			if n++; n > w.read[kind] {
				w.read[kind] = n
				return line, true
			}
		}
	}
	return heard{}, false
}

// waiter is an allow that waits in the background.
type waiter struct {
	cmd  *exec.Cmd
	out  *log
	err  error // once gone
	gone chan struct{}
}

func allowsCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := &waiter{cmd: countersignctl(ts, args[0], "allow", "--wait", "--json"), out: &log{}, gone: make(chan struct{})}
	w.cmd.Stdout = w.out
	ts.Check(w.cmd.Start())
	storyOf(ts).waiters[args[0]] = w
	go func() {
		defer close(w.gone)
		w.err = w.cmd.Wait()
	}()
}

func allowedCommand(ts *testscript.TestScript, neg bool, args []string) {
	w := storyOf(ts).waiters[args[0]]
	select {
	case <-w.gone:
	case <-time.After(storyPatience):
		ts.Fatalf("%s's device still waits", args[0])
	}
	ts.Check(w.err)
	keepCode(ts, []byte(w.out.String()))
}

// spoilCommand overwrites the stored state of the device in a folder.
func spoilCommand(ts *testscript.TestScript, neg bool, args []string) {
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*", "state.[01]"))
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no state in %s", args[0])
	}
	for _, file := range files {
		ts.Check(os.WriteFile(file, []byte("spoilt"), 0o600))
	}
}
