//go:build linux && !android

package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/zalando/go-keyring"
)

// sessionVariable tells this test binary, run again under dbus-run-session in
// a home of its own, which story to play there.
const sessionVariable = "VAULT_TEST_SESSION"

// keyringPassword opens the private keyring of a test.
const keyringPassword = "login password"

// TestKeyring plays against a real gnome-keyring on a real session bus.
func TestKeyring(t *testing.T) {
	stories := map[string]func(*testing.T){
		"unlocked": sessionUnlocked,
		"locked":   sessionLocked,
		"hanging":  sessionHanging,
		"fresh":    sessionFresh,
		"runtime":  sessionInRuntimeDir,
		"prompt":   sessionPrompt,
	}
	if story := os.Getenv(sessionVariable); story != "" {
		stories[story](t)
		return
	}
	for _, name := range []string{"dbus-run-session", "dbus-send", "gnome-keyring-daemon"} {
		need(t, name)
	}
	for story := range stories {
		t.Run(story, func(t *testing.T) {
			if story == "prompt" {
				needScreen(t)
			}
			inSession(t, story)
		})
	}
}

func need(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		lacking(t, name)
	}
}

// lacking skips a developer's test run, never the project's own.
func lacking(t *testing.T, name string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed (Debian: apt-get install gnome-keyring dbus gcr xvfb openbox xdotool)", name)
}

// inSession runs one story on a bus and in a home of its own, and sees to it
// that no process of that session is left.
func inSession(t *testing.T, story string) {
	home := t.TempDir()
	run := filepath.Join(home, "run")
	wantError(t, os.Mkdir(run, 0o700), nil)
	t.Cleanup(func() { wantNoProcess(t, home) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "dbus-run-session", "--", os.Args[0], "-test.run=^TestKeyring$", "-test.v")
	cmd.Env = append(privateEnvironment(home, run), sessionVariable+"="+story)
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestKeyring")) {
		t.Errorf("%v\n%s", err, out)
	}
	if bytes.Contains(out, []byte("planted")) {
		t.Error("the output shows a secret")
	}
}

// privateEnvironment leaves nothing through which the developer's own session
// could be reached, or ask its person anything.
func privateEnvironment(home, run string) []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		private := strings.HasPrefix(name, "DBUS_") || strings.HasPrefix(name, "XDG_") || strings.HasPrefix(name, "GNOME_")
		if !private && name != "HOME" && name != "DISPLAY" && name != "WAYLAND_DISPLAY" && name != "SSH_AUTH_SOCK" {
			env = append(env, entry)
		}
	}
	return append(env, "HOME="+home, "XDG_RUNTIME_DIR="+run)
}

// wantNoProcess waits for the processes of a session, known by the home in
// their environment, to end; what is still there is ended and reported.
func wantNoProcess(t *testing.T, home string) {
	t.Helper()
	if eventually(10*time.Second, func() bool { return len(processesOf(home)) == 0 }) {
		return
	}
	for pid, name := range processesOf(home) {
		t.Errorf("process %s is left", name)
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func processesOf(home string) map[int]string {
	found := make(map[int]string)
	environments, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environments {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		environment, readErr := os.ReadFile(path)
		if err != nil || readErr != nil || pid == os.Getpid() || !bytes.Contains(environment, []byte("="+home)) {
			continue
		}
		name, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "comm"))
		found[pid] = strings.TrimSpace(string(name))
	}
	return found
}

// eventually waits for a condition that can only be looked at.
func eventually(patience time.Duration, condition func() bool) bool {
	deadline := time.NewTimer(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !condition() {
		select {
		case <-deadline.C:
			return condition()
		case <-tick.C:
		}
	}
	return true
}

// startKeyring starts an unlocked gnome-keyring and waits until it serves.
func startKeyring(t *testing.T) (daemon *os.Process, stop func()) {
	t.Helper()
	cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Stdin = strings.NewReader(keyringPassword)
	wantError(t, cmd.Start(), nil)
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(stop)
	conn, err := dbus.ConnectSessionBus()
	wantError(t, err, nil)
	defer conn.Close()
	served := eventually(10*time.Second, func() bool {
		var owned bool
		err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, secrets).Store(&owned)
		return err == nil && owned && ringProbe(t.Context()) == nil
	})
	if !served {
		t.Fatal("gnome-keyring does not serve")
	}
	return cmd.Process, stop
}

func lockKeyring(t *testing.T) {
	t.Helper()
	out, err := exec.Command("dbus-send", "--session", "--print-reply", "--dest="+secrets, string(secretsPath),
		secretService+".Lock", "array:objpath:"+string(loginCollection)).CombinedOutput()
	if err != nil {
		t.Fatalf("locking: %v %s", err, out)
	}
}

func testRing() *Keyring { return NewKeyring("countersign test") }

func sessionUnlocked(t *testing.T) {
	startKeyring(t)
	conform(t, testRing())
	put(t, testRing(), "device", []byte("planted secret"))
	wantValue(t, testRing(), "device", []byte("planted secret"))
	_, err := NewKeyring("another service").Get(t.Context(), "device")
	wantError(t, err, ErrNotFound)

	v, err := Open("keyring", nil)
	wantError(t, err, nil)
	put(t, v, "device", []byte("other"))
	wantError(t, v.(*Keyring).Probe(t.Context()), nil)
	t.Run("foreign item", func(t *testing.T) {
		for _, text := range []string{"not base64!", "AAA", strings.Repeat("AAAA", MaxValue)} {
			wantError(t, keyring.Set("countersign test", "foreign", text), nil)
			_, err := testRing().Get(t.Context(), "foreign")
			wantError(t, err, ErrDamaged)
		}
	})
}

// Locked, and nobody there to unlock it: every call says so, nothing is lost.
func sessionLocked(t *testing.T) {
	_, stop := startKeyring(t)
	ring := testRing()
	put(t, ring, "device", []byte("planted secret"))
	lockKeyring(t)
	wantError(t, ring.Probe(t.Context()), ErrLocked)
	_, err := ring.Get(t.Context(), "device")
	wantError(t, err, ErrLocked)
	wantError(t, ring.Put(t.Context(), "device", []byte("x")), ErrLocked)
	wantError(t, ring.Delete(t.Context(), "device"), ErrLocked)

	// What go-keyring says when the lock falls between our question and its call.
	_, err = ringGet("countersign test", "device")
	wantError(t, err, ErrLocked)

	stop()
	startKeyring(t)
	wantValue(t, ring, "device", []byte("planted secret"))
}

// A keyring that stops answering costs a deadline, not the program.
func sessionHanging(t *testing.T) {
	daemon, _ := startKeyring(t)
	ring := testRing()
	put(t, ring, "device", []byte("planted secret"))
	ring.probe = 300 * time.Millisecond
	wantError(t, daemon.Signal(syscall.SIGSTOP), nil)
	before := runtime.NumGoroutine()
	_, err := ring.Get(t.Context(), "device")
	wantError(t, err, ErrTimeout)
	wantError(t, ring.Put(t.Context(), "device", []byte("x")), ErrTimeout)
	wantError(t, ring.Delete(t.Context(), "device"), ErrTimeout)

	// It hangs in go-keyring, which cannot be told to stop.
	_, err = call(t.Context(), ring.work, 300*time.Millisecond, func(context.Context) (string, error) {
		return ringGet("countersign test", "device")
	})
	wantError(t, err, ErrTimeout)
	for range 30 {
		begin := time.Now()
		_, err := ring.Get(t.Context(), "device")
		wantError(t, err, ErrTimeout)
		if took := time.Since(begin); took > ring.probe {
			t.Fatalf("behind a hanging call, one took %v", took)
		}
	}
	if more := runtime.NumGoroutine() - before; more > 5 {
		t.Errorf("%d goroutines piled up", more)
	}
	wantError(t, daemon.Signal(syscall.SIGCONT), nil)
	if !eventually(10*time.Second, func() bool { _, err := ring.Get(t.Context(), "device"); return err == nil }) {
		t.Fatal("does not come back")
	}
	ring.probe = testRing().probe
	wantValue(t, ring, "device", []byte("planted secret"))
}

// A home in which no keyring was ever made: not "locked", nothing to retry.
func sessionFresh(t *testing.T) {
	ring := testRing()
	wantError(t, ring.Probe(t.Context()), ErrUnavailable)
	_, err := ring.Get(t.Context(), "device")
	wantError(t, err, ErrUnavailable)
	wantError(t, ring.Put(t.Context(), "device", nil), ErrUnavailable)
	stopActivated(t)

	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "nobody"))
	_, err = ring.Get(t.Context(), "device")
	wantError(t, err, ErrUnavailable)
}

// stopActivated ends the daemon that the bus started because it was asked for.
func stopActivated(t *testing.T) {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	wantError(t, err, nil)
	defer conn.Close()
	var pid int
	err = conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, secrets).Store(&pid)
	wantError(t, err, nil)
	wantError(t, syscall.Kill(pid, syscall.SIGTERM), nil)
}

// A bus known only by its place in the runtime folder is found there, also by
// go-keyring, which would look elsewhere and then start another one.
func sessionInRuntimeDir(t *testing.T) {
	startKeyring(t)
	_, socket, ok := strings.Cut(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), "path=")
	socket, _, _ = strings.Cut(socket, ",")
	if !ok {
		t.Fatal("the session bus has no path")
	}
	dir := filepath.Join(t.TempDir(), "with space, comma")
	wantError(t, os.Mkdir(dir, 0o700), nil)
	wantError(t, os.Symlink(socket, filepath.Join(dir, "bus")), nil)
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		t.Setenv("XDG_RUNTIME_DIR", dir)
		put(t, testRing(), "device", []byte("planted secret"))
		wantValue(t, testRing(), "device", []byte("planted secret"))
	}
}

// Without a session bus nothing is called, so nothing is started: a dbus-launch
// in the search path would leave a mark.
func TestKeyringWithoutBus(t *testing.T) {
	dir := t.TempDir()
	mark := filepath.Join(dir, "launched")
	script := fmt.Sprintf("#!/bin/sh\n: > '%s'\nexit 1\n", mark)
	wantError(t, os.WriteFile(filepath.Join(dir, "dbus-launch"), []byte(script), 0o700), nil)
	t.Setenv("PATH", dir)
	t.Setenv("HOME", dir)
	notSocket := filepath.Join(dir, "files")
	wantError(t, os.Mkdir(notSocket, 0o700), nil)
	wantError(t, os.WriteFile(filepath.Join(notSocket, "bus"), nil, 0o600), nil)
	for _, address := range []string{"", "autolaunch:"} {
		for _, run := range []string{"", dir, filepath.Join(dir, "missing"), notSocket} {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			t.Setenv("XDG_RUNTIME_DIR", run)
			ring := testRing()
			_, err := Open("keyring", nil)
			wantError(t, err, ErrUnavailable)
			wantError(t, ring.Probe(t.Context()), ErrUnavailable)
			_, err = ring.Get(t.Context(), "device")
			wantError(t, err, ErrUnavailable)
			wantError(t, ring.Put(t.Context(), "device", nil), ErrUnavailable)
			wantError(t, ring.Delete(t.Context(), "device"), ErrUnavailable)
		}
	}
	if there, err := isThere(mark); there || err != nil {
		t.Fatalf("dbus-launch was run, or cannot be told: %v", err)
	}
	wantMarked(t, mark)
}

// wantMarked proves that the mark would have been there: go-keyring, called
// without our guard, does run dbus-launch, unless it finds a bus by itself.
func wantMarked(t *testing.T, mark string) {
	t.Helper()
	if _, err := os.Stat(fmt.Sprintf("/run/user/%d", os.Getuid())); !errors.Is(err, os.ErrNotExist) {
		return
	}
	if _, err := keyring.Get("countersign test", "device"); err == nil {
		t.Fatal("go-keyring works without a bus")
	}
	if there, err := isThere(mark); !there || err != nil {
		t.Error("the trap for dbus-launch does not work")
	}
}

// A bus that accepts and then says nothing is a keyring that does not answer.
func TestKeyringOnSilentBus(t *testing.T) {
	dir, err := os.MkdirTemp("", "bus")
	wantError(t, err, nil)
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "bus")
	listener, err := net.Listen("unix", socket)
	wantError(t, err, nil)
	defer listener.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+socket)
	ring := testRing()
	ring.probe = 100 * time.Millisecond
	_, err = ring.Get(t.Context(), "device")
	wantError(t, err, ErrTimeout)
	wantError(t, ring.Put(t.Context(), "device", nil), ErrTimeout)
}
