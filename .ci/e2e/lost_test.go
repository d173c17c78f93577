package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// These are the ways in which a window could be lost, and must not be.

// TestTray: closed into the tray, the icon and its menu bring it back; a tray that
// ends while it is closed brings it back by itself, and gets the icon again when
// it comes back.
func TestTray(t *testing.T) {
	w, shell := setUpWindow(t)
	w.close()
	w.gone()
	shell.activate()
	w.back()
	w.close()
	w.gone()
	shell.choose(w.say("tray.open"))
	w.back()
	w.close()
	w.gone()
	shell.endTray()
	w.back()
	shell.beginTray()
	shell.item()
	shell.choose(w.say("do.check-now"))
	shell.choose(w.say("tray.quit"))
	if code := w.process.exitCode(t); code != 0 {
		t.Errorf("Quit ended the program with %d", code)
	}
}

// TestNoTray: without a tray a closed window goes where windows are kept, and
// whoever starts the program again gets it back.
func TestNoTray(t *testing.T) {
	w, shell := setUpWindow(t)
	shell.endTray()
	w.wait("the tray to be missed", func() bool { return len(w.things()) > 0 })
	handle := w.handle()
	w.close()
	w.gone()
	if state := w.maybe("xprop", "-id", handle, "WM_STATE"); !strings.Contains(state, "Iconic") {
		t.Errorf("the window is not in the task bar: %q", state)
	}
	w.startAgain(0)
	w.back()
	w.quit()
}

// TestSecondStart: there is one window on a data folder. A second start brings it
// forward, also from the tray, and ends; on another folder it is another program.
func TestSecondStart(t *testing.T) {
	w, _ := setUpWindow(t)
	w.close()
	w.gone()
	w.startAgain(0)
	w.back()
	w.kill()
	w.start("--data", w.path("data/countersign")) // what a killed one left does not matter
	w.see(w.say("trial.title"))
	w.quit()
}

// TestNothingRings: before there is an account, closing the window is the end.
func TestNothingRings(t *testing.T) {
	d := newDesk(t)
	d.startKeyring()
	d.startShell()
	w := d.openWindow("--data", d.path("data/countersign"))
	w.see(d.say("start.title"))
	w.close()
	if code := w.process.exitCode(t); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
}

// TestHiddenStartAsks: started without a window, at log-in, it still has to ask
// for the passphrase, or it would never ring.
func TestHiddenStartAsks(t *testing.T) {
	d := newDesk(t)
	d.address = ""
	w := d.openWindow("--data", d.path("data/countersign"), "--hidden")
	w.see(d.say("unlock.new.title"))
	w.wait("the window in front", w.active)
	w.quit()
}

// TestNoDisplay: one sentence, and the way out.
func TestNoDisplay(t *testing.T) {
	d := newDesk(t)
	d.display = ""
	for _, args := range [][]string{nil, {"--hidden"}} {
		cmd := d.command(program(), append(args, "--data", d.path("data/countersign"))...)
		out, err := cmd.CombinedOutput()
		said := strings.TrimSpace(string(out))
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 {
			t.Errorf("without a display it ends with %v", err)
		}
		if !strings.Contains(said, "countersignctl --help") || strings.Contains(said, "goroutine") || strings.Contains(said, "Fyne") {
			t.Errorf("without a display it says %q", said)
		}
	}
}

// TestPlaceTaken: the backend on this computer finds its place taken. The screen
// says so, and when it is free trying again works.
func TestPlaceTaken(t *testing.T) {
	d := newDesk(t)
	d.startKeyring()
	other := d.listen()
	w := d.openWindow("--data", d.path("data/countersign"))
	w.askForAccount()
	w.see(d.say("trouble.listen"))
	other.Close()
	w.press(d.say("do.continue"))
	w.see(d.say("key.title"))
	w.quit()
}

// setUpWindow opens a window with an account, on a desktop with everything.
func setUpWindow(t *testing.T) (*window, *shell) {
	d := newDesk(t)
	d.startKeyring()
	s := d.startShell()
	w := d.openWindow("--data", d.path("data/countersign"))
	w.beginSetUp()
	w.typeBack(w.recoveryKey())
	return w, s
}

// startAgain starts the program a second time and wants it to end with a code.
func (w *window) startAgain(code int) {
	w.t.Helper()
	cmd := w.program("--data", w.path("data/countersign"))
	if got := begin(w.t, cmd).exitCode(w.t); got != code {
		w.t.Errorf("a second start ends with %d, want %d", got, code)
	}
}

func (w *window) gone() {
	w.t.Helper()
	w.wait("the window to be gone", func() bool { return w.handle() == "" })
}

func (w *window) back() {
	w.t.Helper()
	w.wait("the window to be back, in front", w.active)
	w.see(w.say("trial.title"))
}
