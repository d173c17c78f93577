package e2e

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	windowTitle = "^Countersign$"
)

// harmless is what Fyne says of the file of preferences that it just made itself,
// and of a desktop without a bus.
var harmless = regexp.MustCompile(`Preferences load error|failed to watch theme settings`)

// window is the program under test and what it shows.
type window struct {
	*desk
	process *process
	socket  string
	log     string // file of everything it printed
	starts  int
}

// thing is one object in the window, in pixels from the window's corner.
type thing struct {
	Type, Text        string
	X, Y, W, H        int
	Focused, Disabled bool
	Layer             int
}

// openWindow starts the program and waits until it shows something.
func (d *desk) openWindow(args ...string) *window {
	d.t.Helper()
	w := &window{desk: d, log: d.path("app.log")}
	w.start(args...)
	d.t.Cleanup(w.checkLog)
	return w
}

// start starts the program, again if it ran before.
func (w *window) start(args ...string) {
	w.t.Helper()
	w.starts++
	w.socket = w.path("window" + strconv.Itoa(w.starts))
	w.process = begin(w.t, w.program(args...))
	w.wait("the window's answer", func() bool { return len(w.things()) > 0 })
}

// program is the path of the program that was built.
func program() string { return os.Getenv(programVariable) }

// program is the command to start the program, everything it prints in the log.
func (w *window) program(args ...string) *exec.Cmd {
	cmd := w.command(program(), append([]string{"--local-listen", "localhost:" + w.desk.port}, args...)...)
	cmd.Env = append(cmd.Env, "COUNTERSIGN_E2E="+w.socket)
	log, err := os.OpenFile(w.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { log.Close() })
	cmd.Stdout, cmd.Stderr = log, log
	return cmd
}

// kill ends the program as a power cut would.
func (w *window) kill() { w.process.kill() }

// quit asks the program to end, and waits for it.
func (w *window) quit() {
	w.t.Helper()
	w.process.signal(syscall.SIGTERM)
	if code := w.process.exitCode(w.t); code != 0 {
		w.t.Errorf("the program ended with %d", code)
	}
}

// things reads what the window shows, nil if it does not answer.
func (w *window) things() (all []thing) {
	conn, err := net.DialTimeout("unix", w.socket, time.Second)
	if err != nil {
		return nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if json.NewDecoder(conn).Decode(&all) != nil {
		return nil
	}
	return all
}

// front gives what nothing covers: the things of the highest layer.
func (w *window) front() []thing {
	all := w.things()
	top := 0
	for _, x := range all {
		top = max(top, x.Layer)
	}
	return slices.DeleteFunc(all, func(x thing) bool { return x.Layer != top })
}

// texts gives everything that can be read in front, in order.
func (w *window) texts() (all []string) {
	for _, x := range w.front() {
		if x.Text != "" && !slices.Contains(all, x.Text) {
			all = append(all, x.Text)
		}
	}
	return all
}

// shows reports whether a text stands in front.
func (w *window) shows(text string) bool {
	return slices.ContainsFunc(w.texts(), func(s string) bool { return strings.Contains(s, text) })
}

// see waits until a text stands in front.
func (w *window) see(text string) {
	w.t.Helper()
	if !eventually(patience, func() bool { return w.shows(text) }) {
		w.fail("%q is not on the screen, but %q", text, w.texts())
	}
}

// find waits for something in front with a text on it, that acts. A button goes
// before what else says the same.
func (w *window) find(text string) thing {
	w.t.Helper()
	var found thing
	if !eventually(patience, func() (ok bool) { found, ok = w.look(text); return ok }) {
		w.fail("%q is not there to press, but %q", text, w.texts())
	}
	return found
}

func (w *window) look(text string) (found thing, ok bool) {
	for _, x := range w.front() {
		if x.Text != text || x.W == 0 {
			continue
		}
		if x.Disabled {
			return thing{}, false
		}
		if !ok || strings.HasSuffix(x.Type, "Button") {
			found, ok = x, true
		}
	}
	return found, ok
}

// entries gives the fields to type into, from top to bottom.
func (w *window) entries() (all []thing) {
	for _, x := range w.front() {
		if strings.HasSuffix(x.Type, "Entry") && !strings.HasPrefix(x.Type, "widget.") {
			all = append(all, x)
		}
	}
	return all
}

// focused gives what has the keyboard.
func (w *window) focused() (thing, bool) {
	for _, x := range w.front() {
		if x.Focused {
			return x, true
		}
	}
	return thing{}, false
}

// checkLog looks through everything the program printed for what must not be there.
func (w *window) checkLog() {
	text, err := os.ReadFile(w.log)
	if err != nil {
		w.t.Errorf("reading the log: %v", err)
		return
	}
	wrong := []string{"Error in Fyne call thread", "panic:", "SIGSEGV", "Fyne error", "goroutine 1 ["}
	for _, line := range strings.Split(string(text), "\n") {
		for _, s := range wrong {
			if strings.Contains(line, s) && !harmless.MatchString(line) {
				w.t.Errorf("%s: %s", filepath.Base(w.log), line)
			}
		}
	}
	if w.t.Failed() {
		w.t.Logf("everything it printed:\n%s", text)
	}
}

// hides fails the test if the log holds a secret.
func (w *window) hides(t testing.TB, secrets ...string) {
	t.Helper()
	text, err := os.ReadFile(w.log)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if s == "" || strings.Contains(string(text), s) {
			t.Errorf("a secret of %d characters is in the log, or is none", len(s))
		}
	}
}
