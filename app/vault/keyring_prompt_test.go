//go:build linux && !android

package vault

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// A locked keyring asks its person in a window of its own. Here the window is
// real, on a virtual screen, and the person is xdotool.

func needScreen(t *testing.T) {
	t.Helper()
	for _, name := range []string{"Xvfb", "openbox", "xdotool"} {
		need(t, name)
	}
	const prompter = "/usr/share/dbus-1/services/org.gnome.keyring.SystemPrompter.service"
	if _, err := os.Stat(prompter); err != nil {
		lacking(t, "gcr's prompter")
	}
}

func sessionPrompt(t *testing.T) {
	startScreen(t)
	startKeyring(t)
	ring := testRing()
	put(t, ring, "device", []byte("planted secret"))
	t.Run("password typed", func(t *testing.T) { promptTyped(t, ring) })
	t.Run("dismissed", func(t *testing.T) { promptDismissed(t, ring) })
	t.Run("no answer", func(t *testing.T) { promptUnanswered(t, ring) })
	t.Run("cancelled", func(t *testing.T) { promptCancelled(t, ring) })
	wantValue(t, answered(t, ring), "device", []byte("planted secret"))
}

// startScreen gives this session a virtual screen, the bus's children too.
func startScreen(t *testing.T) {
	t.Helper()
	read, write, err := os.Pipe()
	wantError(t, err, nil)
	defer read.Close()
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-noreset", "-nolisten", "tcp")
	screen.ExtraFiles = []*os.File{write}
	startUntilEnd(t, screen)
	write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	wantError(t, err, nil)
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	startUntilEnd(t, exec.Command("openbox"))

	conn, err := dbus.ConnectSessionBus()
	wantError(t, err, nil)
	defer conn.Close()
	environment := map[string]string{"DISPLAY": os.Getenv("DISPLAY")}
	wantError(t, conn.BusObject().Call("org.freedesktop.DBus.UpdateActivationEnvironment", 0, environment).Err, nil)
}

func startUntilEnd(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	wantError(t, cmd.Start(), nil)
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// promptShown tells whether the keyring's window is there for the person.
func promptShown() bool {
	return exec.Command("xdotool", "search", "--onlyvisible", "--class", "gcr-prompter").Run() == nil
}

func waitForPrompt(t *testing.T, shown bool) {
	t.Helper()
	if !eventually(20*time.Second, func() bool { return promptShown() == shown }) {
		t.Fatalf("waited for a prompt to be shown = %v", shown)
	}
}

func person(t *testing.T, does ...string) {
	t.Helper()
	if out, err := exec.Command("xdotool", does...).CombinedOutput(); err != nil {
		t.Fatalf("xdotool %s: %v %s", does[0], err, out)
	}
}

// asking locks the keyring, asks it for the secret and waits for the prompt.
func asking(t *testing.T, ctx context.Context, ring *Keyring) <-chan outcome[[]byte] {
	t.Helper()
	lockKeyring(t)
	done := make(chan outcome[[]byte], 1)
	go func() {
		value, err := ring.Get(ctx, "device")
		done <- outcome[[]byte]{value, err}
	}()
	waitForPrompt(t, true)
	return done
}

// promptTyped: a slow person is waited for, and signals that the program gets
// for other reasons meanwhile do not end the waiting.
func promptTyped(t *testing.T, ring *Keyring) {
	done := asking(t, t.Context(), ring)
	foreignSignal(t)
	select {
	case out := <-done:
		t.Fatalf("gave up while the prompt was shown: %v", out.err)
	default:
	}
	person(t, "type", "--delay", "50", keyringPassword)
	person(t, "key", "Return")
	out := <-done
	if out.err != nil || string(out.value) != "planted secret" {
		t.Fatalf("after the password was typed: %d bytes, %v", len(out.value), out.err)
	}
	waitForPrompt(t, false)
}

// foreignSignal sends the process a signal on the connection that its other
// parts share, as a change of theme or a notification would, and waits for it.
func foreignSignal(t *testing.T) {
	t.Helper()
	shared, err := dbus.SessionBus()
	wantError(t, err, nil)
	const name = "org.example.Foreign"
	wantError(t, shared.AddMatchSignal(dbus.WithMatchInterface(name)), nil)
	arrived := make(chan *dbus.Signal, 8)
	shared.Signal(arrived)
	defer shared.RemoveSignal(arrived)
	sender, err := dbus.ConnectSessionBus()
	wantError(t, err, nil)
	defer sender.Close()
	wantError(t, sender.Emit("/", name+".Changed"), nil)
	select {
	case <-arrived:
	case <-time.After(10 * time.Second):
		t.Fatal("the foreign signal did not arrive")
	}
}

func promptDismissed(t *testing.T, ring *Keyring) {
	done := asking(t, t.Context(), ring)
	person(t, "key", "Escape")
	wantError(t, (<-done).err, ErrLocked)
	waitForPrompt(t, false)
}

// promptUnanswered: the deadline takes the window away and leaves the ring usable.
func promptUnanswered(t *testing.T, ring *Keyring) {
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
	defer cancel()
	wantError(t, (<-asking(t, ctx, ring)).err, ErrTimeout)
	waitForPrompt(t, false)
}

func promptCancelled(t *testing.T, ring *Keyring) {
	ctx, cancel := context.WithCancel(t.Context())
	done := asking(t, ctx, ring)
	cancel()
	if err := (<-done).err; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	waitForPrompt(t, false)
}

// answered returns the ring once its person has unlocked it.
func answered(t *testing.T, ring *Keyring) *Keyring {
	t.Helper()
	done := asking(t, t.Context(), ring)
	person(t, "type", "--delay", "50", keyringPassword)
	person(t, "key", "Return")
	wantError(t, (<-done).err, nil)
	return ring
}
